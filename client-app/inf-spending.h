#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSpending:
 *
 * What jobs have used and no entry of the account shows yet: an account sets aside what a job may
 * cost when it begins, and is settled when it ends. In between the job tells what it has spent.
 */
typedef struct _InfSpending InfSpending;

InfSpending *inf_spending_new (void);
void inf_spending_free (InfSpending *spending);

gint64 inf_spending_get_unsettled (const InfSpending *spending, gint64 now_us);
double inf_spending_get_rate (const InfSpending *spending);

void inf_spending_take_job (InfSpending *spending, const char *id, const char *state,
                            guint64 spent_ucredits, guint64 price, gint64 now_us);
void inf_spending_begin_settled (InfSpending *spending);
void inf_spending_add_settled (InfSpending *spending, const char *id, gint64 paid_ucredits);
void inf_spending_end_settled (InfSpending *spending);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSpending, inf_spending_free)

G_END_DECLS
