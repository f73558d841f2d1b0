#include "daemon/inf-resources.h"

#include "common/inf-base32.h"
#include "common/inf-error.h"
#include "daemon/inf-earnings.h"
#include "daemon/inf-sensors.h"
#include "grid/sandbox/inf-process-tree.h"

#include <unistd.h>

#define MINUTE_S 60
#define SECONDS_PER_HOUR 3600
/* What two looks this close tell of a rate is noise. */
#define SHORTEST_LOOK_US (G_USEC_PER_SEC / 2)

/* What a lease's processes used at the last look. */
typedef struct
{
  guint64 ticks;
  gint64 at_us;
  gint64 cpu_milli;
  gint64 memory_bytes;
} Usage;

/* From where a rate is counted. */
typedef struct
{
  InfCpuTimes times;
  guint64 jobs_ticks;
  guint64 earned_ucredits;
  gint64 at_us;
} Baseline;

struct _InfResources
{
  InfHistory *history;
  InfLeaseHost *host; /* NULL while disconnected */
  InfLedger *ledger;  /* NULL in no grid */
  gulong lease_handler;
  GHashTable *usages; /* InfHostLease → Usage */
  guint64 jobs_ticks; /* of all leases since the start */
  guint64 jobs_memory_bytes;
  gint64 looked_us;

  InfSampleRing ring;
  Baseline minute;
  Baseline second;
  guint minute_timer;
  guint second_timer;
  InfResourcesFunc func;
  gpointer user_data;

  gint64 today_unix_us; /* what @today_ucredits is of */
  guint64 today_earned_ucredits;
  guint64 today_ucredits;
};

/* A counter may go back a little between two looks. */
static guint64
more_than (guint64 now, guint64 before)
{
  return now > before ? now - before : 0;
}

static void
look_at_usage (Usage *usage, const InfProcessTotal *total, gint64 now_us)
{
  gint64 passed_us = now_us - usage->at_us;
  guint64 more = more_than (total->cpu_ticks, usage->ticks);

  usage->memory_bytes = (gint64)total->memory_bytes;
  if (usage->at_us > 0)
    usage->cpu_milli = (gint64)((double)more * 1000 * G_USEC_PER_SEC
                                / ((double)sysconf (_SC_CLK_TCK) * (double)passed_us));
  usage->ticks = total->cpu_ticks;
  usage->at_us = now_us;
}

static Usage *
usage_of (InfResources *self, InfHostLease *lease)
{
  Usage *usage = g_hash_table_lookup (self->usages, lease);

  if (usage)
    return usage;
  usage = g_new0 (Usage, 1);
  usage->cpu_milli = usage->memory_bytes = -1;
  g_hash_table_insert (self->usages, g_object_ref (lease), usage);
  return usage;
}

/* Looks at all processes below all leases, which costs some milliseconds; not at all where nothing
 * runs. */
static void
look (InfResources *self)
{
  g_autoptr (GPtrArray) leases = self->host ? inf_lease_host_list (self->host) : NULL;
  g_autoptr (InfProcessTree) tree = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->looked_us < SHORTEST_LOOK_US)
    return;
  self->looked_us = now_us;
  self->jobs_memory_bytes = 0;
  for (guint i = 0; leases && i < leases->len; i++)
    {
      gint64 pid = inf_host_lease_get_pid (leases->pdata[i]);
      InfProcessTotal total;
      if (pid == 0 || !inf_host_lease_holds_slots (leases->pdata[i]))
        continue;
      if (!tree)
        tree = inf_process_tree_read ("/proc");
      Usage *usage = usage_of (self, leases->pdata[i]);
      guint64 before = usage->ticks;
      inf_process_tree_sum (tree, pid, &total);
      look_at_usage (usage, &total, now_us);
      self->jobs_ticks += more_than (usage->ticks, before);
      self->jobs_memory_bytes += total.memory_bytes;
    }
}

