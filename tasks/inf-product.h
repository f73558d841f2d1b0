#pragma once

#include "tasks/inf-integer-parser.h"

/* Factors on their way to an exact product. */
typedef struct
{
  mpz_t *leaves; /* partial products of about the same size, the last one still growing */
  size_t n_leaves;
  size_t leaves_size;
  bool is_negative;
  bool is_zero;
} InfProduct;

void inf_product_init (InfProduct *product);
void inf_product_clear (InfProduct *product);
bool inf_product_is_zero (const InfProduct *product);
void inf_product_get (InfProduct *product, mpz_t ret_value);
InfIntegerSink inf_product_sink (InfProduct *product);
