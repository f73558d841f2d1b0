#include "discovery/link/inf-link-exchange.h"

/**
 * inf_link_exchange_new:
 * @method: what is to be called
 * @request: its bytes, at most %INF_LINK_CALL_MAX_BYTES
 * @finished: called exactly once after inf_link_session_send()
 * @user_data: for @finished
 *
 * Returns: (transfer full): the calling end
 */
InfLinkExchange *
inf_link_exchange_new (const char *method, GBytes *request, InfLinkExchangeFunc finished,
                       gpointer user_data)
{
  InfLinkExchange *exchange = inf_link_exchange_new_incoming (method);

  exchange->is_own = TRUE;
  exchange->out = g_bytes_ref (request);
  exchange->finished = finished;
  exchange->user_data = user_data;
  return exchange;
}

/**
 * inf_link_exchange_new_incoming:
 * @method: what is called
 *
 * Returns: (transfer full): the called end
 */
InfLinkExchange *
inf_link_exchange_new_incoming (const char *method)
{
  InfLinkExchange *exchange = g_new0 (InfLinkExchange, 1);

  g_atomic_ref_count_init (&exchange->ref_count);
  exchange->end.kind = INF_LINK_STREAM_CALL;
  exchange->method = g_strdup (method);
  exchange->in = g_byte_array_new ();
  return exchange;
}

InfLinkExchange *
inf_link_exchange_ref (InfLinkExchange *exchange)
{
  g_atomic_ref_count_inc (&exchange->ref_count);
  return exchange;
}

void
inf_link_exchange_unref (InfLinkExchange *exchange)
{
  if (!exchange || !g_atomic_ref_count_dec (&exchange->ref_count))
    return;
  g_free (exchange->method);
  g_clear_pointer (&exchange->out, g_bytes_unref);
  g_clear_pointer (&exchange->in, g_byte_array_unref);
  g_free (exchange);
}
