#include "grid/market/inf-plan.h"

#include "grid/market/inf-host-policy.h"
#include "grid/market/inf-price.h"

#include <string.h>

/* How many rejected peers the reason names; the plan lists them all. */
#define MAX_NAMED 4

static void
host_free (gpointer data)
{
  InfPlanHost *host = data;

  g_free (host->name);
  g_free (host);
}

static void
rejection_free (gpointer data)
{
  InfPlanRejection *rejection = data;

  g_free (rejection->name);
  g_free (rejection->reason);
  g_variant_unref (rejection->cause);
  g_free (rejection);
}

static guint64
price_of (const InfPlanCandidate *candidate)
{
  return candidate->is_self ? 0 : candidate->price_ucredits;
}

/* Why a peer can't be used. */
typedef struct
{
  char *reason; /* NULL: it can */
  GVariant *cause;
} Obstacle;

static void
obstacle_clear (Obstacle *obstacle)
{
  g_clear_pointer (&obstacle->reason, g_free);
  g_clear_pointer (&obstacle->cause, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Obstacle, obstacle_clear)

/* @reason: (transfer full)
 * @cause: (transfer floating) */
static Obstacle
obstacle_of (char *reason, GVariant *cause)
{
  return (Obstacle){ reason, g_variant_ref_sink (cause) };
}

static GVariant *
cause_of (const char *code)
{
  return g_variant_new_parsed ("{'code': <%s>}", code);
}

static Obstacle
find_machine_obstacle (const InfPlanRequest *request, const InfPlanCandidate *candidate)
{
  const char *arch = candidate->arch ? candidate->arch : "";

  if (request->arch && !g_str_equal (arch, request->arch))
    return obstacle_of (
        g_strdup_printf ("%s, %s needed", *arch ? arch : "unknown machine", request->arch),
        g_variant_new_parsed ("{'code': <'other-machine'>, 'arch': <%s>, 'needed': <%s>}", arch,
                              request->arch));
  if (request->open_mpi_series && !candidate->open_mpi_version)
    return obstacle_of (g_strdup ("no Open MPI"), cause_of ("no-open-mpi"));
  if (request->open_mpi_series
      && !inf_open_mpi_is_of_series (candidate->open_mpi_version, request->open_mpi_series))
    return obstacle_of (
        g_strdup_printf ("Open MPI %s, %s needed", candidate->open_mpi_version,
                         request->open_mpi_series),
        g_variant_new_parsed ("{'code': <'other-open-mpi'>, 'version': <%s>, 'needed': <%s>}",
                              candidate->open_mpi_version, request->open_mpi_series));
  if (request->program
      && (!candidate->offers
          || !g_strv_contains ((const char *const *)candidate->offers, request->program)))
    return obstacle_of (
        g_strdup_printf ("does not offer '%s'", request->program),
        g_variant_new_parsed ("{'code': <'not-offered'>, 'program': <%s>}", request->program));
  return (Obstacle){ NULL, NULL };
}

static Obstacle
find_capacity_obstacle (const InfPlanRequest *request, const InfPlanCandidate *candidate)
{
  if (request->max_price_ucredits > 0 && price_of (candidate) > request->max_price_ucredits)
    {
      g_autofree char *price = inf_ucredits_to_text ((gint64)price_of (candidate));
      g_autofree char *most = inf_ucredits_to_text ((gint64)request->max_price_ucredits);
      return obstacle_of (
          g_strdup_printf ("costs %s a second, %s offered", price, most),
          g_variant_new_parsed ("{'code': <'too-expensive'>, 'price': <%t>, 'most': <%t>}",
                                price_of (candidate), request->max_price_ucredits));
    }
  if (candidate->slots_free < request->slots_per_node)
    return obstacle_of (
        g_strdup_printf ("%u of %u slots free, %u asked", candidate->slots_free,
                         candidate->slots_total, request->slots_per_node),
        g_variant_new_parsed (
            "{'code': <'too-few-slots'>, 'free': <%u>, 'total': <%u>, 'asked': <%u>}",
            candidate->slots_free, candidate->slots_total, request->slots_per_node));
  if (candidate->memory_bytes > 0 && candidate->memory_bytes < request->memory_bytes)
    return obstacle_of (
        g_strdup_printf ("%" G_GUINT64_FORMAT " MiB of memory, %" G_GUINT64_FORMAT " asked",
                         candidate->memory_bytes >> 20, request->memory_bytes >> 20),
        g_variant_new_parsed ("{'code': <'too-little-memory'>, 'bytes': <%t>, 'asked': <%t>}",
                              candidate->memory_bytes, request->memory_bytes));
  return (Obstacle){ NULL, NULL };
}

static Obstacle
find_obstacle (const InfPlanRequest *request, const InfPlanCandidate *candidate)
{
  if (candidate->exclusion)
    return obstacle_of (g_strdup (candidate->exclusion), cause_of ("failed-before"));
  if (!candidate->is_alive)
    return obstacle_of (g_strdup ("not alive"), cause_of ("not-alive"));
  if (!candidate->is_hosting)
    return obstacle_of (
        g_strdup (candidate->is_self ? "this machine does not take jobs" : "does not take jobs"),
        cause_of ("not-hosting"));
  Obstacle obstacle = find_machine_obstacle (request, candidate);
  return obstacle.reason ? obstacle : find_capacity_obstacle (request, candidate);
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return (a > b) - (a < b);
}

/* Load in free slots: a machine with many idle slots is hardly loaded by a job of one. */
static guint64
load_share (const InfPlanCandidate *candidate)
{
  return (guint64)candidate->load_milli * 1000 / MAX (candidate->slots_total, 1);
}

/* Cheapest first, then most free slots, least load, nearest, and the id so that equals have an
 * order too: the same grid gives the same plan. */
static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const InfPlanCandidate *left = *(const InfPlanCandidate *const *)a;
  const InfPlanCandidate *right = *(const InfPlanCandidate *const *)b;
  guint64 left_rtt = left->is_self ? 0 : (guint64)left->rtt_us;
  guint64 right_rtt = right->is_self ? 0 : (guint64)right->rtt_us;
  int order = compare_numbers (price_of (left), price_of (right));

  if (order == 0)
    order = compare_numbers (right->slots_free, left->slots_free);
  if (order == 0)
    order = compare_numbers (load_share (left), load_share (right));
  if (order == 0)
    order = compare_numbers (left_rtt, right_rtt);
  return order != 0 ? order : inf_peer_id_compare (&left->id, &right->id);
}

