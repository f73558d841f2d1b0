#include "daemon/inf-request-book.h"

/* A client's link does not wait for as long as a person may think. So a question outlives the call
 * that brought it: the call is told to come back, and finds the answer then.
 *
 *   asked ──▶ OPEN ──accept──▶ PASSES once, within ten minutes
 *               │ ──decline─▶ DECLINED for five minutes
 *               └─ withdrawn, or two minutes passed: gone
 */

typedef struct
{
  gboolean accepts;
  gint64 until_unix_us;
} Answer;

struct _InfRequestBook
{
  GPtrArray *open;     /* of InfRequest, oldest first */
  GHashTable *answers; /* InfPeerId → Answer */
  guint64 last_id;
};

static void
request_free (gpointer data)
{
  InfRequest *request = data;

  g_free (request->client_name);
  g_free (request->program);
  g_free (request);
}

InfRequestBook *
inf_request_book_new (void)
{
  InfRequestBook *book = g_new0 (InfRequestBook, 1);

  book->open = g_ptr_array_new_with_free_func (request_free);
  book->answers = g_hash_table_new_full (inf_peer_id_hash, inf_peer_id_equal, g_free, g_free);
  return book;
}

void
inf_request_book_free (InfRequestBook *book)
{
  if (!book)
    return;
  g_ptr_array_unref (book->open);
  g_hash_table_unref (book->answers);
  g_free (book);
}

static const Answer *
answer_for (InfRequestBook *book, const InfPeerId *client, gint64 now_unix_us)
{
  const Answer *answer = g_hash_table_lookup (book->answers, client);

  if (answer && answer->until_unix_us <= now_unix_us)
    {
      g_hash_table_remove (book->answers, client);
      return NULL;
    }
  return answer;
}

/* The same question, asked again by a client that was told to come back. */
static InfRequest *
find_open (InfRequestBook *book, const InfRequest *asked)
{
  for (guint i = 0; i < book->open->len; i++)
    {
      InfRequest *request = book->open->pdata[i];
      if (inf_peer_id_equal (&request->client, &asked->client) && request->slots == asked->slots
          && request->memory_bytes == asked->memory_bytes
          && request->duration_us == asked->duration_us
          && g_str_equal (request->program, asked->program))
        return request;
    }
  return NULL;
}

static InfRequest *
add (InfRequestBook *book, const InfRequest *asked, gint64 now_unix_us)
{
  InfRequest *request = g_new0 (InfRequest, 1);

  *request = *asked;
  request->id = ++book->last_id;
  request->client_name = g_strdup (asked->client_name);
  request->program = g_strdup (asked->program);
  request->asked_unix_us = now_unix_us;
  request->expires_unix_us = now_unix_us + INF_REQUEST_LIFETIME_US;
  g_ptr_array_add (book->open, request);
  return request;
}

/**
 * inf_request_book_ask:
 * @book: a book
 * @asked: what is asked; id and times are ignored
 * @now_unix_us: the time
 * @ret_request: (out) (transfer none): the open question, of %INF_REQUEST_OPEN
 * @ret_is_new: (out): whether the owner has not been asked this yet
 *
 * Returns: whether the owner has said yes or no lately, or is to be asked
 */
InfRequestVerdict
inf_request_book_ask (InfRequestBook *book, const InfRequest *asked, gint64 now_unix_us,
                      const InfRequest **ret_request, gboolean *ret_is_new)
{
  const Answer *answer = answer_for (book, &asked->client, now_unix_us);
  InfRequest *request = find_open (book, asked);

  if (answer)
    return answer->accepts ? INF_REQUEST_PASSES : INF_REQUEST_DECLINED;
  *ret_is_new = !request;
  if (!request && book->open->len >= INF_REQUEST_MAX_OPEN)
    return INF_REQUEST_TOO_MANY;
  *ret_request = request ? request : add (book, asked, now_unix_us);
  return INF_REQUEST_OPEN;
}

const InfRequest *
inf_request_book_get (InfRequestBook *book, guint64 id)
{
  for (guint i = 0; i < book->open->len; i++)
    if (((InfRequest *)book->open->pdata[i])->id == id)
      return book->open->pdata[i];
  return NULL;
}

/**
 * inf_request_book_answer:
 * @book: a book
 * @id: of an open question
 * @accepts: what the owner says
 * @now_unix_us: the time
 *
 * The question stays until inf_request_book_remove().
 *
 * Returns: whether there was such a question
 */
gboolean
inf_request_book_answer (InfRequestBook *book, guint64 id, gboolean accepts, gint64 now_unix_us)
{
  const InfRequest *request = inf_request_book_get (book, id);

  if (!request)
    return FALSE;
  Answer *answer = g_new0 (Answer, 1);
  answer->accepts = accepts;
  answer->until_unix_us = now_unix_us + (accepts ? INF_REQUEST_YES_US : INF_REQUEST_NO_US);
  g_hash_table_replace (book->answers, inf_peer_id_copy (&request->client), answer);
  return TRUE;
}

/**
 * inf_request_book_use:
 * @book: a book
 * @client: whose lease was signed: a yes is for one
 */
void
inf_request_book_use (InfRequestBook *book, const InfPeerId *client)
{
  g_hash_table_remove (book->answers, client);
}

void
inf_request_book_remove (InfRequestBook *book, guint64 id)
{
  const InfRequest *request = inf_request_book_get (book, id);

  if (request)
    g_ptr_array_remove (book->open, (gpointer)request);
}

/**
 * inf_request_book_list:
 * @book: a book
 *
 * Returns: (transfer none) (element-type InfRequest): what is open, oldest first
 */
GPtrArray *
inf_request_book_list (InfRequestBook *book)
{
  return book->open;
}

/**
 * inf_request_book_next_expiry_unix_us:
 * @book: a book
 *
 * Returns: when the oldest open question expires; 0 when none is open
 */
gint64
inf_request_book_next_expiry_unix_us (InfRequestBook *book)
{
  return book->open->len > 0 ? ((InfRequest *)book->open->pdata[0])->expires_unix_us : 0;
}
