#include "tests/host-app/inf-host-scenario.h"

#include <math.h>

/* Situations of a host, as infinityd would tell of them. */

#define SINCE (g_get_real_time () - 754 * (gint64)G_USEC_PER_SEC)

/* Nobody is registered yet. */
void
inf_host_scenario_register (InfDesktopNode *node)
{
  inf_desktop_node_set (node, "Identity1.State", "'unregistered'");
  inf_desktop_node_set (node, "Node1.State", "'unregistered'");
  inf_desktop_node_set (node, "Node1.GridName", "''");
}

static void
set_policy (InfDesktopNode *node)
{
  inf_desktop_node_set (
      node, "Host1.Policy",
      "{'hosting': <true>, 'slots': <@u 6>, 'memory-bytes': <@t 8589934592>,"
      " 'disk-bytes': <@t 21474836480>, 'price': <@t 1000>, 'max-seconds': <@u 14400>,"
      " 'offers': <''>, 'hours': <@a(uuu) []>, 'idle-minutes': <@u 10>, 'mains-only': <true>,"
      " 'busy-percent': <@u 0>, 'network': <false>, 'clients': <'ask'>,"
      " 'allowed': <['oakoakoakoak23456723456723']>, 'when-paused': <'finish'>,"
      " 'inhibit-suspend': <true>}");
}

/* A sealed identity, signed in and connected; it waits for a job. */
void
inf_host_scenario_ready (InfDesktopNode *node)
{
  inf_desktop_node_set (node, "Identity1.State", "'unlocked'");
  inf_desktop_node_set (node, "Identity1.Sealed", "true");
  inf_desktop_node_set (node, "Identity1.Name", "'birch'");
  inf_desktop_node_set (node, "Identity1.PeerId", "'birchid23456723456723456723'");
  inf_desktop_node_set (node, "Node1.Name", "'birch'");
  inf_desktop_node_set (node, "Node1.PeerId", "'birchid23456723456723456723'");
  inf_desktop_node_set (node, "Node1.GridId", "'gridid'");
  inf_desktop_node_set (node, "Node1.GridName", "'Physics Lab'");
  inf_desktop_node_set (node, "Node1.IsFounder", "true");
  inf_desktop_node_set (node, "Node1.PeersAlive", "@u 7");
  inf_desktop_node_set (node, "Node1.State", "'connected'");
  inf_desktop_node_set (node, "Node1.StateDetail", "{'reason': <''>, 'peers-found': <@u 7>}");
  inf_desktop_node_set (node, "Credits1.Balance", "@x 1284350000");
  inf_desktop_node_set (node, "Resources1.MemoryTotal", "@t 17179869184");
  inf_desktop_node_set (node, "Resources1.Cores", "@u 8");
  inf_desktop_node_set (node, "Host1.State",
                        "{'state': <'ready'>, 'reason': <''>, 'until-unix': <@x 0>,"
                        " 'leases': <@u 0>, 'running': <''>}");
  set_policy (node);
  inf_desktop_node_answer (
      node, "Resources1.GetEarnings",
      g_variant_new_parsed ("(@a(xtu) [(0, 41200000, 3), (1, 12640000, 2)],)"));
  inf_desktop_node_answer (
      node, "Node1.Invite",
      g_variant_new ("(sx)",
                     "infinity:aebagbafaydqqcikbmga2dqpcaireeyuculbogazdinryhi6d"
                     "4qccirdeqssmjzifevcwlbnfyxtamjsgm2dkmrx",
                     g_get_real_time () + G_TIME_SPAN_DAY));
}

static GVariant *
make_lease (const char *id, const char *client, const char *program, const char *state,
            gint64 since_unix, gint64 ended_unix, guint64 earned, const char *end_reason)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "client-name", "s", client);
  g_variant_dict_insert (&dict, "program", "s", program);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "slots", "u", 2);
  g_variant_dict_insert (&dict, "since-unix", "x", since_unix);
  g_variant_dict_insert (&dict, "ended-unix", "x", ended_unix);
  g_variant_dict_insert (&dict, "price", "t", (guint64)1000);
  g_variant_dict_insert (&dict, "earned", "t", earned);
  g_variant_dict_insert (&dict, "cpu-milli", "x", (gint64)(ended_unix ? -1 : 1930));
  g_variant_dict_insert (&dict, "memory-used", "x", (gint64)(ended_unix ? -1 : 431 << 20));
  g_variant_dict_insert (&dict, "end-reason", "s", end_reason);
  return g_variant_dict_end (&dict);
}

/* Two jobs of others run. */
void
inf_host_scenario_hosting (InfDesktopNode *node)
{
  GVariant *running[] = {
    make_lease ("lease1", "oak", "heat-flow", "staging", SINCE, 0, 21000, ""),
    make_lease ("lease2", "elm", "taskmult", "running", SINCE, 0, 754000, ""),
  };

  inf_host_scenario_ready (node);
  inf_desktop_node_set (node, "Host1.State",
                        "{'state': <'hosting'>, 'reason': <''>, 'until-unix': <@x 0>,"
                        " 'leases': <@u 2>, 'running': <''>}");
  for (guint i = 0; i < G_N_ELEMENTS (running); i++)
    {
      g_variant_ref_sink (running[i]);
      inf_desktop_node_emit (node, "Host1.LeaseChanged", g_variant_new ("(@a{sv})", running[i]));
    }
  inf_desktop_node_answer (
      node, "Host1.ListLeases",
      g_variant_new ("(@aa{sv})", g_variant_new_array (G_VARIANT_TYPE_VARDICT, running,
                                                       G_N_ELEMENTS (running))));
  for (guint i = 0; i < G_N_ELEMENTS (running); i++)
    g_variant_unref (running[i]);
}

