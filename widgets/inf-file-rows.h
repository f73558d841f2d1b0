#pragma once

#include "widgets/inf-foreign-file.h"

G_BEGIN_DECLS

/* How much of a file's beginning says whether it has lines. */
#define INF_FILE_ROWS_HEAD_BYTES (64 * 1024)

#define INF_TYPE_FILE_ROWS (inf_file_rows_get_type ())

G_DECLARE_FINAL_TYPE (InfFileRows, inf_file_rows, INF, FILE_ROWS, GObject)

InfFileRows *inf_file_rows_new (InfForeignFile *file, GBytes *head, guint columns);

gboolean inf_file_rows_is_complete (InfFileRows *self);
gboolean inf_file_rows_is_full (InfFileRows *self);

gboolean inf_file_rows_are_unbroken (const InfForeignFile *file, GBytes *head);

G_END_DECLS
