#include "common/inf-error.h"
#include "discovery/link/inf-link-mux.h"

#include <string.h>

/* Two muxes whose outputs are handed to each other, in portions. */
typedef struct
{
  InfLinkMux *mux;
  GString *log; /* one word for each thing that was told */
  InfLinkStream *last;
  gboolean is_silent; /* what is opened is neither accepted nor refused */
} Side;

static void
on_opened (InfLinkStream *stream, const InfLinkOpen *open, gpointer user_data)
{
  Side *side = user_data;

  side->last = stream;
  g_string_append_printf (side->log, "open:%s:%" G_GSIZE_FORMAT " ", open->name,
                          g_bytes_get_size (open->header));
  if (!side->is_silent)
    inf_link_mux_accept (side->mux, stream);
}

static void
on_accepted (InfLinkStream *stream, gpointer user_data)
{
  Side *side = user_data;

  g_string_append (side->log, "accepted ");
}

static void
on_data (InfLinkStream *stream, gboolean is_error, const guint8 *data, gsize size_bytes,
         gpointer user_data)
{
  Side *side = user_data;

  g_string_append_printf (side->log, "%s:%.*s ", is_error ? "err" : "data", (int)size_bytes, data);
}

static void
on_ended (InfLinkStream *stream, gboolean is_error, gpointer user_data)
{
  Side *side = user_data;

  g_string_append (side->log, is_error ? "err-end " : "end ");
}

static void
on_credited (InfLinkStream *stream, gpointer user_data)
{
  Side *side = user_data;

  g_string_append (side->log, "credit ");
}

static void
on_exited (InfLinkStream *stream, int exit_status, gpointer user_data)
{
  Side *side = user_data;

  g_string_append_printf (side->log, "exit:%d ", exit_status);
}

static void
on_closed (InfLinkStream *stream, const GError *error, gpointer user_data)
{
  Side *side = user_data;

  g_string_append_printf (side->log, "closed:%s ", error ? error->message : "");
}

static const InfLinkMuxFuncs funcs
    = { on_opened, on_accepted, on_data, on_ended, on_credited, on_exited, on_closed };

typedef struct
{
  Side dialler;
  Side acceptor;
} Fixture;

static void
side_init (Side *side, gboolean is_dialler)
{
  side->mux = inf_link_mux_new (is_dialler, &funcs, side);
  side->log = g_string_new (NULL);
}

