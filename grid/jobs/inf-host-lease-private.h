#pragma once

#include "grid/jobs/inf-host-lease.h"
#include "grid/jobs/inf-lease-dir.h"
#include "grid/jobs/inf-lease-log.h"
#include "grid/market/inf-meter-host.h"

G_BEGIN_DECLS

struct _InfHostLease
{
  GObject parent;

  const InfJobContext *context;
  InfLease *lease;
  InfEndpoint *client;
  char *client_name;
  char *open_mpi_version;
  InfHostLeaseState state;
  char *end_reason; /* NULL unless this host ended it */

  InfMeterHost *meter;
  GBytes *last_voucher;
  guint timer; /* for the meter's deadline, the first payment, or the lease's expiry */

  InfLeasePrepare prepare; /* as the client sent it */
  InfLeaseDir *dir;
  InfStorePins *staged;    /* the program and the inputs */
  InfStorePins *collected; /* the outputs; NULL before they were asked for */
  InfSandbox *sandbox;
  InfLeaseLog *log; /* what its programs printed; NULL before they could */
  int log_fd;       /* of the FIFO, -1 without */
  guint log_source;
  InfJobSeat *seat;
  GPtrArray *channels; /* of InfLinkChannel: orteds */
  GCancellable *cancellable;
  GPtrArray *stop_waiters; /* of GTask */
  gboolean is_stopping;
  gint64 ended_unix_us;   /* when nothing of it ran any more; 0 before */
  gint64 served_until_us; /* monotonic: when the program ended or was told to; 0 while it may run */
};

const guint8 *inf_host_lease_get_id (InfHostLease *lease);
void inf_host_lease_stop_clock (InfHostLease *lease);
void inf_host_lease_set_state (InfHostLease *lease, InfHostLeaseState state);
void inf_host_lease_refuse (InfLinkCall *call, InfError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* inf-host-lease-money.c */
void inf_host_lease_arm_timer (InfHostLease *lease);
GBytes *inf_host_lease_make_bill (InfHostLease *lease);

/* inf-host-lease-log.c */
char *inf_host_lease_open_log (InfHostLease *lease, GError **error);
void inf_host_lease_close_log (InfHostLease *lease);

/* inf-host-lease-files.c */
void inf_host_lease_drop_files (InfHostLease *lease);

G_END_DECLS
