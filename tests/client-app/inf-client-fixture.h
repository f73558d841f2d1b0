#pragma once

#include "client-app/inf-client-window.h"
#include "tests/client-app/inf-client-scenario.h"
#include "tests/widgets/inf-gui-test.h"

G_BEGIN_DECLS

/**
 * InfClientFixture:
 * @dir: the state directory of the node
 * @node: the contract of infinityd, told what to say by scenarios
 * @window: once it is opened
 * @root: the same
 *
 * The app's window in this process, with a node that says what a test wants.
 */
typedef struct
{
  char *dir;
  InfDesktopNode *node;
  InfService *service;
  InfClientModel *model;
  GSettings *settings;
  InfClientWindow *window;
  GtkWidget *root;
} InfClientFixture;

void inf_client_fixture_init (int *argc, char ***argv);

void inf_client_fixture_set_up (InfClientFixture *fixture, gconstpointer data);
void inf_client_fixture_tear_down (InfClientFixture *fixture, gconstpointer data);

void inf_client_fixture_open (InfClientFixture *fixture, const char *page);
void inf_client_fixture_shoot (InfClientFixture *fixture, const char *name);
gboolean inf_client_fixture_was_called (InfClientFixture *fixture, const char *call);
gboolean inf_client_fixture_drop (GtkWidget *widget, GFile *file);
char *inf_client_fixture_get_copy_id (InfClientFixture *fixture, const char *call);
GtkWidget *inf_client_fixture_find_dialog (void);

#define INF_CLIENT_TEST(path, function)                                                            \
  g_test_add (path, InfClientFixture, NULL, inf_client_fixture_set_up, function,                   \
              inf_client_fixture_tear_down)

G_END_DECLS
