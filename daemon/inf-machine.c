#include "daemon/inf-machine.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

void
inf_machine_init (InfMachine *machine)
{
  g_autofree char *os_name = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname names;

  machine->cores = g_get_num_processors ();
  machine->memory_bytes = (guint64)sysconf (_SC_PHYS_PAGES) * (guint64)sysconf (_SC_PAGESIZE);
  machine->arch = g_strdup (uname (&names) == 0 ? names.machine : "unknown");
  machine->os = g_strdup (os_name ? os_name : "Linux");
}

void
inf_machine_clear (InfMachine *machine)
{
  g_clear_pointer (&machine->arch, g_free);
  g_clear_pointer (&machine->os, g_free);
}

/**
 * inf_machine_load_milli:
 *
 * Returns: the load average of the last minute, times 1000; 0 where it can't be read
 */
guint
inf_machine_load_milli (void)
{
  double load;

  return getloadavg (&load, 1) == 1 ? (guint)(load * 1000) : 0;
}
