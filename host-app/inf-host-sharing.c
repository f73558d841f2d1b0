#include "host-app/inf-host-sharing.h"

#include "host-app/inf-hours.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <math.h>

#define GIB (1024.0 * 1024 * 1024)
#define HOUR_S 3600
#define QUARTER_MIN 15
/* While a spin button runs, its last value is the one that was meant. */
#define SETTLE_MS 400

/**
 * InfHostSharing:
 *
 * The owner's rules. They are infinityd's: a control shows what holds, asks for what it is moved
 * to, and goes back when that is refused.
 */
struct _InfHostSharing
{
  AdwBin parent_instance;

  InfHostModel *model;
  gboolean is_showing; /* controls move because the rules did */
  GHashTable *waiting; /* key to GVariant: moved, and not asked for yet */
  guint settle_id;

  GtkSwitch *hosting;
  AdwActionRow *hosting_row;
  GtkSwitch *network;
  GtkWidget *network_row;
  GtkSwitch *awake;
  GtkSpinButton *cores;
  GtkSpinButton *memory;
  GtkSpinButton *disk;
  GtkSpinButton *longest;
  GtkSpinButton *price;
  AdwExpanderRow *idle_row;
  GtkSpinButton *idle;
  GtkSwitch *mains;
  AdwExpanderRow *hours_row;
  GtkWidget *days;
  GtkToggleButton *day[7];
  GtkDropDown *from;
  GtkDropDown *to;
  AdwExpanderRow *busy_row;
  GtkSpinButton *busy;
  AdwComboRow *paused;
  AdwComboRow *clients;
  AdwPreferencesGroup *allowed;
  GPtrArray *allowed_rows;
};

G_DEFINE_FINAL_TYPE (InfHostSharing, inf_host_sharing, ADW_TYPE_BIN)

static const char *const client_rules[] = { "all", "listed", "ask" };
static const char *const pause_rules[] = { "finish", "stop" };

static gboolean
ask_for_all (gpointer user_data)
{
  InfHostSharing *self = user_data;
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  self->settle_id = 0;
  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, &key, &value))
    inf_host_model_set_rule (self->model, key, value);
  g_hash_table_remove_all (self->waiting);
  return G_SOURCE_REMOVE;
}

static void
ask_for (InfHostSharing *self, const char *key, GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);

  if (self->is_showing)
    return;
  g_hash_table_insert (self->waiting, g_strdup (key), g_variant_ref (sunk));
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, ask_for_all, self);
}

static void
on_switched (GtkSwitch *control, GParamSpec *pspec, gpointer user_data)
{
  InfHostSharing *self = user_data;
  const char *key = control == self->hosting   ? "hosting"
                    : control == self->network ? "network"
                    : control == self->awake   ? "inhibit-suspend"
                                               : "mains-only";

  ask_for (self, key, g_variant_new_boolean (gtk_switch_get_active (control)));
}

static void
on_spun (GtkSpinButton *control, gpointer user_data)
{
  InfHostSharing *self = user_data;
  double value = gtk_spin_button_get_value (control);

  if (control == self->cores)
    ask_for (self, "slots", g_variant_new_uint32 ((guint32)value));
  else if (control == self->memory)
    ask_for (self, "memory-bytes", g_variant_new_uint64 ((guint64)(value * GIB)));
  else if (control == self->disk)
    ask_for (self, "disk-bytes", g_variant_new_uint64 ((guint64)(value * GIB)));
  else if (control == self->longest)
    ask_for (self, "max-seconds", g_variant_new_uint32 ((guint32)(value * HOUR_S)));
  else if (control == self->price)
    ask_for (self, "price",
             g_variant_new_uint64 ((guint64)llround (value * INF_UCREDITS_PER_CREDIT / HOUR_S)));
}

static void
on_idle_edited (InfHostSharing *self)
{
  gboolean is_on = adw_expander_row_get_enable_expansion (self->idle_row);

  ask_for (self, "idle-minutes",
           g_variant_new_uint32 (is_on ? (guint32)gtk_spin_button_get_value (self->idle) : 0));
}

