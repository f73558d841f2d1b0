#pragma once

#include "discovery/identity/inf-membership.h"

/* A grid that is the same in every run: what a corpus was made with verifies again. */
#define FUZZ_NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)

InfKeypair *fuzz_keypair (guint8 number);
InfGrid *fuzz_grid (void);
InfCertificate *fuzz_certificate (guint8 number);
InfMembership *fuzz_membership (guint8 number);
