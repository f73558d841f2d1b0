#include "widgets/inf-preview.h"

#include "tests/widgets/inf-gui-test.h"
#include "widgets/inf-file-rows.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRODUCT_DIGITS 19000000

typedef struct
{
  char *dir;
  InfPreview *preview;
  GtkWidget *root;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_gui_test_make_dir ();
  fixture->preview = INF_PREVIEW (inf_preview_new ());
  fixture->root = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->root), 800, 480);
  adw_window_set_content (ADW_WINDOW (fixture->root), GTK_WIDGET (fixture->preview));
  gtk_window_present (GTK_WINDOW (fixture->root));
  inf_gui_test_settle (fixture->root);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->root));
  inf_gui_test_remove_dir (fixture->dir);
}

static void
write_file (Fixture *fixture, const char *name, const char *contents, gssize length)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, contents, length, &error);
  g_assert_no_error (error);
}

static void
show (Fixture *fixture, const char *name)
{
  inf_preview_show_file (fixture->preview, fixture->dir, name);
}

static void
test_text (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "report.txt",
              "Temperature of the plate after 4,000 steps\n\n"
              "  step    mean    highest\n"
              "  1000    21.4    88.0\n"
              "  4000    35.9    71.2\n"
              "Stra\xc3\x9f"
              "e, \xce\xb1 = 0.25, a wrong byte \xff and a NUL-free line\n",
              -1);
  show (fixture, "report.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "35.9"));
  g_assert_true (inf_gui_test_shows (fixture->root, "6 rows"));
  g_assert_true (inf_gui_test_shows (fixture->root, "wrong byte \xef\xbf\xbd"));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->root), "preview-text");
}

/* The last digits are there as soon as the first: nothing between them is read. */
static void
test_a_number_of_millions_of_digits (Fixture *fixture, gconstpointer data)
{
  g_autofree char *digits = g_strnfill (PRODUCT_DIGITS + 1, '3');

  memcpy (digits, "27182818", 8);
  memcpy (digits + PRODUCT_DIGITS - 8, "31415926\n", 9);
  write_file (fixture, "product.txt", digits, PRODUCT_DIGITS + 1);
  show (fixture, "product.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "27182818"));
  g_assert_true (inf_gui_test_shows (fixture->root, "19000000 digits"));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->root), "preview-number");
  inf_gui_test_click (fixture->root, "End of the file");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "31415926"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->root), "preview-number-end");
  gtk_editable_set_text (
      GTK_EDITABLE (inf_gui_test_find (fixture->root, GTK_TYPE_ENTRY, "Go to a place")),
      "9,500,000");
  g_signal_emit_by_name (inf_gui_test_find (fixture->root, GTK_TYPE_ENTRY, "Go to a place"),
                         "activate");
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "31415926"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "94999"));
}

static void
test_many_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (text, "line %u\n", i);
  write_file (fixture, "lines.txt", text->str, (gssize)text->len);
  show (fixture, "lines.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "100000 rows"));
  inf_gui_test_settle (fixture->root);
  inf_gui_test_click (fixture->root, "End of the file");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "line 99999"));
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 640, 400);
  g_autofree char *path = g_build_filename (fixture->dir, "plate.png", NULL);

  for (int y = 0; y < 400; y++)
    for (int x = 0; x < 640; x++)
      {
        guchar *pixel
            = gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + x * 3;
        pixel[0] = (guchar)(x * 255 / 640);
        pixel[1] = (guchar)(y * 255 / 400);
        pixel[2] = 128;
      }
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  show (fixture, "plate.png");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "640 × 400 pixels"));
  g_assert_nonnull (inf_gui_test_find (fixture->root, GTK_TYPE_PICTURE, NULL));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->root), "preview-picture");
}

/* 60,000 pixels wide and high, in some bytes: refused by the head alone. */
static void
test_huge_pictures (Fixture *fixture, gconstpointer data)
{
  static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0"
                            "\x0f\xb0\xe2\x15\0\0\0\x0cIDAT";

  write_file (fixture, "bomb.png", png, sizeof png - 1);
  show (fixture, "bomb.png");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "60000 × 60000"));
  inf_preview_clear (fixture->preview);
  write_file (fixture, "bomb.ppm", "P6\n60000 60000\n255\n12345678", -1);
  show (fixture, "bomb.ppm");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "too large"));
  g_assert_true (inf_gui_test_shows (fixture->root, "60000 × 60000"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->root), "preview-huge-picture");
}

