#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfMpiexecOutput:
 *
 * What mpiexec prints, without its warnings that mean nothing.
 */
typedef struct _InfMpiexecOutput InfMpiexecOutput;

InfMpiexecOutput *inf_mpiexec_output_new (void);
void inf_mpiexec_output_free (InfMpiexecOutput *output);

GBytes *inf_mpiexec_output_feed (InfMpiexecOutput *output, GBytes *data);
GBytes *inf_mpiexec_output_finish (InfMpiexecOutput *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfMpiexecOutput, inf_mpiexec_output_free)

G_END_DECLS
