#include "lab/inf-lab-rules.h"

static void
test_whole_wires_need_no_rule (void)
{
  InfLabWire wires[3] = { 0 };
  g_autofree char *text = inf_lab_rules_text (2, wires, 3);

  g_assert_cmpstr (text, ==, "*mangle\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n");
}

/* What a lossy host sends is lost where it arrives. */
static void
test_loss_both_ways (void)
{
  InfLabWire wires[2] = { { .loss_percent = 12.5 }, { 0 } };
  g_autofree char *own = inf_lab_rules_text (1, wires, 2);
  g_autofree char *other = inf_lab_rules_text (2, wires, 2);

  g_assert_cmpstr (
      own, ==,
      "*mangle\n:PREROUTING ACCEPT [0:0]\n"
      "-A PREROUTING -i eth0 -m statistic --mode random --probability 0.125000 -j DROP\n"
      "COMMIT\n");
  g_assert_cmpstr (other, ==,
                   "*mangle\n:PREROUTING ACCEPT [0:0]\n"
                   "-A PREROUTING -i eth0 -m mac --mac-source 02:00:0a:63:00:01 "
                   "-m statistic --mode random --probability 0.125000 -j DROP\n"
                   "COMMIT\n");
}

static void
test_block_one_way (void)
{
  InfLabWire wires[3] = { 0 };
  g_autofree char *deaf = NULL, *mute = NULL;
  guint from = 3;

  wires[0].deaf_to = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (wires[0].deaf_to, from);
  deaf = inf_lab_rules_text (1, wires, 3);
  mute = inf_lab_rules_text (3, wires, 3);
  g_assert_cmpstr (deaf, ==,
                   "*mangle\n:PREROUTING ACCEPT [0:0]\n"
                   "-A PREROUTING -i eth0 -m mac --mac-source 02:00:0a:63:00:03 -j DROP\nCOMMIT\n");
  g_assert_cmpstr (mute, ==, "*mangle\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n");
  g_array_unref (wires[0].deaf_to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lab/rules/whole-wires", test_whole_wires_need_no_rule);
  g_test_add_func ("/lab/rules/loss-both-ways", test_loss_both_ways);
  g_test_add_func ("/lab/rules/block-one-way", test_block_one_way);
  return g_test_run ();
}
