#include "tests/widgets/inf-desktop-node.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "inf-dbus.h"

#define OBJECT_PATH "/org/infinitygrid"
#define PREFIX "org.infinitygrid."
#define N_INTERFACES 9

/* The contract of infinityd as the XML has it, and nothing behind it: what a test does not say is
 * answered with nothing, empty or zero. It is told properties and answers in the text form of
 * GVariant, and keeps what it was asked. */
struct _InfDesktopNode
{
  GDBusServer *server;
  GPtrArray *connections;
  GHashTable *properties; /* "Node1.State" to GVariant */
  GHashTable *answers;    /* "Host1.ListLeases" to GVariant, a tuple */
  GHashTable *pages;      /* "Host1.ListPastLeases" to GVariant, an array */
  GHashTable *failures;   /* method to message */
  GHashTable *refusals;   /* those of the failures that are Refused, the others are Denied */
  GHashTable *held; /* method to what was called last, NULL before: answered later, if at all */
  GPtrArray *calls;
  InfDesktopNodeHook hook;
  gpointer hook_data;
};

static GDBusInterfaceInfo *
get_interface (guint index)
{
  switch (index)
    {
    case 0:
      return inf_dbus_node1_interface_info ();
    case 1:
      return inf_dbus_host1_interface_info ();
    case 2:
      return inf_dbus_credits1_interface_info ();
    case 3:
      return inf_dbus_identity1_interface_info ();
    case 4:
      return inf_dbus_resources1_interface_info ();
    case 5:
      return inf_dbus_jobs1_interface_info ();
    case 6:
      return inf_dbus_results1_interface_info ();
    case 7:
      return inf_dbus_files1_interface_info ();
    default:
      return inf_dbus_copies1_interface_info ();
    }
}

static void
drop_call (gpointer invocation)
{
  if (invocation)
    g_object_unref (invocation);
}

static GVariant *
make_nothing (const char *signature)
{
  switch (*signature)
    {
    case 's':
      return g_variant_new_string ("");
    case 'b':
      return g_variant_new_boolean (FALSE);
    case 'u':
      return g_variant_new_uint32 (0);
    case 'q':
      return g_variant_new_uint16 (0);
    case 't':
      return g_variant_new_uint64 (0);
    case 'x':
      return g_variant_new_int64 (0);
    default:
      g_assert_cmpint (*signature, ==, 'a');
      return g_variant_new_array (G_VARIANT_TYPE (signature + 1), NULL, 0);
    }
}

static GVariant *
make_empty_answer (const GDBusMethodInfo *method)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
  for (guint i = 0; method->out_args && method->out_args[i]; i++)
    g_variant_builder_add_value (&builder, make_nothing (method->out_args[i]->signature));
  return g_variant_builder_end (&builder);
}

/* @arguments: an offset and a limit
 * Returns: (transfer floating) (nullable): those of an answer that are asked for */
static GVariant *
take_page (InfDesktopNode *node, const char *method, GVariant *arguments)
{
  GVariant *items = g_hash_table_lookup (node->pages, method);
  GVariantBuilder page;
  guint offset;
  guint limit;

  if (!items)
    return NULL;
  g_variant_get (arguments, "(uu)", &offset, &limit);
  g_variant_builder_init (&page, g_variant_get_type (items));
  for (gsize i = offset; i < g_variant_n_children (items) && i - offset < limit; i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (items, i);
      g_variant_builder_add_value (&page, item);
    }
  return g_variant_new ("(@*)", g_variant_builder_end (&page));
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *arguments, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  InfDesktopNode *node = user_data;
  g_autofree char *name = g_strconcat (interface + strlen (PREFIX), ".", method, NULL);
  g_autofree char *text = g_variant_print (arguments, FALSE);
  const char *failure;
  GVariant *answer;

  g_ptr_array_add (node->calls, g_strdup_printf ("%s %s", name, text));
  if (node->hook)
    node->hook (node, name, arguments, node->hook_data);
  failure = g_hash_table_lookup (node->failures, name);
  answer = g_hash_table_lookup (node->answers, name);
  if (!answer)
    answer = take_page (node, name, arguments);
  if (g_hash_table_contains (node->held, name))
    g_hash_table_insert (node->held, g_strdup (name), invocation);
  else if (failure)
    g_dbus_method_invocation_return_error_literal (
        invocation, INF_ERROR,
        g_hash_table_contains (node->refusals, name) ? INF_ERROR_REFUSED : INF_ERROR_DENIED,
        failure);
  else
    g_dbus_method_invocation_return_value (
        invocation,
        answer ? answer
               : make_empty_answer (g_dbus_method_invocation_get_method_info (invocation)));
}

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
        const char *property, GError **error, gpointer user_data)
{
  InfDesktopNode *node = user_data;
  g_autofree char *name = g_strconcat (interface + strlen (PREFIX), ".", property, NULL);
  GVariant *value = g_hash_table_lookup (node->properties, name);

  if (value)
    return g_variant_ref (value);
  for (guint i = 0; i < N_INTERFACES; i++)
    if (g_str_equal (get_interface (i)->name, interface))
      return make_nothing (
          g_dbus_interface_info_lookup_property (get_interface (i), property)->signature);
  return NULL;
}

