#include "lab/inf-lab-init.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The first process of a lab's host. The lab's keeper starts it, with two sockets as descriptors 3
 * and 4; there is nothing to be had from starting it by hand. */
int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    {
      puts ("infinity-lab-host");
      return 0;
    }
  if (getpid () != 1)
    {
      fputs ("infinity-lab-host is started by infinity-lab-keeper; see `infinity lab --help`\n",
             stderr);
      return 2;
    }
  return inf_lab_init_run (3, 4);
}
