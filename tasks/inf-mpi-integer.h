#pragma once

#include <gmp.h>
#include <mpi.h>

/* Tags of the messages between ranks. */
enum
{
  INF_MPI_TAG_SIZE = 1,
  INF_MPI_TAG_LIMBS,
  INF_MPI_TAG_BLOCK,
  INF_MPI_TAG_TEXT,
};

void inf_mpi_wait (MPI_Request *request);

void inf_mpi_send_integer (const mpz_t value, int to, MPI_Comm comm);
void inf_mpi_receive_integer (mpz_t ret_value, int from, MPI_Comm comm);
void inf_mpi_broadcast_integer (mpz_t value, int root, MPI_Comm comm);
