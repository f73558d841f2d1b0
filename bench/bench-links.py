#!/usr/bin/env python3
"""A TCP stream through a link, against the same through OpenSSH port forwarding (ssh -L), on this machine."""

import contextlib
import getpass
import os
import socket
import subprocess
import sys
import tempfile
import time

import openssh
import rows

ROUND_TRIPS = 4_000
LATENCY_ROUNDS_EACH = 5  # short and many, in turn: what else the machine does hurts both sides
MIB = 1024
STARTUP_S = 10


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(*command, **options):
    """A process that is ended when the block is left."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.terminate()
        process.wait()


def first_line(process):
    line = process.stdout.readline()
    if not line:
        sys.exit("a program of the benchmark ended at once")
    return line.split()


def wait_for_port(port):
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


def key_pair(directory, name):
    path = os.path.join(directory, name)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def sshd_command(directory, port):
    host_key, user_key = key_pair(directory, "host"), key_pair(directory, "user")
    config = os.path.join(directory, "sshd_config")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host_key}\n"
                   f"AuthorizedKeysFile {user_key}.pub\nStrictModes no\nUsePAM no\n"
                   "PermitRootLogin prohibit-password\nPidFile none\n")
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    return [openssh.SSHD, "-D", "-e", "-f", config]


@contextlib.contextmanager
def openssh_tunnel(directory, target_port):
    """The port that ssh -L forwards to target_port, with OpenSSH's own choice of cipher."""
    port, forwarded = free_port(), free_port()
    with running(*sshd_command(directory, port), stderr=subprocess.DEVNULL):
        wait_for_port(port)
        command = ["ssh", "-F", "none", "-N", "-p", str(port), "-i", os.path.join(directory, "user"),
                   "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                   "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR",
                   "-L", f"127.0.0.1:{forwarded}:127.0.0.1:{target_port}",
                   f"{getpass.getuser()}@127.0.0.1"]
        with running(*command):
            wait_for_port(forwarded)
            yield forwarded


@contextlib.contextmanager
def link_tunnel(build_dir, target_port):
    """The port that two InfLinks, each in its process, carry to target_port."""
    program = os.path.join(build_dir, "bench", "link-tunnel")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with running(program, "serve", str(target_port), **pipes) as server:
        peer, port = first_line(server)
        with running(program, "dial", peer, port, **pipes) as dialler:
            yield int(first_line(dialler)[0])


def probe(build_dir, kind, port, amount):
    done = subprocess.run([os.path.join(build_dir, "bench", "stream-probe"), kind, str(port), str(amount)],
                          check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def compare(build_dir, rounds, link_port, ssh_port, direct_port):
    latency = [lambda port=port: probe(build_dir, "latency", port, ROUND_TRIPS)
               for port in (link_port, ssh_port)]
    throughput = [lambda port=port: probe(build_dir, "throughput", port, MIB)
                  for port in (link_port, ssh_port)]
    ours_us, ssh_us, inverse = rows.measure_in_turn(rounds * LATENCY_ROUNDS_EACH, *latency)
    ours_mib, ssh_mib, slower = rows.measure_in_turn(rounds, *throughput)
    direct_us = probe(build_dir, "latency", direct_port, ROUND_TRIPS)
    direct_mib = probe(build_dir, "throughput", direct_port, MIB)
    print(f"plain TCP, for comparison: {direct_us:.1f} us, {direct_mib:.0f} MiB/s", file=sys.stderr)
    return [
        rows.Row("1-byte TCP round trip through a link; ssh -L", "us", ours_us, ssh_us, 1 / inverse, "<= 0.8"),
        rows.Row(f"{MIB} MiB over TCP through a link; ssh -L", "MiB/s", ours_mib, ssh_mib, 1 / slower,
                 ">= 1.2"),
    ]


def main():
    parser = rows.parser(__doc__)
    parser.add_argument("--install", action="store_true", help="install OpenSSH's server if it is missing")
    options = parser.parse_args()
    build_dir = os.path.abspath(options.build_dir)
    openssh.ensure(options.install)
    probe_program = os.path.join(build_dir, "bench", "stream-probe")
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        # One target each, since a target serves one stream at a time.
        targets = [int(first_line(stack.enter_context(running(
            probe_program, "serve", stdout=subprocess.PIPE, text=True)))[0]) for _ in range(3)]
        link_port = stack.enter_context(link_tunnel(build_dir, targets[0]))
        ssh_port = stack.enter_context(openssh_tunnel(directory, targets[1]))
        table = compare(build_dir, options.rounds, link_port, ssh_port, targets[2])
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
