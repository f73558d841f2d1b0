#include "client-app/inf-form-row.h"

#include "widgets/inf-accessible.h"

#include <glib/gi18n.h>

/**
 * InfFormRow:
 *
 * A field of a form: its title, what to fill in, and why that is wrong. All kinds hold text:
 *
 *   text     as typed
 *   number   a whole number from "minimum" to "maximum"
 *   file     an absolute path, "" for none
 *   folder   the same
 *   choice   a value of those of inf_form_row_set_choices()
 *   switch   "true" or "false"
 *
 * Its signal "changed" comes when somebody changes it, and not when it is set.
 */
struct _InfFormRow
{
  AdwActionRow parent_instance;

  char *field;
  char *kind;
  char *description;
  char *value;
  char **choices;
  char **titles; /* of the choices */
  guint minimum;
  guint maximum;
  GtkWidget *control;
  GtkWidget *clear; /* of a file and a folder */
  GtkFileChooserNative *chooser;
  gboolean is_setting;
};

enum
{
  PROP_0,
  PROP_FIELD,
  PROP_KIND,
  PROP_DESCRIPTION,
  PROP_MINIMUM,
  PROP_MAXIMUM,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint changed_signal;

G_DEFINE_FINAL_TYPE (InfFormRow, inf_form_row, ADW_TYPE_ACTION_ROW)

static gboolean
is_kind (InfFormRow *self, const char *kind)
{
  return g_str_equal (self->kind, kind);
}

static gboolean
is_path (InfFormRow *self)
{
  return is_kind (self, "file") || is_kind (self, "folder");
}

/* What a row without anything wrong says below its title: where a file is, else what it is for. */
static void
show_description (InfFormRow *self)
{
  g_autofree char *name = NULL;

  if (is_path (self) && *self->value)
    name = g_filename_display_name (self->value);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), name ? name : self->description);
}

static void
take_value (InfFormRow *self, const char *value)
{
  if (g_str_equal (self->value, value))
    return;
  g_free (self->value);
  self->value = g_strdup (value);
  if (self->clear)
    gtk_widget_set_visible (self->clear, *value != '\0');
  show_description (self);
  if (!self->is_setting)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_text_changed (InfFormRow *self)
{
  take_value (self, gtk_editable_get_text (GTK_EDITABLE (self->control)));
}

static void
on_number_changed (InfFormRow *self)
{
  g_autofree char *value
      = g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->control)));

  take_value (self, value);
}

static void
on_switched (InfFormRow *self)
{
  take_value (self, gtk_switch_get_active (GTK_SWITCH (self->control)) ? "true" : "false");
}

static void
on_chosen (InfFormRow *self)
{
  guint index = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control));

  if (self->choices && index < g_strv_length (self->choices))
    take_value (self, self->choices[index]);
}

static void
on_chooser_response (InfFormRow *self, int response)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  path = file ? g_file_get_path (file) : NULL;
  g_clear_object (&self->chooser);
  if (path)
    take_value (self, path);
}

static void
on_choose_clicked (InfFormRow *self)
{
  GtkFileChooserAction action = is_kind (self, "folder") ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                         : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser)
    return;
  self->chooser
      = gtk_file_chooser_native_new (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                                     GTK_WINDOW (root), action, _ ("_Choose"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chooser_response), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_clear_clicked (InfFormRow *self)
{
  take_value (self, "");
}

static GtkWidget *
make_text (InfFormRow *self)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 28);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_text_changed), self);
  return entry;
}

static GtkWidget *
make_number (InfFormRow *self)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (self->minimum, self->maximum, 1);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (on_number_changed), self);
  g_free (self->value);
  self->value = g_strdup_printf ("%u", self->minimum);
  return spin;
}

static GtkWidget *
make_switch (InfFormRow *self)
{
  GtkWidget *control = gtk_switch_new ();

  g_signal_connect_swapped (control, "notify::active", G_CALLBACK (on_switched), self);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), control);
  g_free (self->value);
  self->value = g_strdup ("false");
  return control;
}

static GtkWidget *
make_choice (InfFormRow *self)
{
  GtkWidget *control = gtk_drop_down_new (NULL, NULL);

  g_signal_connect_swapped (control, "notify::selected", G_CALLBACK (on_chosen), self);
  return control;
}

static GtkWidget *
make_path (InfFormRow *self)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Choose…"));

  self->clear = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  gtk_widget_set_valign (self->clear, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->clear, FALSE);
  gtk_widget_set_tooltip_text (self->clear, _ ("Remove"));
  gtk_widget_add_css_class (self->clear, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->clear);
  g_signal_connect_swapped (self->clear, "clicked", G_CALLBACK (on_clear_clicked), self);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_choose_clicked), self);
  return button;
}

