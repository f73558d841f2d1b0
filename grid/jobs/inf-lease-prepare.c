#include "grid/jobs/inf-lease-prepare.h"

#include "grid/jobs/inf-job-name.h"
#include "grid/jobs/inf-job-text.h"
#include "grid/jobs/inf-message-private.h"

#define PARTICIPANT_TYPE "(uayasu)"
#define INPUT_TYPE "(sayt)"
#define PREPARE_TYPE "(ayaya" PARTICIPANT_TYPE "u(ysayt)a" INPUT_TYPE "tt)"
#define PREPARED_TYPE "(sas)"
#define PREPARE_MAX_SIZE_BYTES (512 * 1024)
#define PREPARED_MAX_SIZE_BYTES (64 * 1024)
#define MAX_ADDRESS_BYTES 64
#define MAX_WARNINGS 32
#define MAX_WARNING_BYTES 512
#define MAX_VERSION_BYTES 64

/**
 * inf_lease_participant_new:
 * @index: its number, from 1
 * @public_key: its key
 * @addresses: (array zero-terminated=1): where its node listens
 * @slots: ranks it takes
 *
 * Returns: (transfer full): a participant
 */
InfLeaseParticipant *
inf_lease_participant_new (guint index, const InfPublicKey *public_key,
                           const char *const *addresses, guint slots)
{
  InfLeaseParticipant *participant = g_new0 (InfLeaseParticipant, 1);

  participant->index = index;
  participant->public_key = *public_key;
  inf_peer_id_of_key (public_key, &participant->peer_id);
  participant->addresses = g_strdupv ((char **)addresses);
  participant->slots = slots;
  return participant;
}

void
inf_lease_participant_free (InfLeaseParticipant *participant)
{
  if (!participant)
    return;
  g_strfreev (participant->addresses);
  g_free (participant);
}

void
inf_lease_prepare_init (InfLeasePrepare *prepare)
{
  *prepare = (InfLeasePrepare){ 0 };
  prepare->participants
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_participant_free);
  prepare->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_input_free);
}

void
inf_lease_prepare_clear (InfLeasePrepare *prepare)
{
  g_clear_pointer (&prepare->participants, g_ptr_array_unref);
  g_clear_pointer (&prepare->inputs, g_ptr_array_unref);
  g_clear_pointer (&prepare->program_name, g_free);
}

static GVariant *
digest_of (const InfJobObject *object)
{
  return inf_wire_variant_from_data (object->sha256, sizeof object->sha256);
}

/**
 * inf_lease_prepare_encode:
 * @prepare: as inf_lease_prepare_decode() takes
 *
 * Returns: (transfer full): the envelope
 */
GBytes *
inf_lease_prepare_encode (const InfLeasePrepare *prepare)
{
  GVariantBuilder participants, inputs;

  g_variant_builder_init (&participants, G_VARIANT_TYPE ("a" PARTICIPANT_TYPE));
  for (guint i = 0; i < prepare->participants->len; i++)
    {
      const InfLeaseParticipant *one = prepare->participants->pdata[i];
      g_variant_builder_add (&participants, "(u@ay^asu)", one->index,
                             inf_public_key_to_variant (&one->public_key), one->addresses,
                             one->slots);
    }
  g_variant_builder_init (&inputs, G_VARIANT_TYPE ("a" INPUT_TYPE));
  for (guint i = 0; i < prepare->inputs->len; i++)
    {
      const InfJobInput *input = prepare->inputs->pdata[i];
      g_variant_builder_add (&inputs, "(s@ayt)", input->name, digest_of (&input->object),
                             input->object.size_bytes);
    }
  return inf_wire_encode (
      INF_KIND_LEASE_PREPARE,
      g_variant_new ("(@ay@aya" PARTICIPANT_TYPE "u(ys@ayt)a" INPUT_TYPE "tt)",
                     inf_wire_variant_from_data (prepare->lease_id, sizeof prepare->lease_id),
                     inf_wire_variant_from_data (prepare->job_id, sizeof prepare->job_id),
                     &participants, prepare->own_index, (guint8)prepare->program_kind,
                     prepare->program_name, digest_of (&prepare->program),
                     prepare->program.size_bytes, &inputs, prepare->memory_bytes,
                     prepare->time_limit_us));
}

/* "ip:port" or "[ip]:port". Names are not taken: to resolve one would be to contact whom it likes.
 */
