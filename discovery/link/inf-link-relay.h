#pragma once

#include "discovery/link/inf-link-channel.h"
#include "discovery/link/inf-splice.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void inf_link_relay_start (const InfSplice *opening, const InfSplice *serving,
                           InfLinkChannel **ret_opening, InfLinkChannel **ret_serving);

G_END_DECLS
