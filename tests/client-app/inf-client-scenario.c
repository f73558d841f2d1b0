#include "tests/client-app/inf-client-scenario.h"

/* Situations of one who runs jobs, as infinityd would tell of them. */

/* Nobody is registered yet. */
void
inf_client_scenario_register (InfDesktopNode *node)
{
  inf_desktop_node_set (node, "Identity1.State", "'unregistered'");
  inf_desktop_node_set (node, "Node1.State", "'unregistered'");
  inf_desktop_node_set (node, "Node1.GridName", "''");
}

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
}
