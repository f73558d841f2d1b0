#include "tasks/inf-block-reader.h"

#include "tasks/inf-integer-parser.h"
#include "tasks/inf-task-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One digit too many, and a sign: the parser then has what it needs to refuse the integer. */
#define LONGEST_BYTES (INF_INTEGER_MAX_DIGITS + 2)

/* Makes room for @capacity_bytes and what the parser may look at past them. */
void
inf_block_reserve (InfBlock *block, size_t capacity_bytes)
{
  if (block->capacity_bytes >= capacity_bytes && block->data)
    return;
  block->data = inf_task_realloc (block->data, capacity_bytes + INF_INTEGER_PARSER_SLACK, 1);
  /* the parser reads it, though it makes nothing of it */
  memset (block->data + capacity_bytes, 0, INF_INTEGER_PARSER_SLACK);
  block->capacity_bytes = capacity_bytes;
}

void
inf_block_clear (InfBlock *block)
{
  free (block->data);
  *block = (InfBlock){ .data = NULL };
}

/**
 * inf_block_reader_open:
 * @reader: (out): a reader; inf_block_reader_close() releases it
 * @path: the file, which may be a pipe too; has to outlive @reader
 * @error: set to %INF_TASK_IO on failure
 *
 * The caller sets block_size_bytes before the first block.
 */
bool
inf_block_reader_open (InfBlockReader *reader, const char *path, InfTaskError *error)
{
  struct stat status;

  *reader = (InfBlockReader){ .path = path, .fd = open (path, O_RDONLY | O_CLOEXEC) };
  if (reader->fd < 0)
    return inf_task_error_set (error, INF_TASK_IO,
                               "can't open %.380s: %s; expected a text file of integers", path,
                               strerror (errno));
  if (fstat (reader->fd, &status) == 0 && S_ISREG (status.st_mode))
    reader->file_size_bytes = (size_t)status.st_size;
  return true;
}

void
inf_block_reader_close (InfBlockReader *reader)
{
  if (reader->fd >= 0)
    close (reader->fd);
  reader->fd = -1;
  inf_block_clear (&reader->tail);
}

/* Reads until @block is full or the file is at its end. */
static bool
fill (InfBlockReader *reader, InfBlock *block, InfTaskError *error)
{
  while (block->size_bytes < block->capacity_bytes && !reader->at_end)
    {
      ssize_t n = read (reader->fd, block->data + block->size_bytes,
                        block->capacity_bytes - block->size_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return inf_task_error_set (error, INF_TASK_IO,
                                   "can't read %.380s: %s; expected a text file of integers",
                                   reader->path, strerror (errno));
      reader->at_end = n == 0;
      block->size_bytes += (size_t)n;
      reader->n_read_bytes += (size_t)n;
    }
  return true;
}

/* Where to cut @block: after its last white space at or after @from; 0 where there is none. */
static size_t
find_cut (const InfBlock *block, size_t from)
{
  for (size_t i = block->size_bytes; i > from; i--)
    if (inf_integer_is_space (block->data[i - 1]))
      return i;
  return 0;
}

static void
keep_tail (InfBlockReader *reader, InfBlock *block, size_t cut)
{
  InfBlock *tail = &reader->tail;

  tail->size_bytes = block->size_bytes - cut;
  inf_block_reserve (tail, tail->size_bytes);
  memcpy (tail->data, block->data + cut, tail->size_bytes);
  block->size_bytes = cut;
}

/**
 * inf_block_reader_next:
 * @reader: an open reader
 * @block: (inout): its memory is used again; its size is 0 when the file is at its end
 * @error: set to %INF_TASK_IO on failure
 *
 * A block without any white space grows until its one integer ends, but never past what the parser
 * takes: such a block is handed out as it is, for the parser to refuse.
 */
bool
inf_block_reader_next (InfBlockReader *reader, InfBlock *block, InfTaskError *error)
{
  size_t searched = 0, capacity = reader->block_size_bytes;
  InfBlock *tail = &reader->tail;

  while (capacity <= tail->size_bytes)
    capacity *= 2;
  inf_block_reserve (block, capacity);
  block->size_bytes = tail->size_bytes;
  if (tail->size_bytes > 0)
    memcpy (block->data, tail->data, tail->size_bytes);
  tail->size_bytes = 0;
  for (;;)
    {
      size_t cut;

      if (!fill (reader, block, error))
        return false;
      cut = reader->at_end ? block->size_bytes : find_cut (block, searched);
      if (cut > 0 || reader->at_end || block->size_bytes > LONGEST_BYTES)
        {
          if (cut > 0)
            keep_tail (reader, block, cut);
          return true;
        }
      searched = block->size_bytes;
      inf_block_reserve (block, 2 * searched < LONGEST_BYTES ? 2 * searched : LONGEST_BYTES + 1);
    }
}