static void
on_busy_edited (InfHostSharing *self)
{
  gboolean is_on = adw_expander_row_get_enable_expansion (self->busy_row);

  ask_for (self, "busy-percent",
           g_variant_new_uint32 (is_on ? (guint32)gtk_spin_button_get_value (self->busy) : 0));
}

static void
on_hours_edited (InfHostSharing *self)
{
  InfHours hours = { .is_limited = adw_expander_row_get_enable_expansion (self->hours_row) };

  for (guint i = 0; i < G_N_ELEMENTS (self->day); i++)
    if (gtk_toggle_button_get_active (self->day[i]))
      hours.days |= 1u << i;
  hours.from = gtk_drop_down_get_selected (self->from) * QUARTER_MIN;
  hours.to = gtk_drop_down_get_selected (self->to) * QUARTER_MIN;
  ask_for (self, "hours", inf_hours_write (&hours));
}

static void
on_paused_chosen (InfHostSharing *self)
{
  guint selected = adw_combo_row_get_selected (self->paused);

  if (selected < G_N_ELEMENTS (pause_rules))
    ask_for (self, "when-paused", g_variant_new_string (pause_rules[selected]));
}

static void
on_clients_chosen (InfHostSharing *self)
{
  guint selected = adw_combo_row_get_selected (self->clients);

  if (selected < G_N_ELEMENTS (client_rules))
    ask_for (self, "clients", g_variant_new_string (client_rules[selected]));
}

/* Allowing is done where somebody asks; here it can be taken back. */
static void
on_disallow_clicked (GtkButton *button, gpointer user_data)
{
  InfHostSharing *self = user_data;
  const char *gone = g_object_get_data (G_OBJECT (button), "peer-id");
  GVariant *policy = inf_host_model_get_policy (self->model);
  g_autofree const char **allowed = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  if (!policy || !g_variant_lookup (policy, "allowed", "^a&s", &allowed))
    return;
  for (guint i = 0; allowed[i]; i++)
    if (!g_str_equal (allowed[i], gone))
      g_ptr_array_add (kept, (gpointer)allowed[i]);
  ask_for (self, "allowed",
           g_variant_new_strv ((const char *const *)kept->pdata, (gssize)kept->len));
}

static GtkWidget *
make_allowed_row (InfHostSharing *self, const char *peer_id)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *short_id = inf_phrase_short_id (peer_id);
  /* Translators: the short id of somebody */
  g_autofree char *label = g_strdup_printf (_ ("Allow %s No Longer"), short_id);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), short_id);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "peer-id", g_strdup (peer_id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_disallow_clicked), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
show_allowed (InfHostSharing *self, GVariant *policy)
{
  g_autofree const char **allowed = NULL;
  guint n_allowed = 0;

  g_variant_lookup (policy, "allowed", "^a&s", &allowed);
  for (guint i = 0; i < self->allowed_rows->len; i++)
    adw_preferences_group_remove (self->allowed, self->allowed_rows->pdata[i]);
  g_ptr_array_set_size (self->allowed_rows, 0);
  for (; allowed && allowed[n_allowed]; n_allowed++)
    {
      GtkWidget *row = make_allowed_row (self, allowed[n_allowed]);
      adw_preferences_group_add (self->allowed, row);
      g_ptr_array_add (self->allowed_rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->allowed), n_allowed > 0);
}

static void
show_switch (GtkSwitch *control, GVariant *policy, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (policy, key, "b", &value);
  gtk_switch_set_active (control, value);
}

static void
show_number (GtkSpinButton *control, double value)
{
  /* somebody types */
  if (gtk_widget_get_focus_child (GTK_WIDGET (control)))
    return;
  gtk_spin_button_set_value (control, value);
}

