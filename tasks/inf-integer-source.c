#include "tasks/inf-integer-source.h"

#include "tasks/inf-block-reader.h"
#include "tasks/inf-mpi-integer.h"
#include "tasks/inf-output-file.h"
#include "tasks/inf-random-integers.h"
#include "tasks/inf-task-memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Rank 0 reads the file in blocks and deals them out to whoever is ready for one, itself included.
 * Each rank parses what it gets, and counts the lines in it, so that rank 0 needs not look at every
 * byte: the line of a bad integer is the sum of the lines in all blocks before it. */

#define MIN_BLOCK_BYTES ((size_t)4 << 10)
#define MAX_BLOCK_BYTES ((size_t)256 << 10)
/* What rank 0 holds in blocks on their way. */
#define MAX_HELD_BYTES ((size_t)64 << 20)
/* Blocks under way to one rank: one that it parses, one that follows. */
#define SLOTS_PER_RANK 2
#define NO_BLOCK UINT64_MAX

typedef struct
{
  uint64_t block; /* its number in the file */
  uint64_t n_newlines;
} BlockLines;

/* What one rank knows of the blocks it has parsed. */
typedef struct
{
  const InfTask *task;
  const InfIntegerSink *sink;
  BlockLines *lines;
  size_t n_blocks;
  uint64_t n_integers;
  uint64_t bad_block; /* the number of the first one that failed, or NO_BLOCK */
  InfTaskStatus bad_status;
  char problem[INF_TASK_MESSAGE_SIZE];
} Share;

static void
note_failure (Share *share, uint64_t number, InfTaskStatus status, const char *problem)
{
  share->bad_block = number;
  share->bad_status = status;
  snprintf (share->problem, sizeof share->problem, "%s", problem);
}

/* Parses block @number of the file; does nothing once one was bad. */
static void
parse_block (Share *share, InfBlock *block, uint64_t number)
{
  InfIntegerParse parse;

  if (share->bad_block != NO_BLOCK)
    return;
  if (!inf_integers_parse (block->data, block->size_bytes, share->sink, &parse))
    note_failure (share, number, INF_TASK_BAD_DATA, parse.problem);
  if (share->n_blocks % 64 == 0)
    share->lines = inf_task_realloc (share->lines, share->n_blocks + 64, sizeof *share->lines);
  share->lines[share->n_blocks++] = (BlockLines){ number, parse.n_newlines };
  share->n_integers += parse.n_integers;
}

static size_t
choose_block_size (const InfTask *task, size_t file_size)
{
  size_t n_ranks = (size_t)task->n_ranks;
  size_t size = file_size > 0 ? file_size / (8 * n_ranks) : MAX_BLOCK_BYTES;
  size_t most = MAX_HELD_BYTES / (SLOTS_PER_RANK * n_ranks);

  if (size > MAX_BLOCK_BYTES)
    size = MAX_BLOCK_BYTES;
  if (size > most)
    size = most;
  return size < MIN_BLOCK_BYTES ? MIN_BLOCK_BYTES : size;
}

static void
show_reading (const InfTask *task, const InfBlockReader *reader, double progress_share,
              double *shown)
{
  double fraction = reader->file_size_bytes > 0
                        ? (double)reader->n_read_bytes / (double)reader->file_size_bytes
                        : 0;

  if (fraction > 1 || fraction < *shown + 0.1)
    return;
  *shown = fraction;
  inf_task_progress (task, fraction * progress_share, "reading");
}

/* A block on its way, and the messages that carry its number and its text. */
typedef struct
{
  InfBlock block;
  uint64_t number;
  MPI_Request requests[2];
} Slot;

/* A slot whose messages have arrived, or NULL; slot i belongs to rank i / SLOTS_PER_RANK + 1. */
static Slot *
find_free_slot (Slot *slots, int n_slots, int *ret_rank)
{
  for (int i = 0; i < n_slots; i++)
    {
      int is_free;

      MPI_Testall (2, slots[i].requests, &is_free, MPI_STATUSES_IGNORE);
      if (is_free)
        {
          *ret_rank = i / SLOTS_PER_RANK + 1;
          return &slots[i];
        }
    }
  return NULL;
}