static int
compare_rejections (gconstpointer a, gconstpointer b)
{
  const InfPlanRejection *left = *(const InfPlanRejection *const *)a;
  const InfPlanRejection *right = *(const InfPlanRejection *const *)b;
  int order = g_strcmp0 (left->name, right->name);

  return order != 0 ? order : inf_peer_id_compare (&left->id, &right->id);
}

/* Returns: (transfer container): the candidates that can serve; the others go to @rejections */
static GPtrArray *
sift (const InfPlanRequest *request, const InfPlanCandidate *candidates, guint n_candidates,
      GPtrArray *rejections)
{
  GPtrArray *usable = g_ptr_array_new ();

  for (guint i = 0; i < n_candidates; i++)
    {
      Obstacle obstacle = find_obstacle (request, &candidates[i]);
      if (!obstacle.reason)
        {
          g_ptr_array_add (usable, (gpointer)&candidates[i]);
          continue;
        }
      InfPlanRejection *rejection = g_new0 (InfPlanRejection, 1);
      rejection->id = candidates[i].id;
      rejection->name = g_strdup (candidates[i].name);
      rejection->reason = obstacle.reason;
      rejection->cause = obstacle.cause;
      g_ptr_array_add (rejections, rejection);
    }
  g_ptr_array_sort (usable, compare_candidates);
  g_ptr_array_sort (rejections, compare_rejections);
  return usable;
}

