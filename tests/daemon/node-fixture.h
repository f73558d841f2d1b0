#pragma once

#include "daemon/inf-bus-views.h"
#include "inf-dbus.h"

#include <gio/gio.h>

/**
 * NodeFixture:
 *
 * A node in this process, with a state directory of its own, and a client's connection to it. It
 * is in no grid, and listens on a free port when it is.
 */
typedef struct
{
  char *dir;
  InfNode *node;
  InfBus *bus;
  GMainLoop *loop;
  GDBusConnection *connection;
} NodeFixture;

void node_fixture_set_up (NodeFixture *fixture, gconstpointer data);
void node_fixture_tear_down (NodeFixture *fixture, gconstpointer data);
void node_fixture_restart (NodeFixture *fixture);
GDBusConnection *node_fixture_connect (NodeFixture *fixture);

GVariant *node_fixture_try (NodeFixture *fixture, const char *method, GVariant *arguments,
                            GError **error);
GVariant *node_fixture_call (NodeFixture *fixture, const char *method, GVariant *arguments);
void node_fixture_must (NodeFixture *fixture, const char *method, GVariant *arguments);
void node_fixture_must_fail (NodeFixture *fixture, const char *method, GVariant *arguments,
                             int code);

GVariant *node_fixture_get (NodeFixture *fixture, const char *property);
void node_fixture_assert_text (NodeFixture *fixture, const char *property, const char *text);
void node_fixture_assert_detail (NodeFixture *fixture, const char *property, const char *key,
                                 const char *text);
void node_fixture_await_text (NodeFixture *fixture, const char *property, const char *text);
