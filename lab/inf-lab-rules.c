#include "lab/inf-lab-rules.h"

#include "lab/inf-lab-names.h"

static void
append_loss (GString *text, const char *from, double percent)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.6f", percent / 100);
  g_string_append_printf (
      text, "-A PREROUTING -i eth0%s -m statistic --mode random --probability %s -j DROP\n", from,
      number);
}

/**
 * inf_lab_rules_text:
 * @index: the number of the host that the rules are for, from 1
 * @wires: (array length=n_hosts): every host's wire, the first host's first
 * @n_hosts: how many there are
 *
 * Everything is dropped where it arrives: a packet that OUTPUT drops is an error (EPERM) to the
 * program that sends it, and a lossy wire tells nobody. Senders are told apart by their network
 * card's address, so that the same rules do for IPv4 and IPv6. They fill the mangle table, to leave
 * the filter table to what runs in the host.
 *
 * Returns: (transfer full): the rules, as iptables-restore and ip6tables-restore read them
 */
char *
inf_lab_rules_text (guint index, const InfLabWire *wires, guint n_hosts)
{
  GString *text = g_string_new ("*mangle\n:PREROUTING ACCEPT [0:0]\n");
  const InfLabWire *own = &wires[index - 1];

  for (guint i = 0; own->deaf_to && i < own->deaf_to->len; i++)
    {
      g_autofree char *mac = inf_lab_names_mac (g_array_index (own->deaf_to, guint, i));
      g_string_append_printf (text, "-A PREROUTING -i eth0 -m mac --mac-source %s -j DROP\n", mac);
    }
  if (own->loss_percent > 0)
    append_loss (text, "", own->loss_percent);
  for (guint i = 1; i <= n_hosts; i++)
    {
      g_autofree char *mac = NULL;
      g_autofree char *from = NULL;

      if (i == index || wires[i - 1].loss_percent <= 0)
        continue;
      mac = inf_lab_names_mac (i);
      from = g_strdup_printf (" -m mac --mac-source %s", mac);
      append_loss (text, from, wires[i - 1].loss_percent);
    }
  g_string_append (text, "COMMIT\n");
  return g_string_free (text, FALSE);
}