static void
show_limits (InfHostSharing *self, GVariant *policy)
{
  guint32 slots = 0;
  guint32 max_seconds = 0;
  guint64 memory_bytes = 0;
  guint64 disk_bytes = 0;
  guint64 price = 0;

  g_variant_lookup (policy, "slots", "u", &slots);
  g_variant_lookup (policy, "max-seconds", "u", &max_seconds);
  g_variant_lookup (policy, "memory-bytes", "t", &memory_bytes);
  g_variant_lookup (policy, "disk-bytes", "t", &disk_bytes);
  g_variant_lookup (policy, "price", "t", &price);
  show_number (self->cores, slots);
  show_number (self->memory, (double)memory_bytes / GIB);
  show_number (self->disk, (double)disk_bytes / GIB);
  show_number (self->longest, (double)max_seconds / HOUR_S);
  show_number (self->price, (double)price * HOUR_S / INF_UCREDITS_PER_CREDIT);
}

static void
show_expander (AdwExpanderRow *row, GtkSpinButton *control, GVariant *policy, const char *key,
               guint suggestion)
{
  guint32 value = 0;

  g_variant_lookup (policy, key, "u", &value);
  adw_expander_row_set_enable_expansion (row, value > 0);
  show_number (control, value ? value : suggestion);
}

static void
show_hours (InfHostSharing *self, GVariant *policy)
{
  g_autoptr (GVariant) rule = g_variant_lookup_value (policy, "hours", G_VARIANT_TYPE ("a(uuu)"));
  InfHours hours;

  inf_hours_read (&hours, rule);
  adw_expander_row_set_enable_expansion (self->hours_row, hours.is_limited);
  adw_expander_row_set_subtitle (
      self->hours_row, hours.is_exact
                           ? _ ("On the days and at the times you choose")
                           : _ ("Set in more detail elsewhere; a change here replaces it"));
  for (guint i = 0; i < G_N_ELEMENTS (self->day); i++)
    gtk_toggle_button_set_active (self->day[i], (hours.days & (1u << i)) != 0);
  gtk_drop_down_set_selected (self->from, hours.from / QUARTER_MIN);
  gtk_drop_down_set_selected (self->to, hours.to / QUARTER_MIN);
}

static guint
find_choice (const char *const *choices, guint n_choices, GVariant *policy, const char *key)
{
  const char *value = "";

  g_variant_lookup (policy, key, "&s", &value);
  for (guint i = 0; i < n_choices; i++)
    if (g_str_equal (choices[i], value))
      return i;
  return 0;
}

static void
update (InfHostSharing *self)
{
  GVariant *policy = inf_host_model_get_policy (self->model);

  /* what was moved meanwhile is asked for first; who is not seen is brought up to date when it is
   */
  if (!policy || self->settle_id || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->is_showing = TRUE;
  show_switch (self->hosting, policy, "hosting");
  show_switch (self->network, policy, "network");
  show_switch (self->awake, policy, "inhibit-suspend");
  show_switch (self->mains, policy, "mains-only");
  show_limits (self, policy);
  show_expander (self->idle_row, self->idle, policy, "idle-minutes", 10);
  show_expander (self->busy_row, self->busy, policy, "busy-percent", 25);
  show_hours (self, policy);
  adw_combo_row_set_selected (
      self->paused, find_choice (pause_rules, G_N_ELEMENTS (pause_rules), policy, "when-paused"));
  adw_combo_row_set_selected (
      self->clients, find_choice (client_rules, G_N_ELEMENTS (client_rules), policy, "clients"));
  show_allowed (self, policy);
  self->is_showing = FALSE;
}

static void
inf_host_sharing_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (inf_host_sharing_parent_class)->map (widget);
  if (INF_HOST_SHARING (widget)->model)
    update (INF_HOST_SHARING (widget));
}

static void
inf_host_sharing_dispose (GObject *object)
{
  InfHostSharing *self = INF_HOST_SHARING (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_clear_pointer (&self->allowed_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (inf_host_sharing_parent_class)->dispose (object);
}

static void
inf_host_sharing_class_init (InfHostSharingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_host_sharing_dispose;
  widget_class->map = inf_host_sharing_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Host/inf-host-sharing.ui");
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, hosting);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, hosting_row);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, network);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, network_row);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, awake);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, cores);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, memory);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, disk);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, longest);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, price);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, idle_row);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, idle);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, mains);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, hours_row);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, days);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, from);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, to);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, busy_row);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, busy);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, paused);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, clients);
  gtk_widget_class_bind_template_child (widget_class, InfHostSharing, allowed);
}

