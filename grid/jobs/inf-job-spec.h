#pragma once

#include "common/inf-sha256.h"
#include "grid/jobs/inf-task-catalogue.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* kind, program, (sha256, size), args, inputs (name, path, sha256, size), outputs, name, to, nodes,
 * slots per node, memory, time limit, maximum price, retries, wait for hosts */
#define INF_JOB_SPEC_TYPE "(ys(ayt)asa(ssayt)asssuutttub)"

#define INF_JOB_SPEC_MAX_ARGS 256
#define INF_JOB_SPEC_MAX_ARGS_BYTES 65536
#define INF_JOB_SPEC_MAX_INPUTS 64
#define INF_JOB_SPEC_MAX_OUTPUTS 64
#define INF_JOB_SPEC_MAX_NODES 250
#define INF_JOB_SPEC_MAX_SLOTS 1024
#define INF_JOB_SPEC_MAX_RETRIES 10
#define INF_JOB_SPEC_MAX_TIME_US ((guint64)30 * 24 * 3600 * G_USEC_PER_SEC)
#define INF_JOB_SPEC_MAX_SIZE_BYTES (256 * 1024)
#define INF_JOB_SPEC_DEFAULT_TIME_US ((guint64)3600 * G_USEC_PER_SEC)

/**
 * InfProgramKind:
 * @INF_PROGRAM_BUILTIN: a task of Infinity's own, found beside the submitter's Infinity and staged
 * @INF_PROGRAM_OWN: an executable of the submitter's, staged
 * @INF_PROGRAM_INSTALLED: a program that the hosts have installed and offer by name
 */
typedef enum
{
  INF_PROGRAM_BUILTIN,
  INF_PROGRAM_OWN,
  INF_PROGRAM_INSTALLED,
} InfProgramKind;

/**
 * InfJobObject:
 * @sha256: the object's id: the SHA-256 of its content
 * @size_bytes: its length
 *
 * A file by content. All zero until staging has put the file into the store.
 */
typedef struct
{
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  guint64 size_bytes;
} InfJobObject;

/**
 * InfJobInput:
 * @name: the name below /job on every host: one path component
 * @path: the file on the submitter's machine, absolute; %NULL on a host, which is told none
 * @object: what the file holds, known from staging on
 */
typedef struct
{
  char *name;
  char *path;
  InfJobObject object;
} InfJobInput;

/**
 * InfJobSpec:
 * @kind: what @program names
 * @program: a built-in's or an installed program's name, or an own executable's absolute path
 * @object: the program's content, known from staging on; zero for %INF_PROGRAM_INSTALLED
 * @args: (array zero-terminated=1): what the program is given, without its own name
 * @inputs: (element-type InfJobInput): files that lie in /job before the program starts
 * @outputs: (array zero-terminated=1): patterns ('*', '?') of paths below /job to bring home;
 *   empty: all that the program made
 * @name: (nullable): the name the submitter chose for the job
 * @to: (nullable): an absolute directory that the outputs are copied to as well, once the job is
 * over
 * @nodes: how many hosts, from 1
 * @slots: slots per host, from 1
 * @memory_bytes: memory per host; 0: whatever the host gives
 * @time_limit_us: how long the program may run
 * @max_price_ucredits: the highest price per node·second taken; 0: any
 * @retries: how many further attempts follow one that a host or a link spoiled
 * @wait_for_hosts: whether the job waits in the queue when hosts are missing, or fails at once
 *
 * What is to be run. Plain data: filled in by whoever makes it, not changed once a job has it, but
 * for the objects that staging fills in.
 */
typedef struct
{
  InfProgramKind kind;
  char *program;
  InfJobObject object;
  char **args;
  GPtrArray *inputs;
  char **outputs;
  char *name;
  char *to;
  guint nodes;
  guint slots;
  guint64 memory_bytes;
  guint64 time_limit_us;
  guint64 max_price_ucredits;
  guint retries;
  gboolean wait_for_hosts;

  /*< private >*/
  gatomicrefcount ref_count;
} InfJobSpec;

#define INF_TYPE_JOB_SPEC (inf_job_spec_get_type ())
GType inf_job_spec_get_type (void);

InfJobSpec *inf_job_spec_new (InfProgramKind kind, const char *program);
InfJobSpec *inf_job_spec_ref (InfJobSpec *spec);
void inf_job_spec_unref (InfJobSpec *spec);

char *inf_job_spec_base_name (const InfJobSpec *spec);
char *inf_job_spec_program_name (const InfJobSpec *spec);
gboolean inf_job_spec_wants_output (const InfJobSpec *spec, const char *path);
InfJobInput *inf_job_spec_add_input (InfJobSpec *spec, const char *name, const char *path);

gboolean inf_job_spec_validate (const InfJobSpec *spec, GError **error);

GVariant *inf_job_spec_to_variant (const InfJobSpec *spec);
InfJobSpec *inf_job_spec_from_variant (GVariant *value, GError **error);
GVariant *inf_job_spec_to_dictionary (const InfJobSpec *spec);
InfJobSpec *inf_job_spec_from_dictionary (GVariant *dictionary, const InfTaskCatalogue *tasks,
                                          GError **error);

InfJobInput *inf_job_input_new (const char *name, const char *path);
void inf_job_input_free (InfJobInput *input);

gboolean inf_job_object_is_known (const InfJobObject *object);

const char *inf_program_kind_to_text (InfProgramKind kind);
gboolean inf_program_kind_from_text (const char *text, InfProgramKind *ret_kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobSpec, inf_job_spec_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobInput, inf_job_input_free)

G_END_DECLS
