#include "tasks/inf-task-options.h"

#include "tasks/inf-integer-parser.h"
#include "tasks/inf-random-integers.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  OPTION_INPUT = 'i',
  OPTION_OUTPUT = 'o',
  OPTION_GENERATE = 'g',
  OPTION_SEED = 's',
  OPTION_WRITE_INPUT = 'w',
  OPTION_HELP = 'h',
  OPTION_VERSION = 'V',
};

static const struct option long_options[] = {
  { "input", required_argument, NULL, OPTION_INPUT },
  { "output", required_argument, NULL, OPTION_OUTPUT },
  { "generate", required_argument, NULL, OPTION_GENERATE },
  { "seed", required_argument, NULL, OPTION_SEED },
  { "write-input", required_argument, NULL, OPTION_WRITE_INPUT },
  { "help", no_argument, NULL, OPTION_HELP },
  { "version", no_argument, NULL, OPTION_VERSION },
  { NULL, 0, NULL, 0 },
};

static bool
parse_count (const char *name, const char *text, uint64_t *ret_value, InfTaskError *error)
{
  char *end;
  uint64_t value;

  errno = 0;
  value = strtoull (text, &end, 10);
  if (errno || *text < '0' || *text > '9' || *end)
    return inf_task_error_set (error, INF_TASK_USAGE,
                               "%s: expected a whole number from 0 to %" PRIu64 ", found \"%.40s\"",
                               name, UINT64_MAX, text);
  *ret_value = value;
  return true;
}

static bool
take_option (int option, InfTaskOptions *options, bool *is_generated, InfTaskError *error)
{
  switch (option)
    {
    case OPTION_INPUT:
      options->input = optarg;
      return true;
    case OPTION_OUTPUT:
      options->output = optarg;
      return true;
    case OPTION_WRITE_INPUT:
      options->write_input = optarg;
      return true;
    case OPTION_GENERATE:
      *is_generated = true;
      return parse_count ("--generate", optarg, &options->n_generated, error);
    case OPTION_SEED:
      *is_generated = true;
      return parse_count ("--seed", optarg, &options->seed, error);
    case OPTION_HELP:
      options->help = true;
      return true;
    case OPTION_VERSION:
      options->version = true;
      return true;
    default:
      return inf_task_error_set (error, INF_TASK_USAGE, "unknown option; try --help");
    }
}

/**
 * inf_task_options_parse:
 * @argc: main's
 * @argv: main's; the options point into it
 * @default_output: the output's name where none is given
 * @ret_options: (out): the options; left alone on failure
 * @error: set to %INF_TASK_USAGE on failure
 */
bool
inf_task_options_parse (int argc, char **argv, const char *default_output,
                        InfTaskOptions *ret_options, InfTaskError *error)
{
  InfTaskOptions options = { .output = default_output,
                             .n_generated = INF_RANDOM_INTEGERS_N,
                             .seed = INF_RANDOM_INTEGERS_SEED };
  bool is_generated = false;
  int option;

  optind = 0;
  opterr = 0;
  while ((option = getopt_long (argc, argv, ":i:o:g:s:w:hV", long_options, NULL)) != -1)
    {
      if (option == '?' || option == ':')
        return inf_task_error_set (error, INF_TASK_USAGE, "%s %s; try --help", argv[optind - 1],
                                   option == ':' ? "needs a value" : "is not an option");
      if (!take_option (option, &options, &is_generated, error))
        return false;
    }
  if (optind < argc && !options.input)
    options.input = argv[optind++];
  if (optind < argc)
    return inf_task_error_set (error, INF_TASK_USAGE,
                               "%s: one input file is expected, not several; try --help",
                               argv[optind]);
  if (options.input && (is_generated || options.write_input))
    return inf_task_error_set (
        error, INF_TASK_USAGE,
        "integers are either read from a file or generated; leave out --input, or --generate, "
        "--seed and --write-input");
  *ret_options = options;
  return true;
}

void
inf_task_options_print_help (const char *name, const char *what, const char *default_output)
{
  printf (
      "usage: mpiexec -np RANKS %s [OPTION...] [FILE]\n"
      "\n"
      "Writes the exact %s of integers of any sign and size, computed by all ranks.\n"
      "\n"
      "  -i, --input FILE        integers in decimal between white space; only rank 0 reads it\n"
      "  -o, --output FILE       where the %s goes (%s)\n"
      "  -g, --generate N        N integers of 64 bits instead of a file (%d)\n"
      "  -s, --seed S            which ones: the same S gives the same integers on any\n"
      "                          number of ranks (%d)\n"
      "  -w, --write-input FILE  write the generated integers too, one a line\n"
      "  -h, --help              this text\n"
      "  -V, --version           the version\n"
      "\n"
      "An integer is an optional + or - and up to %zu digits. With neither FILE nor\n"
      "--generate the default integers are generated.\n"
      "\n"
      "Exit status: 0 success, 2 usage, 65 the input is not integers, 74 a file can't be read\n"
      "or written. The output file appears whole or not at all.\n",
      name, what, what, default_output, INF_RANDOM_INTEGERS_N, INF_RANDOM_INTEGERS_SEED,
      INF_INTEGER_MAX_DIGITS);
}
