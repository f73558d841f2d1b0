#include "discovery/link/inf-link-session-private.h"

/* Who may come in is for the main context to say: the session's thread asks, and waits for the
 * answer until the session is to end or the time for its handshake is over. */

typedef struct
{
  InfPublicKey key;
  GBytes *credential;
  gboolean is_enrolment;
  gboolean is_answered;
  gboolean is_allowed;
  gatomicrefcount ref_count; /* the thread may stop waiting before the answer */
} Question;

static void
question_unref (Question *question)
{
  if (!g_atomic_ref_count_dec (&question->ref_count))
    return;
  g_bytes_unref (question->credential);
  g_free (question);
}

static void
answer_question (InfLinkSession *session, gpointer data)
{
  Question *question = data;
  gboolean is_allowed = FALSE;

  if (session->owner && question->is_enrolment)
    is_allowed = session->funcs.enrol (session, question->credential);
  else if (session->owner)
    is_allowed = session->funcs.authorize (session, &question->key, question->credential);

  g_mutex_lock (&session->lock);
  question->is_allowed = is_allowed;
  question->is_answered = TRUE;
  g_cond_broadcast (&session->cond);
  g_mutex_unlock (&session->lock);
  question_unref (question);
}

static gboolean
ask (InfLinkSession *session, Question *question)
{
  gint64 deadline_us = g_get_monotonic_time () + INF_LINK_HANDSHAKE_MS * G_GINT64_CONSTANT (1000);
  gboolean is_waiting = TRUE;

  g_atomic_ref_count_init (&question->ref_count);
  g_atomic_ref_count_inc (&question->ref_count);
  inf_link_session_post (session, answer_question, question);
  g_mutex_lock (&session->lock);
  while (!question->is_answered && !session->is_closing && is_waiting)
    is_waiting = g_cond_wait_until (&session->cond, &session->lock, deadline_us);
  gboolean is_allowed = question->is_answered && question->is_allowed && !session->is_closing;
  g_mutex_unlock (&session->lock);
  question_unref (question);
  return is_allowed;
}

gboolean
inf_link_session_ask_authorize (InfLinkSession *session, const InfPublicKey *key,
                                GBytes *certificate)
{
  Question *question = g_new0 (Question, 1);

  question->key = *key;
  question->credential = g_bytes_ref (certificate);
  return ask (session, question);
}

gboolean
inf_link_session_ask_enrol (InfLinkSession *session, GBytes *secret)
{
  Question *question = g_new0 (Question, 1);

  question->is_enrolment = TRUE;
  question->credential = g_bytes_ref (secret);
  return ask (session, question);
}
