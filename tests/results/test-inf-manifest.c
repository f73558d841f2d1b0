#include "common/inf-error.h"
#include "results/inf-manifest.h"

#include <string.h>

static InfManifest *
sample (void)
{
  InfManifest *manifest = inf_manifest_new ();
  const guint8 sha256[32] = { 1, 2, 3 };
  InfPeerId oak = { { 9 } };

  manifest->job_id = g_strdup ("abc");
  manifest->job_name = g_strdup ("job-1");
  manifest->state = g_strdup ("failed");
  manifest->reason = g_strdup ("“quoted”\nand \\ more");
  manifest->program = g_strdup ("/home/me/a.out");
  g_strfreev (manifest->args);
  manifest->args = g_strsplit ("--seed 7", " ", -1);
  manifest->nodes = 4;
  manifest->spent_ucredits = G_MAXINT64;
  inf_manifest_add_host (manifest, &oak, "oak")->slots = 2;
  inf_manifest_add_output (manifest, "b", &oak, sha256, 5);
  inf_manifest_add_output (manifest, "a", &oak, sha256, 0);
  return manifest;
}

static void
test_round_trip (void)
{
  g_autoptr (InfManifest) manifest = sample ();
  g_autofree char *json = inf_manifest_to_json (manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfManifest) copy = inf_manifest_from_json (json, -1, &error);

  g_assert_no_error (error);
  g_autofree char *again = inf_manifest_to_json (copy);
  g_assert_cmpstr (json, ==, again);
  g_assert_cmpstr (copy->reason, ==, manifest->reason);
  g_assert_cmpuint (copy->spent_ucredits, ==, G_MAXINT64);
  g_assert_cmpstr (((InfManifestOutput *)copy->outputs->pdata[0])->path, ==, "a");
}

static void
test_adding_a_path_again_replaces_it (void)
{
  g_autoptr (InfManifest) manifest = sample ();
  const guint8 sha256[32] = { 7 };

  inf_manifest_add_output (manifest, "b", &(InfPeerId){ { 1 } }, sha256, 6);
  g_assert_cmpuint (manifest->outputs->len, ==, 2);
  g_assert_cmpuint (inf_manifest_find_output (manifest, "b")->size_bytes, ==, 6);
  g_assert_null (inf_manifest_find_output (manifest, "c"));
}

static void
assert_refused (const char *from, const char *to)
{
  g_autoptr (InfManifest) manifest = sample ();
  g_autofree char *json = inf_manifest_to_json (manifest);
  g_autoptr (GString) text = g_string_new (json);
  g_autoptr (GError) error = NULL;

  if (!g_string_replace (text, from, to, 1))
    g_error ("the sample has no %s", from);
  g_autoptr (InfManifest) damaged = inf_manifest_from_json (text->str, (gssize)text->len, &error);
  g_assert_null (damaged);
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_refuses_what_is_missing_or_wrong (void)
{
  assert_refused ("\"infinity-manifest\" : 1", "\"infinity-manifest\" : 2");
  assert_refused ("\"name\"", "\"eman\"");
  assert_refused ("\"failed\"", "7");
  assert_refused ("\"nodes\" : 4", "\"nodes\" : -4");
  assert_refused ("\"nodes\" : 4", "\"nodes\" : \"4\"");
  assert_refused ("\"--seed\"", "null");
  assert_refused ("\"path\" : \"b\"", "\"path\" : \"../b\"");
  assert_refused ("\"path\" : \"b\"", "\"path\" : \"a\"");
  assert_refused ("\"sha256\" : \"0", "\"sha256\" : \"x");
  assert_refused ("\"outputs\" : [", "\"outputs\" : [ 1,");
  assert_refused ("{", "[");
}

static void
test_refuses_no_text_at_all (void)
{
  static const char *const texts[] = { "", "null", "[]", "7", "{", "{}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (InfManifest) manifest = inf_manifest_from_json (texts[i], -1, &error);
      g_assert_null (manifest);
      g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/round-trip", test_round_trip);
  g_test_add_func ("/manifest/replace", test_adding_a_path_again_replaces_it);
  g_test_add_func ("/manifest/wrong", test_refuses_what_is_missing_or_wrong);
  g_test_add_func ("/manifest/nothing", test_refuses_no_text_at_all);
  return g_test_run ();
}
