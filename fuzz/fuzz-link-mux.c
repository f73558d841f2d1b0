#include "discovery/link/inf-link-mux.h"

/* Everything that a peer may send once a link is up. The first byte says which side dialled and in
 * what portions the rest arrives. The driver takes and answers whatever comes, as the real one
 * does, and the bounds that it relies on are checked. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  InfLinkMux *mux;
  guint n_open;
} Driver;

static void
on_opened (InfLinkStream *stream, const InfLinkOpen *open, gpointer user_data)
{
  Driver *driver = user_data;

  g_assert_nonnull (open->name);
  g_assert_nonnull (open->header);
  driver->n_open++;
  if (stream->id % 3 == 0)
    inf_link_mux_close (driver->mux, stream);
  else if (open->kind == INF_LINK_STREAM_CHANNEL)
    {
      inf_link_mux_accept (driver->mux, stream);
      inf_link_mux_widen (driver->mux, stream, 2 * INF_LINK_INITIAL_CREDIT_BYTES);
    }
}

static void
on_accepted (InfLinkStream *stream, gpointer user_data)
{
  g_assert_true (stream->is_own);
}

static void
on_data (InfLinkStream *stream, gboolean is_error, const guint8 *data, gsize size_bytes,
         gpointer user_data)
{
  Driver *driver = user_data;

  g_assert_false (stream->is_closing);
  g_assert_cmpuint (stream->receive_credit_bytes + size_bytes, <=, stream->window_bytes);
  inf_link_mux_consumed (driver->mux, stream, size_bytes);
}

static void
on_ended (InfLinkStream *stream, gboolean is_error, gpointer user_data)
{
  Driver *driver = user_data;

  inf_link_mux_end (driver->mux, stream, is_error);
}

static void
on_credited (InfLinkStream *stream, gpointer user_data)
{
  Driver *driver = user_data;
  guint8 header[INF_LINK_FRAME_HEADER_BYTES];

  if (!stream->is_ended)
    inf_link_mux_write_data_header (driver->mux, stream, FALSE,
                                    MIN (stream->send_credit_bytes, 65536), header);
}

static void
on_exited (InfLinkStream *stream, int exit_status, gpointer user_data)
{
}

static void
on_closed (InfLinkStream *stream, const GError *error, gpointer user_data)
{
  if (error)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static const InfLinkMuxFuncs funcs
    = { on_opened, on_accepted, on_data, on_ended, on_credited, on_exited, on_closed };

static void
count_stream (gpointer stream, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
check (InfLinkMux *mux)
{
  guint n = 0, counted = 0;

  inf_link_mux_foreach (mux, count_stream, &n);
  for (guint kind = 0; kind < 2; kind++)
    for (guint is_own = 0; is_own < 2; is_own++)
      counted += inf_link_mux_count (mux, kind, is_own);
  g_assert_cmpuint (n, ==, counted);
  g_assert_cmpuint (inf_link_mux_count (mux, INF_LINK_STREAM_CALL, FALSE), <=, INF_LINK_MAX_CALLS);
  g_assert_cmpuint (inf_link_mux_count (mux, INF_LINK_STREAM_CHANNEL, FALSE), <=,
                    INF_LINK_MAX_CHANNELS);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Driver driver = { 0 };
  const InfLinkOpen own = { INF_LINK_STREAM_CHANNEL, (char *)"net", NULL };

  if (size == 0)
    return 0;
  gsize portion = 1 + (data[0] >> 1);
  g_autoptr (InfLinkMux) mux = inf_link_mux_new (data[0] & 1, &funcs, &driver);
  driver.mux = mux;
  g_assert_nonnull (inf_link_mux_open (mux, &own));
  for (gsize i = 1; i < size; i += portion)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_fed = inf_link_mux_feed (mux, data + i, MIN (portion, size - i), &error);
      g_assert_true (is_fed == !error);
      check (mux);
      if (!is_fed)
        break;
    }
  return 0;
}