/* What open leases have earned is in no ledger yet. */
static guint64
earned_in_open_leases (InfResources *self)
{
  g_autoptr (GPtrArray) leases = self->host ? inf_lease_host_list (self->host) : NULL;
  guint64 earned = 0;

  for (guint i = 0; leases && i < leases->len; i++)
    if (inf_host_lease_get_state (leases->pdata[i]) != INF_HOST_LEASE_CLOSED)
      earned += inf_host_lease_get_earned_ucredits (leases->pdata[i]);
  return earned;
}

static guint64
earned_in_all (InfResources *self)
{
  return earned_in_open_leases (self) + (self->ledger ? inf_ledger_get_earned (self->ledger) : 0);
}

static void
set_baseline (InfResources *self, Baseline *baseline)
{
  inf_cpu_times_read (&baseline->times);
  baseline->jobs_ticks = self->jobs_ticks;
  baseline->earned_ucredits = earned_in_all (self);
  baseline->at_us = g_get_monotonic_time ();
}

static double
percent_of (guint64 part, guint64 total)
{
  return total > 0 ? CLAMP (100.0 * (double)part / (double)total, 0, 100) : 0;
}

/* The means since BASELINE, which moves on. */
static void
take_sample (InfResources *self, Baseline *baseline, InfSample *ret_sample)
{
  Baseline before = *baseline;
  InfSample sample = { .time_unix_us = g_get_real_time () };
  guint64 memory = 0;

  look (self);
  set_baseline (self, baseline);
  guint64 total = more_than (baseline->times.total, before.times.total);
  gint64 passed_us = baseline->at_us - before.at_us;
  guint64 earned = more_than (baseline->earned_ucredits, before.earned_ucredits);
  inf_memory_used_read (&memory);
  sample.values[INF_SAMPLE_CPU]
      = percent_of (more_than (baseline->times.busy, before.times.busy), total);
  sample.values[INF_SAMPLE_CPU_JOBS] = percent_of (baseline->jobs_ticks - before.jobs_ticks, total);
  sample.values[INF_SAMPLE_MEMORY] = (double)memory;
  sample.values[INF_SAMPLE_MEMORY_JOBS] = (double)self->jobs_memory_bytes;
  sample.values[INF_SAMPLE_EARNED]
      = passed_us > 0 ? (double)earned * SECONDS_PER_HOUR * G_USEC_PER_SEC / (double)passed_us : 0;
  *ret_sample = sample;
}

static gboolean
on_minute (gpointer user_data)
{
  InfResources *self = user_data;
  g_autoptr (GError) error = NULL;
  InfSample sample;

  take_sample (self, &self->minute, &sample);
  if (!inf_history_add_sample (self->history, &sample, &error))
    g_warning ("%s", error->message);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_second (gpointer user_data)
{
  InfResources *self = user_data;
  InfSample sample;

  take_sample (self, &self->second, &sample);
  inf_sample_ring_add (&self->ring, &sample);
  self->func (&sample, self->user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * inf_resources_new:
 * @state_dir: the node's state directory
 * @error: #INF_ERROR_FAILED when the history can't be opened
 *
 * Returns: (transfer full) (nullable): a watch that has not started
 */
InfResources *
inf_resources_new (const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, "history.db", NULL);
  InfHistory *history = inf_history_open (path, error);

  if (!history)
    return NULL;
  InfResources *resources = g_new0 (InfResources, 1);
  resources->history = history;
  resources->usages = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  return resources;
}

void
inf_resources_free (InfResources *resources)
{
  if (!resources)
    return;
  inf_resources_set_session (resources, NULL, NULL);
  g_clear_handle_id (&resources->minute_timer, g_source_remove);
  g_clear_handle_id (&resources->second_timer, g_source_remove);
  g_hash_table_unref (resources->usages);
  inf_history_close (resources->history);
  g_free (resources);
}

void
inf_resources_start (InfResources *resources)
{
  set_baseline (resources, &resources->minute);
  resources->minute_timer = g_timeout_add_seconds (MINUTE_S, on_minute, resources);
}

/* A lease that never came to anything is no history. */
static void
record_lease (InfResources *self, InfHostLease *lease)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));
  g_autofree char *id = inf_base32_encode (terms->lease_id, sizeof terms->lease_id);
  g_autofree char *job = inf_base32_encode (terms->job_id, sizeof terms->job_id);
  InfPeerId client;
  g_autoptr (GError) error = NULL;

  inf_peer_id_of_key (&terms->client, &client);
  g_autofree char *client_id = inf_peer_id_to_text (&client);
  const InfPastLease past = {
    .id = id,
    .job = job,
    .client = client_id,
    .client_name = (char *)inf_host_lease_get_client_name (lease),
    .program = (char *)inf_host_lease_get_program (lease),
    .end_reason = (char *)inf_host_lease_get_end_reason (lease),
    .slots = terms->slots,
    .since_unix_us = terms->signed_unix_us,
    .ended_unix_us = inf_host_lease_get_ended_unix_us (lease),
    .price_ucredits = terms->price_ucredits,
    .earned_ucredits = inf_host_lease_get_earned_ucredits (lease),
  };
  if (*past.program && !inf_history_put_lease (self->history, &past, &error))
    g_warning ("%s", error->message);
}

