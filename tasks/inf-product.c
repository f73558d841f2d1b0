#include "tasks/inf-product.h"

#include "tasks/inf-task-memory.h"

#include <stdlib.h>

/* Below this size one multiplication after the other is as quick as any tree. */
#define LEAF_LIMBS 40

void
inf_product_init (InfProduct *product)
{
  *product = (InfProduct){ .leaves_size = 64 };
  product->leaves = inf_task_alloc (product->leaves_size, sizeof (mpz_t));
}

void
inf_product_clear (InfProduct *product)
{
  for (size_t i = 0; i < product->n_leaves; i++)
    mpz_clear (product->leaves[i]);
  free (product->leaves);
}

bool
inf_product_is_zero (const InfProduct *product)
{
  return product->is_zero;
}

/* A leaf with room for one more factor. */
static mpz_ptr
open_leaf (InfProduct *product)
{
  if (product->n_leaves > 0)
    {
      mpz_ptr last = product->leaves[product->n_leaves - 1];
      if (mpz_size (last) < LEAF_LIMBS)
        return last;
    }
  if (product->n_leaves == product->leaves_size)
    {
      product->leaves_size *= 2;
      product->leaves = inf_task_realloc (product->leaves, product->leaves_size, sizeof (mpz_t));
    }
  mpz_ptr leaf = product->leaves[product->n_leaves++];
  mpz_init2 (leaf, (LEAF_LIMBS + 1) * GMP_NUMB_BITS);
  mpz_set_ui (leaf, 1);
  return leaf;
}

static void
add_words (void *data, const int64_t *values, size_t n)
{
  InfProduct *product = data;

  for (size_t i = 0; i < n && !product->is_zero; i++)
    {
      uint64_t magnitude = values[i] < 0 ? -(uint64_t)values[i] : (uint64_t)values[i];
      mpz_ptr leaf = open_leaf (product);

      product->is_negative ^= values[i] < 0;
      product->is_zero |= magnitude == 0;
      mpz_mul_ui (leaf, leaf, magnitude);
    }
}

static void
add_big (void *data, const mpz_t value)
{
  InfProduct *product = data;

  if (product->is_zero)
    return;
  product->is_negative ^= mpz_sgn (value) < 0;
  product->is_zero |= mpz_sgn (value) == 0;
  mpz_ptr leaf = open_leaf (product);
  mpz_mul (leaf, leaf, value);
  mpz_abs (leaf, leaf);
}

static void
add_wide (void *data, InfWide value)
{
  InfUnsignedWide magnitude = value < 0 ? -(InfUnsignedWide)value : (InfUnsignedWide)value;
  uint64_t words[2] = { (uint64_t)magnitude, (uint64_t)(magnitude >> 64) };
  mpz_t integer;

  mpz_init (integer);
  mpz_import (integer, 2, -1, sizeof words[0], 0, 0, words);
  if (value < 0)
    mpz_neg (integer, integer);
  add_big (data, integer);
  mpz_clear (integer);
}

/* Multiplies @n leaves into the first and releases the others. They are halved by size, not by
 * count, so that the two factors of each multiplication are about as long. */
static void
multiply (mpz_t *leaves, size_t n, size_t n_limbs)
{
  size_t n_left = 0, left_limbs = 0;

  if (n == 1)
    return;
  while (n_left == 0 || (n_left < n - 1 && 2 * left_limbs < n_limbs))
    left_limbs += mpz_size (leaves[n_left++]);
  multiply (leaves, n_left, left_limbs);
  multiply (leaves + n_left, n - n_left, n_limbs - left_limbs);
  mpz_mul (leaves[0], leaves[0], leaves[n_left]);
  mpz_clear (leaves[n_left]);
}

/**
 * inf_product_get:
 * @product: factors; it is empty afterwards, as its memory has gone into @ret_value
 * @ret_value: (out): their product, 1 where there were none
 */
void
inf_product_get (InfProduct *product, mpz_t ret_value)
{
  size_t n_limbs = 0;

  if (product->is_zero || product->n_leaves == 0)
    {
      mpz_set_ui (ret_value, product->is_zero ? 0 : 1);
      return;
    }
  for (size_t i = 0; i < product->n_leaves; i++)
    n_limbs += mpz_size (product->leaves[i]);
  multiply (product->leaves, product->n_leaves, n_limbs);
  mpz_swap (ret_value, product->leaves[0]);
  mpz_clear (product->leaves[0]);
  product->n_leaves = 0;
  if (product->is_negative)
    mpz_neg (ret_value, ret_value);
}

/**
 * inf_product_sink:
 * @product: a product, which stays the caller's and has to outlive the sink
 *
 * Returns: a sink that makes everything it is given a factor of @product; once there was a zero,
 *   the rest costs nothing
 */
InfIntegerSink
inf_product_sink (InfProduct *product)
{
  return (InfIntegerSink){
    .add_words = add_words, .add_wide = add_wide, .add_big = add_big, .data = product
  };
}
