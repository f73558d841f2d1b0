#pragma once

/**
 * InfSplice:
 * @in_fd: read here, and what it gives is sent; -1: nothing is
 * @out_fd: what arrives is written to it; may be the same descriptor as @in_fd; -1: it is dropped
 * @err_fd: the serving side reads it and sends it as standard error, the opening side writes
 *   standard error to it; -1: none
 *
 * Descriptors that a channel connects to those of its other end. The channel owns them from the
 * moment it is given them, whether that succeeds or not.
 */
typedef struct
{
  int in_fd;
  int out_fd;
  int err_fd;
} InfSplice;
