#!/usr/bin/env python3
"""A trivial MPI program on four hosts of a lab: infinity run, mpiexec over OpenSSH, mpiexec with an
agent that is in the host at once."""

import os
import stat
import statistics
import subprocess
import sys
import time

import openssh
import rows
from lab_grid import SUBMITTER, LabGrid

WARM_UPS = 2


def seconds(command):
    """How long the command took, as who starts it sees it."""
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    took = time.monotonic() - began
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}")
    return took


def write_agent(lab):
    """mpiexec's remote shell that takes no time to log in: it enters the host's namespaces."""
    path = os.path.join(lab.directory, "agent")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nhost=$1\nshift\ncase $host in\n")
        for host in lab.hosts:
            file.write(f"{host}) exec {' '.join(lab.enter(host))} /bin/sh -c \"$*\" ;;\n")
        file.write("esac\n")
    os.chmod(path, stat.S_IRWXU)
    return path


def mpiexec(lab, program, *options):
    hosts = [host for host in lab.hosts if host != SUBMITTER]
    as_root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    return ["mpiexec", *as_root, *options, "--host", ",".join(hosts), "-np", str(len(hosts)), program]


def measure(options, lab, ssh_config):
    program = os.path.join(os.path.abspath(options.build_dir), "bench", "trivial-mpi")
    commands = {
        "infinity": [*lab.enter(SUBMITTER), lab.infinity, "run", "--nodes", str(lab.n_hosts - 1), program],
        "ssh": [*lab.enter(SUBMITTER), *mpiexec(lab, program, "--mca", "plm_rsh_agent", "ssh",
                                                "--mca", "plm_rsh_args", f"-F {ssh_config}")],
        # The agent needs this machine's /proc to find the hosts by, so of the submitter's namespaces
        # mpiexec is in those of the network and of the name.
        "agent": [*lab.enter(SUBMITTER, "--net", "--uts"),
                  *mpiexec(lab, program, "--mca", "plm_rsh_agent", write_agent(lab))],
    }
    for command in commands.values():
        for _ in range(WARM_UPS):
            seconds(command)
    return [{side: seconds(command) for side, command in commands.items()}
            for _ in range(options.rounds)]


def row(rounds, side, what, reach):
    return rows.Row(
        f"a trivial MPI program on 4 hosts; {what}", "s",
        statistics.median(times["infinity"] for times in rounds),
        statistics.median(times[side] for times in rounds),
        statistics.median(times["infinity"] / times[side] for times in rounds), reach)


def main():
    parser = rows.parser(__doc__)
    parser.add_argument("--install", action="store_true", help="install OpenSSH's server if it is missing")
    options = parser.parse_args()
    openssh.ensure(options.install)
    with LabGrid(options.build_dir) as lab:
        with openssh.Servers(lab, [host for host in lab.hosts if host != SUBMITTER]) as servers:
            rounds = measure(options, lab, servers.client_config)
    table = [row(rounds, "ssh", "mpiexec over OpenSSH", "<= 0.8"),
             row(rounds, "agent", "mpiexec with an immediate agent", "<= 1.5")]
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
