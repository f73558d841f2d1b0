#pragma once

#include "lab/inf-lab.h"

G_BEGIN_DECLS

#define LAB_FIXTURE_TIMEOUT_MS 20000
#define LAB_FIXTURE_PORT "9000"

/**
 * LabReceiver:
 *
 * A lab-net that receives datagrams in a host; what it prints is a file that the test reads.
 */
typedef struct
{
  InfLabProcess *process;
  char *path;
  char *address;
} LabReceiver;

int lab_fixture_main (int argc, char **argv, void (*add_tests) (void));

InfLab *lab_fixture_start (guint n_hosts);
int lab_fixture_sh (InfLab *lab, const char *host, const char *script, char **ret_out);
void lab_fixture_poll (gboolean (*condition) (gpointer data), gpointer data, const char *what);
char *lab_fixture_program (const char *name);

InfLabProcess *lab_fixture_net (InfLab *lab, const char *host, const char *const *words, int in_fd,
                                int out_fd);
LabReceiver *lab_fixture_receiver (InfLab *lab, const char *host, const char *group);
void lab_fixture_send (InfLab *lab, const char *from, const char *address, const char *text,
                       guint n);
guint lab_fixture_count (LabReceiver *receiver, const char *text);
void lab_fixture_await (LabReceiver *receiver, const char *text);
void lab_fixture_receiver_free (LabReceiver *receiver);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabReceiver, lab_fixture_receiver_free)

G_END_DECLS
