#include "common/inf-error.h"
#include "common/inf-wire.h"

#define KIND 7
#define TYPE G_VARIANT_TYPE ("(uas)")

static GBytes *
sample (void)
{
  const char *words[] = { "a", "bc", NULL };

  return inf_wire_encode (KIND, g_variant_new ("(u^as)", 5, words));
}

static void
assert_refused (GBytes *bytes, guint8 kind, gsize max_size, InfError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = inf_wire_decode (bytes, kind, TYPE, max_size, &error);

  g_assert_null (body);
  g_assert_error (error, INF_ERROR, (int)code);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) bytes = sample ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = inf_wire_decode (bytes, KIND, TYPE, 100, &error);
  guint8 kind = 0;

  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (body, FALSE);
  g_assert_cmpstr (text, ==, "(5, ['a', 'bc'])");
  g_assert_true (
      inf_wire_peek_kind (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &kind));
  g_assert_cmpuint (kind, ==, KIND);
}

static void
test_refuses_other_kind_and_size (void)
{
  g_autoptr (GBytes) bytes = sample ();
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);

  assert_refused (bytes, KIND + 1, 100, INF_ERROR_INVALID);
  assert_refused (bytes, KIND, 5, INF_ERROR_TOO_LARGE);
  assert_refused (empty, KIND, 100, INF_ERROR_INVALID);
}

static void
assert_well_formed_or_refused (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = inf_wire_decode (bytes, KIND, TYPE, 100, &error);

  if (body)
    g_assert_true (g_variant_is_normal_form (body));
  else
    g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_survives_damage (void)
{
  g_autoptr (GBytes) bytes = sample ();
  gsize size = g_bytes_get_size (bytes);

  for (gsize length = 0; length < size; length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, length);
      assert_well_formed_or_refused (cut);
    }
  for (gsize i = 0; i < size * 8; i++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      data[i / 8] ^= (guint8)(1u << (i % 8));
      g_autoptr (GBytes) flipped = g_bytes_new (data, size);
      assert_well_formed_or_refused (flipped);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/round-trip", test_round_trip);
  g_test_add_func ("/wire/refuses-other-kind-and-size", test_refuses_other_kind_and_size);
  g_test_add_func ("/wire/survives-damage", test_survives_damage);
  return g_test_run ();
}
