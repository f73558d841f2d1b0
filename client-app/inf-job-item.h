#pragma once

#include "client-app/inf-job-facts.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_JOB_ITEM (inf_job_item_get_type ())

G_DECLARE_FINAL_TYPE (InfJobItem, inf_job_item, INF, JOB_ITEM, GObject)

InfJobItem *inf_job_item_new (GVariant *job);

const InfJobFacts *inf_job_item_get_facts (InfJobItem *self);
const char *inf_job_item_get_id (InfJobItem *self);
const char *inf_job_item_get_name_key (InfJobItem *self);
gboolean inf_job_item_matches (InfJobItem *self, const char *folded);

void inf_job_item_update (InfJobItem *self, GVariant *job);
void inf_job_item_tick (InfJobItem *self);

G_END_DECLS
