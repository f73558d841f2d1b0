#include "client-app/inf-copying.h"

#include "common/inf-error.h"

/**
 * InfCopying:
 *
 * Something that infinityd copies for this app: emits "changed" when it is further, and can be
 * cancelled. Large files take long: there is no time-out, and infinityd goes on when nobody waits
 * any more.
 */
struct _InfCopying
{
  GObject parent_instance;

  InfService *service;
  char *id;
  guint64 done_bytes;
  guint64 total_bytes;
  gint64 began_unix;
  InfCopyingDone done;
  gpointer user_data;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfCopying, inf_copying, G_TYPE_OBJECT)

static void
on_progress (InfDBusCopies1 *copies, const char *id, guint64 done_bytes, guint64 total_bytes,
             InfCopying *self)
{
  if (!g_str_equal (id, self->id))
    return;
  self->done_bytes = done_bytes;
  self->total_bytes = total_bytes;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
inf_copying_finalize (GObject *object)
{
  InfCopying *self = INF_COPYING (object);

  g_object_unref (self->service);
  g_free (self->id);
  G_OBJECT_CLASS (inf_copying_parent_class)->finalize (object);
}

static void
inf_copying_class_init (InfCopyingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_copying_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_COPYING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_copying_init (InfCopying *self)
{
  static guint last = 0;

  self->id = g_strdup_printf ("copy-%u", ++last);
  self->began_unix = g_get_real_time ();
}

/* Returns: (transfer full): what has not begun yet */
InfCopying *
inf_copying_new (InfService *service)
{
  InfCopying *self = g_object_new (INF_TYPE_COPYING, NULL);
  InfDBusCopies1 *copies = inf_service_get_copies (service);

  self->service = g_object_ref (service);
  if (copies)
    g_signal_connect_object (copies, "progress", G_CALLBACK (on_progress), self, 0);
  return self;
}

/* What infinityd is to call it: the last argument of what copies. */
const char *
inf_copying_get_id (InfCopying *self)
{
  return self->id;
}

guint64
inf_copying_get_done_bytes (InfCopying *self)
{
  return self->done_bytes;
}

/* Returns: 0 while that is unknown */
guint64
inf_copying_get_total_bytes (InfCopying *self)
{
  return self->total_bytes;
}

gint64
inf_copying_get_began_unix (InfCopying *self)
{
  return self->began_unix;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfCopying) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (error)
    g_dbus_error_strip_remote_error (error);
  self->done (self, answer, error, self->user_data);
}

/**
 * inf_copying_begin:
 * @self: what has not begun yet
 * @proxy: of Files1 or Results1
 * @method: what copies
 * @arguments: for it, with the id as the last; taken when floating
 * @done: called once, when it has ended
 * @user_data: for @done
 */
void
inf_copying_begin (InfCopying *self, gpointer proxy, const char *method, GVariant *arguments,
                   InfCopyingDone done, gpointer user_data)
{
  self->done = done;
  self->user_data = user_data;
  g_dbus_proxy_call (proxy, method, arguments, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_answer,
                     g_object_ref (self));
}

/* It ends a moment later, unless it is complete by then. */
void
inf_copying_cancel (InfCopying *self)
{
  InfDBusCopies1 *copies = inf_service_get_copies (self->service);

  if (copies)
    inf_dbus_copies1_call_cancel (copies, self->id, NULL, NULL, NULL);
}