static const GDBusInterfaceVTable vtable = { on_call, on_get, NULL, { 0 } };

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, gpointer user_data)
{
  InfDesktopNode *node = user_data;

  for (guint i = 0; i < N_INTERFACES; i++)
    {
      guint id = g_dbus_connection_register_object (connection, OBJECT_PATH, get_interface (i),
                                                    &vtable, node, NULL, NULL);
      g_assert_cmpuint (id, >, 0);
      g_object_set_data (G_OBJECT (connection), get_interface (i)->name, GUINT_TO_POINTER (id));
    }
  g_ptr_array_add (node->connections, g_object_ref (connection));
  return TRUE;
}

/**
 * inf_desktop_node_new:
 * @state_dir: an existing directory
 *
 * Returns: (transfer full): what answers there
 */
InfDesktopNode *
inf_desktop_node_new (const char *state_dir)
{
  InfDesktopNode *node = g_new0 (InfDesktopNode, 1);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autofree char *path = inf_paths_socket (state_dir);
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GError) error = NULL;

  /* errors have to have their names before one is sent */
  (void)INF_ERROR;
  node->connections = g_ptr_array_new_with_free_func (g_object_unref);
  node->calls = g_ptr_array_new_with_free_func (g_free);
  node->properties
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  node->answers
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  node->pages
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  node->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  node->refusals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  node->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, drop_call);
  unlink (path);
  node->server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (node->server, "new-connection", G_CALLBACK (on_new_connection), node);
  g_dbus_server_start (node->server);
  return node;
}

/* Nobody listens any more, and who was connected is not. */
void
inf_desktop_node_free (InfDesktopNode *node)
{
  g_dbus_server_stop (node->server);
  inf_desktop_node_hang_up (node);
  g_clear_object (&node->server);
  g_ptr_array_unref (node->connections);
  g_ptr_array_unref (node->calls);
  g_hash_table_unref (node->properties);
  g_hash_table_unref (node->answers);
  g_hash_table_unref (node->pages);
  g_hash_table_unref (node->failures);
  g_hash_table_unref (node->refusals);
  g_hash_table_unref (node->held);
  g_free (node);
}

gboolean
inf_desktop_node_is_connected (InfDesktopNode *node)
{
  return node->connections->len > 0;
}

/* Returns: (nullable): the first call that begins like @beginning, such as "Host1.Pause ('time'" */
const char *
inf_desktop_node_find_call (InfDesktopNode *node, const char *beginning)
{
  for (guint i = 0; i < node->calls->len; i++)
    if (g_str_has_prefix (node->calls->pdata[i], beginning))
      return node->calls->pdata[i];
  return NULL;
}

/* Returns: (nullable): the last such call, where each takes the place of the one before */
const char *
inf_desktop_node_find_last_call (InfDesktopNode *node, const char *beginning)
{
  for (guint i = node->calls->len; i > 0; i--)
    if (g_str_has_prefix (node->calls->pdata[i - 1], beginning))
      return node->calls->pdata[i - 1];
  return NULL;
}

void
inf_desktop_node_forget_calls (InfDesktopNode *node)
{
  g_ptr_array_set_size (node->calls, 0);
}

