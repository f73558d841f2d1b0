#include "results/inf-results-private.h"

#include "common/inf-error.h"
#include "results/inf-result-file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A whole result in one file: a folder of its name with the outputs, the manifest and the log. */

#define BUFFER_SIZE_BYTES (256 * 1024)

typedef int (*Choose) (struct archive *archive);

static const struct
{
  const char *ending;
  Choose format;
  Choose filter; /* NULL where the format compresses by itself */
} kinds[] = {
  { ".zip", archive_write_set_format_zip, NULL },
  { ".tar.gz", archive_write_set_format_pax_restricted, archive_write_add_filter_gzip },
  { ".tar.zst", archive_write_set_format_pax_restricted, archive_write_add_filter_zstd },
};

typedef struct
{
  struct archive *archive;
  const InfManifest *manifest;
  InfCopy *copy; /* (nullable) */
  int from_fd;   /* of the result's folder */
  int to_fd;     /* of the archive */
  gboolean is_given_up;
  int write_errno; /* why the archive can't be written; 0 while it can */
} Archiving;

/* libarchive lets go of all that it holds only of an archive that came to its end. So it is never
 * told of a failure: what it writes from then on goes nowhere. */
static la_ssize_t
on_write (struct archive *archive, void *user_data, const void *data, size_t size_bytes)
{
  Archiving *archiving = user_data;
  const guint8 *rest = data;

  for (size_t left = size_bytes; left > 0 && !archiving->is_given_up;)
    {
      gssize n = write (archiving->to_fd, rest, left);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          archiving->write_errno = errno;
          archiving->is_given_up = TRUE;
          break;
        }
      rest += n;
      left -= (size_t)n;
    }
  return (la_ssize_t)size_bytes;
}

static gboolean
set_archive_error (Archiving *archiving, GError **error)
{
  const char *text = archiving->write_errno ? g_strerror (archiving->write_errno)
                                            : archive_error_string (archiving->archive);

  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "the archive can't be written: %s",
               text ? text : "unknown error");
  return FALSE;
}

static gboolean
begin_entry (Archiving *archiving, const char *path, guint64 size_bytes, GError **error)
{
  struct archive_entry *entry = archive_entry_new ();
  g_autofree char *name = g_build_filename (archiving->manifest->job_name, path, NULL);
  int status;

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, (la_int64_t)size_bytes);
  archive_entry_set_mtime (entry, (time_t)(archiving->manifest->ended_unix_us / G_USEC_PER_SEC), 0);
  status = archive_write_header (archiving->archive, entry);
  archive_entry_free (entry);
  return (status == ARCHIVE_OK && !archiving->is_given_up) || set_archive_error (archiving, error);
}

static gboolean
write_data (Archiving *archiving, const void *data, gsize size_bytes, GError **error)
{
  return (archive_write_data (archiving->archive, data, size_bytes) == (la_ssize_t)size_bytes
          && !archiving->is_given_up)
         || set_archive_error (archiving, error);
}

/* The file's bytes go into the archive as they are hashed, and no more of them than were stated. */
static gboolean
write_content (Archiving *archiving, int fd, const InfManifestOutput *output, GError **error)
{
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE_BYTES);
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  guint64 total = 0;
  gssize n;

  while ((n = read (fd, buffer, BUFFER_SIZE_BYTES)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't read %s: %s", output->path,
                       g_strerror (errno));
          return FALSE;
        }
      total += (guint64)n;
      if (total > output->size_bytes)
        break;
      inf_sha256_update (hash, buffer, (gsize)n);
      if (!write_data (archiving, buffer, (gsize)n, error)
          || !inf_copy_advance (archiving->copy, (guint64)n, error))
        return FALSE;
    }
  inf_sha256_finish (hash, sha256);
  if (total == output->size_bytes && memcmp (sha256, output->sha256, sizeof sha256) == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
               "%s was changed after the job; nothing was written", output->path);
  return FALSE;
}

static gboolean
add_outputs (Archiving *archiving, GError **error)
{
  GPtrArray *outputs = archiving->manifest->outputs;
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < outputs->len; i++)
    {
      const InfManifestOutput *output = outputs->pdata[i];
      int fd = inf_result_file_open (archiving->from_fd, output->path, error);
      if (fd < 0)
        return FALSE;
      ok = begin_entry (archiving, output->path, output->size_bytes, error)
           && write_content (archiving, fd, output, error);
      close (fd);
    }
  return ok;
}

static gboolean
add_text (Archiving *archiving, const char *path, const void *data, gsize size_bytes,
          GError **error)
{
  return begin_entry (archiving, path, size_bytes, error)
         && write_data (archiving, data, size_bytes, error);
}

static gboolean
add_manifest (Archiving *archiving, GBytes *json, GError **error)
{
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  gsize size;
  const void *data = g_bytes_get_data (json, &size);

  inf_sha256_of_data (data, size, sha256);
  g_autofree char *hex = inf_sha256_to_hex (sha256);
  g_autofree char *line = g_strdup_printf ("%s  %s\n", hex, INF_RESULTS_MANIFEST);
  return add_text (archiving, INF_RESULTS_MANIFEST, data, size, error)
         && add_text (archiving, INF_RESULTS_MANIFEST_HASH, line, strlen (line), error);
}

