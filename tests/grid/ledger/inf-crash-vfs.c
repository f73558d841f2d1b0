#include "tests/grid/ledger/inf-crash-vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* A layer under SQLite that ends the process with SIGKILL at its Nth write or sync, the way a
 * machine ends that loses its power: of what was written to a file since its last sync, only the
 * first so many writes have reached the disk, and the write that was under way may be torn. */

typedef struct
{
  struct CrashFile *file;
  sqlite3_int64 offset;
  sqlite3_int64 size_before; /* the file's */
  GBytes *before;
} Write;

typedef struct CrashFile
{
  sqlite3_file base;
  sqlite3_file *real; /* lies behind this struct, in the memory that SQLite gave */
} CrashFile;

static sqlite3_vfs *real_vfs;
static guint operations_left;
static GRand *fate;
static GPtrArray *unsynced; /* Write, oldest first */

static sqlite3_file *
real_of (sqlite3_file *file)
{
  return ((CrashFile *)file)->real;
}

static void
write_free (gpointer data)
{
  Write *write = data;

  g_bytes_unref (write->before);
  g_free (write);
}

static void
take_back (const Write *write)
{
  sqlite3_file *real = write->file->real;
  gsize size;
  const void *data = g_bytes_get_data (write->before, &size);

  if (size > 0)
    real->pMethods->xWrite (real, data, (int)size, write->offset);
  real->pMethods->xTruncate (real, write->size_before);
}

/* Each file loses a tail of its own. Writes are taken back newest first, so that a file is again
 * what it was before the first of them. */
static void
lose_power (void)
{
  g_autoptr (GHashTable) spared = g_hash_table_new (NULL, NULL);

  for (guint i = unsynced->len; i-- > 0;)
    {
      Write *write = g_ptr_array_index (unsynced, i);
      if (!g_hash_table_contains (spared, write->file) && g_rand_int_range (fate, 0, 3) > 0)
        take_back (write);
      else
        g_hash_table_add (spared, write->file);
    }
  raise (SIGKILL);
}

static gboolean
is_the_end (void)
{
  return operations_left > 0 && --operations_left == 0;
}

static void
remember (CrashFile *file, int size, sqlite3_int64 offset)
{
  Write *write = g_new0 (Write, 1);
  guint8 *before = g_malloc0 ((gsize)size);

  write->file = file;
  write->offset = offset;
  file->real->pMethods->xFileSize (file->real, &write->size_before);
  sqlite3_int64 there = CLAMP (write->size_before - offset, 0, size);
  if (there > 0)
    file->real->pMethods->xRead (file->real, before, (int)there, offset);
  write->before = g_bytes_new_take (before, (gsize)there);
  g_ptr_array_add (unsynced, write);
}

static int
crash_write (sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
  sqlite3_file *real = real_of (file);

  remember ((CrashFile *)file, size, offset);
  if (is_the_end ())
    {
      real->pMethods->xWrite (real, data, g_rand_int_range (fate, 0, size + 1), offset);
      lose_power ();
    }
  return real->pMethods->xWrite (real, data, size, offset);
}

/* Nothing is really synced: the process dies, not the machine, and the model above stands in. */
static int
crash_sync (sqlite3_file *file, int flags)
{
  if (is_the_end ())
    lose_power ();
  for (guint i = unsynced->len; i-- > 0;)
    if (((Write *)g_ptr_array_index (unsynced, i))->file == (CrashFile *)file)
      g_ptr_array_remove_index (unsynced, i);
  return SQLITE_OK;
}

static int
crash_close (sqlite3_file *file)
{
  for (guint i = unsynced->len; i-- > 0;)
    if (((Write *)g_ptr_array_index (unsynced, i))->file == (CrashFile *)file)
      g_ptr_array_remove_index (unsynced, i);
  return real_of (file)->pMethods->xClose (real_of (file));
}

static int
crash_read (sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
  return real_of (file)->pMethods->xRead (real_of (file), data, size, offset);
}

static int
crash_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return real_of (file)->pMethods->xTruncate (real_of (file), size);
}

static int
crash_file_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  return real_of (file)->pMethods->xFileSize (real_of (file), ret_size);
}

static int
crash_lock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xLock (real_of (file), level);
}

static int
crash_unlock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xUnlock (real_of (file), level);
}

static int
crash_check_reserved_lock (sqlite3_file *file, int *ret_reserved)
{
  return real_of (file)->pMethods->xCheckReservedLock (real_of (file), ret_reserved);
}

static int
crash_file_control (sqlite3_file *file, int op, void *data)
{
  return real_of (file)->pMethods->xFileControl (real_of (file), op, data);
}

static int
crash_sector_size (sqlite3_file *file)
{
  return real_of (file)->pMethods->xSectorSize (real_of (file));
}

/* No promise of what a power cut spares. */
static int
crash_device_characteristics (sqlite3_file *file)
{
  return 0;
}

static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = crash_close,
  .xRead = crash_read,
  .xWrite = crash_write,
  .xTruncate = crash_truncate,
  .xSync = crash_sync,
  .xFileSize = crash_file_size,
  .xLock = crash_lock,
  .xUnlock = crash_unlock,
  .xCheckReservedLock = crash_check_reserved_lock,
  .xFileControl = crash_file_control,
  .xSectorSize = crash_sector_size,
  .xDeviceCharacteristics = crash_device_characteristics,
};

static int
crash_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  CrashFile *crash_file = (CrashFile *)file;

  crash_file->real = (sqlite3_file *)(crash_file + 1);
  int code = real_vfs->xOpen (real_vfs, name, crash_file->real, flags, ret_flags);
  file->pMethods = crash_file->real->pMethods ? &methods : NULL;
  return code;
}

/**
 * inf_crash_vfs_install:
 * @crash_at: the write or sync, counted from 1, at which this process ends; 0: never
 * @seed: of what is lost then
 *
 * Puts the layer under every database that this process opens from now on.
 */
void
inf_crash_vfs_install (guint crash_at, guint32 seed)
{
  static sqlite3_vfs crash_vfs;

  real_vfs = sqlite3_vfs_find (NULL);
  operations_left = crash_at;
  fate = g_rand_new_with_seed (seed);
  unsynced = g_ptr_array_new_with_free_func (write_free);
  crash_vfs = *real_vfs;
  crash_vfs.zName = "inf-crash";
  crash_vfs.szOsFile = (int)sizeof (CrashFile) + real_vfs->szOsFile;
  crash_vfs.xOpen = crash_open;
  sqlite3_vfs_register (&crash_vfs, 1);
}
