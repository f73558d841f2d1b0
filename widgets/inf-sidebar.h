#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_SIDEBAR (inf_sidebar_get_type ())

G_DECLARE_FINAL_TYPE (InfSidebar, inf_sidebar, INF, SIDEBAR, AdwBin)

G_END_DECLS
