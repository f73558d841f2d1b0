#include "discovery/gossip/inf-address.h"

static void
test_texts_that_are_addresses (void)
{
  const char *texts[][2] = {
    { "192.0.2.1:80", "192.0.2.1:80" },         { "192.0.2.1", "192.0.2.1:7848" },
    { "[2001:db8::1]:80", "[2001:db8::1]:80" }, { "[2001:db8::1]", "[2001:db8::1]:7848" },
    { "2001:db8::1", "[2001:db8::1]:7848" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      InfAddress address, back;
      struct sockaddr_storage sockaddr;
      guint8 data[18];
      g_assert_true (inf_address_from_text (texts[i][0], 7848, &address));
      g_autofree char *text = inf_address_to_text (&address);
      g_assert_cmpstr (text, ==, texts[i][1]);
      inf_address_to_sockaddr (&address, &sockaddr);
      g_assert_true (inf_address_from_sockaddr ((struct sockaddr *)&sockaddr, &back));
      g_assert_true (inf_address_equal (&address, &back));
      gsize size = inf_address_to_bytes (&address, data);
      g_assert_true (inf_address_from_bytes (data, size, &back));
      g_assert_true (inf_address_equal (&address, &back));
    }
}

static void
test_texts_that_are_not (void)
{
  const char *texts[] = { "",
                          ":80",
                          "oak:80",
                          "192.0.2.1:",
                          "1.2.3:80",
                          "192.0.2.1:0",
                          "[::1",
                          "192.0.2.1:70000",
                          "[::1]80",
                          "192.0.2.1:8x",
                          "[192.0.2.1:1",
                          "192.0.2.1:80:90",
                          "fe80::1",
                          "fe80::1%",
                          "fe80::1%no-such-interface",
                          "::2%1" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      InfAddress address;
      g_assert_false (inf_address_from_text (texts[i], 7848, &address));
    }
}

/* Its scope is this machine's own: nobody else is told. */
static void
test_link_local_keeps_its_interface (void)
{
  InfAddress address, back;
  struct sockaddr_storage sockaddr;
  guint8 data[18];

  g_assert_true (inf_address_from_text ("[fe80::1%3]:80", 7848, &address));
  g_assert_cmpuint (address.scope, ==, 3);
  g_autofree char *text = inf_address_to_text (&address);
  g_assert_cmpstr (text, ==, "[fe80::1%3]:80");
  inf_address_to_sockaddr (&address, &sockaddr);
  g_assert_true (inf_address_from_sockaddr ((struct sockaddr *)&sockaddr, &back));
  g_assert_true (inf_address_equal (&address, &back));
  g_assert_cmpuint (inf_address_to_bytes (&address, data), ==, 0);
  back.scope = 4;
  g_assert_false (inf_address_equal (&address, &back));
}

/* A peer could make this node send to many, or to nobody. */
static void
test_no_peer_is_at_a_group (void)
{
  const char *texts[] = { "224.0.0.1", "255.255.255.255", "0.0.0.0", "ff02::1", "::" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      InfAddress address, back;
      guint8 data[18];
      g_assert_true (inf_address_from_text (texts[i], 7848, &address));
      gsize size = inf_address_to_bytes (&address, data);
      g_assert_false (inf_address_from_bytes (data, size, &back));
    }
}

static void
test_loopback (void)
{
  const char *loopback[] = { "127.0.0.1", "127.8.8.8", "::1" };
  const char *others[] = { "10.0.0.1", "2001:db8::1", "128.0.0.1" };
  InfAddress address;

  for (guint i = 0; i < G_N_ELEMENTS (loopback); i++)
    {
      g_assert_true (inf_address_from_text (loopback[i], 1, &address));
      g_assert_true (inf_address_is_loopback (&address));
      g_assert_true (inf_address_from_text (others[i], 1, &address));
      g_assert_false (inf_address_is_loopback (&address));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/texts-that-are-addresses", test_texts_that_are_addresses);
  g_test_add_func ("/address/texts-that-are-not", test_texts_that_are_not);
  g_test_add_func ("/address/link-local-keeps-its-interface", test_link_local_keeps_its_interface);
  g_test_add_func ("/address/no-peer-is-at-a-group", test_no_peer_is_at_a_group);
  g_test_add_func ("/address/loopback", test_loopback);
  return g_test_run ();
}
