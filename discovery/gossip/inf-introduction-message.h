#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-gossip-kinds.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_WANT_MAX 48

/**
 * InfWant:
 * @unknown: (element-type guint64): hints of peers whose certificate and record the sender wants
 * @outdated: (element-type guint64): hints of peers whose record is enough
 * @notices: (element-type guint64): keys of notices that it wants
 */
typedef struct
{
  GArray *unknown;
  GArray *outdated;
  GArray *notices;
} InfWant;

void inf_want_init (InfWant *want);
void inf_want_clear (InfWant *want);
GBytes *inf_want_encode (const InfWant *want);
gboolean inf_want_decode (GBytes *bytes, InfWant *ret_want);

/**
 * InfIntroduction:
 * @certificate: (nullable): the peer's, %NULL where the receiver should have it
 * @record: the peer's
 * @has_address: whether the sender knows an address that works for it
 * @address: that address; a hint, unsigned
 */
typedef struct
{
  GBytes *certificate;
  GBytes *record;
  gboolean has_address;
  InfAddress address;
} InfIntroduction;

gsize inf_introduction_count_bytes (const InfIntroduction *introduction);
GBytes *inf_introductions_encode (const InfIntroduction *introductions, guint n_introductions);
GArray *inf_introductions_decode (GBytes *bytes);

GBytes *inf_notice_list_encode (GPtrArray *notices);
GPtrArray *inf_notice_list_decode (GBytes *bytes);

GBytes *inf_revocations_news_encode (GBytes *revocations);
GBytes *inf_revocations_news_decode (GBytes *bytes);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfWant, inf_want_clear)

G_END_DECLS
