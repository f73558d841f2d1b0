#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_UCREDITS_PER_CREDIT 1000000

char *inf_phrase_credits (gint64 ucredits);
char *inf_phrase_rate (gint64 ucredits_per_hour);
char *inf_phrase_price (guint64 ucredits_per_second);
char *inf_phrase_size (guint64 size_bytes);
char *inf_phrase_percent (double percent);
char *inf_phrase_duration (gint64 duration_us);
char *inf_phrase_round_trip (gint64 rtt_us);
char *inf_phrase_ago (gint64 ago_ms);
char *inf_phrase_until (gint64 until_unix_us, gint64 now_unix_us);
char *inf_phrase_short_id (const char *peer_id);
char *inf_phrase_minutes (guint minutes_of_day);

G_END_DECLS
