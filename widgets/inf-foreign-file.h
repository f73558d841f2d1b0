#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _InfForeignFile InfForeignFile;

InfForeignFile *inf_foreign_file_open (const char *directory, const char *name, GError **error);
InfForeignFile *inf_foreign_file_ref (InfForeignFile *file);
void inf_foreign_file_unref (InfForeignFile *file);

guint64 inf_foreign_file_get_size (const InfForeignFile *file);
gboolean inf_foreign_file_has_changed (const InfForeignFile *file);
gsize inf_foreign_file_read (const InfForeignFile *file, guint64 offset, gpointer buffer,
                             gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfForeignFile, inf_foreign_file_unref)

G_END_DECLS
