#pragma once

#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_GATE (inf_gate_get_type ())

G_DECLARE_FINAL_TYPE (InfGate, inf_gate, INF, GATE, AdwBin)

const char *inf_gate_get_page (InfGate *self);

void inf_gate_set_service (InfGate *self, InfService *service);
gboolean inf_gate_take_invite (InfGate *self, const char *text);

G_END_DECLS
