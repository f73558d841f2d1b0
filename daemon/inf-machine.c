#include "daemon/inf-machine.h"

#include <stdlib.h>
#include <string.h>
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

/**
 * inf_machine_list_offers:
 * @names: names of programs, separated by commas
 *
 * Returns: (transfer full): those of them that are installed where a job's sandbox finds them
 */
char **
inf_machine_list_offers (const char *names)
{
  static const char *const places[] = { "/usr/local/bin", "/usr/bin", "/bin" };
  g_auto (GStrv) wanted = g_strsplit (names, ",", -1);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();

  for (guint i = 0; wanted[i]; i++)
    {
      gboolean is_there = FALSE;
      g_strstrip (wanted[i]);
      for (guint k = 0; *wanted[i] && !strchr (wanted[i], '/') && k < G_N_ELEMENTS (places); k++)
        {
          g_autofree char *path = g_build_filename (places[k], wanted[i], NULL);
          is_there = is_there || g_file_test (path, G_FILE_TEST_IS_EXECUTABLE);
        }
      if (is_there)
        g_strv_builder_add (found, wanted[i]);
    }
  return g_strv_builder_end (found);
}
