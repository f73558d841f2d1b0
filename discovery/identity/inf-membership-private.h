#pragma once

#include "discovery/identity/inf-membership.h"

G_BEGIN_DECLS

struct _InfMembership
{
  gatomicrefcount ref_count;
  InfKeypair *keypair;
  InfGrid *grid;
  InfCertificate *certificate;
  InfRevocations *revocations;
  guint64 next_serial;
  guint64 grant_ucredits;
  GPtrArray *issued;
};

InfMembership *inf_membership_new (InfKeypair *keypair, InfGrid *grid);

G_END_DECLS
