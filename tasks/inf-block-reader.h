#pragma once

#include "tasks/inf-task-error.h"

#include <stddef.h>

/* A piece of a text with no integer cut in two; grows where one integer is longer. */
typedef struct
{
  char *data;
  size_t size_bytes;
  size_t capacity_bytes;
} InfBlock;

/* Cuts a file into blocks at white space. */
typedef struct
{
  int fd;
  const char *path;
  size_t block_size_bytes;
  size_t file_size_bytes; /* 0 where it isn't known, as of a pipe */
  size_t n_read_bytes;
  InfBlock tail; /* what has been read past the last cut */
  bool at_end;
} InfBlockReader;

bool inf_block_reader_open (InfBlockReader *reader, const char *path, InfTaskError *error);
void inf_block_reader_close (InfBlockReader *reader);
bool inf_block_reader_next (InfBlockReader *reader, InfBlock *block, InfTaskError *error);

void inf_block_reserve (InfBlock *block, size_t capacity_bytes);
void inf_block_clear (InfBlock *block);
