#include "tests/client-app/inf-client-scenario.h"

/* Situations of one who runs jobs, as infinityd would tell of them. */

/* Four computers that take jobs, one that does not, and this one. */
static void
add_peers (InfDesktopNode *node)
{
  static const char *const trees[] = { "ash", "elm", "fir", "oak", "yew" };
  GVariantBuilder peers;

  g_variant_builder_init (&peers, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < G_N_ELEMENTS (trees); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{'id': <'peer%08u'>, 'name': <'%s'>, 'state': <'alive'>, 'address': "
          "<'192.168.1.%u:7848'>,"
          " 'cores': <@u 8>, 'memory-bytes': <@t 17179869184>, 'slots-total': <@u 8>,"
          " 'slots-free': <@u %u>, 'price': <@t %u>, 'hosting': <%s>, 'rtt-us': <@x 420>,"
          " 'heard-ms': <@x 200>, 'os': <'Debian 12'>, 'open-mpi': <'4.1.4'>, 'offers': <%s>}",
          i, trees[i], i + 2, 8 - i, 500 + i * 250, i == 4 ? "false" : "true",
          i % 2 == 0 ? "['lammps', 'gromacs']" : "@as []");
      g_variant_builder_add_value (&peers, g_variant_new_parsed (text));
    }
  g_variant_builder_add_value (
      &peers, g_variant_new_parsed (
                  "{'id': <'birchid23456723456723456723'>, 'name': <'birch'>, 'state': <'self'>,"
                  " 'hosting': <false>, 'slots-total': <@u 8>, 'slots-free': <@u 8>,"
                  " 'price': <@t 1000>, 'os': <'Debian 12'>, 'memory-bytes': <@t 17179869184>}"));
  inf_desktop_node_answer (node, "Node1.ListPeers", g_variant_new ("(aa{sv})", &peers));
}

/* Two tasks, one with a parameter of each type. */
static void
add_tasks (InfDesktopNode *node)
{
  inf_desktop_node_answer (
      node, "Jobs1.ListTasks",
      g_variant_new_parsed (
          "([{'name': <'taskadd'>, 'title': <'Add Integers'>,"
          " 'description': <'The exact sum of integers of any sign and size, from a text file or"
          " made up, added by all machines together.'>, 'icon': <''>,"
          " 'parameters': <[{'name': <'input'>, 'title': <'File With Integers'>,"
          " 'description': <'Integers in decimal, between spaces or line breaks.'>,"
          " 'type': <'file'>, 'option': <'--input'>},"
          " {'name': <'generate'>, 'title': <'Integers to Make Up'>,"
          " 'description': <'How many integers of 64 bits to add instead of a file’s.'>,"
          " 'type': <'integer'>, 'minimum': <@x 1>, 'maximum': <@x 9223372036854775807>,"
          " 'default': <'1000000'>, 'option': <'--generate'>, 'excludes': <'input'>}]>},"
          " {'name': <'pi'>, 'title': <'Estimate Pi'>, 'description': <'By throwing darts.'>,"
          " 'parameters': <[{'name': <'label'>, 'title': <'Label'>, 'type': <'text'>,"
          " 'required': <true>}, {'name': <'block'>, 'title': <'Block'>, 'type': <'size'>,"
          " 'minimum': <@x 1024>, 'maximum': <@x 1073741824>, 'default': <'1 MiB'>,"
          " 'option': <'--block'>}, {'name': <'source'>, 'title': <'Random Numbers'>,"
          " 'type': <'choice'>, 'choices': <[('fast', 'Fast'), ('good', 'Good')]>,"
          " 'default': <'fast'>, 'option': <'--source'>}, {'name': <'trace'>,"
          " 'title': <'Draw the Darts'>, 'type': <'boolean'>, 'option': <'--trace'>}]>}],)"));
}

/* Nobody is registered yet; what there is to run is known all the same. */
void
inf_client_scenario_register (InfDesktopNode *node)
{
  inf_desktop_node_set (node, "Identity1.State", "'unregistered'");
  inf_desktop_node_set (node, "Node1.State", "'unregistered'");
  inf_desktop_node_set (node, "Node1.GridName", "''");
  add_tasks (node);
}

