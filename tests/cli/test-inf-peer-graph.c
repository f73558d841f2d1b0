#include "cli/inf-peer-graph.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* oak (self) and elm measured each other; elm names ash, which says nothing; ash is also measured
 * by oak; somebody that nobody knows is named by elm. */
static GVariant *
some_peers (void)
{
  return g_variant_ref_sink (g_variant_new_parsed (
      "[{'id': <'bbb'>, 'name': <'elm \"\\\\ \\u001b[2J'>, 'state': <'alive'>,"
      "  'slots-free': <@u 1>, 'slots-total': <@u 2>, 'rtt-us': <@x 400>, 'loss-permille': <60>,"
      "  'neighbours': <[('aaa', @x 420, 0), ('ccc', @x 900, -1), ('zzz', @x 5, 5),"
      "                  ('bbb', @x 1, 1)]>},"
      " {'id': <'aaa'>, 'name': <'oak'>, 'state': <'self'>, 'rtt-us': <@x -1>,"
      "  'neighbours': <[('bbb', @x 380, 10)]>},"
      " {'id': <'ccc'>, 'name': <'ash'>, 'state': <'dead'>, 'rtt-us': <@x 700>,"
      "  'loss-permille': <-1>, 'neighbours': <@a(sxi) []>}]"));
}

/* One token of the DOT language: a quoted string without its quotes, a word, or a sign. NULL at the
 * end; fails where there is no token. */
static char *
next_token (const char **text)
{
  const char *c = *text;
  GString *token = g_string_new (NULL);

  c += strspn (c, " \n");
  if (*c == '"')
    {
      for (c++; *c != '"'; c++)
        {
          g_assert_true (*c != '\0' && *c != '\n' && g_ascii_isprint (*c));
          if (*c == '\\')
            c++;
          g_string_append_c (token, *c);
        }
      c++;
    }
  else if (g_str_has_prefix (c, "--"))
    {
      g_string_append (token, "--");
      c += 2;
    }
  else if (strchr ("{}[];=,", *c))
    g_string_append_len (token, c, *c ? 1 : 0), c += *c ? 1 : 0;
  else
    for (; g_ascii_isalnum (*c); c++)
      g_string_append_c (token, *c);
  g_assert_true (token->len > 0 || *c == '\0' || c[-1] == '"');
  *text = c;
  return g_string_free (token, FALSE);
}

static void
expect (const char **text, const char *expected)
{
  g_autofree char *token = next_token (text);

  g_assert_cmpstr (token, ==, expected);
}

static void
skip_attributes (const char **text)
{
  for (g_autofree char *separator = NULL; g_strcmp0 (separator, "]") != 0;)
    {
      g_autofree char *key = next_token (text);
      expect (text, "=");
      g_autofree char *value = next_token (text);
      g_assert_cmpuint (strlen (key), >, 0);
      g_free (separator);
      separator = next_token (text);
      g_assert_true (g_str_equal (separator, ",") || g_str_equal (separator, "]"));
    }
}

/* Reads the part of DOT's grammar that a graph of nodes and edges needs. */
static void
count_statements (const char *text, guint *ret_n_nodes, guint *ret_n_edges)
{
  *ret_n_nodes = *ret_n_edges = 0;
  expect (&text, "graph");
  expect (&text, "grid");
  expect (&text, "{");
  for (;;)
    {
      g_autofree char *first = next_token (&text);
      if (g_str_equal (first, "}"))
        break;
      g_autofree char *sign = next_token (&text);
      gboolean is_default = g_str_equal (first, "node") || g_str_equal (first, "edge");
      if (g_str_equal (sign, "="))
        g_free (next_token (&text));
      else if (g_str_equal (sign, "--"))
        {
          g_free (next_token (&text));
          expect (&text, "[");
          skip_attributes (&text);
          (*ret_n_edges)++;
        }
      else
        {
          g_assert_cmpstr (sign, ==, "[");
          skip_attributes (&text);
          *ret_n_nodes += is_default ? 0 : 1;
        }
      expect (&text, ";");
    }
  expect (&text, "");
}

