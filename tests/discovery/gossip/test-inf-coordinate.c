#include "discovery/gossip/inf-coordinate.h"

#include <math.h>
#include <string.h>

#define N_NODES 100
#define N_LIARS 10
#define N_SAMPLES_EACH 300

/* A made-up internet: four cities, an access link of its own for every node, and noise. */
typedef struct
{
  GRand *random;
  double x_us[N_NODES], y_us[N_NODES], link_us[N_NODES];
  InfVivaldi nodes[N_NODES];
} World;

static void
world_init (World *world)
{
  static const double cities[4][2]
      = { { 0, 0 }, { 12000, 3000 }, { 30000, 45000 }, { 5000, 90000 } };

  world->random = g_rand_new_with_seed (1);
  for (guint i = 0; i < N_NODES; i++)
    {
      world->x_us[i] = cities[i % 4][0] + g_rand_double_range (world->random, -1500, 1500);
      world->y_us[i] = cities[i % 4][1] + g_rand_double_range (world->random, -1500, 1500);
      world->link_us[i] = g_rand_double_range (world->random, 100, 4000);
      inf_vivaldi_init (&world->nodes[i]);
    }
}

static double
true_rtt_us (const World *world, guint a, guint b)
{
  return hypot (world->x_us[a] - world->x_us[b], world->y_us[a] - world->y_us[b])
         + world->link_us[a] + world->link_us[b];
}

/* What one node says to another: its coordinate as it travels. */
static InfCoordinate
coordinate_on_the_wire (const InfCoordinate *coordinate)
{
  guint8 data[INF_COORDINATE_SIZE_BYTES];
  InfCoordinate read;

  inf_coordinate_to_bytes (coordinate, data);
  g_assert_true (inf_coordinate_from_bytes (data, sizeof data, &read));
  return read;
}

/* A liar is somewhere else every time, is sure of it, and answers late. */
static void
measure (World *world, guint a, guint b, guint n_liars)
{
  double rtt_us = true_rtt_us (world, a, b) * g_rand_double_range (world->random, 0.95, 1.25);
  InfCoordinate other = coordinate_on_the_wire (&world->nodes[b].own);

  if (b < n_liars)
    {
      other = (InfCoordinate){
        .x_us = (float)g_rand_double_range (world->random, -2e6, 2e6),
        .y_us = (float)g_rand_double_range (world->random, -2e6, 2e6),
        .height_us = (float)g_rand_double_range (world->random, 0, 2e6),
        .error = 1 / 255.0f,
      };
      rtt_us += g_rand_double_range (world->random, 0, 500000);
    }
  inf_vivaldi_update (&world->nodes[a], &other, (guint)rtt_us, g_rand_int (world->random));
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a, second = *(const double *)b;

  return (first > second) - (first < second);
}

/* Of all pairs of honest nodes, how far off is the forecast in the middle? */
static double
median_relative_error (const World *world, guint n_liars)
{
  g_autoptr (GArray) errors = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint a = n_liars; a < N_NODES; a++)
    for (guint b = n_liars; b < a; b++)
      {
        double rtt_us = true_rtt_us (world, a, b);
        double error
            = fabs (inf_coordinate_get_distance_us (&world->nodes[a].own, &world->nodes[b].own)
                    - rtt_us)
              / rtt_us;
        g_array_append_val (errors, error);
      }
  g_array_sort (errors, compare_doubles);
  return g_array_index (errors, double, errors->len / 2);
}

static double
run_world (World *world, guint n_liars)
{
  world_init (world);
  for (guint i = 0; i < N_SAMPLES_EACH; i++)
    for (guint a = 0; a < N_NODES; a++)
      {
        guint b = (guint)g_rand_int_range (world->random, 0, N_NODES);
        if (a != b)
          measure (world, a, b, n_liars);
      }
  double error = median_relative_error (world, n_liars);
  g_test_message ("%u nodes, %u of them liars, %u measurements each: median relative error %.3f",
                  N_NODES, n_liars, N_SAMPLES_EACH, error);
  g_rand_free (world->random);
  return error;
}

static void
test_nodes_find_their_places (void)
{
  World world;

  g_assert_cmpfloat (run_world (&world, 0), <, 0.15);
}

static void
test_liars_throw_nobody_far (void)
{
  World world;

  g_assert_cmpfloat (run_world (&world, N_LIARS), <, 0.15);
  for (guint i = N_LIARS; i < N_NODES; i++)
    g_assert_cmpfloat (hypotf (world.nodes[i].own.x_us, world.nodes[i].own.y_us), <, 250000);
}

