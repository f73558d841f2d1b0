#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the keeper tells a host's first process: number, name, the host's directory, the file for
 * /etc/hosts, and the paths to share. */
#define INF_LAB_INIT_CONFIG_TYPE "(usssas)"
/* Its answer: whether the host is up, and why not. */
#define INF_LAB_INIT_READY_TYPE "(bs)"
/* What is asked of it: "exec" or "processes"; argv, environment, settings over the defaults,
 * working directory, whether stdin is the terminal to control the command. */
#define INF_LAB_INIT_REQUEST_TYPE "(saayaayaayayb)"
/* What it says about a command: "started" with the process id, "failed" with an errno, "exited"
 * with a wait status. */
#define INF_LAB_INIT_EVENT_TYPE "(si)"
/* What it can be told about it meanwhile: a signal to send, and whether to its whole group. */
#define INF_LAB_INIT_SIGNAL_TYPE "(ib)"
/* The answer to "processes": process ids, states and names. */
#define INF_LAB_INIT_PROCESSES_TYPE "a(iss)"

int inf_lab_init_run (int keeper_fd, int listen_fd);

G_END_DECLS
