#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct
{
  uid_t uid;
  int lock_fd;
} InfLeaseUid;

gboolean inf_lease_uid_is_needed (void);
gboolean inf_lease_uid_take (InfLeaseUid *ret_lease, GError **error);
void inf_lease_uid_release (InfLeaseUid *lease);
gboolean inf_lease_uid_drop (const InfLeaseUid *lease, GError **error);
gboolean inf_lease_uid_chown_tree (const char *dir, uid_t uid, gid_t gid, GError **error);

G_END_DECLS
