#pragma once

#include "tasks/inf-task-error.h"

#include <stdbool.h>
#include <stddef.h>

#define INF_OUTPUT_FILE_PATH_SIZE 4096

/* A file that appears under its name when it is whole, or not at all. */
typedef struct
{
  int fd;
  bool is_nameless;
  char path[INF_OUTPUT_FILE_PATH_SIZE];
  char temporary[INF_OUTPUT_FILE_PATH_SIZE];
} InfOutputFile;

bool inf_output_file_open (InfOutputFile *file, const char *path, InfTaskError *error);
bool inf_output_file_write (InfOutputFile *file, const char *data, size_t size_bytes,
                            InfTaskError *error);
bool inf_output_file_commit (InfOutputFile *file, InfTaskError *error);
void inf_output_file_discard (InfOutputFile *file);
void inf_output_file_discard_all_on_signals (void);
