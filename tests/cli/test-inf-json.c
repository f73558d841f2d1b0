#include "cli/inf-json.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static JsonNode *
render (GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autofree char *json = inf_json_from_variant (owned);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_assert_true (g_str_has_suffix (json, "\n"));
  node = json_from_string (json, &error);
  g_assert_no_error (error);
  return node;
}

static void
test_keeps_numbers_whole (void)
{
  g_autoptr (JsonNode) node
      = render (g_variant_new_parsed ("{'a': <@t 9007199254740993>, 'b': <@x -9223372036854775808>,"
                                      " 'c': <@y 255>, 'd': <0.5>, 'e': <true>, 'f': <@q 9>}"));
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpint (json_object_get_int_member (object, "a"), ==,
                   G_GINT64_CONSTANT (9007199254740993));
  g_assert_cmpint (json_object_get_int_member (object, "b"), ==, G_MININT64);
  g_assert_cmpint (json_object_get_int_member (object, "c"), ==, 255);
  g_assert_cmpfloat (json_object_get_double_member (object, "d"), ==, 0.5);
  g_assert_true (json_object_get_boolean_member (object, "e"));
  g_assert_cmpint (json_object_get_int_member (object, "f"), ==, 9);
}

static void
test_names_the_places_of_tuples (void)
{
  g_autoptr (JsonNode) node
      = render (g_variant_new_parsed ("[{'hosts': <['oak']>, 'host-spent': <[('oak', @t 5)]>,"
                                      " 'steps': <[('running', @x 1, @x 2)]>}]"));
  JsonObject *job = json_array_get_object_element (json_node_get_array (node), 0);
  JsonObject *spent
      = json_array_get_object_element (json_object_get_array_member (job, "host-spent"), 0);

  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (job, "hosts"), 0),
                   ==, "oak");
  g_assert_cmpstr (json_object_get_string_member (spent, "host"), ==, "oak");
  g_assert_cmpint (json_object_get_int_member (spent, "spent"), ==, 5);
}

static void
test_writes_numbers_that_json_has_not_as_null (void)
{
  g_autoptr (JsonNode) node = render (g_variant_new_double (NAN));

  g_assert_true (json_node_is_null (node));
}

static void
test_escapes_what_a_terminal_obeys (void)
{
  static const char hostile[] = "a\x1b[2J\"\\\xc2\x9b\x7f\xe2\x80\xae\xf3\xa0\x80\x81 ä";
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string (hostile));
  g_autofree char *json = inf_json_from_variant (value);
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  for (const char *p = json; *p; p = g_utf8_next_char (p))
    g_assert_true (*p == '\n' || g_unichar_isprint (g_utf8_get_char (p)));
  g_assert_nonnull (node);
  g_assert_cmpstr (json_node_get_string (node), ==, hostile);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/keeps-numbers-whole", test_keeps_numbers_whole);
  g_test_add_func ("/json/names-the-places-of-tuples", test_names_the_places_of_tuples);
  g_test_add_func ("/json/writes-numbers-that-json-has-not-as-null",
                   test_writes_numbers_that_json_has_not_as_null);
  g_test_add_func ("/json/escapes-what-a-terminal-obeys", test_escapes_what_a_terminal_obeys);
  return g_test_run ();
}
