#pragma once

/* What members say to each other. */
#include "discovery/gossip/inf-digest-message.h"
#include "discovery/gossip/inf-hello-message.h"
#include "discovery/gossip/inf-introduction-message.h"
#include "discovery/gossip/inf-probe-message.h"
