#pragma once

/* Kinds for inf_wire_encode(); market and ledger have 80 to 99. */
#define INF_KIND_LEASE_REQUEST 80
#define INF_KIND_LEASE_TERMS 81
#define INF_KIND_LEASE 82
#define INF_KIND_VOUCHER 83
#define INF_KIND_BILL 84
#define INF_KIND_SETTLEMENT 85
#define INF_KIND_SIGNED_STATEMENT 86
