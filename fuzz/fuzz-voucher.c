#include "grid/market/inf-price.h"
#include "grid/market/inf-voucher.h"
#include "tests/grid/market/inf-market-fixture.h"

#define PRICE 333

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Nothing is taken for a voucher, a bill or a settlement that does not keep to the lease's price,
 * and no bytes are taken for two of them. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfLease *lease;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  InfVoucher voucher;
  InfBill bill;
  InfSettlement settlement;
  guint n_taken = 0;

  if (!lease)
    lease = fixture_lease (PRICE);
  if (inf_voucher_verify (&voucher, bytes, lease, NULL))
    {
      g_assert_cmpuint (voucher.cumulative_ucredits, ==, inf_price_cost (PRICE, voucher.covers_ms));
      n_taken++;
    }
  if (inf_bill_verify (&bill, bytes, lease, NULL))
    {
      g_assert_cmpuint (bill.amount_ucredits, ==, inf_price_cost (PRICE, bill.served_ms));
      n_taken++;
    }
  if (inf_settlement_verify (&settlement, bytes, lease, NULL))
    {
      g_assert_cmpuint (settlement.amount_ucredits, ==,
                        inf_price_cost (PRICE, settlement.served_ms));
      n_taken++;
    }
  g_assert_cmpuint (n_taken, <=, 1);
  return 0;
}
