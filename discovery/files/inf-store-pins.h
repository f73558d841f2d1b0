#pragma once

#include "discovery/files/inf-store.h"

G_BEGIN_DECLS

/**
 * InfStorePins:
 *
 * The objects that somebody needs from a store, all let go of together.
 */
typedef struct _InfStorePins InfStorePins;

InfStorePins *inf_store_pins_new (InfStore *store);
void inf_store_pins_free (InfStorePins *pins);

void inf_store_pins_add (InfStorePins *pins, const InfObjectId *id);
void inf_store_pins_take (InfStorePins *pins, const InfObjectId *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfStorePins, inf_store_pins_free)

G_END_DECLS
