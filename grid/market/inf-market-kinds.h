#pragma once

/* Kinds for inf_wire_encode(); market and ledger have 80 to 99. */
#define INF_KIND_LEASE_REQUEST 80
#define INF_KIND_LEASE 81
#define INF_KIND_VOUCHER 82
#define INF_KIND_BILL 83
#define INF_KIND_SETTLEMENT 84
