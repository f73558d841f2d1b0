#include "tests/cli/inf-fake-node-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"

#define OBJECT_PATH "/org/infinitygrid"

void
inf_fake_node_record (InfFakeNode *fake, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (fake->calls, g_strdup_vprintf (format, args));
  va_end (args);
}

/* Returns: whether the call is answered already, with the error that the test has set */
gboolean
inf_fake_node_fails (InfFakeNode *fake, GDBusMethodInvocation *invocation)
{
  if (fake->failure)
    g_dbus_method_invocation_return_gerror (invocation, fake->failure);
  return fake->failure != NULL;
}

void
inf_fake_node_answer (GDBusMethodInvocation *invocation, GVariant *value)
{
  g_dbus_method_invocation_return_value (invocation,
                                         value ? g_variant_new_tuple (&value, 1) : NULL);
}

/* Methods that answer nothing are all alike: noted with their arguments. */
gboolean
inf_fake_node_on_plain_call (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation,
                             InfFakeNode *fake)
{
  g_autofree char *arguments
      = g_variant_print (g_dbus_method_invocation_get_parameters (invocation), FALSE);

  inf_fake_node_record (fake, "%s %s", g_dbus_method_invocation_get_method_name (invocation),
                        arguments);
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, NULL);
  return TRUE;
}

gboolean
inf_fake_node_on_plain_call_1 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation,
                               gpointer a, InfFakeNode *fake)
{
  return inf_fake_node_on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_set_away (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation,
             gint64 until_unix_us, InfFakeNode *fake)
{
  return inf_fake_node_on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_plain_call_2 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
                 gpointer b, InfFakeNode *fake)
{
  return inf_fake_node_on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_plain_call_3 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
                 gpointer b, gpointer c, InfFakeNode *fake)
{
  return inf_fake_node_on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_quit (InfDBusNode1 *node, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  inf_fake_node_on_plain_call (NULL, invocation, fake);
  g_dbus_connection_flush_sync (fake->connection, NULL, NULL);
  if (fake->on_quit)
    fake->on_quit (fake);
  return TRUE;
}

static gboolean
on_invite (InfDBusNode1 *node, GDBusMethodInvocation *invocation, guint lifetime_s,
           InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Invite %u", lifetime_s);
  if (!inf_fake_node_fails (fake, invocation))
    inf_dbus_node1_complete_invite (node, invocation, "infinity:abcdef", 1700000000000000);
  return TRUE;
}

static gboolean
on_list_peers (InfDBusNode1 *node, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->peers);
  return TRUE;
}

static gboolean
on_get_peer (InfDBusNode1 *node, GDBusMethodInvocation *invocation, const char *peer,
             InfFakeNode *fake)
{
  inf_fake_node_record (fake, "GetPeer %s", peer);
  if (!inf_fake_node_fails (fake, invocation))
    {
      g_autoptr (GVariant) first = g_variant_get_child_value (fake->peers, 0);
      inf_fake_node_answer (invocation, first);
    }
  return TRUE;
}

static gboolean
on_list_leases (InfDBusHost1 *host, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->leases);
  return TRUE;
}

static gboolean
on_list_past_leases (InfDBusHost1 *host, GDBusMethodInvocation *invocation, guint offset,
                     guint limit, InfFakeNode *fake)
{
  inf_fake_node_record (fake, "ListPastLeases %u %u", offset, limit);
  return on_list_leases (host, invocation, fake);
}

/* Of what was printed, the first two bytes are kept no more. */
static gboolean
on_read_lease_log (InfDBusHost1 *host, GDBusMethodInvocation *invocation, const char *id,
                   guint64 offset, InfFakeNode *fake)
{
  gsize begin = CLAMP (offset, 2, MAX (fake->log->len, 2));

  inf_fake_node_record (fake, "ReadLeaseLog %s", id);
  if (!inf_fake_node_fails (fake, invocation))
    inf_dbus_host1_complete_read_lease_log (host, invocation, 2,
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                                       fake->log->data + begin,
                                                                       fake->log->len > begin, 1));
  return TRUE;
}

