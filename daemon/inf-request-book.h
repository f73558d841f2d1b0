#pragma once

#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

/* How long the owner may take for an answer. */
#define INF_REQUEST_LIFETIME_US (120 * (gint64)G_USEC_PER_SEC)
/* How long a yes waits for the client to ask again, and a no keeps it from asking again. */
#define INF_REQUEST_YES_US (600 * (gint64)G_USEC_PER_SEC)
#define INF_REQUEST_NO_US (300 * (gint64)G_USEC_PER_SEC)
#define INF_REQUEST_MAX_OPEN 64

/**
 * InfRequest:
 * @id: of the request
 * @client: who asks
 * @client_name: its name
 * @program: the installed program it wants; "" when it brings its own
 * @slots: ranks
 * @memory_bytes: for all of them
 * @duration_us: how long at most
 * @price_ucredits: per node and second
 * @asked_unix_us: when
 * @expires_unix_us: when it is declined by itself
 *
 * One question to the owner.
 */
typedef struct
{
  guint64 id;
  InfPeerId client;
  char *client_name;
  char *program;
  guint slots;
  guint64 memory_bytes;
  gint64 duration_us;
  guint64 price_ucredits;
  gint64 asked_unix_us;
  gint64 expires_unix_us;
} InfRequest;

typedef enum
{
  INF_REQUEST_PASSES,
  INF_REQUEST_DECLINED,
  INF_REQUEST_OPEN,
  INF_REQUEST_TOO_MANY,
} InfRequestVerdict;

/**
 * InfRequestBook:
 *
 * What the owner is asked and has answered lately. It knows no clock and no link.
 */
typedef struct _InfRequestBook InfRequestBook;

InfRequestBook *inf_request_book_new (void);
void inf_request_book_free (InfRequestBook *book);

InfRequestVerdict inf_request_book_ask (InfRequestBook *book, const InfRequest *asked,
                                        gint64 now_unix_us, const InfRequest **ret_request,
                                        gboolean *ret_is_new);
gboolean inf_request_book_answer (InfRequestBook *book, guint64 id, gboolean accepts,
                                  gint64 now_unix_us);
void inf_request_book_use (InfRequestBook *book, const InfPeerId *client);
void inf_request_book_remove (InfRequestBook *book, guint64 id);
GPtrArray *inf_request_book_list (InfRequestBook *book);
const InfRequest *inf_request_book_get (InfRequestBook *book, guint64 id);
gint64 inf_request_book_next_expiry_unix_us (InfRequestBook *book);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRequestBook, inf_request_book_free)

G_END_DECLS