/* The most slots per node with which there would be enough hosts, when slots alone are missing;
 * 0: no such number. */
static guint
find_slots_that_satisfy (const InfPlanRequest *request, const InfPlanCandidate *candidates,
                         guint n_candidates)
{
  InfPlanRequest eased = *request;

  for (eased.slots_per_node--; eased.slots_per_node > 0; eased.slots_per_node--)
    {
      guint n_usable = 0;
      for (guint i = 0; i < n_candidates; i++)
        {
          g_auto (Obstacle) obstacle = find_obstacle (&eased, &candidates[i]);
          n_usable += obstacle.reason == NULL;
        }
      if (n_usable >= request->nodes)
        return eased.slots_per_node;
    }
  return 0;
}

/* The lowest price with which there would be enough hosts, when it alone is too low; 0: none. */
static guint64
find_price_that_satisfies (const InfPlanRequest *request, const InfPlanCandidate *candidates,
                           guint n_candidates)
{
  InfPlanRequest eased = *request;
  g_autoptr (GPtrArray) rejections = g_ptr_array_new_with_free_func (rejection_free);

  eased.max_price_ucredits = 0;
  g_autoptr (GPtrArray) usable = sift (&eased, candidates, n_candidates, rejections);
  return usable->len < request->nodes ? 0 : price_of (usable->pdata[request->nodes - 1]);
}

static int
compare_memory (gconstpointer a, gconstpointer b)
{
  const InfPlanCandidate *left = *(const InfPlanCandidate *const *)a;
  const InfPlanCandidate *right = *(const InfPlanCandidate *const *)b;

  return compare_numbers (right->memory_bytes, left->memory_bytes);
}

/* The most memory with which there would be enough hosts, when memory alone is missing; 0: none. */
static guint64
find_memory_that_satisfies (const InfPlanRequest *request, const InfPlanCandidate *candidates,
                            guint n_candidates)
{
  InfPlanRequest eased = *request;
  g_autoptr (GPtrArray) rejections = g_ptr_array_new_with_free_func (rejection_free);
  const InfPlanCandidate *last;

  eased.memory_bytes = 0;
  g_autoptr (GPtrArray) usable = sift (&eased, candidates, n_candidates, rejections);
  if (usable->len < request->nodes)
    return 0;
  g_ptr_array_sort (usable, compare_memory);
  last = usable->pdata[request->nodes - 1];
  return last->memory_bytes;
}

static void
advise (GVariantDict *cause, const char *what, guint64 value)
{
  g_variant_dict_insert (cause, "try", "s", what);
  g_variant_dict_insert (cause, "value", "t", value);
}

/* What to ask for instead, where one number alone is in the way. */
static void
append_way_out (GString *text, GVariantDict *cause, const InfPlanRequest *request,
                const InfPlanCandidate *candidates, guint n_candidates, guint n_usable)
{
  guint slots = find_slots_that_satisfy (request, candidates, n_candidates);
  guint64 price_ucredits = find_price_that_satisfies (request, candidates, n_candidates);
  guint64 memory_bytes = find_memory_that_satisfies (request, candidates, n_candidates);

  if (slots > 0)
    {
      advise (cause, "slots", slots);
      g_string_append_printf (text, "; try --slots %u", slots);
    }
  else if (price_ucredits > 0)
    {
      g_autofree char *price = inf_ucredits_to_text ((gint64)price_ucredits);
      advise (cause, "max-price", price_ucredits);
      g_string_append_printf (text, "; try --max-price %s", price);
    }
  else if (memory_bytes >> 20 > 0)
    {
      advise (cause, "memory", memory_bytes >> 20 << 20);
      g_string_append_printf (text, "; try --memory %" G_GUINT64_FORMAT "M", memory_bytes >> 20);
    }
  else if (n_usable > 0)
    {
      advise (cause, "nodes", n_usable);
      g_string_append_printf (text, "; try --nodes %u", n_usable);
    }
  else
    g_string_append (text, "; start hosting on more machines: infinity host start");
}