/* The job would run on four computers. */
void
inf_client_scenario_plan (InfDesktopNode *node)
{
  inf_desktop_node_answer (
      node, "Jobs1.Plan",
      g_variant_new_parsed (
          "({'possible': <true>, 'reason': <''>, 'hosts': <[('ash', @u 1, @t 500),"
          " ('elm', 1, 750), ('fir', 1, 1000), ('oak', 1, 1250)]>,"
          " 'price-per-minute': <@t 210000>, 'worst-case': <@t 12600000>},)"));
}

/* @reason: why it can't run */
void
inf_client_scenario_refuse (InfDesktopNode *node, const char *reason)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "possible", "b", FALSE);
  g_variant_dict_insert (&dict, "reason", "s", reason);
  inf_desktop_node_answer (node, "Jobs1.Plan",
                           g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)));
}

/* Of five computers that are asked for, four take jobs. */
void
inf_client_scenario_lack (InfDesktopNode *node)
{
  inf_desktop_node_answer (
      node, "Jobs1.Plan",
      g_variant_new_parsed (
          "({'possible': <false>,"
          " 'reason': <'4 of 5 hosts found (yew: does not take jobs); try --nodes 4'>,"
          " 'cause': <{'code': <'too-few-hosts'>, 'found': <@u 4>, 'asked': <@u 5>,"
          " 'unusable': <[('yew', {'code': <'not-hosting'>})]>, 'unusable-more': <@u 0>,"
          " 'try': <'nodes'>, 'value': <@t 4>}>},)"));
}

/* A sealed identity, signed in and connected, with credits and others to run jobs on. */
void
inf_client_scenario_ready (InfDesktopNode *node)
{
  inf_desktop_node_set (node, "Identity1.State", "'unlocked'");
  inf_desktop_node_set (node, "Identity1.Sealed", "true");
  inf_desktop_node_set (node, "Identity1.Name", "'birch'");
  inf_desktop_node_set (node, "Identity1.PeerId", "'birchid23456723456723456723'");
  inf_desktop_node_set (node, "Node1.Name", "'birch'");
  inf_desktop_node_set (node, "Node1.PeerId", "'birchid23456723456723456723'");
  inf_desktop_node_set (node, "Node1.GridId", "'gridid'");
  inf_desktop_node_set (node, "Node1.GridName", "'Physics Lab'");
  inf_desktop_node_set (node, "Node1.PeersAlive", "@u 5");
  inf_desktop_node_set (node, "Node1.State", "'connected'");
  inf_desktop_node_set (node, "Node1.StateDetail", "{'reason': <''>, 'peers-found': <@u 5>}");
  inf_desktop_node_set (node, "Credits1.Balance", "@x 984350000");
  add_peers (node);
  add_tasks (node);
  inf_client_scenario_plan (node);
}

/* A result of the job that is told to run, a file and an entry of the account. */
void
inf_client_scenario_own_some (InfDesktopNode *node)
{
  inf_desktop_node_answer (
      node, "Results1.List",
      g_variant_new_parsed ("([{'name': <'heat-flow'>, 'job': <'job5running23456723456723456'>,"
                            " 'program': <'heat-flow'>, 'directory': <'/nonexistent'>,"
                            " 'finished-unix': <@x 1700000000000000>, 'complete': <true>,"
                            " 'outputs': <[('plate.txt', @t 12, 'aa', 'oak')]>}],)"));
  inf_desktop_node_answer (
      node, "Files1.List",
      g_variant_new_parsed ("([{'sha256': <'aabbccddeeff0011'>, 'size': <@t 12>,"
                            " 'name': <'numbers.txt'>, 'added-unix': <@x 1700000000000000>,"
                            " 'shared': <true>, 'in-use': <false>}],)"));
  inf_desktop_node_answer (
      node, "Credits1.History",
      g_variant_new_parsed ("([{'number': <@t 1>, 'kind': <'grant'>, 'amount': <@x 1000000000>,"
                            " 'balance': <@x 1000000000>, 'peer': <''>, 'job': <''>,"
                            " 'lease': <''>, 'time-unix': <@x 1700000000000000>}],)"));
}