static void
on_lease_changed (InfLeaseHost *host, InfHostLease *lease, gpointer user_data)
{
  InfResources *self = user_data;

  if (inf_host_lease_holds_slots (lease))
    return;
  record_lease (self, lease);
  g_hash_table_remove (self->usages, lease);
}

/**
 * inf_resources_set_session:
 * @resources: a watch
 * @host: (nullable): the leases of others
 * @ledger: (nullable): what is earned
 *
 * Both are borrowed until the next call.
 */
void
inf_resources_set_session (InfResources *resources, InfLeaseHost *host, InfLedger *ledger)
{
  if (host != resources->host)
    {
      g_clear_signal_handler (&resources->lease_handler, resources->host);
      g_hash_table_remove_all (resources->usages);
      resources->host = host;
      if (host)
        resources->lease_handler
            = g_signal_connect (host, "lease-changed", G_CALLBACK (on_lease_changed), resources);
    }
  resources->ledger = ledger;
  resources->today_unix_us = 0;
  resources->minute.earned_ucredits = resources->second.earned_ucredits = earned_in_all (resources);
}

/**
 * inf_resources_set_live:
 * @resources: a watch
 * @func: (nullable): called once a second from now on; %NULL: nobody looks on any more
 * @user_data: for @func
 */
void
inf_resources_set_live (InfResources *resources, InfResourcesFunc func, gpointer user_data)
{
  resources->func = func;
  resources->user_data = user_data;
  if (!func)
    g_clear_handle_id (&resources->second_timer, g_source_remove);
  else if (resources->second_timer == 0)
    {
      look (resources);
      set_baseline (resources, &resources->second);
      resources->second_timer = g_timeout_add (1000, on_second, resources);
    }
}

/**
 * inf_resources_get_jobs_ticks:
 * @resources: a watch
 *
 * Returns: the processor time that jobs of others have used since the start, in clock ticks
 */
guint64
inf_resources_get_jobs_ticks (InfResources *resources)
{
  look (resources);
  return resources->jobs_ticks;
}

/**
 * inf_resources_look_at_lease:
 * @resources: a watch
 * @lease: a lease
 * @ret_cpu_milli: (out): processors that it uses, times 1000; -1 unknown
 * @ret_memory_bytes: (out): memory that it uses; -1 unknown
 */
void
inf_resources_look_at_lease (InfResources *resources, InfHostLease *lease, gint64 *ret_cpu_milli,
                             gint64 *ret_memory_bytes)
{
  Usage *usage;

  look (resources);
  usage = g_hash_table_lookup (resources->usages, lease);
  *ret_cpu_milli = usage ? usage->cpu_milli : -1;
  *ret_memory_bytes = usage ? usage->memory_bytes : -1;
}

