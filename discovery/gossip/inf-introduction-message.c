#include "discovery/gossip/inf-introduction-message.h"

#include "common/inf-wire.h"

/* Decoders give nothing away about why they refuse: what does not decode is dropped, and its sender
 * is a member with a fault. */
#define WANT_TYPE G_VARIANT_TYPE ("(atatat)")
#define INTRODUCTIONS_TYPE G_VARIANT_TYPE ("(a(ayayay))") /* certificate, record, address */
#define NOTICES_TYPE G_VARIANT_TYPE ("(aay)")
#define REVOCATIONS_NEWS_TYPE G_VARIANT_TYPE ("(ay)")

/* An empty certificate and the smallest record there can be. */
#define MIN_INTRODUCTION_SIZE_BYTES 150

/* Over a link; far more than a founder ever revokes. */
#define REVOCATIONS_MAX_SIZE_BYTES (1u << 20)

static GVariant *
decode (GBytes *bytes, guint8 kind, const GVariantType *type)
{
  return inf_wire_decode (bytes, kind, type, INF_PAYLOAD_MAX_SIZE_BYTES, NULL);
}

static GBytes *
child_bytes (GVariant *parent, gsize index)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, index);

  return inf_wire_bytes_from_variant (child);
}

/**
 * inf_want_init:
 * @want: (out caller-allocates): for nothing yet
 */
void
inf_want_init (InfWant *want)
{
  want->unknown = g_array_new (FALSE, FALSE, sizeof (guint64));
  want->outdated = g_array_new (FALSE, FALSE, sizeof (guint64));
  want->notices = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
inf_want_clear (InfWant *want)
{
  g_clear_pointer (&want->unknown, g_array_unref);
  g_clear_pointer (&want->outdated, g_array_unref);
  g_clear_pointer (&want->notices, g_array_unref);
}

static GVariant *
hints_to_variant (GArray *hints)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, hints->data ? hints->data : "",
                                    hints->len, sizeof (guint64));
}

/**
 * inf_want_encode:
 * @want: at most %INF_WANT_MAX in all
 *
 * Returns: (transfer full): it as it travels
 */
GBytes *
inf_want_encode (const InfWant *want)
{
  return inf_wire_encode (INF_KIND_WANT,
                          g_variant_new ("(@at@at@at)", hints_to_variant (want->unknown),
                                         hints_to_variant (want->outdated),
                                         hints_to_variant (want->notices)));
}

static void
read_hints (GVariant *body, gsize index, GArray *hints)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, index);
  gsize n_hints;
  const guint64 *data = g_variant_get_fixed_array (list, &n_hints, sizeof *data);

  if (n_hints > 0)
    g_array_append_vals (hints, data, (guint)n_hints);
}

/**
 * inf_want_decode:
 * @bytes: a wish, from any member
 * @ret_want: (out): what the sender wants; left alone on failure
 *
 * Returns: whether @bytes is a wish for no more than %INF_WANT_MAX
 */
gboolean
inf_want_decode (GBytes *bytes, InfWant *ret_want)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_WANT, WANT_TYPE);
  g_auto (InfWant) want = { 0 };

  if (!body)
    return FALSE;
  inf_want_init (&want);
  read_hints (body, 0, want.unknown);
  read_hints (body, 1, want.outdated);
  read_hints (body, 2, want.notices);
  if (want.unknown->len + want.outdated->len + want.notices->len > INF_WANT_MAX)
    return FALSE;
  *ret_want = want;
  want = (InfWant){ 0 };
  return TRUE;
}

/**
 * inf_introduction_count_bytes:
 * @introduction: an introduction
 *
 * Returns: how much of a message it takes at most
 */
gsize
inf_introduction_count_bytes (const InfIntroduction *introduction)
{
  return (introduction->certificate ? g_bytes_get_size (introduction->certificate) : 0)
         + g_bytes_get_size (introduction->record) + 18 + 6;
}

static GVariant *
introduction_to_variant (const InfIntroduction *introduction)
{
  guint8 address[18];
  gsize address_size
      = introduction->has_address ? inf_address_to_bytes (&introduction->address, address) : 0;

  return g_variant_new ("(@ay@ay@ay)", inf_wire_variant_from_bytes (introduction->certificate),
                        inf_wire_variant_from_bytes (introduction->record),
                        inf_wire_variant_from_data (address, address_size));
}

