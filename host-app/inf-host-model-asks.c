#include "host-app/inf-host-model-private.h"

/* What follows asks infinityd, and answers by the signals "changed" and "failed". */

void
inf_host_model_connect (InfHostModel *self)
{
  inf_host_model_call (self, inf_service_get_node (inf_host_model_get_service (self)), "Connect",
                       NULL);
}

/* @how: "finish" or "stop" what runs; "" where nothing does */
void
inf_host_model_disconnect (InfHostModel *self, const char *how)
{
  inf_host_model_call (self, inf_service_get_node (inf_host_model_get_service (self)), "Disconnect",
                       g_variant_new ("(s)", how));
}

/* @until: "time", "tomorrow" or "resumed"; @seconds: of "time" */
void
inf_host_model_pause (InfHostModel *self, const char *until, guint seconds)
{
  inf_host_model_call (self, inf_service_get_host (inf_host_model_get_service (self)), "Pause",
                       g_variant_new ("(sus)", until, seconds, ""));
}

void
inf_host_model_resume (InfHostModel *self)
{
  inf_host_model_call (self, inf_service_get_host (inf_host_model_get_service (self)), "Resume",
                       NULL);
}

/**
 * inf_host_model_set_rule:
 * @self: the model
 * @key: a key of the policy
 * @value: its value, of the key's type; a floating one is taken
 */
void
inf_host_model_set_rule (InfHostModel *self, const char *key, GVariant *value)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&dict, key, value);
  inf_host_model_call (self, inf_service_get_host (inf_host_model_get_service (self)), "SetPolicy",
                       g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)));
}

void
inf_host_model_stop_lease (InfHostModel *self, const char *id)
{
  inf_host_model_call (self, inf_service_get_host (inf_host_model_get_service (self)), "StopLease",
                       g_variant_new ("(s)", id));
}

/* @answer: accept, decline or always */
void
inf_host_model_answer (InfHostModel *self, const char *request, const char *answer)
{
  inf_host_model_call (self, inf_service_get_host (inf_host_model_get_service (self)),
                       "AnswerRequest", g_variant_new ("(ss)", request, answer));
}

/* @how: as in inf_host_model_disconnect() */
void
inf_host_model_sign_out (InfHostModel *self, const char *how)
{
  inf_host_model_call (self, inf_service_get_identity (inf_host_model_get_service (self)), "Lock",
                       g_variant_new ("(s)", how));
}