/* A result of an older Infinity has no log. */
static gboolean
add_log (Archiving *archiving, GError **error)
{
  int fd = inf_result_file_open (archiving->from_fd, INF_RESULTS_LOG, NULL);
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE_BYTES);
  struct stat info;
  gboolean ok;

  if (fd < 0)
    return TRUE;
  ok = fstat (fd, &info) == 0
       && begin_entry (archiving, INF_RESULTS_LOG, (guint64)info.st_size, error);
  for (off_t left = info.st_size; ok && left > 0;)
    {
      gssize n = read (fd, buffer, MIN (left, BUFFER_SIZE_BYTES));
      if (n <= 0)
        {
          g_set_error_literal (error, INF_ERROR, INF_ERROR_FAILED,
                               INF_RESULTS_LOG " can't be read");
          ok = FALSE;
        }
      else
        ok = write_data (archiving, buffer, (gsize)n, error)
             && inf_copy_advance (archiving->copy, (guint64)n, error);
      left -= n;
    }
  close (fd);
  return ok;
}

static gboolean
open_archive (Archiving *archiving, guint kind, GError **error)
{
  struct archive *archive = archive_write_new ();

  archiving->archive = archive;
  archive_write_set_bytes_in_last_block (archive, 1);
  return (kinds[kind].format (archive) == ARCHIVE_OK
          && (!kinds[kind].filter || kinds[kind].filter (archive) == ARCHIVE_OK)
          && archive_write_open (archive, archiving, NULL, on_write, NULL) == ARCHIVE_OK)
         || set_archive_error (archiving, error);
}

/* Names are UTF-8, whatever the locale of the process is: libarchive goes by the thread's. */
static gboolean
write_all (Archiving *archiving, GBytes *json, guint kind, GError **error)
{
  locale_t utf8 = newlocale (LC_CTYPE_MASK, "C.UTF-8", NULL);
  locale_t before = utf8 ? uselocale (utf8) : NULL;
  gboolean ok = open_archive (archiving, kind, error) && add_outputs (archiving, error)
                && add_manifest (archiving, json, error) && add_log (archiving, error);

  archiving->is_given_up = !ok;
  if ((archive_write_close (archiving->archive) != ARCHIVE_OK || archiving->is_given_up) && ok)
    ok = set_archive_error (archiving, error);
  archive_write_free (archiving->archive);
  if (utf8)
    {
      uselocale (before);
      freelocale (utf8);
    }
  return ok;
}

static gboolean
find_kind (const char *file, guint *ret_kind, GError **error)
{
  if (!g_path_is_absolute (file))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "“%s” is no absolute path", file);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_suffix (file, kinds[i].ending))
      {
        *ret_kind = i;
        return TRUE;
      }
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
               "an archive's name ends in .zip, .tar.gz or .tar.zst, which “%s” does not", file);
  return FALSE;
}

static gboolean
set_file_error (const char *file, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't write %s: %s", file, g_strerror (errno));
  return FALSE;
}

static void
expect (Archiving *archiving)
{
  guint64 total_bytes = 0;
  struct stat log;

  for (guint i = 0; i < archiving->manifest->outputs->len; i++)
    {
      const InfManifestOutput *output = archiving->manifest->outputs->pdata[i];
      total_bytes += output->size_bytes;
    }
  if (fstatat (archiving->from_fd, INF_RESULTS_LOG, &log, AT_SYMLINK_NOFOLLOW) == 0)
    total_bytes += (guint64)log.st_size;
  inf_copy_expect (archiving->copy, total_bytes);
}

/* Puts the archive beside @file, and gives it that name once it is complete and on the disk. */
static gboolean
write_file (Archiving *archiving, GBytes *json, guint kind, const char *file, GError **error)
{
  g_autofree char *temporary = g_strconcat (file, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  gboolean ok;

  if (fd < 0)
    return set_file_error (file, error);
  archiving->to_fd = fd;
  expect (archiving);
  ok = write_all (archiving, json, kind, error);
  if (ok && fsync (fd) != 0)
    ok = set_file_error (file, error);
  ok = ok && inf_copy_advance (archiving->copy, 0, error);
  if (ok && g_rename (temporary, file) != 0)
    ok = set_file_error (file, error);
  close (fd);
  if (!ok)
    g_unlink (temporary);
  return ok;
}

/**
 * inf_results_archive:
 * @results: results
 * @name: a job's name
 * @file: an absolute path, which ends in .zip, .tar.gz or .tar.zst; what is there is replaced
 * @copy: (nullable): told how far it is
 * @error: #INF_ERROR_INVALID for another ending; #INF_ERROR_CORRUPT when an output was changed
 *   since the job; #INF_ERROR_CANCELLED by @copy; #INF_ERROR_FAILED when it can't be written; as
 *   inf_results_load()
 *
 * Puts all of a result into one file, each output verified as it is written. The file appears whole
 * or not at all.
 *
 * Returns: whether it is there
 */
gboolean
inf_results_archive (InfResults *results, const char *name, const char *file, InfCopy *copy,
                     GError **error)
{
  Archiving archiving = { .copy = copy, .from_fd = -1, .to_fd = -1 };
  g_autoptr (InfManifest) manifest = NULL;
  g_autoptr (GBytes) json = NULL;
  gboolean ok = FALSE;
  guint kind;

  if (!find_kind (file, &kind, error))
    return FALSE;
  archiving.from_fd = inf_results_open_folder (results, name, error);
  if (archiving.from_fd < 0)
    return FALSE;
  manifest = inf_results_load_from (archiving.from_fd, &json, error);
  archiving.manifest = manifest;
  if (manifest)
    ok = write_file (&archiving, json, kind, file, error);
  else
    g_prefix_error (error, "result %s: ", name);
  close (archiving.from_fd);
  return ok;
}