/**
 * inf_introductions_encode:
 * @introductions: (array length=n_introductions): as many as fit
 * @n_introductions: how many
 *
 * Returns: (transfer full): them as they travel
 */
GBytes *
inf_introductions_encode (const InfIntroduction *introductions, guint n_introductions)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayayay)"));
  for (guint i = 0; i < n_introductions; i++)
    g_variant_builder_add_value (&builder, introduction_to_variant (&introductions[i]));
  return inf_wire_encode (INF_KIND_INTRODUCTION, g_variant_new ("(a(ayayay))", &builder));
}

static void
introduction_clear (gpointer data)
{
  InfIntroduction *introduction = data;

  g_clear_pointer (&introduction->certificate, g_bytes_unref);
  g_clear_pointer (&introduction->record, g_bytes_unref);
}

static void
read_introduction (GVariant *child, InfIntroduction *introduction)
{
  g_autoptr (GVariant) address = g_variant_get_child_value (child, 2);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (address, &size, 1);

  introduction->certificate = child_bytes (child, 0);
  if (g_bytes_get_size (introduction->certificate) == 0)
    g_clear_pointer (&introduction->certificate, g_bytes_unref);
  introduction->record = child_bytes (child, 1);
  introduction->has_address = inf_address_from_bytes (data, size, &introduction->address);
}

/**
 * inf_introductions_decode:
 * @bytes: introductions, from any member
 *
 * Returns: (transfer full) (nullable) (element-type InfIntroduction): what they say
 */
GArray *
inf_introductions_decode (GBytes *bytes)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_INTRODUCTION, INTRODUCTIONS_TYPE);
  if (!body)
    return NULL;

  g_autoptr (GVariant) list = g_variant_get_child_value (body, 0);
  gsize n = g_variant_n_children (list);
  if (n > INF_PAYLOAD_MAX_SIZE_BYTES / MIN_INTRODUCTION_SIZE_BYTES)
    return NULL;
  GArray *introductions = g_array_sized_new (FALSE, FALSE, sizeof (InfIntroduction), (guint)n);
  g_array_set_clear_func (introductions, introduction_clear);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      InfIntroduction introduction = { 0 };
      read_introduction (child, &introduction);
      g_array_append_val (introductions, introduction);
    }
  return introductions;
}

/**
 * inf_notice_list_encode:
 * @notices: (element-type GBytes): as many as fit
 *
 * Returns: (transfer full): them as they travel
 */
GBytes *
inf_notice_list_encode (GPtrArray *notices)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < notices->len; i++)
    g_variant_builder_add_value (&builder,
                                 inf_wire_variant_from_bytes (g_ptr_array_index (notices, i)));
  return inf_wire_encode (INF_KIND_NOTICE_LIST, g_variant_new ("(aay)", &builder));
}

/**
 * inf_notice_list_decode:
 * @bytes: notices, from any member
 *
 * Returns: (transfer full) (nullable) (element-type GBytes): what each of them claims to be
 */
GPtrArray *
inf_notice_list_decode (GBytes *bytes)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_NOTICE_LIST, NOTICES_TYPE);
  if (!body)
    return NULL;

  g_autoptr (GVariant) list = g_variant_get_child_value (body, 0);
  gsize n = g_variant_n_children (list);
  if (n > INF_WANT_MAX)
    return NULL;
  GPtrArray *notices
      = g_ptr_array_new_full ((guint)n, (GDestroyNotify)(void (*) (void))g_bytes_unref);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (notices, child_bytes (list, i));
  return notices;
}

GBytes *
inf_revocations_news_encode (GBytes *revocations)
{
  return inf_wire_encode (INF_KIND_REVOCATIONS_NEWS,
                          g_variant_new ("(@ay)", inf_wire_variant_from_bytes (revocations)));
}

/**
 * inf_revocations_news_decode:
 * @bytes: from any member, in a datagram or over a link
 *
 * Returns: (transfer full) (nullable): what claims to be the founder's list of revocations
 */
GBytes *
inf_revocations_news_decode (GBytes *bytes)
{
  g_autoptr (GVariant) body = inf_wire_decode (
      bytes, INF_KIND_REVOCATIONS_NEWS, REVOCATIONS_NEWS_TYPE, REVOCATIONS_MAX_SIZE_BYTES, NULL);

  return body ? child_bytes (body, 0) : NULL;
}
