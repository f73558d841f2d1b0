#include "grid/jobs/inf-channel-header.h"

#include "grid/jobs/inf-message-private.h"

#define EXEC_TYPE "(ays)"
#define NET_TYPE "(ayuuq)"
#define NET_MAX_SIZE_BYTES 256

void
inf_exec_header_init (InfExecHeader *header)
{
  *header = (InfExecHeader){ 0 };
}

void
inf_exec_header_clear (InfExecHeader *header)
{
  g_clear_pointer (&header->command_line, g_free);
}

GBytes *
inf_exec_header_encode (const InfExecHeader *header)
{
  return inf_wire_encode (
      INF_KIND_EXEC_HEADER,
      g_variant_new ("(@ays)",
                     inf_wire_variant_from_data (header->lease_id, sizeof header->lease_id),
                     header->command_line));
}

/**
 * inf_exec_header_decode:
 * @header: (out caller-allocates): cleared by inf_exec_header_clear(); left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @header was set; its command line is still any text, to be parsed strictly
 */
gboolean
inf_exec_header_decode (InfExecHeader *header, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_EXEC_HEADER, G_VARIANT_TYPE (EXEC_TYPE),
                         INF_EXEC_MAX_COMMAND_BYTES + 256, error);
  g_autoptr (GVariant) id = NULL;
  const char *command_line;

  if (!body)
    return FALSE;
  g_variant_get (body, "(@ay&s)", &id, &command_line);
  if (!*command_line || strlen (command_line) > INF_EXEC_MAX_COMMAND_BYTES)
    return inf_message_invalid (error, "a command line is empty or too long");
  if (!inf_message_get_fixed (id, header->lease_id, sizeof header->lease_id, "a lease's id", error))
    return FALSE;
  header->command_line = g_strdup (command_line);
  return TRUE;
}

GBytes *
inf_net_header_encode (const InfNetHeader *header)
{
  return inf_wire_encode (
      INF_KIND_NET_HEADER,
      g_variant_new ("(@ayuuq)", inf_wire_variant_from_data (header->job_id, sizeof header->job_id),
                     header->source_index, header->destination_index,
                     (guint16)header->destination_port));
}

/**
 * inf_net_header_decode:
 * @header: (out caller-allocates): left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * The caller checks that the sender is the source it claims to be, and that the port is in the
 * destination's range.
 *
 * Returns: whether @header was set, its indices being two different participants' numbers
 */
gboolean
inf_net_header_decode (InfNetHeader *header, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body = inf_wire_decode (
      bytes, INF_KIND_NET_HEADER, G_VARIANT_TYPE (NET_TYPE), NET_MAX_SIZE_BYTES, error);
  g_autoptr (GVariant) id = NULL;
  InfNetHeader found;
  guint16 port;

  if (!body)
    return FALSE;
  g_variant_get (body, "(@ayuuq)", &id, &found.source_index, &found.destination_index, &port);
  if (!inf_message_get_fixed (id, found.job_id, sizeof found.job_id, "a job's id", error))
    return FALSE;
  if (found.source_index < 1 || found.source_index > INF_LEASE_MAX_PARTICIPANTS
      || found.destination_index < 1 || found.destination_index > INF_LEASE_MAX_PARTICIPANTS
      || found.source_index == found.destination_index || port == 0)
    return inf_message_invalid (error, "a stream of a job has no such ends");
  found.destination_port = port;
  *header = found;
  return TRUE;
}