/* However wrong what one peer says, one answer moves a settled node by little. */
static void
test_one_answer_moves_a_settled_node_little (void)
{
  World world;
  const InfCoordinate lie
      = { .x_us = INF_COORDINATE_MAX_US, .y_us = -INF_COORDINATE_MAX_US, .error = 1 / 255.0f };

  run_world (&world, 0);
  InfVivaldi *node = &world.nodes[0];
  const InfCoordinate before = node->own;
  inf_vivaldi_update (node, &lie, 100, 0);
  g_assert_cmpfloat (hypotf (node->own.x_us - before.x_us, node->own.y_us - before.y_us), <, 20000);
}

static void
test_bytes_round_trip (void)
{
  const InfCoordinate coordinate
      = { .x_us = -1999999, .y_us = 31, .height_us = 70000, .error = 51 / 255.0f };
  InfCoordinate read = coordinate_on_the_wire (&coordinate);

  g_assert_cmpfloat (read.x_us, ==, -1999999);
  g_assert_cmpfloat (read.y_us, ==, 31);
  g_assert_cmpfloat (read.height_us, ==, 70000);
  g_assert_cmpfloat_with_epsilon (read.error, 0.2f, 0.005f);
}

static void
test_what_is_no_number_is_not_sent (void)
{
  const InfCoordinate coordinate
      = { .x_us = NAN, .y_us = INFINITY, .height_us = -INFINITY, .error = NAN };
  guint8 data[INF_COORDINATE_SIZE_BYTES];
  InfCoordinate read;

  inf_coordinate_to_bytes (&coordinate, data);
  g_assert_false (inf_coordinate_from_bytes (data, sizeof data, &read));
  const InfCoordinate far = coordinate_on_the_wire (
      &(InfCoordinate){ .x_us = NAN, .y_us = INFINITY, .height_us = -INFINITY, .error = 9 });
  g_assert_cmpfloat (far.x_us, ==, -INF_COORDINATE_MAX_US);
  g_assert_cmpfloat (far.y_us, ==, INF_COORDINATE_MAX_US);
  g_assert_cmpfloat (far.height_us, ==, 0);
  g_assert_cmpfloat (far.error, ==, 1);
}

static void
test_impossible_places_are_refused (void)
{
  guint8 data[INF_COORDINATE_SIZE_BYTES];
  InfCoordinate read = { .error = 0.5f };

  memset (data, 0x7f, sizeof data);
  g_assert_false (inf_coordinate_from_bytes (data, sizeof data, &read));
  memset (data, 0, sizeof data);
  g_assert_false (inf_coordinate_from_bytes (data, sizeof data, &read));
  data[9] = 255;
  g_assert_false (inf_coordinate_from_bytes (data, sizeof data - 1, &read));
  g_assert_cmpfloat (read.error, ==, 0.5f);
  g_assert_true (inf_coordinate_from_bytes (data, sizeof data, &read));
  data[8] = 0xff;
  g_assert_false (inf_coordinate_from_bytes (data, sizeof data, &read));
}

static void
test_useless_measurements_change_nothing (void)
{
  InfVivaldi vivaldi;
  const InfCoordinate unknown = { 0 };
  const InfCoordinate known = { .x_us = 5, .error = 1 };

  inf_vivaldi_init (&vivaldi);
  const InfVivaldi before = vivaldi;
  inf_vivaldi_update (&vivaldi, &unknown, 500, 0);
  inf_vivaldi_update (&vivaldi, &known, 0, 0);
  inf_vivaldi_update (&vivaldi, &known, INF_COORDINATE_MAX_US + 1, 0);
  g_assert_cmpfloat (vivaldi.own.x_us, ==, before.own.x_us);
  g_assert_cmpfloat (vivaldi.own.error, ==, before.own.error);
  g_assert_cmpuint (inf_coordinate_get_distance_us (&vivaldi.own, &unknown), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coordinate/nodes-find-their-places", test_nodes_find_their_places);
  g_test_add_func ("/coordinate/liars-throw-nobody-far", test_liars_throw_nobody_far);
  g_test_add_func ("/coordinate/one-answer-moves-a-settled-node-little",
                   test_one_answer_moves_a_settled_node_little);
  g_test_add_func ("/coordinate/bytes-round-trip", test_bytes_round_trip);
  g_test_add_func ("/coordinate/what-is-no-number-is-not-sent", test_what_is_no_number_is_not_sent);
  g_test_add_func ("/coordinate/impossible-places-are-refused", test_impossible_places_are_refused);
  g_test_add_func ("/coordinate/useless-measurements-change-nothing",
                   test_useless_measurements_change_nothing);
  return g_test_run ();
}
