#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_UCREDITS_PER_CREDIT G_GUINT64_CONSTANT (1000000)

/* Every amount fits a signed 64-bit integer, which is what SQLite and D-Bus keep. */
#define INF_UCREDITS_MAX ((guint64)G_MAXINT64)

/* A hundred years: the longest time that a price is ever applied to. */
#define INF_SERVED_MS_MAX G_GUINT64_CONSTANT (3155760000000)

guint64 inf_price_served_ms (gint64 elapsed_us);
guint64 inf_price_cost (guint64 price_ucredits, guint64 served_ms);
guint64 inf_price_affordable_ms (guint64 price_ucredits, guint64 budget_ucredits);
guint64 inf_ucredits_add (guint64 a, guint64 b);
char *inf_ucredits_to_text (gint64 ucredits);

G_END_DECLS
