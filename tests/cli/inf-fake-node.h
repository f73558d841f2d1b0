#pragma once

#include "inf-dbus.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfFakeNode:
 * @state_dir: its state directory
 * @node: the skeletons of all interfaces; a test sets what they answer
 * @calls: (element-type utf8): what was called, such as "Cancel abc", in order
 * @peers: `aa{sv}`, what ListPeers answers; likewise the others
 * @spec: the last specification that was planned or submitted
 * @plan: what Plan answers
 * @log: the job's log
 * @failure: (nullable): when set, every method but Get answers with this error
 * @copies_slowly: whether what copies tells that half of it is done, and waits to be cancelled
 * @on_submitted: (nullable): called once the job's id is answered
 * @on_fetching: (nullable): called once the transfer's id is answered
 *
 * The D-Bus contract of infinityd without a grid behind it: it answers what a test tells it to, and
 * keeps what it was asked.
 */
typedef struct _InfFakeNode InfFakeNode;
struct _InfFakeNode
{
  char *state_dir;
  GDBusServer *server;
  GDBusConnection *connection;
  InfDBusNode1 *node;
  InfDBusIdentity1 *identity;
  InfDBusResources1 *resources;
  InfDBusHost1 *host;
  InfDBusJobs1 *jobs;
  InfDBusResults1 *results;
  InfDBusFiles1 *files;
  InfDBusCopies1 *copies;
  InfDBusCredits1 *credits;

  GPtrArray *calls;
  GVariant *peers;
  GVariant *leases;
  GVariant *tasks;
  GVariant *job_list;
  GVariant *result_list;
  GVariant *file_list;
  GVariant *transfer; /* NULL before one was begun */
  GVariant *verified;
  guint n_entries;
  GVariant *spec;
  GVariant *plan;
  GVariant *job;
  GByteArray *log;
  GError *failure;
  gboolean ignores_cancel;
  gboolean copies_slowly;
  GDBusMethodInvocation *copying; /* NULL unless it copies */
  void (*on_submitted) (InfFakeNode *fake);
  void (*on_fetching) (InfFakeNode *fake);
  void (*on_quit) (InfFakeNode *fake);
};

InfFakeNode *inf_fake_node_new (const char *state_dir);
void inf_fake_node_free (InfFakeNode *fake);

void inf_fake_node_take (GVariant **place, GVariant *value);
gboolean inf_fake_node_was_called (InfFakeNode *fake, const char *call);
void inf_fake_node_set_state (InfFakeNode *fake, const char *state, const char *more);
void inf_fake_node_transfer (InfFakeNode *fake, const char *state, const char *more);
void inf_fake_node_log (InfFakeNode *fake, const void *data, gsize size_bytes);
void inf_fake_node_hang_up (InfFakeNode *fake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfFakeNode, inf_fake_node_free)

G_END_DECLS