static gboolean
add_earnings (const GArray *entries, gint64 since_unix_us, GArray *earnings)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const InfEntry *entry = &g_array_index (entries, InfEntry, i);
      InfEarning earning = { entry->time_unix_us, entry->amount_ucredits };
      if (entry->time_unix_us < since_unix_us)
        return FALSE;
      if (entry->kind == INF_ENTRY_EARN)
        g_array_append_val (earnings, earning);
    }
  return entries->len > 0;
}

/* The ledger's newest entries back to SINCE, as far as they were earned. */
static GArray *
read_earnings (InfResources *self, gint64 since_unix_us, GError **error)
{
  g_autoptr (GArray) earnings = g_array_new (FALSE, FALSE, sizeof (InfEarning));
  gboolean goes_on = self->ledger != NULL;

  for (guint offset = 0; goes_on; offset += INF_LEDGER_MAX_HISTORY)
    {
      g_autoptr (GArray) entries
          = inf_ledger_list_history (self->ledger, offset, INF_LEDGER_MAX_HISTORY, error);
      if (!entries)
        return NULL;
      goes_on = add_earnings (entries, since_unix_us, earnings);
    }
  return g_steal_pointer (&earnings);
}

/**
 * inf_resources_list_earnings:
 * @resources: a watch
 * @n_days: how many days
 * @error: what the ledger says
 *
 * Returns: (transfer full) (element-type InfEarningDay) (nullable): oldest first; today's with what
 *   is not settled yet
 */
GArray *
inf_resources_list_earnings (InfResources *resources, guint n_days, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gint64 since_unix_us = inf_day_begin_unix_us (now, 1 - (int)n_days);
  g_autoptr (GArray) earnings = read_earnings (resources, since_unix_us, error);

  if (!earnings)
    return NULL;
  GArray *days = inf_earnings_by_day (earnings, n_days, now);
  if (days->len > 0)
    g_array_index (days, InfEarningDay, days->len - 1).amount_ucredits
        += earned_in_open_leases (resources);
  return days;
}

/**
 * inf_resources_get_earned_today:
 * @resources: a watch
 *
 * Returns: what today brought, with what is not settled yet
 */
guint64
inf_resources_get_earned_today (InfResources *resources)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gint64 today_unix_us = inf_day_begin_unix_us (now, 0);
  guint64 earned = resources->ledger ? inf_ledger_get_earned (resources->ledger) : 0;

  if (today_unix_us != resources->today_unix_us || earned != resources->today_earned_ucredits)
    {
      g_autoptr (GArray) earnings = read_earnings (resources, today_unix_us, NULL);
      resources->today_unix_us = today_unix_us;
      resources->today_earned_ucredits = earned;
      resources->today_ucredits = 0;
      for (guint i = 0; earnings && i < earnings->len; i++)
        resources->today_ucredits += g_array_index (earnings, InfEarning, i).amount_ucredits;
    }
  return resources->today_ucredits + earned_in_open_leases (resources);
}

static GArray *
list_ring (const InfSampleRing *ring, gint64 since_unix_us)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (InfSample));

  for (guint i = 0; i < ring->length; i++)
    {
      const InfSample *sample = inf_sample_ring_get (ring, i);
      if (sample->time_unix_us >= since_unix_us)
        g_array_append_vals (samples, sample, 1);
    }
  return samples;
}

/**
 * inf_resources_list_samples:
 * @resources: a watch
 * @since_unix_us: from when on
 * @step_s: 1 or 60
 * @error: #INF_ERROR_INVALID for another step
 *
 * Returns: (transfer full) (element-type InfSample) (nullable): oldest first
 */
GArray *
inf_resources_list_samples (InfResources *resources, gint64 since_unix_us, guint step_s,
                            GError **error)
{
  if (step_s == 1)
    return list_ring (&resources->ring, since_unix_us);
  if (step_s == MINUTE_S)
    return inf_history_list_samples (resources->history, since_unix_us, error);
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a step is 1 or %u seconds, not %u", MINUTE_S,
               step_s);
  return NULL;
}

InfHistory *
inf_resources_get_history (InfResources *resources)
{
  return resources->history;
}
