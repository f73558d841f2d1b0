#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * InfEntryFacts:
 * @number: of the entry, from 1 without a gap
 * @kind: grant, escrow, release, pay, earn
 * @amount: in micro-credits, never negative
 * @balance: after it
 * @peer: a name, "" for none
 * @job: a job's id, "" for none
 * @job_name: "" while it is unknown
 *
 * An entry of the account, as Credits1 tells it.
 */
typedef struct
{
  guint64 number;
  char *kind;
  gint64 amount;
  gint64 balance;
  char *peer;
  char *job;
  char *job_name;
  gint64 time_unix;
} InfEntryFacts;

#define INF_TYPE_ENTRY_ITEM (inf_entry_item_get_type ())

G_DECLARE_FINAL_TYPE (InfEntryItem, inf_entry_item, INF, ENTRY_ITEM, GObject)

InfEntryItem *inf_entry_item_new (GVariant *entry);

const InfEntryFacts *inf_entry_item_get_facts (InfEntryItem *self);
gboolean inf_entry_item_matches (InfEntryItem *self, const char *folded);

void inf_entry_item_set_job_name (InfEntryItem *self, const char *name);

G_END_DECLS