static gboolean
is_address (const char *text)
{
  g_autofree char *host = NULL;
  const char *colon = strrchr (text, ':');
  guint64 port;

  if (strlen (text) > MAX_ADDRESS_BYTES || !colon || colon == text
      || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    return FALSE;
  if (text[0] == '[' && colon[-1] == ']')
    host = g_strndup (text + 1, (gsize)(colon - text - 2));
  else
    host = g_strndup (text, (gsize)(colon - text));
  return g_hostname_is_ip_address (host) && (text[0] == '[') == (strchr (host, ':') != NULL);
}

static gboolean
read_participants (GVariant *value, InfLeasePrepare *prepare, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n < 2 || n > INF_LEASE_MAX_PARTICIPANTS)
    return inf_message_invalid (error, "a job has a launcher, hosts, and not too many of them");
  for (gsize i = 0; i < n; i++)
    {
      guint32 index, slots;
      g_autoptr (GVariant) key = NULL;
      g_auto (GStrv) addresses = NULL;
      InfPublicKey public_key;

      g_variant_get_child (value, i, "(u@ay^asu)", &index, &key, &addresses, &slots);
      if (index != i + 1 || slots > INF_JOB_SPEC_MAX_SLOTS || (slots == 0) != (index == 1))
        return inf_message_invalid (error,
                                    "participants are numbered from 1, and hosts have slots");
      if (!inf_public_key_from_variant (key, &public_key))
        return inf_message_invalid (error, "a participant's public key is none");
      if (g_strv_length (addresses) > INF_LEASE_MAX_ADDRESSES)
        return inf_message_invalid (error, "a participant has too many addresses");
      for (char **address = addresses; *address; address++)
        if (!is_address (*address))
          return inf_message_invalid (error, "a participant's address is not of the form ip:port");
      g_ptr_array_add (
          prepare->participants,
          inf_lease_participant_new (index, &public_key, (const char *const *)addresses, slots));
    }
  return TRUE;
}

static gboolean
read_object (GVariant *digest, guint64 size_bytes, InfJobObject *object, GError **error)
{
  object->size_bytes = size_bytes;
  if (size_bytes > G_MAXINT64)
    return inf_message_invalid (error, "a file can't be that large");
  return inf_message_get_fixed (digest, object->sha256, sizeof object->sha256, "an object's id",
                                error);
}

