#include "cli/inf-command.h"

int
main (int argc, char **argv)
{
  return inf_cli_main (argc, argv);
}
