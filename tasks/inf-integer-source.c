#include "tasks/inf-integer-source.h"

#include "tasks/inf-block-reader.h"
#include "tasks/inf-mpi-integer.h"
#include "tasks/inf-output-file.h"
#include "tasks/inf-random-integers.h"
#include "tasks/inf-task-memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rank 0 reads the file in blocks and deals them out: block s goes to rank s modulo n_ranks, itself
 * included. Each rank parses its own, and counts the lines in them, so that rank 0 needs not look
 * at every byte: the line of a bad integer is the sum of the lines in all blocks before it. */

#define MIN_BLOCK_BYTES ((size_t)4 << 10)
#define MAX_BLOCK_BYTES ((size_t)1 << 20)
/* What rank 0 holds in blocks on their way. */
#define MAX_HELD_BYTES ((size_t)64 << 20)
/* Blocks under way to one rank: one that it parses, one that follows. */
#define SLOTS_PER_RANK 2
#define NO_BLOCK UINT64_MAX

/* What one rank knows of the blocks it has parsed. */
typedef struct
{
  const InfTask *task;
  const InfIntegerSink *sink;
  uint64_t *newlines; /* of its blocks 0, 1, ... which are the file's rank + i * n_ranks */
  size_t n_blocks;
  uint64_t n_integers;
  uint64_t bad_block; /* the file's number of the first one that failed, or NO_BLOCK */
  InfTaskStatus bad_status;
  char problem[INF_TASK_MESSAGE_SIZE];
} Share;

static void
note_failure (Share *share, uint64_t block_number, InfTaskStatus status, const char *problem)
{
  share->bad_block = block_number;
  share->bad_status = status;
  snprintf (share->problem, sizeof share->problem, "%s", problem);
}

/* Parses the next of this rank's blocks; does nothing once one was bad. */
static void
parse_block (Share *share, const InfBlock *block)
{
  const InfTask *task = share->task;
  uint64_t block_number = (uint64_t)task->rank + share->n_blocks * (uint64_t)task->n_ranks;
  InfIntegerParse parse;

  if (share->bad_block != NO_BLOCK)
    return;
  if (!inf_integers_parse (block->data, block->size_bytes, share->sink, &parse))
    note_failure (share, block_number, INF_TASK_BAD_DATA, parse.problem);
  if (share->n_blocks % 64 == 0)
    share->newlines
        = inf_task_realloc (share->newlines, share->n_blocks + 64, sizeof *share->newlines);
  share->newlines[share->n_blocks++] = parse.n_newlines;
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

/* Rank 0: reads blocks and sends them, or parses them where they are its own. */
static void
deal_blocks (Share *share, InfBlockReader *reader, double progress_share)
{
  const InfTask *task = share->task;
  size_t n_slots = SLOTS_PER_RANK * (size_t)task->n_ranks;
  InfBlock *slots = inf_task_alloc (n_slots, sizeof *slots);
  MPI_Request *requests = inf_task_alloc (n_slots, sizeof (MPI_Request));
  InfTaskError error = { .status = INF_TASK_OK };
  double shown = 0;

  for (size_t i = 0; i < n_slots; i++)
    {
      slots[i] = (InfBlock){ .data = NULL };
      requests[i] = MPI_REQUEST_NULL;
    }
  for (uint64_t number = 0; share->bad_block == NO_BLOCK; number++)
    {
      InfBlock *slot = &slots[number % n_slots];
      int rank = (int)(number % (uint64_t)task->n_ranks);

      MPI_Wait (&requests[number % n_slots], MPI_STATUS_IGNORE);
      if (slot->capacity_bytes > 2 * reader->block_size_bytes)
        inf_block_clear (slot);
      if (!inf_block_reader_next (reader, slot, &error))
        note_failure (share, number, error.status, error.message);
      if (error.status != INF_TASK_OK || slot->size_bytes == 0)
        break;
      if (rank == 0)
        parse_block (share, slot);
      else
        MPI_Isend (slot->data, (int)slot->size_bytes, MPI_BYTE, rank, INF_MPI_TAG_BLOCK, task->comm,
                   &requests[number % n_slots]);
      show_reading (task, reader, progress_share, &shown);
    }
  MPI_Waitall ((int)n_slots, requests, MPI_STATUSES_IGNORE);
  /* a block of no bytes says that there are no more */
  for (int rank = 1; rank < task->n_ranks; rank++)
    MPI_Send (NULL, 0, MPI_BYTE, rank, INF_MPI_TAG_BLOCK, task->comm);
  for (size_t i = 0; i < n_slots; i++)
    inf_block_clear (&slots[i]);
  free (slots);
  free (requests);
}

/* The other ranks: parse what comes. */
static void
take_blocks (Share *share)
{
  InfBlock block = { .data = NULL };

  for (;;)
    {
      MPI_Message message;
      MPI_Status status;
      int size;

      MPI_Mprobe (0, INF_MPI_TAG_BLOCK, share->task->comm, &message, &status);
      MPI_Get_count (&status, MPI_BYTE, &size);
      inf_block_reserve (&block, (size_t)size);
      MPI_Mrecv (block.data, size, MPI_BYTE, &message, MPI_STATUS_IGNORE);
      block.size_bytes = (size_t)size;
      if (size == 0)
        break;
      parse_block (share, &block);
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
    if ((uint64_t)task->rank + i * (uint64_t)task->n_ranks <= first)
      line += share->newlines[i];
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
  free (share.newlines);
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
