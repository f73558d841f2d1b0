#pragma once

#include "discovery/gossip/inf-record.h"

G_BEGIN_DECLS

#define INF_RECORD_CONTEXT "infinity record"
#define INF_RECORD_TEXT_MAX_BYTES 40

/* Wide fields come first so that padding stays small. */
#define INF_RECORD_FORMAT "(ttttuuuuuuqqqy@aysss@as@ay@aay@a(yay))"
#define INF_RECORD_TYPE G_VARIANT_TYPE ("(ttttuuuuuuqqqyaysssasayaaya(yay))")

typedef enum
{
  INF_RECORD_FIELD_GRID,
  INF_RECORD_FIELD_MEMORY,
  INF_RECORD_FIELD_PRICE,
  INF_RECORD_FIELD_SESSION,
  INF_RECORD_FIELD_INCARNATION,
  INF_RECORD_FIELD_SEQUENCE,
  INF_RECORD_FIELD_SIGNED_S,
  INF_RECORD_FIELD_LIFETIME_S,
  INF_RECORD_FIELD_CORES,
  INF_RECORD_FIELD_LOAD,
  INF_RECORD_FIELD_SLOTS_TOTAL,
  INF_RECORD_FIELD_SLOTS_FREE,
  INF_RECORD_FIELD_PORT,
  INF_RECORD_FIELD_FLAGS,
  INF_RECORD_FIELD_SUBJECT,
  INF_RECORD_FIELD_ARCH,
  INF_RECORD_FIELD_OS,
  INF_RECORD_FIELD_OPEN_MPI,
  INF_RECORD_FIELD_OFFERS,
  INF_RECORD_FIELD_NEIGHBOURS,
  INF_RECORD_FIELD_ADDRESSES,
  INF_RECORD_FIELD_EXTENSIONS,
} InfRecordField;

#define INF_RECORD_FLAG_LEFT 1
#define INF_RECORD_FLAG_HOSTING 2
#define INF_RECORD_FLAG_RECLAIMED 4

/* What most records lack, and what later versions add: a number and bytes. Who does not know a
 * number, or can't read its bytes, takes the record without it. */
#define INF_RECORD_EXTENSION_AWAY 1       /* seconds since 1970, 4 bytes */
#define INF_RECORD_EXTENSION_COORDINATE 2 /* as in inf_coordinate_to_bytes() */
#define INF_RECORD_EXTENSION_OBSERVED 3   /* as in inf_address_to_bytes() */

/* A neighbour: 8 bytes of hint, 3 of microseconds, 1 of loss in steps of 4 permille. All numbers
 * are little-endian. */
#define INF_RECORD_NEIGHBOUR_SIZE_BYTES 12
#define INF_RECORD_NEIGHBOUR_MAX_RTT_US 0xffffff
#define INF_RECORD_LOSS_STEP_PERMILLE 4
#define INF_RECORD_LOSS_MAX 250
#define INF_RECORD_LOSS_UNKNOWN 255

guint64 inf_record_grid_hint (const InfGrid *grid);
gboolean inf_record_text_is_acceptable (const char *text);

G_END_DECLS
