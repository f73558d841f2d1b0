#pragma once

#include <stddef.h>

void *inf_task_alloc (size_t n, size_t size_bytes);
void *inf_task_realloc (void *memory, size_t n, size_t size_bytes);
