#include "tests/cli/inf-fake-node-private.h"

#include "common/inf-error.h"

/* Results1, Files1 and Copies1. */

static gboolean
on_copy (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  g_autofree char *arguments = NULL;

  if (!fake->copies_slowly)
    return inf_fake_node_on_plain_call (skeleton, invocation, fake);
  arguments = g_variant_print (g_dbus_method_invocation_get_parameters (invocation), FALSE);
  inf_fake_node_record (fake, "%s %s", g_dbus_method_invocation_get_method_name (invocation),
                        arguments);
  fake->copying = invocation;
  inf_dbus_copies1_emit_progress (fake->copies, "copy", 1 << 30, G_GUINT64_CONSTANT (1) << 31);
  return TRUE;
}

static gboolean
on_copy_3 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
           gpointer b, gpointer c, InfFakeNode *fake)
{
  return on_copy (skeleton, invocation, fake);
}

static gboolean
on_copy_4 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
           gpointer b, gpointer c, gpointer d, InfFakeNode *fake)
{
  return on_copy (skeleton, invocation, fake);
}

static gboolean
on_cancel_copy (InfDBusCopies1 *copies, GDBusMethodInvocation *invocation, const char *copy,
                InfFakeNode *fake)
{
  inf_fake_node_record (fake, "CancelCopy %s", copy);
  g_assert_nonnull (fake->copying);
  inf_dbus_copies1_complete_cancel (copies, invocation);
  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&fake->copying), INF_ERROR,
                                                 INF_ERROR_CANCELLED, "cancelled");
  return TRUE;
}

static gboolean
on_list_results (InfDBusResults1 *results, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->result_list);
  return TRUE;
}

static gboolean
on_get_result (InfDBusResults1 *results, GDBusMethodInvocation *invocation, const char *name,
               InfFakeNode *fake)
{
  if (!inf_fake_node_fails (fake, invocation))
    {
      g_autoptr (GVariant) first = g_variant_get_child_value (fake->result_list, 0);
      inf_fake_node_answer (invocation, first);
    }
  return TRUE;
}

static gboolean
on_verify (InfDBusResults1 *results, GDBusMethodInvocation *invocation, const char *name,
           InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Verify %s", name);
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->verified);
  return TRUE;
}

static gboolean
on_list_files (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->file_list);
  return TRUE;
}

static gboolean
on_list_transfers (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  GVariant *none[] = { NULL };

  if (inf_fake_node_fails (fake, invocation))
    return TRUE;
  inf_fake_node_answer (invocation, g_variant_new_array (G_VARIANT_TYPE_VARDICT,
                                                         fake->transfer ? &fake->transfer : none,
                                                         fake->transfer != NULL));
  return TRUE;
}

static gboolean
on_add_file (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, const char *path,
             const char *copy, InfFakeNode *fake)
{
  if (fake->copies_slowly)
    return on_copy (NULL, invocation, fake);
  inf_fake_node_record (fake, "Add %s", path);
  if (!inf_fake_node_fails (fake, invocation))
    inf_dbus_files1_complete_add (files, invocation, "abcdef");
  return TRUE;
}

static gboolean
on_fetch (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, const char *sha256,
          const char *name, const char *to, InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Fetch “%s” “%s” “%s”", sha256, name, to);
  if (inf_fake_node_fails (fake, invocation))
    return TRUE;
  inf_fake_node_transfer (fake, "looking", "'ended-unix': <@x 0>");
  inf_dbus_files1_complete_fetch (files, invocation, "7");
  if (fake->on_fetching)
    fake->on_fetching (fake);
  return TRUE;
}

static gboolean
on_cancel_transfer (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, const char *id,
                    InfFakeNode *fake)
{
  inf_fake_node_record (fake, "CancelTransfer %s", id);
  if (inf_fake_node_fails (fake, invocation))
    return TRUE;
  inf_dbus_files1_complete_cancel_transfer (files, invocation);
  if (fake->transfer)
    inf_fake_node_transfer (fake, "cancelled", "'ended-unix': <@x 5>");
  return TRUE;
}

void
inf_fake_node_connect_files (InfFakeNode *fake)
{
  const InfFakeMethod methods[] = {
    { fake->results, "handle-list", G_CALLBACK (on_list_results) },
    { fake->results, "handle-get", G_CALLBACK (on_get_result) },
    { fake->results, "handle-verify", G_CALLBACK (on_verify) },
    { fake->results, "handle-export", G_CALLBACK (on_copy_3) },
    { fake->results, "handle-export-some", G_CALLBACK (on_copy_4) },
    { fake->results, "handle-archive", G_CALLBACK (on_copy_3) },
    { fake->files, "handle-list", G_CALLBACK (on_list_files) },
    { fake->files, "handle-list-transfers", G_CALLBACK (on_list_transfers) },
    { fake->files, "handle-add", G_CALLBACK (on_add_file) },
    { fake->files, "handle-fetch", G_CALLBACK (on_fetch) },
    { fake->files, "handle-cancel-transfer", G_CALLBACK (on_cancel_transfer) },
    { fake->files, "handle-save", G_CALLBACK (on_copy_3) },
    { fake->files, "handle-remove", G_CALLBACK (inf_fake_node_on_plain_call_1) },
    { fake->copies, "handle-cancel", G_CALLBACK (on_cancel_copy) },
  };

  inf_fake_node_connect (fake, methods, G_N_ELEMENTS (methods));
}

/* The transfer is in @state now, and @more holds of it; who watches is told. */
void
inf_fake_node_transfer (InfFakeNode *fake, const char *state, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "{'id': <'7'>, 'sha256': <'abcdef'>, 'name': <'numbers.txt'>, 'size': <@t 2048>,"
      " 'got': <@t 1024>, 'from': <'oak'>, 'state': <'%s'>, %s}",
      state, more);

  inf_fake_node_take (&fake->transfer, g_variant_new_parsed (text));
  inf_dbus_files1_emit_transfer_changed (fake->files, fake->transfer);
}
