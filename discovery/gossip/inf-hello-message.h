#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfHelloType:
 * @INF_HELLO_ANSWER: answers a hello; never answered itself
 * @INF_HELLO_IF_NEEDED: answer where the summaries differ
 * @INF_HELLO_ASK: answer in any case
 */
typedef enum
{
  INF_HELLO_ANSWER = 0,
  INF_HELLO_IF_NEEDED = 1,
  INF_HELLO_ASK = 2,
} InfHelloType;

/**
 * InfHello:
 * @type: whether it is answered
 * @summary: as in #InfProbe; where it equals the receiver's, the two know each other already
 * @recipient_session: the run of the recipient's process that it is for, 0 where the sender does
 * not know who will read it. It shows that this is no old hello, sent again.
 * @certificate: the sender's
 * @record: the sender's
 */
typedef struct
{
  InfHelloType type;
  guint64 summary;
  guint64 recipient_session;
  GBytes *certificate;
  GBytes *record;
} InfHello;

GBytes *inf_hello_encode (const InfHello *hello);
gboolean inf_hello_decode (GBytes *bytes, InfHello *ret_hello);
void inf_hello_clear (InfHello *hello);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfHello, inf_hello_clear)

G_END_DECLS
