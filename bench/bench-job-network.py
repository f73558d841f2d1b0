#!/usr/bin/env python3
"""The network between two hosts of a job: TCP over it, and MPI, against TCP through ssh -L between
the same hosts."""

import contextlib
import os
import statistics
import subprocess
import sys
import time

import openssh
import rows
from lab_grid import SUBMITTER, LabGrid, run

SERVED_PORT = 9001
FORWARDED_PORT = 9002
STARTUP_S = 10


def figures(text):
    """The probe's lines, `NAME NUMBER` each."""
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: float(pair[1]) for pair in pairs if len(pair) == 2 and pair[0].endswith(("_us", "_mib_s"))}


@contextlib.contextmanager
def running(command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for_forwarding(lab, host):
    command = lab.command(host, "python3", "-c", "import socket; "
                          f"socket.create_connection(('127.0.0.1', {FORWARDED_PORT}), 1)")
    deadline = time.monotonic() + STARTUP_S
    while subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         check=False).returncode != 0:
        if time.monotonic() > deadline:
            sys.exit("ssh -L forwards nothing")
        time.sleep(0.05)


def measure(options, lab, ssh_config):
    probe = os.path.join(os.path.abspath(options.build_dir), "bench", "job-network-probe")
    near, far = lab.hosts[1:3]
    sides = {
        "job": [*lab.enter(SUBMITTER), lab.infinity, "run", "--quiet", "--nodes", "2", probe],
        "ssh": [*lab.enter(near), probe, "127.0.0.1", str(FORWARDED_PORT)],
        "veth": [*lab.enter(near), probe, lab.addresses[far], str(SERVED_PORT)],
    }
    forward = ["ssh", "-F", ssh_config, "-N", "-L",
               f"127.0.0.1:{FORWARDED_PORT}:127.0.0.1:{SERVED_PORT}", far]
    with running(lab.command(far, probe, "serve", "0.0.0.0", str(SERVED_PORT))):
        with running(lab.command(near, *forward)):
            wait_for_forwarding(lab, near)
            return [{side: figures(run(command)) for side, command in sides.items()}
                    for _ in range(options.rounds)]


def row(rounds, what, unit, name, reach):
    return rows.Row(what, unit,
                    statistics.median(each["job"][name] for each in rounds),
                    statistics.median(each["ssh"][name] for each in rounds),
                    statistics.median(each["job"][name] / each["ssh"][name] for each in rounds), reach)


def beside(rounds):
    """Not claimed, but good to know."""
    median = {(side, name): statistics.median(each[side][name] for each in rounds)
              for side, names in rounds[0].items() for name in names}
    print(f"beside: MPI in the job {median['job', 'mpi_us']:.1f} us, {median['job', 'mpi_mib_s']:.0f} MiB/s; "
          f"a plain veth {median['veth', 'tcp_us']:.1f} us, {median['veth', 'tcp_mib_s']:.0f} MiB/s",
          file=sys.stderr)


def main():
    parser = rows.parser(__doc__)
    parser.add_argument("--install", action="store_true", help="install OpenSSH's server if it is missing")
    options = parser.parse_args()
    openssh.ensure(options.install)
    with LabGrid(options.build_dir, n_hosts=3) as lab:
        with openssh.Servers(lab, lab.hosts[1:]) as servers:
            rounds = measure(options, lab, servers.client_config)
    beside(rounds)
    table = [row(rounds, "1-byte TCP round trip over the job network; ssh -L", "us", "tcp_us", "<= 0.8"),
             row(rounds, "1 GiB over TCP over the job network; ssh -L", "MiB/s", "tcp_mib_s", ">= 1.2")]
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
