#pragma once

#include "results/inf-manifest.h"

#include <glib.h>

G_BEGIN_DECLS

char *inf_result_place_choose (const InfManifest *manifest, const InfManifestHost *host,
                               const char *path);

G_END_DECLS