static void
test_bad_pictures (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "bad.png", "\x89PNG\r\n\x1a\nthis is none", -1);
  show (fixture, "bad.png");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "This Picture Can’t Be Shown"));
  write_file (fixture, "cut.png", "\x89PNG\r\n\x1a\n", -1);
  show (fixture, "cut.png");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "This Picture Can’t Be Shown"));
}

static void
test_what_has_no_preview (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "state.bin", "\x01\x02\0\0\x03", 5);
  write_file (fixture, "empty.txt", "", 0);
  show (fixture, "state.bin");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Preview"));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->root), "preview-none");
  show (fixture, "empty.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Empty File"));
  inf_preview_clear (fixture->preview);
  g_assert_true (inf_gui_test_shows (fixture->root, "No File Chosen"));
}

/* What a job named and left must not lead out of its directory, nor hold the app up. */
static void
test_names_that_lead_elsewhere (Fixture *fixture, gconstpointer data)
{
  static const char *const names[]
      = { "../etc/passwd", "/etc/passwd", "link", "pipe", ".", "a//b", "linked-dir/text", "" };
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autofree char *linked_dir = g_build_filename (fixture->dir, "linked-dir", NULL);
  g_autofree char *pipe_path = g_build_filename (fixture->dir, "pipe", NULL);
  g_autofree char *elsewhere = g_dir_make_tmp ("inf-elsewhere-XXXXXX", NULL);
  g_autofree char *text = g_build_filename (elsewhere, "text", NULL);

  g_assert_true (g_file_set_contents (text, "not of this job\n", -1, NULL));
  g_assert_cmpint (symlink (text, link), ==, 0);
  g_assert_cmpint (symlink (elsewhere, linked_dir), ==, 0);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      inf_preview_clear (fixture->preview);
      show (fixture, names[i]);
      INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Can’t Be Opened"));
    }
  inf_gui_test_screenshot (GTK_WINDOW (fixture->root), "preview-error");
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_unlink (linked_dir), ==, 0);
  g_assert_cmpint (g_unlink (text), ==, 0);
  g_assert_cmpint (g_rmdir (elsewhere), ==, 0);
}

static void
test_a_file_that_changes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "lines.txt", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 50000; i++)
    g_string_append_printf (text, "line %u\n", i);
  write_file (fixture, "lines.txt", text->str, (gssize)text->len);
  show (fixture, "lines.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "50000 rows"));
  inf_gui_test_settle (fixture->root);
  /* in place, so that it is the file that is open */
  g_assert_cmpint (truncate (path, 100), ==, 0);
  inf_gui_test_click (fixture->root, "End of the file");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Changed"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->root), "preview-changed");
  inf_gui_test_click (fixture->root, "Changed: _Reload");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "14 rows"));
  g_assert_null (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Changed"));
  /* what was removed stays to be seen while it is open */
  g_assert_cmpint (g_remove (path), ==, 0);
  inf_gui_test_settle (fixture->root);
  g_assert_true (inf_gui_test_shows (fixture->root, "line 3"));
}

/* Another file is chosen, and the widget goes, while one is still opened or counted. */
static void
test_leaving_early (Fixture *fixture, gconstpointer data)
{
  g_autofree char *newlines = g_strnfill (4 * 1024 * 1024, '\n');

  write_file (fixture, "newlines.txt", newlines, -1);
  write_file (fixture, "small.txt", "small\n", -1);
  show (fixture, "newlines.txt");
  show (fixture, "small.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "1 row"));
  show (fixture, "newlines.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "row"));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/preview/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  ADD ("text", test_text);
  ADD ("a-number-of-millions-of-digits", test_a_number_of_millions_of_digits);
  ADD ("many-lines", test_many_lines);
  ADD ("picture", test_picture);
  ADD ("huge-pictures", test_huge_pictures);
  ADD ("bad-pictures", test_bad_pictures);
  ADD ("what-has-no-preview", test_what_has_no_preview);
  ADD ("names-that-lead-elsewhere", test_names_that_lead_elsewhere);
  ADD ("a-file-that-changes", test_a_file_that_changes);
  ADD ("leaving-early", test_leaving_early);
  return g_test_run ();
}
