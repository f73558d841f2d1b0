#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfLabMachine:
 * @index: its number, from 1
 * @name: its name
 * @dir: its directory
 * @pid: its first process, 0 while it is down
 * @init_fd: the keeper's end of the socket pair with that process, -1 while it is down
 *
 * One host, as the keeper sees it.
 */
typedef struct
{
  guint index;
  char *name;
  char *dir;
  GPid pid;
  int init_fd;
} InfLabMachine;

void inf_lab_machine_init (InfLabMachine *machine, const char *lab_dir, guint index);
gboolean inf_lab_machine_spawn (InfLabMachine *machine, GError **error);
gboolean inf_lab_machine_configure (InfLabMachine *machine, const char *lab_dir,
                                    const char *const *share, GError **error);
gboolean inf_lab_machine_await (InfLabMachine *machine, GError **error);
void inf_lab_machine_kill (InfLabMachine *machine);
void inf_lab_machine_forget (InfLabMachine *machine);
void inf_lab_machine_clear (InfLabMachine *machine);

G_END_DECLS
