#include "cli/inf-cmd-lab.h"

#include "common/inf-error.h"
#include "lab/inf-lab-attach.h"
#include "lab/inf-lab.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/wait.h>

/* infinity lab: a virtual LAN of hosts on this machine. */

enum
{
  EXIT_OK = 0,
  EXIT_FAILED = 1,
  EXIT_USAGE = 2,
  EXIT_UNREACHABLE = 3,
  EXIT_NO_PROGRAM = 127,
};

/* What all subcommands have in common. @words are the arguments that are no options. */
typedef struct
{
  const char *verb;
  char *name;
  gboolean json;
  int n_hosts;
  char **share;
  char **words;
} Options;

typedef struct
{
  const char *verb;
  const char *arguments;
  const char *summary;
  const char *details;
  guint min_words;
  guint max_words; /* 0 with no @min_words: none; else how many, G_MAXUINT for any number */
  int (*run) (const Options *options);
} Subcommand;

static int
fail (const GError *error)
{
  g_printerr ("infinity lab: %s\n", error->message);
  if (error->domain != INF_ERROR)
    return EXIT_FAILED;
  switch (error->code)
    {
    case INF_ERROR_INVALID:
      return EXIT_USAGE;
    case INF_ERROR_UNREACHABLE:
      return EXIT_UNREACHABLE;
    default:
      return EXIT_FAILED;
    }
}

static InfLab *
open_lab (const Options *options, GError **error)
{
  return inf_lab_open (options->name, error);
}

static int
run_start (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = NULL;
  InfLabConfig config = { .name = options->name,
                          .n_hosts = (guint)MAX (options->n_hosts, 0),
                          .keep = TRUE,
                          .share = (const char *const *)options->share };

  lab = inf_lab_start (&config, &error);
  if (!lab)
    return fail (error);
  for (guint i = 1; i <= inf_lab_get_n_hosts (lab); i++)
    {
      const char *host = inf_lab_get_host_name (lab, i);
      g_autofree char *address = inf_lab_dup_host_address (lab, host);
      g_print ("%-10s %s\n", host, address);
    }
  g_printerr ("lab %s is up; try: infinity lab exec %s -- bash\n", inf_lab_get_name (lab),
              inf_lab_get_host_name (lab, 1));
  return EXIT_OK;
}

static void
print_json (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = NULL;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  g_print ("%s\n", text);
}

static int
run_list (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = inf_lab_list (&error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!names)
    return fail (error);
  json_builder_begin_array (builder);
  for (guint i = 0; names[i]; i++)
    {
      g_autoptr (InfLab) lab = inf_lab_open (names[i], NULL);

      if (!lab) /* it ended meanwhile */
        continue;
      if (!options->json)
        g_print ("%-20s %u hosts\n", names[i], inf_lab_get_n_hosts (lab));
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, names[i]);
      json_builder_set_member_name (builder, "hosts");
      json_builder_add_int_value (builder, inf_lab_get_n_hosts (lab));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (options->json)
    print_json (builder);
  else if (!names[0])
    g_printerr ("no lab is running; start one with: infinity lab start --hosts 5\n");
  return EXIT_OK;
}

static const char *
state_word (const InfLabHostStatus *host)
{
  return !host->up ? "down" : host->cut ? "cut" : "up";
}

static void
add_json_host (JsonBuilder *builder, const InfLabHostStatus *host, const char *infinity_home)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, host->name);
  json_builder_set_member_name (builder, "address");
  json_builder_add_string_value (builder, host->address);
  json_builder_set_member_name (builder, "up");
  json_builder_add_boolean_value (builder, host->up);
  json_builder_set_member_name (builder, "cut");
  json_builder_add_boolean_value (builder, host->cut);
  json_builder_set_member_name (builder, "loss_percent");
  json_builder_add_double_value (builder, host->loss_percent);
  json_builder_set_member_name (builder, "rate_mbit");
  json_builder_add_double_value (builder, host->rate_mbit);
  json_builder_set_member_name (builder, "pid");
  json_builder_add_int_value (builder, host->pid);
  json_builder_set_member_name (builder, "infinity_home");
  json_builder_add_string_value (builder, infinity_home);
  json_builder_end_object (builder);
}

static int
run_status (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = open_lab (options, &error);
  g_autoptr (GPtrArray) hosts = lab ? inf_lab_get_status (lab, &error) : NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!hosts)
    return fail (error);
  json_builder_begin_array (builder);
  if (!options->json)
    g_print ("%-10s %-13s %-6s %7s %9s  %s\n", "HOST", "ADDRESS", "STATE", "LOSS %", "MBIT/S",
             "INFINITY_HOME");
  for (guint i = 0; i < hosts->len; i++)
    {
      const InfLabHostStatus *host = hosts->pdata[i];
      g_autofree char *home = inf_lab_dup_infinity_home (lab, host->name);
      g_autofree char *rate
          = host->rate_mbit > 0 ? g_strdup_printf ("%g", host->rate_mbit) : g_strdup ("-");

      add_json_host (builder, host, home);
      if (!options->json)
        g_print ("%-10s %-13s %-6s %7g %9s  %s\n", host->name, host->address, state_word (host),
                 host->loss_percent, rate, home);
    }
  json_builder_end_array (builder);
  if (options->json)
    print_json (builder);
  return EXIT_OK;
}