static gboolean
read_inputs (GVariant *value, InfLeasePrepare *prepare, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize n = g_variant_n_children (value);

  if (n > INF_JOB_SPEC_MAX_INPUTS)
    return inf_message_invalid (error, "a job has too many inputs");
  for (gsize i = 0; i < n; i++)
    {
      const char *name;
      g_autoptr (GVariant) digest = NULL;
      guint64 size_bytes;

      g_variant_get_child (value, i, "(&s@ayt)", &name, &digest, &size_bytes);
      if (!inf_job_name_is_safe (name))
        return inf_message_invalid (error, "an input's name would not stay in /job");
      InfJobInput *input = inf_job_input_new (name, NULL);
      g_ptr_array_add (prepare->inputs, input);
      if (!g_hash_table_add (names, input->name))
        return inf_message_invalid (error, "two inputs of a job have one name");
      if (!read_object (digest, size_bytes, &input->object, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_program (GVariant *value, InfLeasePrepare *prepare, GError **error)
{
  g_autoptr (GVariant) digest = NULL;
  guint64 size_bytes;
  guint8 kind;

  g_variant_get (value, "(ys@ayt)", &kind, &prepare->program_name, &digest, &size_bytes);
  if (kind > INF_PROGRAM_INSTALLED || !inf_job_name_is_safe (prepare->program_name))
    return inf_message_invalid (error, "a job's program has no kind or no plain name");
  prepare->program_kind = (InfProgramKind)kind;
  if (!read_object (digest, size_bytes, &prepare->program, error))
    return FALSE;
  if (inf_job_object_is_known (&prepare->program) == (kind == INF_PROGRAM_INSTALLED))
    return inf_message_invalid (error, "a program is either installed or named by its content");
  return TRUE;
}

static gboolean
read_prepare (GVariant *body, InfLeasePrepare *prepare, GError **error)
{
  g_autoptr (GVariant) lease_id = NULL, job_id = NULL, participants = NULL;
  g_autoptr (GVariant) program = NULL, inputs = NULL;

  g_variant_get (body, "(@ay@ay@a" PARTICIPANT_TYPE "u@(ysayt)@a" INPUT_TYPE "tt)", &lease_id,
                 &job_id, &participants, &prepare->own_index, &program, &inputs,
                 &prepare->memory_bytes, &prepare->time_limit_us);
  if (!inf_message_get_fixed (lease_id, prepare->lease_id, sizeof prepare->lease_id, "a lease's id",
                              error)
      || !inf_message_get_fixed (job_id, prepare->job_id, sizeof prepare->job_id, "a job's id",
                                 error)
      || !read_participants (participants, prepare, error)
      || !read_program (program, prepare, error) || !read_inputs (inputs, prepare, error))
    return FALSE;
  if (prepare->own_index < 2 || prepare->own_index > prepare->participants->len)
    return inf_message_invalid (error, "the receiver is none of the job's hosts");
  if (prepare->memory_bytes > G_MAXINT64 || prepare->time_limit_us == 0
      || prepare->time_limit_us > INF_JOB_SPEC_MAX_TIME_US)
    return inf_message_invalid (error, "a job's limits are out of range");
  return TRUE;
}

/**
 * inf_lease_prepare_decode:
 * @prepare: (out caller-allocates): cleared by inf_lease_prepare_clear(); left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * What is set is consistent: indices run from 1, peer ids follow from the keys, names are safe to
 * join to a directory and differ from each other.
 *
 * Returns: whether @prepare was set
 */
gboolean
inf_lease_prepare_decode (InfLeasePrepare *prepare, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body = inf_wire_decode (
      bytes, INF_KIND_LEASE_PREPARE, G_VARIANT_TYPE (PREPARE_TYPE), PREPARE_MAX_SIZE_BYTES, error);
  InfLeasePrepare found;

  if (!body)
    return FALSE;
  inf_lease_prepare_init (&found);
  if (!read_prepare (body, &found, error))
    {
      inf_lease_prepare_clear (&found);
      return FALSE;
    }
  *prepare = found;
  return TRUE;
}

void
inf_lease_prepared_init (InfLeasePrepared *prepared)
{
  *prepared = (InfLeasePrepared){ 0 };
}

void
inf_lease_prepared_clear (InfLeasePrepared *prepared)
{
  g_clear_pointer (&prepared->open_mpi_version, g_free);
  g_clear_pointer (&prepared->warnings, g_strfreev);
}

/**
 * inf_lease_prepared_encode:
 * @prepared: at most 32 warnings; others are left out
 *
 * Returns: (transfer full): the envelope
 */
GBytes *
inf_lease_prepared_encode (const InfLeasePrepared *prepared)
{
  GVariantBuilder warnings;

  g_variant_builder_init (&warnings, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < MAX_WARNINGS && prepared->warnings && prepared->warnings[i]; i++)
    {
      g_autofree char *line = inf_job_text_clean (prepared->warnings[i], -1, MAX_WARNING_BYTES);
      g_variant_builder_add (&warnings, "s", line);
    }
  return inf_wire_encode (
      INF_KIND_LEASE_PREPARED,
      g_variant_new (PREPARED_TYPE, prepared->open_mpi_version ? prepared->open_mpi_version : "",
                     &warnings));
}

/**
 * inf_lease_prepared_decode:
 * @prepared: (out caller-allocates): cleared by inf_lease_prepared_clear(); left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @prepared was set, with lines that can be printed
 */
gboolean
inf_lease_prepared_decode (InfLeasePrepared *prepared, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_LEASE_PREPARED, G_VARIANT_TYPE (PREPARED_TYPE),
                         PREPARED_MAX_SIZE_BYTES, error);
  g_auto (GStrv) warnings = NULL;
  const char *version;

  if (!body)
    return FALSE;
  g_variant_get (body, "(&s^as)", &version, &warnings);
  if (g_strv_length (warnings) > MAX_WARNINGS)
    return inf_message_invalid (error, "a host has too many warnings");
  for (char **warning = warnings; *warning; warning++)
    {
      char *line = inf_job_text_clean (*warning, -1, MAX_WARNING_BYTES);
      g_free (*warning);
      *warning = line;
    }
  prepared->open_mpi_version = inf_job_text_clean (version, -1, MAX_VERSION_BYTES);
  prepared->warnings = g_steal_pointer (&warnings);
  return TRUE;
}
