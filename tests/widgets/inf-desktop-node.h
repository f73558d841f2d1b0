#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _InfDesktopNode InfDesktopNode;

/**
 * InfDesktopNodeHook:
 *
 * Called when @method was, before it is answered; it may set other answers and properties.
 */
typedef void (*InfDesktopNodeHook) (InfDesktopNode *node, const char *method, GVariant *arguments,
                                    gpointer user_data);

InfDesktopNode *inf_desktop_node_new (const char *state_dir);
void inf_desktop_node_free (InfDesktopNode *node);

gboolean inf_desktop_node_is_connected (InfDesktopNode *node);
const char *inf_desktop_node_find_call (InfDesktopNode *node, const char *beginning);
const char *inf_desktop_node_find_last_call (InfDesktopNode *node, const char *beginning);

void inf_desktop_node_set (InfDesktopNode *node, const char *property, const char *value);
void inf_desktop_node_answer (InfDesktopNode *node, const char *method, GVariant *answer);
void inf_desktop_node_answer_pages (InfDesktopNode *node, const char *method, GVariant *items);
void inf_desktop_node_fail (InfDesktopNode *node, const char *method, const char *message);
void inf_desktop_node_refuse (InfDesktopNode *node, const char *method, const char *message);
void inf_desktop_node_hold (InfDesktopNode *node, const char *method);
void inf_desktop_node_cancel_held (InfDesktopNode *node, const char *method);
void inf_desktop_node_emit (InfDesktopNode *node, const char *signal, GVariant *arguments);
void inf_desktop_node_set_hook (InfDesktopNode *node, InfDesktopNodeHook hook, gpointer user_data);
void inf_desktop_node_hang_up (InfDesktopNode *node);
void inf_desktop_node_forget_calls (InfDesktopNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfDesktopNode, inf_desktop_node_free)

G_END_DECLS
