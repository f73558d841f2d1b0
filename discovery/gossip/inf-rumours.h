#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfRumourClass:
 * @INF_RUMOUR_LIVENESS: who does not answer, and who does: short and urgent
 * @INF_RUMOUR_RECORDS: what peers say about themselves
 * @INF_RUMOUR_NOTICES: anything else that members tell the grid
 *
 * Each class has its share of every datagram, so that much of one delays none of another.
 */
typedef enum
{
  INF_RUMOUR_LIVENESS,
  INF_RUMOUR_RECORDS,
  INF_RUMOUR_NOTICES,
} InfRumourClass;

#define INF_RUMOUR_N_CLASSES 3

/* The first byte of an item that is a list of briefs; every other begins otherwise. */
#define INF_RUMOUR_BRIEFS 3

/**
 * InfRumour:
 * @class: which share of a datagram it takes
 * @subject: the hint of the peer whom it is about
 * @key: tells the items about one subject apart
 * @full: (nullable): the news itself
 * @brief: (nullable): enough to know whether one has it; all briefs of a class are of one size
 * @is_urgent: whether it is worth datagrams of its own
 *
 * News to be passed on. While it is new, @full is told; to the many who have it already by then,
 * @brief, and who lacks it asks. One of the two may be missing.
 */
typedef struct
{
  InfRumourClass class;
  guint64 subject;
  guint64 key;
  GBytes *full;
  GBytes *brief;
  gboolean is_urgent;
} InfRumour;

/**
 * InfRumours:
 *
 * News that is passed on, each item a limited number of times, the least told first.
 */
typedef struct _InfRumours InfRumours;

InfRumours *inf_rumours_new (void);
void inf_rumours_free (InfRumours *rumours);

guint inf_rumours_get_size (const InfRumours *rumours);
guint inf_rumours_count_urgent (const InfRumours *rumours);
guint inf_rumours_count_untold (const InfRumours *rumours);

void inf_rumours_put (InfRumours *rumours, const InfRumour *rumour);
void inf_rumours_drop (InfRumours *rumours, InfRumourClass class, guint64 subject);
void inf_rumours_forget (InfRumours *rumours, guint64 subject);

guint inf_rumours_take (InfRumours *rumours, guint64 recipient, guint n_live, gsize room_bytes,
                        GPtrArray *lists[INF_RUMOUR_N_CLASSES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRumours, inf_rumours_free)

G_END_DECLS