static gboolean
on_export_identity (InfDBusIdentity1 *identity, GDBusMethodInvocation *invocation,
                    const char *passphrase, GVariant *options, InfFakeNode *fake)
{
  g_autofree char *text = g_variant_print (options, FALSE);

  inf_fake_node_record (fake, "Export %s %s", passphrase, text);
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation,
                          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "sealed", 6, 1));
  return TRUE;
}

static gboolean
on_get_earnings (InfDBusResources1 *resources, GDBusMethodInvocation *invocation, guint days,
                 InfFakeNode *fake)
{
  inf_fake_node_record (fake, "GetEarnings %u", days);
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation,
                          g_variant_new_parsed ("[(@x 1700000000000000, @t 2500000, @u 3)]"));
  return TRUE;
}

static gboolean
on_history (InfDBusCredits1 *credits, GDBusMethodInvocation *invocation, guint offset, guint limit,
            InfFakeNode *fake)
{
  GVariantBuilder builder;

  inf_fake_node_record (fake, "History %u %u", offset, limit);
  if (inf_fake_node_fails (fake, invocation))
    return TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = offset; i < fake->n_entries && i < offset + limit; i++)
    g_variant_builder_add_parsed (
        &builder,
        "{'number': <%t>, 'kind': <'pay'>, 'amount': <@x -1500000>, 'balance': <@x 998500000>,"
        " 'peer': <'oak'>, 'job': <'jobid234567'>, 'lease': <'lease'>, 'time-unix': <@x 1>}",
        (guint64)(fake->n_entries - i));
  inf_fake_node_answer (invocation, g_variant_builder_end (&builder));
  return TRUE;
}

void
inf_fake_node_connect (InfFakeNode *fake, const InfFakeMethod *methods, guint n_methods)
{
  for (guint i = 0; i < n_methods; i++)
    g_signal_connect (methods[i].skeleton, methods[i].signal, methods[i].handler, fake);
}

static void
connect_methods (InfFakeNode *fake)
{
  const InfFakeMethod methods[] = {
    { fake->node, "handle-create-grid", G_CALLBACK (on_plain_call_3) },
    { fake->node, "handle-join-grid", G_CALLBACK (on_plain_call_2) },
    { fake->node, "handle-leave-grid", G_CALLBACK (inf_fake_node_on_plain_call) },
    { fake->node, "handle-remove-member", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->node, "handle-add-peer-address", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->node, "handle-set-away", G_CALLBACK (on_set_away) },
    { fake->node, "handle-quit", G_CALLBACK (on_quit) },
    { fake->node, "handle-invite", G_CALLBACK (on_invite) },
    { fake->node, "handle-list-peers", G_CALLBACK (on_list_peers) },
    { fake->node, "handle-get-peer", G_CALLBACK (on_get_peer) },
    { fake->node, "handle-connect", G_CALLBACK (inf_fake_node_on_plain_call) },
    { fake->node, "handle-disconnect", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->identity, "handle-register", G_CALLBACK (on_plain_call_2) },
    { fake->identity, "handle-unlock", G_CALLBACK (on_plain_call_2) },
    { fake->identity, "handle-lock", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->identity, "handle-change-passphrase", G_CALLBACK (on_plain_call_2) },
    { fake->identity, "handle-export", G_CALLBACK (on_export_identity) },
    { fake->identity, "handle-import", G_CALLBACK (on_plain_call_2) },
    { fake->resources, "handle-get-earnings", G_CALLBACK (on_get_earnings) },
    { fake->host, "handle-pause", G_CALLBACK (on_plain_call_3) },
    { fake->host, "handle-resume", G_CALLBACK (inf_fake_node_on_plain_call) },
    { fake->host, "handle-list-requests", G_CALLBACK (on_list_leases) },
    { fake->host, "handle-answer-request", G_CALLBACK (on_plain_call_2) },
    { fake->host, "handle-list-past-leases", G_CALLBACK (on_list_past_leases) },
    { fake->host, "handle-set-policy", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->host, "handle-read-lease-log", G_CALLBACK (on_read_lease_log) },
    { fake->host, "handle-stop-lease", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->host, "handle-list-leases", G_CALLBACK (on_list_leases) },
    { fake->credits, "handle-history", G_CALLBACK (on_history) },
  };

  inf_fake_node_connect (fake, methods, G_N_ELEMENTS (methods));
  inf_fake_node_connect_jobs (fake);
  inf_fake_node_connect_files (fake);
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, InfFakeNode *fake)
{
  gpointer skeletons[] = { fake->node,    fake->identity, fake->resources, fake->host,   fake->jobs,
                           fake->results, fake->files,    fake->copies,    fake->credits };

  inf_fake_node_hang_up (fake);
  fake->connection = g_object_ref (connection);
  for (guint i = 0; i < G_N_ELEMENTS (skeletons); i++)
    g_assert_true (g_dbus_interface_skeleton_export (skeletons[i], connection, OBJECT_PATH, NULL));
  return TRUE;
}

