#pragma once

/* Wire kinds of discovery/link: 50 to 69. */
#define INF_KIND_LINK_OPEN 50
#define INF_KIND_LINK_ERROR 51
