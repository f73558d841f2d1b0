#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_COORDINATE_SIZE_BYTES 10
#define INF_COORDINATE_MAX_US 2000000

/**
 * InfCoordinate:
 * @x_us: where a node is in a plane in which distances are round-trip times, in microseconds
 * @y_us: likewise
 * @height_us: how far it is above the plane: what its own link adds to every path
 * @error: how far it is wrong, relative, from 0 (excluded) to 1; 0 for a coordinate that is unknown
 *
 * A place in the network: the round-trip time between two nodes that never met can be foretold.
 */
typedef struct
{
  float x_us;
  float y_us;
  float height_us;
  float error;
} InfCoordinate;

/**
 * InfVivaldi:
 * @own: where this node is
 * @usual_residual_us: by how much measurements and forecasts differ on average
 *
 * Finds a node's own coordinate. Set up by inf_vivaldi_init(), owns nothing.
 */
typedef struct
{
  InfCoordinate own;
  float usual_residual_us;
} InfVivaldi;

gboolean inf_coordinate_is_known (const InfCoordinate *coordinate);
guint inf_coordinate_get_distance_us (const InfCoordinate *a, const InfCoordinate *b);
float inf_coordinate_get_norm_us (const InfCoordinate *coordinate);
float inf_coordinate_get_shift_us (const InfCoordinate *a, const InfCoordinate *b);

void inf_coordinate_to_bytes (const InfCoordinate *coordinate,
                              guint8 ret_data[INF_COORDINATE_SIZE_BYTES]);
gboolean inf_coordinate_from_bytes (const guint8 *data, gsize size_bytes,
                                    InfCoordinate *ret_coordinate);

void inf_vivaldi_init (InfVivaldi *vivaldi);
void inf_vivaldi_update (InfVivaldi *vivaldi, const InfCoordinate *other, guint rtt_us,
                         guint32 random);

G_END_DECLS
