#include "widgets/inf-gate.h"

#include "widgets/inf-accessible.h"
#include "widgets/inf-service-page.h"
#include "widgets/inf-sign-in.h"

/**
 * InfGate:
 *
 * What stands before an app's screens: the service's page while infinityd is away, sign-in while
 * nobody is, else the screens themselves, its property "content".
 */
struct _InfGate
{
  AdwBin parent_instance;

  InfService *service;
  GtkStack *stack;
  InfServicePage *service_page;
  InfSignIn *sign_in;
  gboolean is_settled; /* what there is to show was known once */
  GtkWidget *content;  /* owned by the stack */
};

enum
{
  PROP_0,
  PROP_CONTENT,
  PROP_PAGE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (InfGate, inf_gate, ADW_TYPE_BIN)

static const char *
choose_page (InfGate *self)
{
  if (inf_service_get_state (self->service) != INF_SERVICE_UP)
    return "service";
  return inf_sign_in_is_needed (self->service) ? "sign-in" : "main";
}

static void
update (InfGate *self)
{
  const char *page = choose_page (self);

  /* the first page does not come from another one */
  if (g_strcmp0 (page, inf_gate_get_page (self)) != 0)
    gtk_stack_set_visible_child_full (self->stack, page,
                                      self->is_settled ? GTK_STACK_TRANSITION_TYPE_CROSSFADE
                                                       : GTK_STACK_TRANSITION_TYPE_NONE);
  self->is_settled |= inf_service_get_state (self->service) != INF_SERVICE_CONNECTING;
}

static void
on_service_state (InfGate *self)
{
  if (inf_service_get_state (self->service) == INF_SERVICE_UP)
    {
      gpointer followed[]
          = { inf_service_get_node (self->service), inf_service_get_identity (self->service) };

      for (guint i = 0; i < G_N_ELEMENTS (followed); i++)
        g_signal_connect_object (followed[i], "g-properties-changed", G_CALLBACK (update), self,
                                 G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
on_page (InfGate *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE]);
}

static void
inf_gate_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_CONTENT:
      g_value_set_object (value, INF_GATE (object)->content);
      break;
    case PROP_PAGE:
      g_value_set_string (value, inf_gate_get_page (INF_GATE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_gate_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  InfGate *self = INF_GATE (object);

  switch (id)
    {
    case PROP_CONTENT:
      self->content = g_value_get_object (value);
      if (self->content)
        gtk_stack_add_named (self->stack, self->content, "main");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_gate_dispose (GObject *object)
{
  InfGate *self = INF_GATE (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (inf_gate_parent_class)->dispose (object);
}

static void
inf_gate_class_init (InfGateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = inf_gate_dispose;
  object_class->get_property = inf_gate_get_property;
  object_class->set_property = inf_gate_set_property;
  g_type_ensure (INF_TYPE_SERVICE_PAGE);
  g_type_ensure (INF_TYPE_SIGN_IN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-gate.ui");
  gtk_widget_class_bind_template_child (widget_class, InfGate, stack);
  gtk_widget_class_bind_template_child (widget_class, InfGate, service_page);
  gtk_widget_class_bind_template_child (widget_class, InfGate, sign_in);

  /* the screens behind it */
  props[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /* "service", "sign-in" or "main" */
  props[PROP_PAGE]
      = g_param_spec_string ("page", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
inf_gate_init (InfGate *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (on_page), self);
}

/* Returns: "service", "sign-in" or "main" */
const char *
inf_gate_get_page (InfGate *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}

/**
 * inf_gate_set_service:
 * @self: a gate that has none yet
 * @service: the connection to infinityd
 */
void
inf_gate_set_service (InfGate *self, InfService *service)
{
  g_return_if_fail (!self->service);

  self->service = g_object_ref (service);
  inf_service_page_set_service (self->service_page, service);
  inf_sign_in_set_service (self->sign_in, service);
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (self);
}

/**
 * inf_gate_take_invite:
 * @self: the gate
 * @text: an invite that was opened
 *
 * Returns: whether it is of use: %FALSE where this computer is in a grid already
 */
gboolean
inf_gate_take_invite (InfGate *self, const char *text)
{
  inf_sign_in_take_invite (self->sign_in, text);
  return !g_str_equal (choose_page (self), "main");
}