/* Monday first, as rules count; the letters are the language's. 5 January 1970 was a Monday. */
static void
make_days (InfHostSharing *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->day); i++)
    {
      g_autoptr (GDateTime) date = g_date_time_new_utc (1970, 1, 5 + (int)i, 12, 0, 0);
      g_autofree char *name = g_date_time_format (date, "%A");
      g_autofree char *letter = g_utf8_substring (name, 0, 1);
      GtkWidget *button = gtk_toggle_button_new_with_label (letter);

      gtk_widget_set_tooltip_text (button, name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
      gtk_box_append (GTK_BOX (self->days), button);
      self->day[i] = GTK_TOGGLE_BUTTON (button);
      g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_hours_edited), self);
    }
}

static void
make_times (GtkDropDown *control)
{
  g_autoptr (GtkStringList) times = gtk_string_list_new (NULL);

  for (guint minutes = 0; minutes < INF_HOURS_DAY_END; minutes += QUARTER_MIN)
    {
      g_autofree char *text = inf_phrase_minutes (minutes);
      gtk_string_list_append (times, text);
    }
  gtk_drop_down_set_model (control, G_LIST_MODEL (times));
}

static void
follow_controls (InfHostSharing *self)
{
  GtkSwitch *switches[] = { self->hosting, self->network, self->awake, self->mains };
  GtkSpinButton *spins[] = { self->cores, self->memory, self->disk, self->longest, self->price };

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_signal_connect (switches[i], "notify::active", G_CALLBACK (on_switched), self);
  for (guint i = 0; i < G_N_ELEMENTS (spins); i++)
    g_signal_connect (spins[i], "value-changed", G_CALLBACK (on_spun), self);
  g_signal_connect_swapped (self->idle_row, "notify::enable-expansion", G_CALLBACK (on_idle_edited),
                            self);
  g_signal_connect_swapped (self->idle, "value-changed", G_CALLBACK (on_idle_edited), self);
  g_signal_connect_swapped (self->busy_row, "notify::enable-expansion", G_CALLBACK (on_busy_edited),
                            self);
  g_signal_connect_swapped (self->busy, "value-changed", G_CALLBACK (on_busy_edited), self);
  g_signal_connect_swapped (self->hours_row, "notify::enable-expansion",
                            G_CALLBACK (on_hours_edited), self);
  g_signal_connect_swapped (self->from, "notify::selected", G_CALLBACK (on_hours_edited), self);
  g_signal_connect_swapped (self->to, "notify::selected", G_CALLBACK (on_hours_edited), self);
  g_signal_connect_swapped (self->paused, "notify::selected", G_CALLBACK (on_paused_chosen), self);
  g_signal_connect_swapped (self->clients, "notify::selected", G_CALLBACK (on_clients_chosen),
                            self);
}

static void
name_inner (InfHostSharing *self)
{
  AdwExpanderRow *rows[] = { self->idle_row, self->hours_row, self->busy_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    inf_accessible_name_inner (GTK_WIDGET (rows[i]), GTK_TYPE_SWITCH,
                               adw_preferences_row_get_title (ADW_PREFERENCES_ROW (rows[i])));
  inf_accessible_name_inner (GTK_WIDGET (self->from), GTK_TYPE_BUTTON, _ ("From"));
  inf_accessible_name_inner (GTK_WIDGET (self->to), GTK_TYPE_BUTTON, _ ("To"));
}

static void
inf_host_sharing_init (InfHostSharing *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_showing = TRUE;
  self->waiting
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  self->allowed_rows = g_ptr_array_new ();
  make_days (self);
  make_times (self->from);
  make_times (self->to);
  follow_controls (self);
  name_inner (self);
  /* infinityd refuses it in this version */
  gtk_widget_set_sensitive (self->network_row, FALSE);
  self->is_showing = FALSE;
}

/**
 * inf_host_sharing_set_model:
 * @self: a page that has none yet
 * @model: whose rules it shows
 */
void
inf_host_sharing_set_model (InfHostSharing *self, InfHostModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  update (self);
}
