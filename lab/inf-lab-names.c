#include "lab/inf-lab-names.h"

#include <string.h>

/* The n-th host of every lab has the n-th name, for ever: scripts and pages rely on it. */
static const char *const trees[]
    = { "oak",  "elm",   "ash",    "fir",    "yew",   "bay",    "fig",    "birch",
        "pine", "cedar", "maple",  "alder",  "beech", "hazel",  "holly",  "larch",
        "lime", "olive", "poplar", "rowan",  "plum",  "pear",   "cherry", "walnut",
        "palm", "teak",  "willow", "spruce", "aspen", "acacia", "ginkgo", "juniper" };

/**
 * inf_lab_names_host:
 * @index: a host's number, from 1
 *
 * Returns: (transfer full): its name: a tree for the first 32, "h33" and so on beyond
 */
char *
inf_lab_names_host (guint index)
{
  g_return_val_if_fail (index > 0, NULL);

  if (index <= G_N_ELEMENTS (trees))
    return g_strdup (trees[index - 1]);
  return g_strdup_printf ("h%u", index);
}

/**
 * inf_lab_names_find:
 * @name: a host's name, or "h" and its number, which names every host
 * @n_hosts: how many hosts there are
 *
 * Returns: the host's number from 1, or 0 when there is none of that name
 */
guint
inf_lab_names_find (const char *name, guint n_hosts)
{
  guint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (trees) && i < n_hosts; i++)
    if (strcmp (name, trees[i]) == 0)
      return i + 1;
  if (name[0] == 'h' && name[1] != '0'
      && g_ascii_string_to_unsigned (name + 1, 10, 1, n_hosts, &number, NULL))
    return (guint)number;
  return 0;
}

/**
 * inf_lab_names_address:
 * @index: a host's number, 1 to 65534
 *
 * Returns: (transfer full): its address, 10.99.0.0 and the number: 10.99.0.1 for the first. The
 *   lab's network is 10.99.0.0/16.
 */
char *
inf_lab_names_address (guint index)
{
  return g_strdup_printf ("10.99.%u.%u", index >> 8 & 255, index & 255);
}

/**
 * inf_lab_names_mac:
 * @index: a host's number, 1 to 65534
 *
 * Returns: (transfer full): its network card's address, locally administered, with the IPv4
 *   address as its last four bytes
 */
char *
inf_lab_names_mac (guint index)
{
  return g_strdup_printf ("02:00:0a:63:%02x:%02x", index >> 8 & 255, index & 255);
}

/**
 * inf_lab_names_etc_hosts:
 * @n_hosts: how many hosts there are
 *
 * Returns: (transfer full): the text of their /etc/hosts
 */
char *
inf_lab_names_etc_hosts (guint n_hosts)
{
  GString *text = g_string_new ("127.0.0.1 localhost\n::1 localhost ip6-localhost\n");

  for (guint i = 1; i <= n_hosts; i++)
    {
      g_autofree char *name = inf_lab_names_host (i);
      g_autofree char *address = inf_lab_names_address (i);

      if (i <= G_N_ELEMENTS (trees))
        g_string_append_printf (text, "%s %s h%u\n", address, name, i);
      else
        g_string_append_printf (text, "%s %s\n", address, name);
    }
  return g_string_free (text, FALSE);
}

/**
 * inf_lab_names_is_valid_lab:
 * @name: what somebody wants to call a lab
 *
 * Returns: whether it can be a lab's name: 1 to 32 letters, digits, '-' or '_', not '-' first
 */
gboolean
inf_lab_names_is_valid_lab (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > 32 || name[0] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '_')
      return FALSE;
  return TRUE;
}