static void
send_block (const InfTask *task, Slot *slot, uint64_t number, int rank)
{
  slot->number = number;
  MPI_Isend (&slot->number, 1, MPI_UINT64_T, rank, INF_MPI_TAG_SIZE, task->comm,
             &slot->requests[0]);
  MPI_Isend (slot->block.data, (int)slot->block.size_bytes, MPI_BYTE, rank, INF_MPI_TAG_BLOCK,
             task->comm, &slot->requests[1]);
}

/* Until the file is at its end, or something is wrong. */
static void
deal_all (Share *share, InfBlockReader *reader, Slot *slots, int n_slots, double progress_share)
{
  InfTaskError error = { .status = INF_TASK_OK };
  InfBlock own = { .data = NULL };
  double shown = 0;

  for (uint64_t number = 0; share->bad_block == NO_BLOCK; number++)
    {
      int rank = 0;
      Slot *slot = find_free_slot (slots, n_slots, &rank);
      InfBlock *block = slot ? &slot->block : &own;

      if (block->capacity_bytes > 2 * reader->block_size_bytes)
        inf_block_clear (block);
      if (!inf_block_reader_next (reader, block, &error))
        note_failure (share, number, error.status, error.message);
      if (error.status != INF_TASK_OK || block->size_bytes == 0)
        break;
      if (slot)
        send_block (share->task, slot, number, rank);
      else
        parse_block (share, block, number);
      show_reading (share->task, reader, progress_share, &shown);
    }
  inf_block_clear (&own);
}

/* Rank 0: reads blocks and sends them, and parses one itself when nobody else is ready. */
static void
deal_blocks (Share *share, InfBlockReader *reader, double progress_share)
{
  const InfTask *task = share->task;
  const uint64_t no_more = NO_BLOCK;
  int n_slots = SLOTS_PER_RANK * (task->n_ranks - 1);
  Slot *slots = inf_task_alloc ((size_t)n_slots + 1, sizeof *slots);

  for (int i = 0; i < n_slots; i++)
    slots[i] = (Slot){ .requests = { MPI_REQUEST_NULL, MPI_REQUEST_NULL } };
  deal_all (share, reader, slots, n_slots, progress_share);
  for (int i = 0; i < n_slots; i++)
    {
      MPI_Waitall (2, slots[i].requests, MPI_STATUSES_IGNORE);
      inf_block_clear (&slots[i].block);
    }
  for (int rank = 1; rank < task->n_ranks; rank++)
    MPI_Send (&no_more, 1, MPI_UINT64_T, rank, INF_MPI_TAG_SIZE, task->comm);
  free (slots);
}

/* The other ranks: parse what comes. */
static void
take_blocks (Share *share)
{
  MPI_Comm comm = share->task->comm;
  InfBlock block = { .data = NULL };

  for (;;)
    {
      uint64_t number;
      MPI_Status status;
      int size;

      MPI_Recv (&number, 1, MPI_UINT64_T, 0, INF_MPI_TAG_SIZE, comm, MPI_STATUS_IGNORE);
      if (number == NO_BLOCK)
        break;
      MPI_Probe (0, INF_MPI_TAG_BLOCK, comm, &status);
      MPI_Get_count (&status, MPI_BYTE, &size);
      inf_block_reserve (&block, (size_t)size);
      MPI_Recv (block.data, size, MPI_BYTE, 0, INF_MPI_TAG_BLOCK, comm, MPI_STATUS_IGNORE);
      block.size_bytes = (size_t)size;
      parse_block (share, &block, number);
    }
  inf_block_clear (&block);
}

/* Collective: makes the first failure in the file's order everyone's error, with its line. */
static bool
agree (const Share *share, InfTaskError *error)
{
  const InfTask *task = share->task;
  uint64_t first = share->bad_block, line = 0;
  int rank = 0;

  MPI_Allreduce (MPI_IN_PLACE, &first, 1, MPI_UINT64_T, MPI_MIN, task->comm);
  if (first == NO_BLOCK)
    return true;
  for (size_t i = 0; i < share->n_blocks; i++)
    if (share->lines[i].block <= first)
      line += share->lines[i].n_newlines;
  MPI_Allreduce (MPI_IN_PLACE, &line, 1, MPI_UINT64_T, MPI_SUM, task->comm);
  /* rank 0 can fail to read a block that would have been another's */
  if (share->bad_block == first)
    rank = task->rank;
  MPI_Allreduce (MPI_IN_PLACE, &rank, 1, MPI_INT, MPI_MAX, task->comm);
  if (share->bad_block == first && share->bad_status == INF_TASK_BAD_DATA)
    inf_task_error_set (error, INF_TASK_BAD_DATA, "%.256s, line %" PRIu64 ": %.200s",
                        task->options.input, line + 1, share->problem);
  else if (share->bad_block == first)
    inf_task_error_set (error, share->bad_status, "%s", share->problem);
  MPI_Bcast (error, sizeof *error, MPI_BYTE, rank, task->comm);
  return false;
}

