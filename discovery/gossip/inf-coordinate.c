/* Network coordinates by Vivaldi with height (Dabek, Cox, Kaashoek, Morris: Vivaldi, a
 * decentralized network coordinate system, SIGCOMM 2004; the adaptive time-step of section 3.4 and
 * the height vectors of section 5.4). Every measured round-trip time moves a node a little towards
 * the other, or away from it, as if a spring of that length joined them. */
#include "discovery/gossip/inf-coordinate.h"

#include <math.h>

#define STEP 0.25f         /* the paper's c_c */
#define ERROR_WEIGHT 0.25f /* the paper's c_e */
#define MIN_HEIGHT_US 10.0f
#define MIN_ERROR 0.02f
/* Nobody is believed to be surer than this: who claims so wants to be followed. */
#define MIN_BELIEVED_ERROR 0.1f
#define RESIDUAL_WEIGHT 0.05f
#define MAX_USUAL_RESIDUALS 3.0f
/* How strongly a coordinate far out is drawn back, so that all of them don't drift together. */
#define GRAVITY_RADIUS_US 1000000.0f
#define ERROR_STEPS 255.0f

/**
 * inf_coordinate_is_known:
 * @coordinate: a coordinate
 *
 * Returns: whether it says anything; one of zeros does not
 */
gboolean
inf_coordinate_is_known (const InfCoordinate *coordinate)
{
  return coordinate->error > 0;
}

static float
plane_distance (const InfCoordinate *a, const InfCoordinate *b)
{
  return hypotf (a->x_us - b->x_us, a->y_us - b->y_us);
}

/**
 * inf_coordinate_get_distance_us:
 * @a: a coordinate
 * @b: another node's
 *
 * Returns: the round-trip time between the two that is to be expected, 0 when one is unknown
 */
guint
inf_coordinate_get_distance_us (const InfCoordinate *a, const InfCoordinate *b)
{
  if (!inf_coordinate_is_known (a) || !inf_coordinate_is_known (b))
    return 0;
  return (guint)(plane_distance (a, b) + a->height_us + b->height_us);
}

/**
 * inf_coordinate_get_norm_us:
 * @coordinate: a coordinate
 *
 * Returns: its distance to the origin
 */
float
inf_coordinate_get_norm_us (const InfCoordinate *coordinate)
{
  return hypotf (coordinate->x_us, coordinate->y_us) + coordinate->height_us;
}

/**
 * inf_coordinate_get_shift_us:
 * @a: where a node was
 * @b: where it is
 *
 * Returns: by how much others' forecasts of the time to it are off at most that have the one
 *   instead of the other
 */
float
inf_coordinate_get_shift_us (const InfCoordinate *a, const InfCoordinate *b)
{
  return plane_distance (a, b) + fabsf (a->height_us - b->height_us);
}

static float
clamp (float value, float low, float high)
{
  /* Written so that what is not a number becomes @low. */
  return value > low ? fminf (value, high) : low;
}

static void
write_24 (guint8 *data, gint32 value)
{
  for (guint i = 0; i < 3; i++)
    data[i] = (guint8)((guint32)value >> (8 * i));
}

static guint32
read_24 (const guint8 *data)
{
  return data[0] | (guint32)data[1] << 8 | (guint32)data[2] << 16;
}

static float
read_signed_24 (const guint8 *data)
{
  guint32 value = read_24 (data);

  return value & 0x800000 ? (float)value - 0x1000000 : (float)value;
}

/**
 * inf_coordinate_to_bytes:
 * @coordinate: a coordinate
 * @ret_data: (out): three times 24 bits of microseconds (x and y signed, height not), and the error
 *   in 255ths; whole numbers, so that nothing that is not a number can be sent
 */
void
inf_coordinate_to_bytes (const InfCoordinate *coordinate,
                         guint8 ret_data[INF_COORDINATE_SIZE_BYTES])
{
  const float max = INF_COORDINATE_MAX_US;

  write_24 (ret_data, (gint32)clamp (coordinate->x_us, -max, max));
  write_24 (ret_data + 3, (gint32)clamp (coordinate->y_us, -max, max));
  write_24 (ret_data + 6, (gint32)clamp (coordinate->height_us, 0, max));
  ret_data[9] = inf_coordinate_is_known (coordinate)
                    ? (guint8)clamp (coordinate->error * ERROR_STEPS, 1, ERROR_STEPS)
                    : 0;
}

/**
 * inf_coordinate_from_bytes:
 * @data: (array length=size_bytes): what inf_coordinate_to_bytes() wrote, from anyone
 * @size_bytes: its length
 * @ret_coordinate: (out): the coordinate, which is known; left alone on failure
 *
 * Returns: whether @data is a coordinate that a node can have
 */
