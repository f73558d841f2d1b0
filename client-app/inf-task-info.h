#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfTaskType:
 *
 * What a parameter of a task takes.
 */
typedef enum
{
  INF_TASK_FILE,
  INF_TASK_INTEGER,
  INF_TASK_SIZE,
  INF_TASK_TEXT,
  INF_TASK_CHOICE,
  INF_TASK_BOOLEAN,
} InfTaskType;

/**
 * InfTaskParameter:
 * @name: unique in the task
 * @title: for people
 * @description: "" for none
 * @type: what it takes
 * @is_required: whether the task does not run without
 * @initial: its value unless another is given, as typed; "" for none
 * @minimum: of an integer and a size
 * @maximum: the same
 * @values: (array zero-terminated=1): of a choice
 * @value_titles: (array zero-terminated=1): the same for people
 * @option: the argument before the value, "" for none
 * @excludes: the name of a parameter that can't be given together with this one, "" for none
 */
typedef struct
{
  char *name;
  char *title;
  char *description;
  InfTaskType type;
  gboolean is_required;
  char *initial;
  gint64 minimum;
  gint64 maximum;
  char **values;
  char **value_titles;
  char *option;
  char *excludes;
} InfTaskParameter;

/**
 * InfTaskInfo:
 * @name: of the program
 * @title: for people
 * @description: what it does
 * @icon: a symbolic icon's name, "" for none
 * @parameters: (element-type InfTaskParameter): in the order of the form
 *
 * A task that comes with Infinity, as Jobs1.ListTasks tells of it.
 */
typedef struct
{
  char *name;
  char *title;
  char *description;
  char *icon;
  GPtrArray *parameters;
} InfTaskInfo;

InfTaskInfo *inf_task_info_new (GVariant *task);
void inf_task_info_free (InfTaskInfo *info);

const InfTaskParameter *inf_task_info_find (const InfTaskInfo *info, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfTaskInfo, inf_task_info_free)

G_END_DECLS
