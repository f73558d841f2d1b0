#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfCliRun:
 * @process: the program
 * @out: what it has written to standard output, ended with a zero byte
 * @err: what it has written to standard error
 * @is_over: whether it has ended and all of that is read
 * @status: its exit status then; -1 when a signal ended it
 *
 * One run of `infinity`.
 */
typedef struct
{
  GSubprocess *process;
  GString *out;
  GString *err;
  gboolean is_over;
  int status;
  guint n_open;
} InfCliRun;

InfCliRun *inf_cli_run_start (const char *state_dir, const char *const *arguments);
InfCliRun *inf_cli_run_start_unread (const char *state_dir, const char *const *arguments);
InfCliRun *inf_cli_run_start_with_input (const char *state_dir, const char *input,
                                         const char *const *arguments);
InfCliRun *inf_cli_run_start_on_terminal (const char *state_dir, guint width, const char *no_color,
                                          const char *const *arguments);
void inf_cli_run_free (InfCliRun *run);

void inf_cli_run_wait (InfCliRun *run);
void inf_cli_run_wait_for (InfCliRun *run, gboolean (*condition) (gpointer user_data),
                           gpointer user_data);
InfCliRun *inf_cli_run (const char *state_dir, const char *first, ...) G_GNUC_NULL_TERMINATED;

char *inf_cli_make_state_dir (void);
void inf_cli_remove_state_dir (char *state_dir);

#define inf_cli_assert_contains(text, part)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!strstr ((text), (part)))                                                                  \
      g_error ("no “%s” in: %s", (part), (text));                                                  \
  }                                                                                                \
  G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfCliRun, inf_cli_run_free)

G_END_DECLS
