#include "cli/inf-cmd-lab.h"

#include <locale.h>

/* `lab …` is `infinity lab …` without the rest of the command line. */
int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  return inf_cmd_lab (argc, argv);
}