/* A button says itself what it does; the row says what with. */
static void
name_control (InfFormRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  g_autofree char *name = NULL;

  if (is_path (self))
    /* Translators: a button; what is chosen: “Choose: Program” */
    name = g_strdup_printf (_ ("Choose: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name ? name : title, -1);
  if (is_kind (self, "choice"))
    inf_accessible_name_inner (self->control, GTK_TYPE_TOGGLE_BUTTON, title);
  if (self->clear)
    {
      g_autofree char *removal = g_strdup_printf (_ ("Remove: %s"), title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->clear), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      removal, -1);
    }
}

static void
inf_form_row_constructed (GObject *object)
{
  InfFormRow *self = INF_FORM_ROW (object);

  G_OBJECT_CLASS (inf_form_row_parent_class)->constructed (object);
  if (is_kind (self, "number"))
    self->control = make_number (self);
  else if (is_kind (self, "switch"))
    self->control = make_switch (self);
  else if (is_kind (self, "choice"))
    self->control = make_choice (self);
  else if (is_path (self))
    self->control = make_path (self);
  else
    self->control = make_text (self);
  gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->control);
  g_signal_connect (self, "notify::title", G_CALLBACK (name_control), NULL);
  name_control (self);
  show_description (self);
}

static void
inf_form_row_dispose (GObject *object)
{
  InfFormRow *self = INF_FORM_ROW (object);

  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (inf_form_row_parent_class)->dispose (object);
}

static void
inf_form_row_finalize (GObject *object)
{
  InfFormRow *self = INF_FORM_ROW (object);

  g_free (self->field);
  g_free (self->kind);
  g_free (self->description);
  g_free (self->value);
  g_strfreev (self->choices);
  g_strfreev (self->titles);
  G_OBJECT_CLASS (inf_form_row_parent_class)->finalize (object);
}

static void
replace (char **text, const GValue *value)
{
  g_free (*text);
  *text = g_value_dup_string (value);
  if (!*text)
    *text = g_strdup ("");
}

static void
inf_form_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  InfFormRow *self = INF_FORM_ROW (object);

  switch (id)
    {
    case PROP_FIELD:
      replace (&self->field, value);
      break;
    case PROP_KIND:
      replace (&self->kind, value);
      break;
    case PROP_DESCRIPTION:
      replace (&self->description, value);
      break;
    case PROP_MINIMUM:
      self->minimum = g_value_get_uint (value);
      break;
    case PROP_MAXIMUM:
      self->maximum = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_form_row_class_init (InfFormRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = inf_form_row_constructed;
  object_class->dispose = inf_form_row_dispose;
  object_class->finalize = inf_form_row_finalize;
  object_class->set_property = inf_form_row_set_property;

  /* what it fills in, for who uses it */
  props[PROP_FIELD] = g_param_spec_string ("field", NULL, NULL, "", flags);
  props[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, "text", flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, "", flags);
  props[PROP_MINIMUM] = g_param_spec_uint ("minimum", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_MAXIMUM] = g_param_spec_uint ("maximum", NULL, NULL, 0, G_MAXINT, G_MAXINT, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", INF_TYPE_FORM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
inf_form_row_init (InfFormRow *self)
{
  self->value = g_strdup ("");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
}

/**
 * inf_form_row_new:
 * @field: what it fills in
 * @kind: as at #InfFormRow
 * @title: for people
 * @description: more of it, "" for none
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
inf_form_row_new (const char *field, const char *kind, const char *title, const char *description)
{
  return g_object_new (INF_TYPE_FORM_ROW, "field", field, "kind", kind, "title", title,
                       "description", description, NULL);
}

const char *
inf_form_row_get_field (InfFormRow *self)
{
  return self->field;
}

/* Returns: (transfer none): what is filled in */
const char *
inf_form_row_get_value (InfFormRow *self)
{
  return self->value;
}

static void
select_choice (InfFormRow *self, const char *value)
{
  guint selected = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; self->choices && self->choices[i]; i++)
    if (g_str_equal (self->choices[i], value))
      selected = i;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), selected);
}

/* @value: text of the row's kind */
void
inf_form_row_set_value (InfFormRow *self, const char *value)
{
  /* a cursor stays where it is in what does not change */
  if (g_str_equal (self->value, value) && !is_kind (self, "choice"))
    return;
  self->is_setting = TRUE;
  if (is_kind (self, "number"))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), g_ascii_strtod (value, NULL));
  else if (is_kind (self, "switch"))
    gtk_switch_set_active (GTK_SWITCH (self->control), g_str_equal (value, "true"));
  else if (is_kind (self, "choice"))
    select_choice (self, value);
  else if (!is_path (self))
    gtk_editable_set_text (GTK_EDITABLE (self->control), value);
  take_value (self, value);
  self->is_setting = FALSE;
}

/**
 * inf_form_row_set_choices:
 * @self: a row of the kind "choice"
 * @values: (array zero-terminated=1): what it can hold
 * @titles: (array zero-terminated=1): the same for people
 */
void
inf_form_row_set_choices (InfFormRow *self, const char *const *values, const char *const *titles)
{
  g_autoptr (GtkStringList) model = NULL;

  /* one that is open stays so where nothing is new */
  if (self->choices && g_strv_equal ((const char *const *)self->choices, values)
      && g_strv_equal ((const char *const *)self->titles, titles))
    return;
  model = gtk_string_list_new (titles);
  self->is_setting = TRUE;
  g_strfreev (self->choices);
  g_strfreev (self->titles);
  self->choices = g_strdupv ((char **)values);
  self->titles = g_strdupv ((char **)titles);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->control), G_LIST_MODEL (model));
  select_choice (self, self->value);
  self->is_setting = FALSE;
}

/* @reason: (nullable): what is wrong with it, %NULL for nothing */
void
inf_form_row_mark (InfFormRow *self, const char *reason)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                               reason ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  if (reason)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "error");
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), reason);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  show_description (self);
}