static void
set_properties (InfFakeNode *fake)
{
  inf_dbus_node1_set_version (fake->node, "0.1.0");
  inf_dbus_node1_set_peer_id (fake->node, "selfid234567");
  inf_dbus_node1_set_name (fake->node, "oak");
  inf_dbus_node1_set_grid_name (fake->node, "wood");
  inf_dbus_node1_set_grid_id (fake->node, "gridid");
  inf_dbus_node1_set_is_founder (fake->node, TRUE);
  inf_dbus_node1_set_port (fake->node, 7848);
  inf_dbus_node1_set_state_directory (fake->node, fake->state_dir);
  inf_dbus_node1_set_peers_alive (fake->node, 3);
  inf_dbus_node1_set_capabilities (
      fake->node, g_variant_new_parsed (
                      "[('bubblewrap', false, 'not installed', 'jobs run in it',"
                      " 'apt install bubblewrap'), ('veth', true, 'yes', 'job network', '')]"));
  inf_dbus_node1_set_state (fake->node, "connected");
  inf_dbus_identity1_set_state (fake->identity, "locked");
  inf_dbus_identity1_set_sealed (fake->identity, TRUE);
  inf_dbus_identity1_set_name (fake->identity, "oak");
  inf_dbus_identity1_set_peer_id (fake->identity, "selfid234567");
  inf_dbus_host1_set_obstacle (fake->host, "");
  inf_dbus_host1_set_policy (fake->host,
                             g_variant_new_parsed ("{'hosting': <true>, 'slots': <@u 4>,"
                                                   " 'memory-bytes': <@t 0>, 'price': <@t 2000>,"
                                                   " 'max-seconds': <@u 0>,"
                                                   " 'hours': <[(@u 1, @u 540, @u 1080)]>}"));
  inf_dbus_host1_set_state (fake->host,
                            g_variant_new_parsed ("{'state': <'paused'>, 'reason': <'snoozed'>,"
                                                  " 'until-unix': <@x 1700000000000000>}"));
  inf_dbus_credits1_set_balance (fake->credits, 1000500000);
  inf_dbus_credits1_set_escrowed (fake->credits, 250000);
  inf_dbus_credits1_set_earned (fake->credits, 3000000);
  inf_dbus_credits1_set_paid (fake->credits, 2250000);
}

static void
set_answers (InfFakeNode *fake)
{
  fake->peers = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->leases = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->tasks = g_variant_ref_sink (g_variant_new_parsed (
      "[{'name': <'taskadd'>, 'title': <'Add Integers'>, 'description': <'The sum.'>,"
      "  'icon': <''>, 'parameters': <[{'name': <'input'>, 'type': <'file'>,"
      "  'option': <'--input'>, 'required': <false>}, {'name': <'generate'>,"
      "  'type': <'integer'>, 'option': <'--generate'>, 'required': <false>}]>},"
      " {'name': <'taskmult'>, 'title': <'Multiply Integers'>, 'description': <'The product.'>,"
      "  'icon': <''>, 'parameters': <[{'name': <'input'>, 'type': <'file'>,"
      "  'option': <'--input'>, 'required': <true>}, {'name': <'fast'>,"
      "  'type': <'boolean'>, 'option': <'--fast'>, 'required': <false>}]>}]"));
  fake->job_list = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->result_list = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->file_list = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->verified = g_variant_ref_sink (g_variant_new ("a(ss)", NULL));
  fake->plan = g_variant_ref_sink (g_variant_new_parsed (
      "{'possible': <true>, 'reason': <''>, 'hosts': <[('oak', @u 2, @t 2000), ('elm', 1, 2000)]>,"
      " 'price-per-minute': <@t 240000>, 'worst-case': <@t 14400000>}"));
}

