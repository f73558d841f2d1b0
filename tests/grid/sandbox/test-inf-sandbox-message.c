#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "grid/sandbox/inf-sandbox-config-private.h"
#include "grid/sandbox/inf-sandbox-message.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
make_sockets (int fds[2])
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==,
                   0);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
test_descriptors_arrive (void)
{
  g_autoptr (InfSandboxMessage) sent
      = inf_sandbox_message_new (INF_SANDBOX_ACCEPTED, g_variant_new ("(uu)", 2, 10130));
  g_autoptr (GError) error = NULL;
  int sockets[2], pipe_fds[2];
  char byte = 0;

  make_sockets (sockets);
  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  inf_sandbox_message_add_fd (sent, pipe_fds[1]);
  g_assert_true (inf_sandbox_message_send (sent, sockets[0], &error));
  g_autoptr (InfSandboxMessage) received = inf_sandbox_message_receive (sockets[1], &error);
  g_assert_no_error (error);
  g_assert_cmpint (received->kind, ==, INF_SANDBOX_ACCEPTED);
  g_assert_cmpuint (received->n_fds, ==, 1);
  g_assert_cmpint (write (received->fds[0], "x", 1), ==, 1);
  g_assert_cmpint (read (pipe_fds[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'x');
  close (pipe_fds[0]);
  close (sockets[0]);
  close (sockets[1]);
}

static void
test_says_when_nothing_waits_and_when_all_is_over (void)
{
  g_autoptr (GError) error = NULL;
  int sockets[2];

  make_sockets (sockets);
  g_assert_null (inf_sandbox_message_receive (sockets[1], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  close (sockets[0]);
  g_assert_null (inf_sandbox_message_receive (sockets[1], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  close (sockets[1]);
}

static void
send_raw (int fd, GBytes *bytes)
{
  g_assert_cmpint (send (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0), >, 0);
}

static void
test_refuses_what_is_no_message (void)
{
  g_autoptr (GBytes) other_kind = inf_wire_encode (20, g_variant_new ("(u)", 1));
  g_autoptr (GBytes) other_body = inf_wire_encode (INF_SANDBOX_CONNECT, g_variant_new ("(s)", "x"));
  GBytes *bad[] = { other_kind, other_body };
  int sockets[2];

  make_sockets (sockets);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      send_raw (sockets[0], bad[i]);
      g_assert_null (inf_sandbox_message_receive (sockets[1], &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
  close (sockets[0]);
  close (sockets[1]);
}

/* Four descriptors where three are the most: none may be left open. */
static void
test_too_many_descriptors_leak_none (void)
{
  g_autoptr (GBytes) bytes = inf_wire_encode (INF_SANDBOX_READY, g_variant_new ("()"));
  struct iovec data = { (void *)g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) };
  int many[8] = { 0, 1, 2, 0, 1, 2, 0, 1 };
  union
  {
    char space[CMSG_SPACE (sizeof many)];
    struct cmsghdr align;
  } control;
  struct msghdr header = { .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space };
  struct cmsghdr *rights = CMSG_FIRSTHDR (&header);
  g_autoptr (GError) error = NULL;
  int sockets[2];

  make_sockets (sockets);
  guint before = count_descriptors ();
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN (sizeof many);
  memcpy (CMSG_DATA (rights), many, sizeof many);
  g_assert_cmpint (sendmsg (sockets[0], &header, 0), >, 0);
  g_assert_null (inf_sandbox_message_receive (sockets[1], &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_assert_cmpuint (count_descriptors (), ==, before);
  close (sockets[0]);
  close (sockets[1]);
}

static void
test_configuration_round_trip (void)
{
  g_autoptr (InfSandboxConfig) config = inf_sandbox_config_new ("/srv/job", 3);
  InfSandboxLimits limits = { .memory_bytes = 1 << 30, .n_processes = 50 };
  g_autoptr (GError) error = NULL;

  inf_sandbox_config_add_participant (config, 2, 5);
  inf_sandbox_config_add_participant (config, 3, 5);
  inf_sandbox_config_add_bind (config, "/srv/program", "/run/program");
  inf_sandbox_config_set_env (config, "SEED", "7");
  inf_sandbox_config_set_limits (config, &limits);
  g_autoptr (GVariant) variant = g_variant_ref_sink (inf_sandbox_config_to_variant (config));
  g_autoptr (InfSandboxConfig) copy = inf_sandbox_config_from_variant (variant, &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) again = g_variant_ref_sink (inf_sandbox_config_to_variant (copy));
  g_assert_true (g_variant_equal (variant, again));
  g_assert_cmpuint (copy->participants->len, ==, 1);
}

static void
assert_bad_config (InfSandboxConfig *taken)
{
  g_autoptr (InfSandboxConfig) config = taken;
  g_autoptr (GVariant) variant = g_variant_ref_sink (inf_sandbox_config_to_variant (config));
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_sandbox_config_from_variant (variant, &error));
  g_assert_true (error->domain == INF_ERROR);
}

static void
test_refuses_configurations_that_make_no_sense (void)
{
  InfSandboxConfig *config;

  assert_bad_config (inf_sandbox_config_new ("relative", 3));
  assert_bad_config (inf_sandbox_config_new ("/job", 0));
  assert_bad_config (inf_sandbox_config_new ("/job", INF_SANDBOX_MAX_INDEX + 1));
  config = inf_sandbox_config_new ("/job", 2);
  inf_sandbox_config_add_participant (config, 0, 1);
  assert_bad_config (config);
  config = inf_sandbox_config_new ("/job", 2);
  inf_sandbox_config_add_bind (config, "/x", "/job/../../etc");
  assert_bad_config (config);
  config = inf_sandbox_config_new ("/job", 2);
  for (guint i = 0; i < 100; i++)
    inf_sandbox_config_add_bind (config, "/x", "/y");
  assert_bad_config (config);
}

static void
test_addresses_and_ports_do_not_meet (void)
{
  guint index = 0;

  for (guint i = 1; i < INF_SANDBOX_MAX_INDEX; i++)
    {
      g_assert_cmpuint (inf_sandbox_port_base (i) + INF_SANDBOX_PORTS_EACH, ==,
                        inf_sandbox_port_base (i + 1));
      g_assert_true (inf_sandbox_index_from_address (inf_sandbox_address (i), &index));
      g_assert_cmpuint (index, ==, i);
    }
  g_assert_cmpuint (inf_sandbox_port_base (INF_SANDBOX_MAX_INDEX + 1), <=, 32768);
  g_assert_false (inf_sandbox_index_from_address (0x7f000001, &index));
  g_assert_false (inf_sandbox_index_from_address (inf_sandbox_address (0), &index));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox-message/descriptors-arrive", test_descriptors_arrive);
  g_test_add_func ("/sandbox-message/says-when-nothing-waits-and-when-all-is-over",
                   test_says_when_nothing_waits_and_when_all_is_over);
  g_test_add_func ("/sandbox-message/refuses-what-is-no-message", test_refuses_what_is_no_message);
  g_test_add_func ("/sandbox-message/too-many-descriptors-leak-none",
                   test_too_many_descriptors_leak_none);
  g_test_add_func ("/sandbox-message/configuration-round-trip", test_configuration_round_trip);
  g_test_add_func ("/sandbox-message/refuses-configurations-that-make-no-sense",
                   test_refuses_configurations_that_make_no_sense);
  g_test_add_func ("/sandbox-message/addresses-and-ports-do-not-meet",
                   test_addresses_and_ports_do_not_meet);
  return g_test_run ();
}