static void
side_clear (Side *side)
{
  inf_link_mux_free (side->mux);
  g_string_free (side->log, TRUE);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  side_init (&fixture->dialler, TRUE);
  side_init (&fixture->acceptor, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  side_clear (&fixture->dialler);
  side_clear (&fixture->acceptor);
}

static void
pass (Side *from, Side *to, gsize portion)
{
  GByteArray *output = inf_link_mux_get_output (from->mux);
  g_autoptr (GError) error = NULL;

  while (output->len > 0)
    {
      gsize n = MIN (portion, output->len);
      inf_link_mux_feed (to->mux, output->data, n, &error);
      g_assert_no_error (error);
      g_byte_array_remove_range (output, 0, n);
    }
}

static void
exchange (Fixture *fixture)
{
  while (inf_link_mux_get_output (fixture->dialler.mux)->len > 0
         || inf_link_mux_get_output (fixture->acceptor.mux)->len > 0)
    {
      pass (&fixture->dialler, &fixture->acceptor, 7);
      pass (&fixture->acceptor, &fixture->dialler, 1);
    }
}

/* Data goes after the output so far, as the driver sends it. */
static void
send_data (Side *side, InfLinkStream *stream, gboolean is_error, const char *text)
{
  GByteArray *output = inf_link_mux_get_output (side->mux);
  guint8 header[INF_LINK_FRAME_HEADER_BYTES];

  inf_link_mux_write_data_header (side->mux, stream, is_error, strlen (text), header);
  g_byte_array_append (output, header, sizeof header);
  g_byte_array_append (output, (const guint8 *)text, strlen (text));
}

static InfLinkStream *
open_channel (Side *side, const char *name)
{
  g_autoptr (GBytes) header = g_bytes_new_static ("head", 4);
  const InfLinkOpen open = { INF_LINK_STREAM_CHANNEL, (char *)name, header };

  return inf_link_mux_open (side->mux, &open);
}

static guint
count (Side *side)
{
  guint n = 0;

  for (guint kind = 0; kind < 2; kind++)
    for (guint is_own = 0; is_own < 2; is_own++)
      n += inf_link_mux_count (side->mux, kind, is_own);
  return n;
}

static void
assert_log (Side *side, const char *expected)
{
  g_assert_cmpstr (side->log->str, ==, expected);
}

static void
test_life_of_a_channel (Fixture *fixture, gconstpointer data)
{
  Side *opener = &fixture->dialler, *server = &fixture->acceptor;
  InfLinkStream *stream = open_channel (opener, "exec");

  send_data (opener, stream, FALSE, "in");
  inf_link_mux_end (opener->mux, stream, FALSE);
  exchange (fixture);
  send_data (server, server->last, FALSE, "out");
  send_data (server, server->last, TRUE, "warning");
  inf_link_mux_end (server->mux, server->last, FALSE);
  inf_link_mux_end (server->mux, server->last, TRUE);
  inf_link_mux_exit (server->mux, server->last, 65);
  inf_link_mux_close (server->mux, server->last);
  exchange (fixture);
  /* Data came one byte at a time this way. */
  assert_log (server, "open:exec:4 data:in end ");
  assert_log (opener, "accepted data:o data:u data:t err:w err:a err:r err:n err:i err:n err:g end "
                      "err-end exit:65 closed: ");
  g_assert_cmpuint (count (opener), ==, 0);
  g_assert_cmpuint (count (server), ==, 0);
}

static void
test_refusal_carries_the_error (Fixture *fixture, gconstpointer data)
{
  Side *opener = &fixture->acceptor, *server = &fixture->dialler;
  g_autoptr (GError) error
      = g_error_new_literal (INF_ERROR, INF_ERROR_REFUSED, "2 of 4 slots free");

  server->is_silent = TRUE;
  g_assert_cmpuint (open_channel (opener, "exec")->id % 2, ==, 0);
  exchange (fixture);
  inf_link_mux_refuse (server->mux, server->last, error);
  exchange (fixture);
  assert_log (opener, "closed:2 of 4 slots free ");
  g_assert_cmpuint (count (opener) + count (server), ==, 0);
}

static void
test_both_close_at_once (Fixture *fixture, gconstpointer data)
{
  InfLinkStream *stream = open_channel (&fixture->dialler, "net");

  exchange (fixture);
  inf_link_mux_close (fixture->dialler.mux, stream);
  send_data (&fixture->acceptor, fixture->acceptor.last, FALSE, "on its way");
  inf_link_mux_close (fixture->acceptor.mux, fixture->acceptor.last);
  exchange (fixture);
  assert_log (&fixture->dialler, "accepted ");
  assert_log (&fixture->acceptor, "open:net:4 ");
  g_assert_cmpuint (count (&fixture->dialler) + count (&fixture->acceptor), ==, 0);
}

static void
test_credit_comes_back_in_halves (Fixture *fixture, gconstpointer data)
{
  Side *opener = &fixture->dialler, *server = &fixture->acceptor;
  InfLinkStream *stream = open_channel (opener, "net");

  g_assert_cmpuint (stream->send_credit_bytes, ==, INF_LINK_INITIAL_CREDIT_BYTES);
  send_data (opener, stream, FALSE, "some");
  exchange (fixture);
  g_assert_cmpuint (stream->send_credit_bytes, ==, INF_LINK_INITIAL_CREDIT_BYTES - 4);
  inf_link_mux_consumed (server->mux, server->last, 4);
  g_assert_cmpuint (inf_link_mux_get_output (server->mux)->len, ==, 0);
  inf_link_mux_consumed (server->mux, server->last, INF_LINK_INITIAL_CREDIT_BYTES / 2 - 4);
  exchange (fixture);
  g_assert_cmpuint (stream->send_credit_bytes, ==,
                    INF_LINK_INITIAL_CREDIT_BYTES - 4 + INF_LINK_INITIAL_CREDIT_BYTES / 2);
  inf_link_mux_widen (server->mux, server->last, 4 * INF_LINK_INITIAL_CREDIT_BYTES);
  exchange (fixture);
  g_assert_cmpuint (stream->send_credit_bytes, ==,
                    4 * INF_LINK_INITIAL_CREDIT_BYTES - 4 + INF_LINK_INITIAL_CREDIT_BYTES / 2);
}

static void
test_own_streams_are_limited (Fixture *fixture, gconstpointer data)
{
  InfLinkStream *first = open_channel (&fixture->dialler, "net");

  for (guint i = 1; i < INF_LINK_MAX_CHANNELS; i++)
    g_assert_nonnull (open_channel (&fixture->dialler, "net"));
  g_assert_null (open_channel (&fixture->dialler, "net"));
  exchange (fixture);
  inf_link_mux_close (fixture->dialler.mux, first);
  g_assert_null (open_channel (&fixture->dialler, "net"));
  exchange (fixture);
  g_assert_nonnull (open_channel (&fixture->dialler, "net"));
  exchange (fixture);
}

static void
feed_frame (Side *side, InfLinkFrameType type, guint32 stream_id, const void *body, gsize size,
            GError **error)
{
  const InfLinkFrameHeader header = { type, stream_id, (guint32)size };
  guint8 bytes[INF_LINK_FRAME_HEADER_BYTES];

  inf_link_frame_write_header (&header, bytes);
  if (inf_link_mux_feed (side->mux, bytes, sizeof bytes, error) && size > 0)
    inf_link_mux_feed (side->mux, body, size, error);
}

static void
assert_breach (Side *side, InfLinkFrameType type, guint32 stream_id, const void *body, gsize size)
{
  g_autoptr (GError) error = NULL;

  feed_frame (side, type, stream_id, body, size, &error);
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_breaches (Fixture *fixture, gconstpointer data)
{
  static const guint8 zeros[INF_LINK_FRAME_MAX_BODY_BYTES + 1];
  static const guint8 ones[4] = { 0xff, 0xff, 0xff, 0xff };
  static const struct
  {
    InfLinkFrameType type;
    guint32 stream_id;
    gsize size;
  } cases[] = {
    { INF_LINK_FRAME_OPEN, 3, 10 },           /* no body that makes sense */
    { INF_LINK_FRAME_ACCEPT, 1, 0 },          /* of the sender's own stream */
    { INF_LINK_FRAME_DATA, 5, 1 },            /* of no stream */
    { INF_LINK_FRAME_CLOSE, 0, 0 },           /* of no stream */
    { INF_LINK_FRAME_END, 1, 2 },             /* too long */
    { INF_LINK_FRAME_CREDIT, 1, 3 },          /* too short */
    { INF_LINK_FRAME_PING, 0, 1 },            /* too long */
    { INF_LINK_FRAME_DATA, 1, sizeof zeros }, /* too long */
    { (InfLinkFrameType)0, 1, 0 },            /* no such type */
    { (InfLinkFrameType)12, 1, 0 },           /* no such type */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fresh = { 0 };
      set_up (&fresh, NULL);
      open_channel (&fresh.dialler, "net");
      exchange (&fresh);
      assert_breach (&fresh.acceptor, cases[i].type, cases[i].stream_id, zeros, cases[i].size);
      tear_down (&fresh, NULL);
    }

  open_channel (&fixture->dialler, "net");
  exchange (fixture);
  assert_breach (&fixture->acceptor, INF_LINK_FRAME_CREDIT, 1, ones, sizeof ones);
}

static void
test_data_without_credit_is_a_breach (Fixture *fixture, gconstpointer data)
{
  static const guint8 zeros[INF_LINK_INITIAL_CREDIT_BYTES];
  g_autoptr (GError) error = NULL;

  open_channel (&fixture->dialler, "net");
  exchange (fixture);
  feed_frame (&fixture->acceptor, INF_LINK_FRAME_DATA, 1, zeros, sizeof zeros, &error);
  g_assert_no_error (error);
  assert_breach (&fixture->acceptor, INF_LINK_FRAME_ERROR_DATA, 1, zeros, 1);
}

static void
test_data_after_end_is_a_breach (Fixture *fixture, gconstpointer data)
{
  InfLinkStream *stream = open_channel (&fixture->dialler, "net");

  inf_link_mux_end (fixture->dialler.mux, stream, FALSE);
  exchange (fixture);
  assert_breach (&fixture->acceptor, INF_LINK_FRAME_DATA, 1, "x", 1);
}

/* A closed number may neither be used again nor opened again. */
static void
test_numbers_are_met_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = NULL;
  const InfLinkOpen open = { INF_LINK_STREAM_CALL, (char *)"echo", NULL };
  gsize size;

  InfLinkStream *stream = open_channel (&fixture->dialler, "net");
  exchange (fixture);
  inf_link_mux_close (fixture->dialler.mux, stream);
  exchange (fixture);
  body = inf_link_open_encode (&open);
  const void *bytes = g_bytes_get_data (body, &size);
  assert_breach (&fixture->acceptor, INF_LINK_FRAME_OPEN, 1, bytes, size);
}

static void
test_open_carries_long_headers (void)
{
  g_autoptr (GBytes) header = g_bytes_new_take (g_malloc0 (INF_LINK_CHANNEL_HEADER_MAX_BYTES),
                                                INF_LINK_CHANNEL_HEADER_MAX_BYTES);
  g_autofree char *name = g_strnfill (INF_LINK_NAME_MAX_BYTES, 'n');
  const InfLinkOpen open = { INF_LINK_STREAM_CHANNEL, name, header };
  g_autoptr (GBytes) bytes = inf_link_open_encode (&open);
  g_auto (InfLinkOpen) decoded = { 0 };
  g_autoptr (GError) error = NULL;

  inf_link_open_decode (&decoded, bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (decoded.name, ==, name);
  g_assert_true (g_bytes_equal (decoded.header, header));
}

static void
test_long_messages_are_cut_between_characters (void)
{
  g_autoptr (GString) text = g_string_new ("x");
  while (text->len < 2 * INF_LINK_ERROR_MAX_BYTES)
    g_string_append (text, "é");
  g_autoptr (GError) error = g_error_new_literal (INF_ERROR, INF_ERROR_EXPIRED, text->str);
  g_autoptr (GBytes) bytes = inf_link_error_encode (error);
  g_autoptr (GError) decoded = inf_link_error_decode (bytes);

  g_assert_error (decoded, INF_ERROR, INF_ERROR_EXPIRED);
  g_assert_cmpuint (strlen (decoded->message), >, INF_LINK_ERROR_MAX_BYTES - 4);
  g_assert_true (g_utf8_validate (decoded->message, -1, NULL));
}

#define ADD(name, func) g_test_add ("/link-mux/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("life-of-a-channel", test_life_of_a_channel);
  ADD ("refusal-carries-the-error", test_refusal_carries_the_error);
  ADD ("both-close-at-once", test_both_close_at_once);
  ADD ("credit-comes-back-in-halves", test_credit_comes_back_in_halves);
  ADD ("own-streams-are-limited", test_own_streams_are_limited);
  ADD ("breaches", test_breaches);
  ADD ("data-without-credit-is-a-breach", test_data_without_credit_is_a_breach);
  ADD ("data-after-end-is-a-breach", test_data_after_end_is_a_breach);
  ADD ("numbers-are-met-once", test_numbers_are_met_once);
  g_test_add_func ("/link-message/open-carries-long-headers", test_open_carries_long_headers);
  g_test_add_func ("/link-message/long-messages-are-cut-between-characters",
                   test_long_messages_are_cut_between_characters);
  return g_test_run ();
}
