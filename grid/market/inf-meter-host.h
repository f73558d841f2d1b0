#pragma once

#include "grid/market/inf-voucher.h"

#include <glib.h>

G_BEGIN_DECLS

/* How long a launch may take before its first voucher must be there. */
#define INF_METER_HOST_LAUNCH_US ((gint64)10 * G_USEC_PER_SEC)

typedef struct _InfMeterHost InfMeterHost;

/**
 * InfMeterHostAction:
 * @INF_METER_HOST_WAIT: nothing to do before inf_meter_host_get_deadline_us()
 * @INF_METER_HOST_STOP_UNPAID: the paid time and the grace are over: stop the job
 */
typedef enum
{
  INF_METER_HOST_WAIT,
  INF_METER_HOST_STOP_UNPAID,
} InfMeterHostAction;

InfMeterHost *inf_meter_host_new (InfLease *lease);
InfMeterHost *inf_meter_host_restore (InfLease *lease, const InfVoucher *last, guint64 served_ms);
void inf_meter_host_free (InfMeterHost *meter);

void inf_meter_host_launched (InfMeterHost *meter, gint64 now_us);
gboolean inf_meter_host_pay (InfMeterHost *meter, const InfVoucher *voucher, gint64 now_us,
                             GError **error);
InfMeterHostAction inf_meter_host_poll (InfMeterHost *meter, gint64 now_us);
void inf_meter_host_finish (InfMeterHost *meter, gint64 now_us);

gboolean inf_meter_host_get_bill (const InfMeterHost *meter, InfBill *ret_bill);
gboolean inf_meter_host_accept (const InfMeterHost *meter, const InfSettlement *settlement,
                                GError **error);

gboolean inf_meter_host_is_started (const InfMeterHost *meter);
gint64 inf_meter_host_get_deadline_us (const InfMeterHost *meter);
gint64 inf_meter_host_get_paid_for_us (const InfMeterHost *meter, gint64 now_us);
guint64 inf_meter_host_get_served_ms (const InfMeterHost *meter, gint64 now_us);
guint64 inf_meter_host_get_earned_ucredits (const InfMeterHost *meter, gint64 now_us);
guint64 inf_meter_host_get_prepaid_ucredits (const InfMeterHost *meter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfMeterHost, inf_meter_host_free)

G_END_DECLS