static void
append_rejections (GString *text, GVariantDict *cause, GPtrArray *rejections)
{
  GVariantBuilder unusable;

  g_variant_builder_init (&unusable, G_VARIANT_TYPE ("a(sa{sv})"));
  for (guint i = 0; i < MIN (rejections->len, MAX_NAMED); i++)
    {
      const InfPlanRejection *rejection = g_ptr_array_index (rejections, i);
      g_string_append_printf (text, "%s%s: %s", i == 0 ? " (" : "; ", rejection->name,
                              rejection->reason);
      g_variant_builder_add (&unusable, "(s@a{sv})", rejection->name, rejection->cause);
    }
  g_variant_dict_insert (cause, "unusable", "a(sa{sv})", &unusable);
  g_variant_dict_insert (cause, "unusable-more", "u",
                         rejections->len - MIN (rejections->len, MAX_NAMED));
  if (rejections->len > MAX_NAMED)
    g_string_append_printf (text, "; and %u more", rejections->len - MAX_NAMED);
  if (rejections->len > 0)
    g_string_append_c (text, ')');
}

static void
explain_missing_hosts (InfPlan *plan, const InfPlanRequest *request,
                       const InfPlanCandidate *candidates, guint n_candidates, guint n_usable)
{
  g_auto (GVariantDict) cause = G_VARIANT_DICT_INIT (NULL);
  GString *text = g_string_new (NULL);

  g_variant_dict_insert (&cause, "code", "s", "too-few-hosts");
  g_variant_dict_insert (&cause, "found", "u", n_usable);
  g_variant_dict_insert (&cause, "asked", "u", request->nodes);
  g_string_append_printf (text, "%u of %u hosts found", n_usable, request->nodes);
  append_rejections (text, &cause, plan->rejections);
  append_way_out (text, &cause, request, candidates, n_candidates, n_usable);
  plan->code = INF_ERROR_NO_HOSTS;
  plan->reason = g_string_free (text, FALSE);
  plan->cause = g_variant_ref_sink (g_variant_dict_end (&cause));
}

static guint64
cost_of_all (GPtrArray *hosts, guint64 served_ms)
{
  guint64 total_ucredits = 0;

  for (guint i = 0; i < hosts->len; i++)
    {
      const InfPlanHost *host = g_ptr_array_index (hosts, i);
      total_ucredits
          = inf_ucredits_add (total_ucredits, inf_price_cost (host->price_ucredits, served_ms));
    }
  return total_ucredits;
}

/* The longest time that the balance carries all hosts for. Every host's cost is rounded up by
 * itself, so the quotient can be a few micro-credits too much: bisect for the exact bound. */