static int
run_exec (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = open_lab (options, &error);
  char **argv = options->words + 1;
  int status;

  if (argv[0] && strcmp (argv[0], "--") == 0)
    argv++;
  if (!argv[0])
    {
      g_printerr ("infinity lab exec: no command; try: infinity lab exec %s -- bash\n",
                  options->words[0]);
      return EXIT_USAGE;
    }
  if (!lab)
    return fail (error);
  if (inf_lab_attach (lab, options->words[0], (const char *const *)argv, &status, &error))
    return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
  fail (error);
  if (inf_error_is_unreachable (error))
    return EXIT_UNREACHABLE;
  return inf_error_is_not_found (error) ? EXIT_NO_PROGRAM : EXIT_FAILED;
}

/* cut, heal, kill, boot: one host. */
static int
run_on_host (const Options *options)
{
  static const struct
  {
    const char *verb;
    gboolean (*run) (InfLab *, const char *, GError **);
  } verbs[] = { { "cut", inf_lab_cut },
                { "heal", inf_lab_heal },
                { "kill", inf_lab_kill },
                { "boot", inf_lab_boot } };
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = open_lab (options, &error);

  if (!lab)
    return fail (error);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].verb, options->verb) == 0)
      return verbs[i].run (lab, options->words[0], &error) ? EXIT_OK : fail (error);
  g_return_val_if_reached (EXIT_FAILED);
}

/* block, unblock: what one host sends to another. */
static int
run_on_pair (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = open_lab (options, &error);
  gboolean done;

  if (!lab)
    return fail (error);
  done = strcmp (options->verb, "block") == 0
             ? inf_lab_block (lab, options->words[0], options->words[1], &error)
             : inf_lab_unblock (lab, options->words[0], options->words[1], &error);
  return done ? EXIT_OK : fail (error);
}

/* loss, rate: one host and a number. */
static int
run_with_number (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = open_lab (options, &error);
  char *end;
  double value = g_ascii_strtod (options->words[1], &end);
  gboolean done;

  if (end == options->words[1] || *end)
    {
      g_printerr ("infinity lab %s: \"%s\" is not a number\n", options->verb, options->words[1]);
      return EXIT_USAGE;
    }
  if (!lab)
    return fail (error);
  done = strcmp (options->verb, "loss") == 0 ? inf_lab_loss (lab, options->words[0], value, &error)
                                             : inf_lab_rate (lab, options->words[0], value, &error);
  return done ? EXIT_OK : fail (error);
}

static int
run_stop (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = open_lab (options, &error);

  if (!lab || !inf_lab_stop (lab, &error))
    return fail (error);
  return EXIT_OK;
}

static const Subcommand subcommands[] = {
  { "start", "", "start a lab and leave it running",
    "Prints each host's name and address. Needs no root.", 0, 0, run_start },
  { "list", "", "list the labs that run", NULL, 0, 0, run_list },
  { "status", "", "show a lab's hosts", NULL, 0, 0, run_status },
  { "exec", "HOST [--] COMMAND…", "run a command in a host",
    "The command has this one's stdin, stdout and stderr, or a terminal of its own when this one "
    "has "
    "a terminal; its exit status becomes this one's (128 and the signal's number when a signal "
    "ended "
    "it, 127 when there is no such program or host).",
    1, G_MAXUINT, run_exec },
  { "cut", "HOST", "pull a host's cable",
    "No packet passes in either direction, and nobody is told.", 1, 1, run_on_host },
  { "heal", "HOST", "plug it in again", "Also undoes every block of what others send to it.", 1, 1,
    run_on_host },
  { "block", "FROM TO", "drop what one host sends to another",
    "Only in that direction; what the other sends back arrives.", 2, 2, run_on_pair },
  { "unblock", "FROM TO", "undo that", NULL, 2, 2, run_on_pair },
  { "loss", "HOST PERCENT", "lose a share of a host's packets",
    "Each packet to the host or from it is lost with this probability; 0 loses none.", 2, 2,
    run_with_number },
  { "rate", "HOST MBIT", "limit the rate of a host's link",
    "In 10^6 bits a second, each way; 0 for no limit.", 2, 2, run_with_number },
  { "kill", "HOST", "pull a host's plug",
    "Everything in it is killed at once, and it is off the network. Its home stays.", 1, 1,
    run_on_host },
  { "boot", "HOST", "start a host that is down", "Its home is as it was, its /tmp is empty.", 1, 1,
    run_on_host },
  { "stop", "", "end a lab, and remove all that was in it", NULL, 0, 0, run_stop },
};

