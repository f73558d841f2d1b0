#include "discovery/files/inf-store-pins.h"

struct _InfStorePins
{
  InfStore *store;
  GArray *ids; /* of InfObjectId */
};

InfStorePins *
inf_store_pins_new (InfStore *store)
{
  InfStorePins *pins = g_new0 (InfStorePins, 1);

  pins->store = inf_store_ref (store);
  pins->ids = g_array_new (FALSE, FALSE, sizeof (InfObjectId));
  return pins;
}

/**
 * inf_store_pins_free:
 * @pins: (nullable): what is not needed any more
 */
void
inf_store_pins_free (InfStorePins *pins)
{
  if (!pins)
    return;
  for (guint i = 0; i < pins->ids->len; i++)
    inf_store_unpin (pins->store, &g_array_index (pins->ids, InfObjectId, i));
  g_array_unref (pins->ids);
  inf_store_unref (pins->store);
  g_free (pins);
}

/**
 * inf_store_pins_add:
 * @pins: what somebody needs
 * @id: another object, here already or about to be fetched
 */
void
inf_store_pins_add (InfStorePins *pins, const InfObjectId *id)
{
  inf_store_pin (pins->store, id);
  inf_store_pins_take (pins, id);
}

/**
 * inf_store_pins_take:
 * @pins: what somebody needs
 * @id: an object that is pinned for the caller: inf_store_add_fd() does that
 */
void
inf_store_pins_take (InfStorePins *pins, const InfObjectId *id)
{
  g_array_append_val (pins->ids, *id);
}
