#pragma once

/* Between `infinity-agent` and an InfAgentServer, over a SOCK_SEQPACKET socket, one datagram each
 * way. The agent is started once per host of every job, so it is plain C and this page has no GLib.
 *
 *   agent → server   HOST NUL COMMAND-LINE, with its in, out and err
 *   server → agent   exit status (1 byte), then a message for its err, possibly empty
 */
#define INF_AGENT_SOCKET_VARIABLE "INFINITY_AGENT_SOCKET"
#define INF_AGENT_MAX_REQUEST_BYTES (20 * 1024)
#define INF_AGENT_MAX_REPLY_BYTES 2048
#define INF_AGENT_N_STREAMS 3
