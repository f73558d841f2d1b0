#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfProgramOffer:
 * @name: of the program
 * @n_hosts: how many computers that take jobs offer it
 */
typedef struct
{
  char *name;
  guint n_hosts;
} InfProgramOffer;

GPtrArray *inf_program_offers_collect (GVariant *peers);

G_END_DECLS
