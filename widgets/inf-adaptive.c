#include "widgets/inf-adaptive.h"

/**
 * InfAdaptive:
 *
 * A bin that says by its property "narrow" whether it has less width than "threshold", which grows
 * with the size of text, and that can
 * be made as narrow as "min-width" whatever its child asks for at the moment: the child changes its
 * shape when "narrow" does. It stands in for AdwBreakpointBin, which needs libadwaita 1.4.
 */
struct _InfAdaptive
{
  GtkWidget parent_instance;

  GtkWidget *child;
  int threshold;
  int min_width;
  gboolean is_narrow;
  guint notify_id;
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_NARROW,
  PROP_THRESHOLD,
  PROP_MIN_WIDTH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void inf_adaptive_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (InfAdaptive, inf_adaptive, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      inf_adaptive_buildable_init))

static GtkBuildableIface *parent_buildable;

static void
inf_adaptive_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child,
                        const char *type)
{
  if (!type && GTK_IS_WIDGET (child))
    inf_adaptive_set_child (INF_ADAPTIVE (buildable), GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
inf_adaptive_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = inf_adaptive_add_child;
}

static void
inf_adaptive_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  InfAdaptive *self = INF_ADAPTIVE (widget);
  int child_min_width = 0;

  if (!self->child)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &child_min_width, NULL, NULL,
                          NULL);
      if (for_size >= 0)
        for_size = MAX (for_size, child_min_width);
    }
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, self->min_width);
}

/* Who reads larger text needs more room for the same words. */
static double
get_threshold (InfAdaptive *self)
{
  int dpi = -1;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return self->threshold * (dpi > 0 ? MAX (dpi / (96.0 * 1024), 1) : 1);
}

static gboolean
notify_narrow (gpointer user_data)
{
  InfAdaptive *self = user_data;

  self->notify_id = 0;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NARROW]);
  return G_SOURCE_REMOVE;
}

static void
inf_adaptive_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  InfAdaptive *self = INF_ADAPTIVE (widget);
  gboolean is_narrow = width < get_threshold (self);
  int min_width = 0;

  if (is_narrow != self->is_narrow)
    {
      self->is_narrow = is_narrow;
      /* nothing may ask for another size while sizes are given out */
      if (!self->notify_id)
        self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_narrow, self, NULL);
    }
  if (!self->child)
    return;
  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, NULL, NULL, NULL);
  gtk_widget_allocate (self->child, MAX (width, min_width), height, baseline, NULL);
}

static void
inf_adaptive_dispose (GObject *object)
{
  InfAdaptive *self = INF_ADAPTIVE (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (inf_adaptive_parent_class)->dispose (object);
}

static void
inf_adaptive_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  InfAdaptive *self = INF_ADAPTIVE (object);

  switch (id)
    {
    case PROP_CHILD:
      g_value_set_object (value, self->child);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    case PROP_THRESHOLD:
      g_value_set_int (value, self->threshold);
      break;
    case PROP_MIN_WIDTH:
      g_value_set_int (value, self->min_width);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_adaptive_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  InfAdaptive *self = INF_ADAPTIVE (object);

  switch (id)
    {
    case PROP_CHILD:
      inf_adaptive_set_child (self, g_value_get_object (value));
      break;
    case PROP_THRESHOLD:
      self->threshold = g_value_get_int (value);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
      break;
    case PROP_MIN_WIDTH:
      self->min_width = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_adaptive_class_init (InfAdaptiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = inf_adaptive_dispose;
  object_class->get_property = inf_adaptive_get_property;
  object_class->set_property = inf_adaptive_set_property;
  widget_class->measure = inf_adaptive_measure;
  widget_class->size_allocate = inf_adaptive_size_allocate;

  props[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_THRESHOLD] = g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT, 600,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_MIN_WIDTH] = g_param_spec_int ("min-width", NULL, NULL, 0, G_MAXINT, 340,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
inf_adaptive_init (InfAdaptive *self)
{
  self->threshold = 600;
  self->min_width = 340;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
inf_adaptive_get_child (InfAdaptive *self)
{
  return self->child;
}

void
inf_adaptive_set_child (InfAdaptive *self, GtkWidget *child)
{
  if (self->child == child)
    return;
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CHILD]);
}

gboolean
inf_adaptive_is_narrow (InfAdaptive *self)
{
  return self->is_narrow;
}