static void
print_help (void)
{
  g_print (
      "Usage:\n  infinity lab SUBCOMMAND [OPTION…]\n\n"
      "A virtual network of hosts on this machine, without root. The hosts are called oak, elm,\n"
      "ash, fir, yew and so on, or h1, h2, …; their addresses are 10.99.0.1, 10.99.0.2, …\n\n"
      "Subcommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++)
    {
      g_autofree char *usage
          = g_strconcat (subcommands[i].verb, " ", subcommands[i].arguments, NULL);
      /* "…" takes three bytes and one column */
      int pad = 28 + (strstr (usage, "…") ? 2 : 0);
      g_print ("  %-*s%s\n", pad, usage, subcommands[i].summary);
    }
  g_print ("\n`infinity lab SUBCOMMAND --help` says more.\n");
}

static gboolean
parse (const Subcommand *subcommand, int *argc, char ***argv, Options *options, GError **error)
{
  g_autofree char *parameters = g_strdup_printf (
      "%s%s- %s", subcommand->arguments, *subcommand->arguments ? " " : "", subcommand->summary);
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  const GOptionEntry name_entry[]
      = { { "name", 'n', 0, G_OPTION_ARG_STRING, &options->name,
            "The lab's name (default: $INFINITY_LAB, else lab)", "NAME" },
          { NULL } };
  const GOptionEntry start_entries[]
      = { { "hosts", 0, 0, G_OPTION_ARG_INT, &options->n_hosts, "How many hosts (default: 5)",
            "N" },
          { "share", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->share,
            "A directory below /tmp or /run that the hosts shall see too", "DIR" },
          { NULL } };
  const GOptionEntry json_entry[]
      = { { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print JSON", NULL }, { NULL } };

  if (subcommand->run != run_list)
    g_option_context_add_main_entries (context, name_entry, NULL);
  if (subcommand->run == run_start)
    g_option_context_add_main_entries (context, start_entries, NULL);
  if (subcommand->run == run_list || subcommand->run == run_status)
    g_option_context_add_main_entries (context, json_entry, NULL);
  if (subcommand->details)
    g_option_context_set_description (context, subcommand->details);
  /* The options of the command to run are not ours. */
  g_option_context_set_strict_posix (context, TRUE);
  return g_option_context_parse (context, argc, argv, error);
}

static int
run_subcommand (const Subcommand *subcommand, int argc, char **argv)
{
  g_autofree char *program = g_strdup_printf ("infinity lab %s", subcommand->verb);
  g_autofree char **args = g_new0 (char *, argc + 1);
  char **parsed = args;
  const char *default_name = g_getenv ("INFINITY_LAB");
  Options options = { .verb = subcommand->verb, .n_hosts = 5 };
  g_autoptr (GError) error = NULL;
  int status = EXIT_USAGE;

  /* Parsing takes words out of the array, not out of the caller's. */
  memcpy (args, argv, sizeof (char *) * (gsize)argc);
  args[0] = program;
  g_set_prgname (program);
  if (!parse (subcommand, &argc, &parsed, &options, &error))
    {
      g_printerr ("%s: %s\n", program, error->message);
    }
  else if ((guint)argc - 1 < subcommand->min_words || (guint)argc - 1 > subcommand->max_words)
    {
      g_printerr ("usage: %s [OPTION…] %s\n", program, subcommand->arguments);
    }
  else
    {
      options.words = parsed + 1;
      if (!options.name)
        options.name = g_strdup (default_name && *default_name ? default_name : "lab");
      status = subcommand->run (&options);
    }
  g_free (options.name);
  g_strfreev (options.share);
  return status;
}

/**
 * inf_cmd_lab:
 * @argc: how many words
 * @argv: (array length=argc): "lab", a subcommand and its arguments
 *
 * Returns: the exit status: that of the command for `exec`, otherwise as all commands'
 * (docs/lab.md)
 */
int
inf_cmd_lab (int argc, char **argv)
{
  const char *verb = argc > 1 ? argv[1] : "--help";

  if (strcmp (verb, "--help") == 0 || strcmp (verb, "-h") == 0 || strcmp (verb, "help") == 0)
    {
      print_help ();
      return EXIT_OK;
    }
  for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++)
    if (strcmp (verb, subcommands[i].verb) == 0)
      return run_subcommand (&subcommands[i], argc - 1, argv + 1);
  g_printerr ("infinity lab: no subcommand %s; see: infinity lab --help\n", verb);
  return EXIT_USAGE;
}
