"""A lab of virtual machines that are one grid: what benchmarks of whole nodes run on."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

JOIN_TIMEOUT_S = 30
SUBMITTER = "oak"
HOME = "/home/owner"


def run(command, text_input="", **options):
    """What the command printed; its failure ends the benchmark, with what it said."""
    done = subprocess.run(command, input=text_input, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def _leave(number, _):
    """By an exception, since Python would else end without leaving the block, and the lab would stay. Once:
    who ends a whole process group may ask more often."""
    for ignored in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)
    sys.exit(128 + number)


class Lab:
    """With `with`: `n_hosts` virtual machines on a network of their own, in which nothing runs yet.

    `directory` is temporary and at the same path in every host.
    """

    def __init__(self, build_dir, n_hosts=5, name=None):
        self.infinity = os.path.join(os.path.abspath(build_dir), "cli", "infinity")
        self.name = name or f"bench-{os.getpid()}"
        self.n_hosts = n_hosts

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        self._temporary = tempfile.TemporaryDirectory(prefix="infinity-bench-")
        self.directory = self._temporary.name
        try:
            run([self.infinity, "lab", "start", "--name", self.name, "--hosts", str(self.n_hosts),
                 "--share", self.directory])
            status = json.loads(run([self.infinity, "lab", "status", "--name", self.name, "--json"]))
            self.hosts = [host["name"] for host in status]
            self.addresses = {host["name"]: host["address"] for host in status}
            self.pids = {host["name"]: host["pid"] for host in status}
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run([self.infinity, "lab", "stop", "--name", self.name], check=False,
                       start_new_session=True)
        self._temporary.cleanup()

    def _prepare(self):
        """What a kind of lab does once its hosts are up."""

    def command(self, host, *command):
        """That command line, to be run in a host through the lab."""
        return [self.infinity, "lab", "exec", "--name", self.name, host, "--", *command]

    def on(self, host, *command):
        return run(self.command(host, *command))

    def enter(self, host, *namespaces):
        """What to put before a command so that it runs in the host with nothing in between; all of
        its namespaces, or those that are given as options of nsenter."""
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self.pids[host]), *user,
                *(namespaces or ["--net", "--uts", "--ipc", "--mount", "--pid"]),
                "env", "-u", "TMPDIR", f"HOME={HOME}", f"INFINITY_HOME={HOME}/infinity"]


class LabGrid(Lab):
    """A lab whose hosts are members of one grid and know each other; the first submits."""

    def daemon_pid(self, host):
        """infinityd's, as this machine numbers it."""
        network = os.readlink(f"/proc/{self.pids[host]}/ns/net")
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                    if file.read().strip() == "infinityd" and os.readlink(f"/proc/{pid}/ns/net") == network:
                        return int(pid)
            except OSError:
                pass  # ended meanwhile
        sys.exit(f"no infinityd runs on {host}")

    def _prepare(self):
        self.on(SUBMITTER, self.infinity, "grid", "create", "bench", "--node-name", SUBMITTER)
        self.on(SUBMITTER, self.infinity, "host", "stop")
        for host in self.hosts[1:]:
            token = self.on(SUBMITTER, self.infinity, "grid", "invite").split()[0]
            self.on(host, self.infinity, "grid", "join", token, "--node-name", host)
        deadline = time.monotonic() + JOIN_TIMEOUT_S
        while True:
            peers = json.loads(self.on(SUBMITTER, self.infinity, "peers", "--json"))
            if sum(peer["hosting"] and peer["state"] == "alive" for peer in peers) == self.n_hosts - 1:
                return
            if time.monotonic() > deadline:
                sys.exit(f"after {JOIN_TIMEOUT_S} s not all members know each other: {peers}")
            time.sleep(0.05)
