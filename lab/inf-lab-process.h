#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfLabProcess InfLabProcess;

/**
 * InfLabCommand:
 * @argv: the program, looked up in the host's PATH, and its arguments
 * @env: (nullable): `NAME=VALUE` settings over the default environment, which is the caller's with
 *   HOME, INFINITY_HOME, TMPDIR, the XDG directories and the like replaced by the host's
 * @cwd: (nullable): the directory to start in; the host's home when %NULL or not there
 * @in_fd: descriptor for stdin, which stays the caller's; -1 for /dev/null
 * @out_fd: the same for stdout
 * @err_fd: the same for stderr
 * @terminal: whether @in_fd is a terminal that shall become the command's controlling terminal
 */
typedef struct
{
  const char *const *argv;
  const char *const *env;
  const char *cwd;
  int in_fd;
  int out_fd;
  int err_fd;
  gboolean terminal;
} InfLabCommand;

int inf_lab_process_get_fd (InfLabProcess *process);
gboolean inf_lab_process_signal (InfLabProcess *process, int signal_number, GError **error);
gboolean inf_lab_process_signal_group (InfLabProcess *process, int signal_number, GError **error);
gboolean inf_lab_process_wait (InfLabProcess *process, int timeout_ms, int *ret_status,
                               GError **error);
void inf_lab_process_free (InfLabProcess *process);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLabProcess, inf_lab_process_free)

G_END_DECLS
