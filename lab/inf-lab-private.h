#pragma once

#include "lab/inf-lab.h"

G_BEGIN_DECLS

struct _InfLab
{
  char *name;
  char *dir;
  guint n_hosts;
  char **hosts;
  int owner_fd;    /* -1 unless the lab ends with this process */
  GPid keeper_pid; /* 0 unless the keeper is this process's child */
};

GVariant *inf_lab_ask (InfLab *lab, const char *verb, guint host, guint other, double value,
                       GError **error);
gboolean inf_lab_ask_host (InfLab *lab, const char *verb, const char *host, const char *other,
                           double value, GError **error);

G_END_DECLS
