#pragma once

#include "tests/cli/inf-fake-node.h"

G_BEGIN_DECLS

/* Whose call of what is answered by whom */
typedef struct
{
  gpointer skeleton;
  const char *signal;
  GCallback handler;
} InfFakeMethod;

void inf_fake_node_connect (InfFakeNode *fake, const InfFakeMethod *methods, guint n_methods);

/* inf-fake-node-jobs.c */
void inf_fake_node_connect_jobs (InfFakeNode *fake);

/* inf-fake-node-files.c */
void inf_fake_node_connect_files (InfFakeNode *fake);

void inf_fake_node_record (InfFakeNode *fake, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean inf_fake_node_fails (InfFakeNode *fake, GDBusMethodInvocation *invocation);
void inf_fake_node_answer (GDBusMethodInvocation *invocation, GVariant *value);
gboolean inf_fake_node_on_plain_call (GDBusInterfaceSkeleton *skeleton,
                                      GDBusMethodInvocation *invocation, InfFakeNode *fake);
gboolean inf_fake_node_on_plain_call_1 (GDBusInterfaceSkeleton *skeleton,
                                        GDBusMethodInvocation *invocation, gpointer argument,
                                        InfFakeNode *fake);

G_END_DECLS
