#pragma once

#include "host-app/inf-host-window.h"
#include "tests/widgets/inf-desktop-node.h"
#include "tests/widgets/inf-gui-test.h"

G_BEGIN_DECLS

/**
 * InfHostFixture:
 *
 * The window of the host app in this process, on a node that has only the contract.
 */
typedef struct
{
  char *dir;
  InfDesktopNode *node;
  InfService *service;
  InfHostModel *model;
  GSettings *settings;
  GSimpleActionGroup *actions; /* those of the application */
  InfHostWindow *window;
  GtkWidget *root; /* the same */
} InfHostFixture;

void inf_host_fixture_set_up (InfHostFixture *fixture, gconstpointer data);
void inf_host_fixture_tear_down (InfHostFixture *fixture, gconstpointer data);

void inf_host_fixture_open (InfHostFixture *fixture);
void inf_host_fixture_open_page (InfHostFixture *fixture, const char *page);
void inf_host_fixture_shoot (InfHostFixture *fixture, const char *name);

gboolean inf_host_fixture_was_called (InfHostFixture *fixture, const char *call);
GtkWidget *inf_host_fixture_find_dialog (GtkWidget *parent);

G_END_DECLS
