#include "host-app/inf-request-item.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/**
 * InfRequestItem:
 *
 * Somebody who asks to run a job here, in words.
 */
struct _InfRequestItem
{
  GObject parent_instance;

  GVariant *request;
};

G_DEFINE_FINAL_TYPE (InfRequestItem, inf_request_item, G_TYPE_OBJECT)

static void
inf_request_item_finalize (GObject *object)
{
  g_clear_pointer (&INF_REQUEST_ITEM (object)->request, g_variant_unref);
  G_OBJECT_CLASS (inf_request_item_parent_class)->finalize (object);
}

static void
inf_request_item_class_init (InfRequestItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_request_item_finalize;
}

static void
inf_request_item_init (InfRequestItem *self)
{
}

static const char *
get_text (InfRequestItem *self, const char *key)
{
  const char *text = "";

  g_variant_lookup (self->request, key, "&s", &text);
  return text;
}

/* @request: as Host1 describes it, `a{sv}` */
InfRequestItem *
inf_request_item_new (GVariant *request)
{
  InfRequestItem *self = g_object_new (INF_TYPE_REQUEST_ITEM, NULL);

  self->request = g_variant_ref_sink (request);
  return self;
}

const char *
inf_request_item_get_id (InfRequestItem *self)
{
  return get_text (self, "id");
}

/* Returns: (transfer full): who wants what: "elm asks to run taskadd" */
char *
inf_request_item_describe (InfRequestItem *self)
{
  const char *client = get_text (self, "client-name");
  const char *program = get_text (self, "program");

  if (*program)
    /* Translators: somebody, and a program */
    return g_strdup_printf (_ ("%s asks to run %s"), client, program);
  return g_strdup_printf (_ ("%s asks to run a program of their own"), client);
}

/* Returns: (transfer full): how much: "2 slots for 1 h 0 min at most, worth 7.20 credits at most"
 */
char *
inf_request_item_describe_terms (InfRequestItem *self)
{
  guint32 slots = 0;
  guint32 seconds = 0;
  guint64 worth = 0;
  g_autofree char *length = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *places = NULL;

  g_variant_lookup (self->request, "slots", "u", &slots);
  g_variant_lookup (self->request, "seconds", "u", &seconds);
  g_variant_lookup (self->request, "worth", "t", &worth);
  length = inf_phrase_duration (seconds * (gint64)G_USEC_PER_SEC);
  amount = inf_phrase_credits ((gint64)worth);
  places = g_strdup_printf (ngettext ("%u slot", "%u slots", slots), slots);
  /* Translators: places for work, a duration, an amount of credits */
  return g_strdup_printf (_ ("%s for %s at most, worth up to %s credits"), places, length, amount);
}
