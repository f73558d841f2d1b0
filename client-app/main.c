#include "client-app/inf-client-application.h"
#include "widgets/inf-app-start.h"

#include <glib/gi18n.h>

int
main (int argc, char **argv)
{
  g_autoptr (InfClientApplication) application = NULL;

  inf_app_start ();
  g_set_application_name (_ ("Infinity Client"));
  application = inf_client_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
