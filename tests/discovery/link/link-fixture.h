#pragma once

#include "discovery/link/inf-links-private.h"

/* Nodes in one process, on loopback. Node 0's members are all whose certificate reads "member". */
typedef struct
{
  InfKeypair *keypair;
  InfLinks *links;
  InfEndpoint *endpoint;
  GBytes *certificate;
  guint n_up;
  guint n_down;
  guint n_asked;
} Node;

typedef struct
{
  GAsyncResult *result;
} Waiter;

Node *node_new (void);
void node_free (Node *node);
InfEndpoint *endpoint_of (Node *node, guint16 port);

void on_result (GObject *source, GAsyncResult *result, gpointer user_data);
#define wait_until(condition)                                                                      \
  while (!(condition))                                                                             \
  g_main_context_iteration (NULL, TRUE)
void settle_main_context (void);

GBytes *call (Node *from, Node *to, const char *method, const char *request, guint timeout_ms,
              GError **error);
GBytes *call_endpoint (Node *from, InfEndpoint *to, const char *method, const char *request,
                       guint timeout_ms, GError **error);
InfLinkChannel *open_channel (Node *from, Node *to, const char *service, const char *header, int fd,
                              GError **error);

void stream_pair (int ret_fds[2]);
void assert_bytes (GBytes *bytes, const char *expected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Node, node_free)