static guint64
find_funded_ms (const InfPlan *plan, guint64 limit_ms, guint64 balance_ucredits)
{
  guint64 low = 0, high = limit_ms;

  while (low < high)
    {
      guint64 middle = low + (high - low + 1) / 2;
      if (cost_of_all (plan->hosts, middle) <= balance_ucredits)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

static void
explain_missing_credits (InfPlan *plan, const InfPlanRequest *request, guint64 least_ms)
{
  guint64 needed_ucredits = cost_of_all (plan->hosts, least_ms);
  g_autofree char *needed = inf_ucredits_to_text ((gint64)needed_ucredits);
  g_autofree char *there = inf_ucredits_to_text ((gint64)request->balance_ucredits);
  g_autofree char *per_minute = inf_ucredits_to_text ((gint64)plan->price_per_minute_ucredits);

  plan->code = INF_ERROR_NO_CREDITS;
  plan->reason = g_strdup_printf (
      "%s credits free, %s needed to begin (%s a minute); try fewer --nodes, a lower --max-price, "
      "or earn some: infinity host start",
      there, needed, per_minute);
  plan->cause = g_variant_ref_sink (g_variant_new_parsed (
      "{'code': <'too-few-credits'>, 'free': <%t>, 'needed': <%t>, 'per-minute': <%t>}",
      request->balance_ucredits, needed_ucredits, plan->price_per_minute_ucredits));
}

static void
fund (InfPlan *plan, const InfPlanRequest *request)
{
  guint64 limit_ms = inf_price_served_ms (request->time_limit_us);
  guint64 least_ms = MIN (limit_ms, (guint64)INF_PLAN_MIN_FUNDED_US / 1000);
  guint64 funded_ms = find_funded_ms (plan, limit_ms, request->balance_ucredits);

  plan->price_per_second_ucredits = cost_of_all (plan->hosts, 1000);
  plan->price_per_minute_ucredits = cost_of_all (plan->hosts, 60 * 1000);
  plan->worst_case_ucredits = cost_of_all (plan->hosts, limit_ms);
  plan->funded_us = MIN ((gint64)funded_ms * 1000, MAX (request->time_limit_us, 0));
  for (guint i = 0; i < plan->hosts->len; i++)
    {
      InfPlanHost *host = g_ptr_array_index (plan->hosts, i);
      host->escrow_ucredits = inf_price_cost (host->price_ucredits, funded_ms);
    }
  if (funded_ms < least_ms)
    explain_missing_credits (plan, request, least_ms);
}

/**
 * inf_plan_new:
 * @request: what the job needs
 * @candidates: (array length=n_candidates): every peer known, the submitter's own node among them
 * @n_candidates: their number
 *
 * Chooses hosts. Nothing is spent or reserved by it, and each host still decides for itself. When
 * only credits are missing the hosts are listed nevertheless, with their prices.
 *
 * Returns: (transfer full): the plan, possible or not
 */
InfPlan *
inf_plan_new (const InfPlanRequest *request, const InfPlanCandidate *candidates, guint n_candidates)
{
  InfPlan *plan = g_new0 (InfPlan, 1);

  plan->hosts = g_ptr_array_new_with_free_func (host_free);
  plan->rejections = g_ptr_array_new_with_free_func (rejection_free);
  if (request->launch_obstacle)
    {
      plan->code = INF_ERROR_UNSUPPORTED;
      plan->reason
          = g_strdup_printf ("this machine can't launch a job: %s", request->launch_obstacle);
      plan->cause = g_variant_ref_sink (g_variant_new_parsed (
          "{'code': <'can-not-launch'>, 'detail': <%s>}", request->launch_obstacle));
      return plan;
    }
  g_autoptr (GPtrArray) usable = sift (request, candidates, n_candidates, plan->rejections);
  if (usable->len < request->nodes)
    {
      explain_missing_hosts (plan, request, candidates, n_candidates, usable->len);
      return plan;
    }
  for (guint i = 0; i < request->nodes; i++)
    {
      const InfPlanCandidate *candidate = g_ptr_array_index (usable, i);
      InfPlanHost *host = g_new0 (InfPlanHost, 1);
      host->id = candidate->id;
      host->name = g_strdup (candidate->name);
      host->slots = request->slots_per_node;
      host->price_ucredits = price_of (candidate);
      g_ptr_array_add (plan->hosts, host);
    }
  fund (plan, request);
  return plan;
}

void
inf_plan_free (InfPlan *plan)
{
  if (!plan)
    return;
  g_ptr_array_unref (plan->hosts);
  g_ptr_array_unref (plan->rejections);
  g_free (plan->reason);
  g_clear_pointer (&plan->cause, g_variant_unref);
  g_free (plan);
}

gboolean
inf_plan_is_possible (const InfPlan *plan)
{
  return plan->reason == NULL;
}
