#include "lab/inf-lab-private.h"

/* What can be done to the wires between a lab's machines. Each stays until it is undone, also while
 * the host is down. */

/**
 * inf_lab_cut:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Lets no frame pass between the host and the others, in either direction, and tells nobody: the
 * card's link stays up and connections go silent.
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_cut (InfLab *lab, const char *host, GError **error)
{
  return inf_lab_ask_host (lab, "cut", host, NULL, 0, error);
}

/**
 * inf_lab_heal:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Undoes inf_lab_cut(), and inf_lab_block() of what others send to it.
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_heal (InfLab *lab, const char *host, GError **error)
{
  return inf_lab_ask_host (lab, "heal", host, NULL, 0, error);
}

/**
 * inf_lab_block:
 * @lab: a lab
 * @from: a host's name
 * @to: another's
 * @error: return location
 *
 * Drops every IP packet that @from sends to @to, silently, on arrival; the other direction and
 * everybody else are not affected.
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_block (InfLab *lab, const char *from, const char *to, GError **error)
{
  return inf_lab_ask_host (lab, "block", from, to, 0, error);
}

/**
 * inf_lab_unblock:
 * @lab: a lab
 * @from: a host's name
 * @to: another's
 * @error: return location
 *
 * Returns: whether inf_lab_block() of the two was undone
 */
gboolean
inf_lab_unblock (InfLab *lab, const char *from, const char *to, GError **error)
{
  return inf_lab_ask_host (lab, "unblock", from, to, 0, error);
}

/**
 * inf_lab_loss:
 * @lab: a lab
 * @host: a host's name
 * @percent: share of the IP packets to it and from it that get lost, 0 to 100, each way
 * @error: return location
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_loss (InfLab *lab, const char *host, double percent, GError **error)
{
  return inf_lab_ask_host (lab, "loss", host, NULL, percent, error);
}

/**
 * inf_lab_rate:
 * @lab: a lab
 * @host: a host's name
 * @mbit: what passes in a second each way, in 10^6 bits, from 0.01; 0 for no limit
 * @error: return location
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_rate (InfLab *lab, const char *host, double mbit, GError **error)
{
  return inf_lab_ask_host (lab, "rate", host, NULL, mbit, error);
}