gboolean
inf_coordinate_from_bytes (const guint8 *data, gsize size_bytes, InfCoordinate *ret_coordinate)
{
  if (size_bytes != INF_COORDINATE_SIZE_BYTES)
    return FALSE;
  const InfCoordinate coordinate = {
    .x_us = read_signed_24 (data),
    .y_us = read_signed_24 (data + 3),
    .height_us = (float)read_24 (data + 6),
    .error = data[9] / ERROR_STEPS,
  };
  if (data[9] == 0 || fabsf (coordinate.x_us) > INF_COORDINATE_MAX_US
      || fabsf (coordinate.y_us) > INF_COORDINATE_MAX_US
      || coordinate.height_us > INF_COORDINATE_MAX_US)
    return FALSE;
  *ret_coordinate = coordinate;
  return TRUE;
}

/**
 * inf_vivaldi_init:
 * @vivaldi: (out): a node that has measured nothing yet
 */
void
inf_vivaldi_init (InfVivaldi *vivaldi)
{
  *vivaldi = (InfVivaldi){ .own = { .height_us = MIN_HEIGHT_US, .error = 1 } };
}

/* How hard the spring pulls. A node that lies about its place, or holds back its answers, is far
 * off every forecast: it counts as no more than a few usual differences. */
static float
limited_force (InfVivaldi *vivaldi, float force)
{
  gboolean is_first = vivaldi->usual_residual_us == 0;
  float limit = is_first ? INF_COORDINATE_MAX_US : MAX_USUAL_RESIDUALS * vivaldi->usual_residual_us;
  float limited = clamp (force, -limit, limit);

  if (is_first)
    vivaldi->usual_residual_us = fabsf (limited) + 1;
  else
    vivaldi->usual_residual_us
        += RESIDUAL_WEIGHT * (fabsf (limited) + 1 - vivaldi->usual_residual_us);
  return limited;
}

static void
apply_gravity (InfCoordinate *own)
{
  float radius = hypotf (own->x_us, own->y_us);
  float keep = 1 - 0.01f * (radius / GRAVITY_RADIUS_US) * (radius / GRAVITY_RADIUS_US);

  own->x_us = clamp (own->x_us * keep, -INF_COORDINATE_MAX_US, INF_COORDINATE_MAX_US);
  own->y_us = clamp (own->y_us * keep, -INF_COORDINATE_MAX_US, INF_COORDINATE_MAX_US);
}

static void
move (InfCoordinate *own, const InfCoordinate *other, float step_us, guint32 random)
{
  float plane = plane_distance (own, other);
  float heights = own->height_us + other->height_us;
  float whole = plane + heights;
  float x, y;

  if (plane > 0.5f)
    {
      x = (own->x_us - other->x_us) / whole;
      y = (own->y_us - other->y_us) / whole;
    }
  else
    {
      /* Two nodes at one place part in any direction. */
      float angle = (float)(random % 6283) / 1000;
      x = cosf (angle);
      y = sinf (angle);
    }
  own->x_us += step_us * x;
  own->y_us += step_us * y;
  own->height_us
      = clamp (own->height_us + step_us * heights / whole, MIN_HEIGHT_US, INF_COORDINATE_MAX_US);
  apply_gravity (own);
}

/**
 * inf_vivaldi_update:
 * @vivaldi: this node
 * @other: where the other says it is; ignored when that is unknown
 * @rtt_us: the round-trip time just measured to it; ignored when it is 0 or above
 *   %INF_COORDINATE_MAX_US
 * @random: any number, for the direction in which nodes at one place part
 *
 * Takes a measurement into account.
 */
void
inf_vivaldi_update (InfVivaldi *vivaldi, const InfCoordinate *other, guint rtt_us, guint32 random)
{
  InfCoordinate *own = &vivaldi->own;

  if (!inf_coordinate_is_known (other) || rtt_us == 0 || rtt_us > INF_COORDINATE_MAX_US)
    return;
  float rtt = (float)rtt_us;
  float force = rtt - (plane_distance (own, other) + own->height_us + other->height_us);
  float weight = own->error / (own->error + fmaxf (other->error, MIN_BELIEVED_ERROR));
  float relative_error = fminf (fabsf (force) / rtt, 1);

  own->error
      = clamp (own->error + ERROR_WEIGHT * weight * (relative_error - own->error), MIN_ERROR, 1);
  move (own, other, STEP * weight * limited_force (vivaldi, force), random);
}
