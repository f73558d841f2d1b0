#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

/**
 * InfJobListener:
 * @fd: a listening, non-blocking socket
 * @index: the participant that it stands for
 * @port: the port of that participant
 */
typedef struct
{
  int fd;
  guint index;
  guint port;
} InfJobListener;

gboolean inf_job_network_set_up (guint own_index, GError **error);
GArray *inf_job_network_listen (InfSandboxConfig *config, GError **error);
int inf_job_network_accept (const InfJobListener *listener, guint own_index);
int inf_job_network_connect (guint own_index, guint src_index, guint dst_port, GError **error);
gboolean inf_job_network_connected (int fd, GError **error);

G_END_DECLS