static bool
feed_file (Share *share, double progress_share, InfTaskError *error)
{
  const InfTask *task = share->task;
  InfBlockReader reader = { .fd = -1 };
  bool is_fed;

  if (task->rank == 0)
    inf_block_reader_open (&reader, task->options.input, error);
  if (!inf_task_agree (task, error))
    return false;
  reader.block_size_bytes = choose_block_size (task, reader.file_size_bytes);
  if (task->rank == 0)
    deal_blocks (share, &reader, progress_share);
  else
    take_blocks (share);
  is_fed = agree (share, error);
  inf_block_reader_close (&reader);
  return is_fed;
}

/* This rank's share of the generated integers. */
static void
feed_generated (Share *share)
{
  const InfTask *task = share->task;
  unsigned __int128 n = task->options.n_generated;
  uint64_t from = (uint64_t)(n * (unsigned)task->rank / (unsigned)task->n_ranks);
  uint64_t to = (uint64_t)(n * ((unsigned)task->rank + 1) / (unsigned)task->n_ranks);
  int64_t batch[1024];
  size_t n_batch = 0;

  share->n_integers = to - from;
  for (uint64_t i = from; i < to; i++)
    {
      batch[n_batch++] = inf_random_integer (task->options.seed, i);
      if (n_batch == sizeof batch / sizeof batch[0] || i + 1 == to)
        {
          share->sink->add_words (share->sink->data, batch, n_batch);
          n_batch = 0;
        }
    }
}

static bool
write_generated (const InfTask *task, InfTaskError *error)
{
  InfOutputFile file;
  char text[1 << 16];
  size_t size = 0;

  if (!inf_output_file_open (&file, task->options.write_input, error))
    return false;
  for (uint64_t i = 0; i < task->options.n_generated; i++)
    {
      size += (size_t)snprintf (text + size, sizeof text - size, "%" PRId64 "\n",
                                inf_random_integer (task->options.seed, i));
      if (size < sizeof text - 32 && i + 1 < task->options.n_generated)
        continue;
      if (!inf_output_file_write (&file, text, size, error))
        {
          inf_output_file_discard (&file);
          return false;
        }
      size = 0;
    }
  return inf_output_file_commit (&file, error);
}

/**
 * inf_integer_source_feed:
 * @task: this rank's view of the run
 * @sink: takes this rank's share of the integers
 * @progress_share: the part of the whole work, from 0 to 1, that reading is
 * @ret_n_integers: (out): how many integers all ranks had together
 * @error: (out): the same on all ranks: %INF_TASK_BAD_DATA with file and line, or %INF_TASK_IO
 *
 * Collective. Reads the input on rank 0 and spreads it, or generates each rank's share.
 */
bool
inf_integer_source_feed (const InfTask *task, const InfIntegerSink *sink, double progress_share,
                         uint64_t *ret_n_integers, InfTaskError *error)
{
  Share share = { .task = task, .sink = sink, .bad_block = NO_BLOCK };
  bool is_fed;

  if (task->options.input)
    is_fed = feed_file (&share, progress_share, error);
  else
    {
      if (task->options.write_input && task->rank == 0)
        write_generated (task, error);
      is_fed = inf_task_agree (task, error);
      if (is_fed)
        feed_generated (&share);
    }
  free (share.lines);
  if (!is_fed)
    return false;
  MPI_Allreduce (&share.n_integers, ret_n_integers, 1, MPI_UINT64_T, MPI_SUM, task->comm);
  if (*ret_n_integers == 0 && task->options.input)
    return inf_task_error_set (error, INF_TASK_BAD_DATA,
                               "%.256s, line 1: expected at least one integer, found none",
                               task->options.input);
  if (*ret_n_integers == 0)
    return inf_task_error_set (error, INF_TASK_BAD_DATA,
                               "--generate 0: expected at least one integer");
  return true;
}