/* @n_peers: besides this computer */
void
inf_host_scenario_add_peers (InfDesktopNode *node, guint n_peers)
{
  static const char *const trees[]
      = { "alder", "ash", "beech", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak" };
  static const char *const states[] = { "alive", "alive", "alive", "alive", "suspect", "away" };
  GVariantBuilder peers;
  GVariantBuilder neighbours;

  g_variant_builder_init (&peers, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_init (&neighbours, G_VARIANT_TYPE ("a(sxi)"));
  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *id = g_strdup_printf ("peer%08u", i);
      g_autofree char *next = g_strdup_printf ("peer%08u", (i + 3) % n_peers);
      g_autofree char *name = n_peers <= G_N_ELEMENTS (trees)
                                  ? g_strdup (trees[i])
                                  : g_strdup_printf ("%s-%03u", trees[i % G_N_ELEMENTS (trees)], i);
      g_autofree char *address = g_strdup_printf ("192.168.%u.%u:7848", i / 250, i % 250 + 1);
      gint64 rtt_us = 180 + (gint64)(i * 7919 % 977) * (i % 7) * 12;
      g_autofree char *text = g_strdup_printf (
          "{'id': <'%s'>, 'name': <'%s'>, 'state': <'%s'>, 'address': <'%s'>, 'cores': <@u %u>,"
          " 'memory-bytes': <@t %" G_GUINT64_FORMAT ">, 'slots-total': <@u 8>,"
          " 'slots-free': <@u %u>, 'price': <@t %u>, 'hosting': <%s>,"
          " 'rtt-us': <@x %" G_GINT64_FORMAT ">, 'heard-ms': <@x 200>, 'os': <'Debian 12'>,"
          " 'neighbours': <[('%s', @x 400, @i 0)]>}",
          id, name, states[i % G_N_ELEMENTS (states)], address, 4 + i % 3 * 4,
          (guint64)(8 << (i % 3)) << 30, i % 9, 500 + i % 5 * 250, i % 4 == 3 ? "false" : "true",
          i % 6 == 5 ? -1 : rtt_us, next);

      g_variant_builder_add_value (&peers, g_variant_new_parsed (text));
      if (i < 12)
        g_variant_builder_add (&neighbours, "(sxi)", id, rtt_us, 0);
    }
  g_variant_builder_add_value (
      &peers,
      g_variant_new_parsed ("{'id': <'birchid23456723456723456723'>, 'name': <'birch'>,"
                            " 'state': <'self'>, 'hosting': <true>, 'slots-total': <@u 8>,"
                            " 'slots-free': <@u 6>, 'price': <@t 1000>, 'os': <'Debian 12'>,"
                            " 'memory-bytes': <@t 17179869184>, 'neighbours': <%@a(sxi)>}",
                            g_variant_builder_end (&neighbours)));
  inf_desktop_node_answer (node, "Node1.ListPeers", g_variant_new ("(aa{sv})", &peers));
}

void
inf_host_scenario_add_past (InfDesktopNode *node, guint n_leases)
{
  static const char *const programs[] = { "taskadd", "taskmult", "heat-flow", "lattice" };
  static const char *const clients[] = { "oak", "elm", "ash" };
  GVariantBuilder leases;

  g_variant_builder_init (&leases, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_leases; i++)
    {
      g_autofree char *id = g_strdup_printf ("past%u", i);
      gint64 ended_unix = g_get_real_time () - (i + 1) * 47 * (gint64)(60 * G_USEC_PER_SEC);
      gint64 length_s = 40 + i * 131 % 5000;

      g_variant_builder_add_value (
          &leases,
          make_lease (id, clients[i % 3], programs[i % 4], "closed",
                      ended_unix - length_s * G_USEC_PER_SEC, ended_unix, (guint64)length_s * 1000,
                      i % 5 == 4 ? "the owner stopped it" : "the job has ended"));
    }
  inf_desktop_node_answer_pages (node, "Host1.ListPastLeases", g_variant_builder_end (&leases));
}

/* Somebody wants to run something. */
void
inf_host_scenario_ask (InfDesktopNode *node)
{
  GVariant *request = g_variant_new_parsed (
      "({'id': <'request1'>, 'client': <'ashid'>, 'client-name': <'ash'>, 'program': <'lattice'>,"
      " 'slots': <@u 4>, 'memory-bytes': <@t 0>, 'seconds': <@u 3600>, 'price': <@t 1000>,"
      " 'worth': <@t 3600000>},)");

  inf_desktop_node_emit (node, "Host1.RequestAdded", request);
}

/* What is used and earned @second seconds after the first sample. */
void
inf_host_scenario_sample (InfDesktopNode *node, guint second)
{
  GVariantDict dict;
  double wave = sin (second / 9.0);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "time-unix", "x",
                         G_GINT64_CONSTANT (1700000000000000) + second * (gint64)G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "cpu", "d", 48 + 30 * wave + 6 * sin (second * 1.7));
  g_variant_dict_insert (&dict, "memory", "d", (6.2 + 0.8 * wave) * (1 << 30));
  g_variant_dict_insert (&dict, "earned", "d", second < 40 ? 0.0 : second < 80 ? 3.6e6 : 7.2e6);
  g_variant_dict_insert (&dict, "earned-today", "t", (guint64)(12640000 + second * 2000));
  inf_desktop_node_emit (node, "Resources1.Sample",
                         g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)));
}