/**
 * inf_fake_node_new:
 * @state_dir: an existing directory
 *
 * Returns: (transfer full): a node that listens there, with answers to every question
 */
InfFakeNode *
inf_fake_node_new (const char *state_dir)
{
  InfFakeNode *fake = g_new0 (InfFakeNode, 1);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autofree char *path = inf_paths_socket (state_dir);
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GError) error = NULL;

  /* errors have to have their names before one is sent */
  (void)INF_ERROR;
  fake->state_dir = g_strdup (state_dir);
  fake->calls = g_ptr_array_new_with_free_func (g_free);
  fake->log = g_byte_array_new ();
  fake->node = inf_dbus_node1_skeleton_new ();
  fake->identity = inf_dbus_identity1_skeleton_new ();
  fake->resources = inf_dbus_resources1_skeleton_new ();
  fake->host = inf_dbus_host1_skeleton_new ();
  fake->jobs = inf_dbus_jobs1_skeleton_new ();
  fake->results = inf_dbus_results1_skeleton_new ();
  fake->files = inf_dbus_files1_skeleton_new ();
  fake->copies = inf_dbus_copies1_skeleton_new ();
  fake->credits = inf_dbus_credits1_skeleton_new ();
  set_properties (fake);
  set_answers (fake);
  connect_methods (fake);

  fake->server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fake->server, "new-connection", G_CALLBACK (on_new_connection), fake);
  g_dbus_server_start (fake->server);
  return fake;
}

void
inf_fake_node_free (InfFakeNode *fake)
{
  g_dbus_server_stop (fake->server);
  inf_fake_node_hang_up (fake);
  g_clear_object (&fake->server);
  g_clear_object (&fake->node);
  g_clear_object (&fake->identity);
  g_clear_object (&fake->resources);
  g_clear_object (&fake->host);
  g_clear_object (&fake->jobs);
  g_clear_object (&fake->results);
  g_clear_object (&fake->files);
  g_clear_object (&fake->copies);
  g_clear_object (&fake->credits);
  inf_fake_node_take (&fake->peers, NULL);
  inf_fake_node_take (&fake->leases, NULL);
  inf_fake_node_take (&fake->tasks, NULL);
  inf_fake_node_take (&fake->job_list, NULL);
  inf_fake_node_take (&fake->result_list, NULL);
  inf_fake_node_take (&fake->file_list, NULL);
  inf_fake_node_take (&fake->transfer, NULL);
  inf_fake_node_take (&fake->verified, NULL);
  inf_fake_node_take (&fake->spec, NULL);
  inf_fake_node_take (&fake->plan, NULL);
  inf_fake_node_take (&fake->job, NULL);
  g_byte_array_unref (fake->log);
  g_ptr_array_unref (fake->calls);
  g_clear_error (&fake->failure);
  g_free (fake->state_dir);
  g_free (fake);
}

/* Puts @value, which may be floating, into @place. */
void
inf_fake_node_take (GVariant **place, GVariant *value)
{
  g_clear_pointer (place, g_variant_unref);
  *place = value ? g_variant_take_ref (value) : NULL;
}

gboolean
inf_fake_node_was_called (InfFakeNode *fake, const char *call)
{
  return g_ptr_array_find_with_equal_func (fake->calls, call, g_str_equal, NULL);
}

/* Closes the connection, as a node that ends does. */
void
inf_fake_node_hang_up (InfFakeNode *fake)
{
  gpointer skeletons[] = { fake->node,    fake->identity, fake->resources, fake->host,   fake->jobs,
                           fake->results, fake->files,    fake->copies,    fake->credits };

  if (!fake->connection)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (skeletons); i++)
    g_dbus_interface_skeleton_unexport (skeletons[i]);
  g_dbus_connection_close_sync (fake->connection, NULL, NULL);
  g_clear_object (&fake->connection);
}
