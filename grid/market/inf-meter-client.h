#pragma once

#include "grid/market/inf-voucher.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfMeterClient InfMeterClient;

/**
 * InfMeterClientAction:
 * @INF_METER_CLIENT_WAIT: nothing to do before inf_meter_client_get_deadline_us()
 * @INF_METER_CLIENT_PAY: sign and send the voucher that was filled in
 * @INF_METER_CLIENT_STOP_CREDITS: what is escrowed ends within half a step: stop the job now
 * @INF_METER_CLIENT_STOP_TIME_LIMIT: the time limit, or the lease's own end, is reached: stop it
 * @INF_METER_CLIENT_STOP_UNSERVED: the host has not acknowledged a voucher for so long that it
 *   must have stopped the job itself: stop it, nothing more is paid
 */
typedef enum
{
  INF_METER_CLIENT_WAIT,
  INF_METER_CLIENT_PAY,
  INF_METER_CLIENT_STOP_CREDITS,
  INF_METER_CLIENT_STOP_TIME_LIMIT,
  INF_METER_CLIENT_STOP_UNSERVED,
} InfMeterClientAction;

InfMeterClient *inf_meter_client_new (InfLease *lease, guint64 escrowed_ucredits,
                                      gint64 time_limit_us);
InfMeterClient *inf_meter_client_restore (InfLease *lease, guint64 signed_ucredits);
void inf_meter_client_free (InfMeterClient *meter);

gboolean inf_meter_client_start (InfMeterClient *meter, gint64 now_us, GError **error);
InfMeterClientAction inf_meter_client_poll (InfMeterClient *meter, gint64 now_us,
                                            InfVoucher *ret_voucher);
void inf_meter_client_acknowledged (InfMeterClient *meter, guint64 cumulative_ucredits,
                                    gint64 now_us);
void inf_meter_client_set_escrowed (InfMeterClient *meter, guint64 escrowed_ucredits);
void inf_meter_client_finish (InfMeterClient *meter, gint64 now_us);

gboolean inf_meter_client_settle_bill (InfMeterClient *meter, const InfBill *bill,
                                       InfSettlement *ret_settlement, GError **error);
void inf_meter_client_settle_alone (InfMeterClient *meter, InfSettlement *ret_settlement);

gint64 inf_meter_client_get_deadline_us (const InfMeterClient *meter);
guint64 inf_meter_client_get_spent_ucredits (const InfMeterClient *meter, gint64 now_us);
guint64 inf_meter_client_get_signed_ucredits (const InfMeterClient *meter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfMeterClient, inf_meter_client_free)

G_END_DECLS