static void
emit_on (InfDesktopNode *node, const char *interface, const char *signal, GVariant *arguments)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);

  for (guint i = 0; i < node->connections->len; i++)
    g_dbus_connection_emit_signal (node->connections->pdata[i], NULL, OBJECT_PATH, interface,
                                   signal, sunk, NULL);
}

/**
 * inf_desktop_node_set:
 * @node: the node
 * @property: such as "Node1.State"
 * @value: its value now, in the text form of GVariant; who is connected is told
 */
void
inf_desktop_node_set (InfDesktopNode *node, const char *property, const char *value)
{
  GVariant *parsed = g_variant_take_ref (g_variant_new_parsed (value));
  const char *dot = strchr (property, '.');
  g_autofree char *interface = g_strdup_printf (PREFIX "%.*s", (int)(dot - property), property);
  GVariantBuilder changed;

  g_hash_table_insert (node->properties, g_strdup (property), parsed);
  g_variant_builder_init (&changed, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (&changed, "{sv}", dot + 1, parsed);
  emit_on (node, "org.freedesktop.DBus.Properties", "PropertiesChanged",
           g_variant_new ("(sa{sv}as)", interface, &changed, NULL));
}

/* @answer: a tuple, taken when floating */
void
inf_desktop_node_answer (InfDesktopNode *node, const char *method, GVariant *answer)
{
  g_hash_table_remove (node->failures, method);
  g_hash_table_remove (node->held, method);
  g_hash_table_insert (node->answers, g_strdup (method), g_variant_take_ref (answer));
}

/* @items: an array, taken when floating, of which @method answers as many as it is asked for */
void
inf_desktop_node_answer_pages (InfDesktopNode *node, const char *method, GVariant *items)
{
  g_hash_table_insert (node->pages, g_strdup (method), g_variant_take_ref (items));
}

/* @message: (nullable): what it fails with from now on; %NULL: it works again */
void
inf_desktop_node_fail (InfDesktopNode *node, const char *method, const char *message)
{
  if (message)
    g_hash_table_insert (node->failures, g_strdup (method), g_strdup (message));
  else
    g_hash_table_remove (node->failures, method);
}

/* From now on @method is refused, for a reason that asking otherwise may overcome. */
void
inf_desktop_node_refuse (InfDesktopNode *node, const char *method, const char *message)
{
  g_hash_table_add (node->refusals, g_strdup (method));
  inf_desktop_node_fail (node, method, message);
}

/* From now on @method takes longer than any test waits. */
void
inf_desktop_node_hold (InfDesktopNode *node, const char *method)
{
  g_hash_table_insert (node->held, g_strdup (method), NULL);
}

/* The last call of @method, which was held, is cancelled. */
void
inf_desktop_node_cancel_held (InfDesktopNode *node, const char *method)
{
  gpointer invocation = g_hash_table_lookup (node->held, method);

  g_assert_nonnull (invocation);
  g_dbus_method_invocation_return_error_literal (g_object_ref (invocation), INF_ERROR,
                                                 INF_ERROR_CANCELLED, "cancelled");
  g_hash_table_remove (node->held, method);
}

/* @signal: such as "Host1.LeaseChanged"; @arguments: a tuple, taken */
void
inf_desktop_node_emit (InfDesktopNode *node, const char *signal, GVariant *arguments)
{
  const char *dot = strchr (signal, '.');
  g_autofree char *interface = g_strdup_printf (PREFIX "%.*s", (int)(dot - signal), signal);

  emit_on (node, interface, dot + 1, arguments);
}

void
inf_desktop_node_set_hook (InfDesktopNode *node, InfDesktopNodeHook hook, gpointer user_data)
{
  node->hook = hook;
  node->hook_data = user_data;
}

/* What was called and waits for its turn must not find this node any more. */
static void
forget (GDBusConnection *connection)
{
  for (guint i = 0; i < N_INTERFACES; i++)
    g_dbus_connection_unregister_object (
        connection,
        GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (connection), get_interface (i)->name)));
}

void
inf_desktop_node_hang_up (InfDesktopNode *node)
{
  for (guint i = 0; i < node->connections->len; i++)
    {
      forget (node->connections->pdata[i]);
      g_dbus_connection_close_sync (node->connections->pdata[i], NULL, NULL);
    }
  g_ptr_array_set_size (node->connections, 0);
}
