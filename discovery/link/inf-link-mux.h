#pragma once

#include "discovery/link/inf-link-frame.h"
#include "discovery/link/inf-link-message.h"

#include <glib.h>

G_BEGIN_DECLS

/* What the other side may send on a new stream before it is given more. */
#define INF_LINK_INITIAL_CREDIT_BYTES 65536
#define INF_LINK_MAX_CALLS 256
#define INF_LINK_MAX_CHANNELS 1024

typedef struct _InfLinkMux InfLinkMux;

/**
 * InfLinkStream:
 * @id: its number on the link
 * @kind: call or channel
 * @is_own: whether this side opened it
 * @send_credit_bytes: what may be sent before the other side grants more
 * @receive_credit_bytes: what the other side may still send
 * @window_bytes: what @receive_credit_bytes is kept up to
 * @unreturned_bytes: consumed here, not granted again yet
 * @is_ended: this side's data has ended
 * @is_error_ended: this side's standard error has ended
 * @is_closing: this side has closed; only the other side's close is still awaited
 * @owner: the driver's; NULL at first
 *
 * One stream. Read by the driver, written by the mux (but for @owner).
 */
typedef struct
{
  guint32 id;
  InfLinkStreamKind kind;
  gboolean is_own;
  gsize send_credit_bytes;
  gsize receive_credit_bytes;
  gsize window_bytes;
  gsize unreturned_bytes;
  gboolean is_ended;
  gboolean is_error_ended;
  gboolean is_closing;
  gboolean is_remote_ended[2];
  gpointer owner;
} InfLinkStream;

/**
 * InfLinkMuxFuncs:
 * @opened: the other side opens a stream: it is accepted, refused or closed, now or later
 * @accepted: the other side has taken a stream of this side
 * @data: bytes arrived (of standard error where @is_error); given back to the sender's credit with
 *   inf_link_mux_consumed()
 * @ended: no more of them follow
 * @credited: more may be sent
 * @exited: the far program's exit status
 * @closed: the other side is done, @error: (nullable): where it refused; the stream is freed when
 *   this returns. Not called for a stream that this side closed.
 *
 * What a mux tells its driver, from within inf_link_mux_feed(). The functions may call the mux.
 */
typedef struct
{
  void (*opened) (InfLinkStream *stream, const InfLinkOpen *open, gpointer user_data);
  void (*accepted) (InfLinkStream *stream, gpointer user_data);
  void (*data) (InfLinkStream *stream, gboolean is_error, const guint8 *data, gsize size_bytes,
                gpointer user_data);
  void (*ended) (InfLinkStream *stream, gboolean is_error, gpointer user_data);
  void (*credited) (InfLinkStream *stream, gpointer user_data);
  void (*exited) (InfLinkStream *stream, int exit_status, gpointer user_data);
  void (*closed) (InfLinkStream *stream, const GError *error, gpointer user_data);
} InfLinkMuxFuncs;

InfLinkMux *inf_link_mux_new (gboolean is_dialler, const InfLinkMuxFuncs *funcs,
                              gpointer user_data);
void inf_link_mux_free (InfLinkMux *mux);

gboolean inf_link_mux_feed (InfLinkMux *mux, const guint8 *data, gsize size_bytes, GError **error);
GByteArray *inf_link_mux_get_output (InfLinkMux *mux);
guint inf_link_mux_count (InfLinkMux *mux, InfLinkStreamKind kind, gboolean is_own);
void inf_link_mux_foreach (InfLinkMux *mux, GFunc func, gpointer user_data);

InfLinkStream *inf_link_mux_open (InfLinkMux *mux, const InfLinkOpen *open);
void inf_link_mux_accept (InfLinkMux *mux, InfLinkStream *stream);
void inf_link_mux_refuse (InfLinkMux *mux, InfLinkStream *stream, const GError *error);
void inf_link_mux_write_data_header (InfLinkMux *mux, InfLinkStream *stream, gboolean is_error,
                                     gsize size_bytes,
                                     guint8 ret_header[INF_LINK_FRAME_HEADER_BYTES]);
void inf_link_mux_end (InfLinkMux *mux, InfLinkStream *stream, gboolean is_error);
void inf_link_mux_exit (InfLinkMux *mux, InfLinkStream *stream, int exit_status);
void inf_link_mux_close (InfLinkMux *mux, InfLinkStream *stream);
void inf_link_mux_consumed (InfLinkMux *mux, InfLinkStream *stream, gsize size_bytes);
void inf_link_mux_widen (InfLinkMux *mux, InfLinkStream *stream, gsize window_bytes);
void inf_link_mux_ping (InfLinkMux *mux);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLinkMux, inf_link_mux_free)

G_END_DECLS
