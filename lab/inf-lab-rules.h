#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfLabWire:
 * @loss_percent: share of the packets to and from this host that get lost, 0 to 100
 * @deaf_to: (element-type guint) (nullable): numbers of the hosts that this one doesn't hear
 *
 * What is wrong with one host's wire, as far as packet filter rules do it.
 */
typedef struct
{
  double loss_percent;
  GArray *deaf_to;
} InfLabWire;

char *inf_lab_rules_text (guint index, const InfLabWire *wires, guint n_hosts);

G_END_DECLS
