#include "client-app/inf-file-item.h"

#include <string.h>

/**
 * InfFileItem:
 *
 * A file that this node holds. It is updated in place, and emits "changed" then.
 */
struct _InfFileItem
{
  GObject parent_instance;

  InfFileFacts facts;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfFileItem, inf_file_item, G_TYPE_OBJECT)

static void
inf_file_item_finalize (GObject *object)
{
  g_free (INF_FILE_ITEM (object)->facts.sha256);
  g_free (INF_FILE_ITEM (object)->facts.name);
  G_OBJECT_CLASS (inf_file_item_parent_class)->finalize (object);
}

static void
inf_file_item_class_init (InfFileItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_file_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_FILE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_file_item_init (InfFileItem *self)
{
}

/* Returns: (transfer full): a file of an `a{sv}` as Files1 has it */
InfFileItem *
inf_file_item_new (GVariant *file)
{
  InfFileItem *self = g_object_new (INF_TYPE_FILE_ITEM, NULL);

  inf_file_item_update (self, file);
  return self;
}

const InfFileFacts *
inf_file_item_get_facts (InfFileItem *self)
{
  return &self->facts;
}

/* @folded: what is searched, casefolded: part of the name, or the beginning of the hash */
gboolean
inf_file_item_matches (InfFileItem *self, const char *folded)
{
  g_autofree char *name = g_utf8_casefold (self->facts.name, -1);

  return strstr (name, folded) || g_str_has_prefix (self->facts.sha256, folded);
}

static void
take_string (GVariant *file, const char *key, char **text)
{
  const char *value = "";

  g_variant_lookup (file, key, "&s", &value);
  g_free (*text);
  *text = g_strdup (value);
}

/* @file: an `a{sv}` as Files1 has it; what it does not say is unknown */
void
inf_file_item_update (InfFileItem *self, GVariant *file)
{
  InfFileFacts *facts = &self->facts;

  take_string (file, "sha256", &facts->sha256);
  take_string (file, "name", &facts->name);
  facts->size_bytes = 0;
  facts->added_unix = 0;
  facts->is_shared = facts->is_in_use = FALSE;
  g_variant_lookup (file, "size", "t", &facts->size_bytes);
  g_variant_lookup (file, "added-unix", "x", &facts->added_unix);
  g_variant_lookup (file, "shared", "b", &facts->is_shared);
  g_variant_lookup (file, "in-use", "b", &facts->is_in_use);
  g_signal_emit (self, signals[CHANGED], 0);
}
