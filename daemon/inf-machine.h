#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfMachine:
 * @cores: processors this process may run on
 * @memory_bytes: physical memory
 * @arch: "x86_64" for example
 * @os: the distribution's name and version
 *
 * What this machine is; it does not change while the node runs.
 */
typedef struct
{
  guint cores;
  guint64 memory_bytes;
  char *arch;
  char *os;
} InfMachine;

void inf_machine_init (InfMachine *machine);
void inf_machine_clear (InfMachine *machine);

guint inf_machine_load_milli (void);
char **inf_machine_list_offers (const char *names);

G_END_DECLS