static void
test_dot_is_well_formed (void)
{
  g_autoptr (GVariant) peers = some_peers ();
  g_autoptr (InfPeerGraph) graph = inf_peer_graph_new (peers);
  g_autofree char *dot = inf_peer_graph_to_dot (graph);
  guint n_nodes, n_edges;

  count_statements (dot, &n_nodes, &n_edges);
  g_assert_cmpuint (n_nodes, ==, 4);
  g_assert_cmpuint (n_edges, ==, 4);
  g_assert_null (strchr (dot, '\x1b'));
}

static void
test_dot_says_what_each_end_measured (void)
{
  g_autoptr (GVariant) peers = some_peers ();
  g_autoptr (InfPeerGraph) graph = inf_peer_graph_new (peers);
  g_autofree char *dot = inf_peer_graph_to_dot (graph);

  g_assert_nonnull (strstr (dot, "  \"aaa\" -- \"bbb\" [taillabel=\"0.4 ms, 6.0% lost\", "
                                 "headlabel=\"0.4 ms, 0.0% lost\", style=solid, color=red];\n"));
  g_assert_nonnull (strstr (dot, "  \"aaa\" -- \"ccc\" [taillabel=\"0.7 ms\", "
                                 "headlabel=\"unknown\", style=dashed, color=gray];\n"));
  g_assert_nonnull (strstr (dot, "  \"zzz\" [label=\"zzz (unknown)\", style=dotted];\n"));
}

static void
test_json_marks_what_is_unknown (void)
{
  g_autoptr (GVariant) peers = some_peers ();
  g_autoptr (InfPeerGraph) graph = inf_peer_graph_new (peers);
  g_autofree char *text = inf_peer_graph_to_json (graph);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  JsonObject *whole = json_node_get_object (node);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (whole, "peers")), ==, 3);
  JsonArray *edges = json_object_get_array_member (whole, "edges");
  g_assert_cmpuint (json_array_get_length (edges), ==, 4);
  JsonObject *both = json_array_get_object_element (edges, 0);
  g_assert_cmpstr (json_object_get_string_member (both, "a"), ==, "aaa");
  g_assert_cmpstr (json_object_get_string_member (both, "b"), ==, "bbb");
  g_assert_cmpint (json_object_get_int_member (both, "a-rtt-us"), ==, 400);
  g_assert_cmpint (json_object_get_int_member (both, "b-rtt-us"), ==, 420);
  g_assert_cmpint (json_object_get_int_member (both, "a-loss-permille"), ==, 60);
  g_assert_true (json_object_get_boolean_member (both, "both-known"));
  JsonObject *one = json_array_get_object_element (edges, 2);
  g_assert_cmpstr (json_object_get_string_member (one, "b"), ==, "ccc");
  g_assert_cmpint (json_object_get_int_member (one, "a-rtt-us"), ==, 900);
  g_assert_cmpint (json_object_get_int_member (one, "b-rtt-us"), ==, -1);
  g_assert_false (json_object_get_boolean_member (one, "both-known"));
}

static void
test_nobody_is_a_graph_too (void)
{
  g_autoptr (GVariant) peers = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  g_autoptr (InfPeerGraph) graph = inf_peer_graph_new (peers);
  g_autofree char *dot = inf_peer_graph_to_dot (graph);
  g_autofree char *json = inf_peer_graph_to_json (graph);
  guint n_nodes, n_edges;

  count_statements (dot, &n_nodes, &n_edges);
  g_assert_cmpuint (n_nodes + n_edges, ==, 0);
  g_assert_nonnull (strstr (json, "\"edges\" : []"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-graph/dot-is-well-formed", test_dot_is_well_formed);
  g_test_add_func ("/peer-graph/dot-says-what-each-end-measured",
                   test_dot_says_what_each_end_measured);
  g_test_add_func ("/peer-graph/json-marks-what-is-unknown", test_json_marks_what_is_unknown);
  g_test_add_func ("/peer-graph/nobody-is-a-graph-too", test_nobody_is_a_graph_too);
  return g_test_run ();
}
