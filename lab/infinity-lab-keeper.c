#include "lab/inf-lab-keeper.h"

#include <stdio.h>
#include <string.h>

/* infinity-lab-keeper NAME HOSTS keep|owned [SHARED-PATH…]: the process that a lab lives in. The
 * lab library starts it, with a socket as descriptor 3 on which it says how that went. */
int
main (int argc, char **argv)
{
  guint64 n_hosts;

  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    {
      puts ("infinity-lab-keeper");
      return 0;
    }
  if (argc < 4 || !g_ascii_string_to_unsigned (argv[2], 10, 1, 1000, &n_hosts, NULL))
    {
      fputs ("infinity-lab-keeper is started by `infinity lab start`; see `infinity lab --help`\n",
             stderr);
      return 2;
    }
  return inf_lab_keeper_run (argv[1], (guint)n_hosts, strcmp (argv[3], "keep") == 0,
                             (const char *const *)argv + 4, 3);
}
