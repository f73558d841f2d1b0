#!/usr/bin/env python3
"""Gossip, against memberlist and serf: how soon a death is known, how soon a hundred know each other, what
it costs, and whom a slow machine takes with it.

Each side has a lab of its own with --nodes hosts. All sides are measured at the same time, except where that
takes more of the machine than there is: joining, and the greatest loss, are measured one side after the other.
"""

import concurrent.futures
import contextlib
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

import gossip_sim
import rows
from gossip_cluster import Memberlist, Ours, Serf, interrupted

PACKAGES = ["golang-go", "golang-github-hashicorp-memberlist-dev", "serf"]
MEMBERLIST_SOURCE = "/usr/share/gocode/src/github.com/hashicorp/memberlist"
SHARE = 0.99
LOSSES = {0.0: 5, 0.1: 5, 0.3: 10}  # how many seconds until 99 % know of a death
BYTES = {0.0: 200, 0.1: 600, 0.3: 2000}
# memberlist and serf take about a core each then.
IN_TURN_FROM_LOSS = 0.3
JOIN_ROUNDS = 3
JOIN_TIMEOUT_S = 150
KILL_TIMEOUT_S = 60
REJOIN_TIMEOUT_S = 30
SETTLE_S = 10
# Probes go to one peer a second: so long a newcomer's record still gains neighbours.
NEWCOMER_S_PER_NODE, NEWCOMER_S = 1, 30
WINDOW_S = 30
# sim/gossip --table by itself runs most lines ten to a hundred times.
SIMULATED_RUNS = 3
SLOW_CYCLES = 3
STOPPED_S, RUNNING_S = 10, 20


def say(text):
    print(text, file=sys.stderr, flush=True)


def install():
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], check=True,
                   stdout=sys.stderr, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def build_memberlist_node(build_dir):
    """Whether there is a program of memberlist's, built from Debian's source where it has to be."""
    program = os.path.join(build_dir, "bench", "memberlist-node")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "memberlist-node")
    if not shutil.which("go") or not os.path.isdir(MEMBERLIST_SOURCE):
        return False
    newest = max(os.path.getmtime(os.path.join(source, name)) for name in os.listdir(source))
    if os.path.exists(program) and os.path.getmtime(program) > newest:
        return True
    with tempfile.TemporaryDirectory(prefix="infinity-bench-") as cache:
        environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": cache}
        subprocess.run(["go", "build", "-o", program, "."], cwd=source, env=environment, check=True)
    return True


class Measured:
    """What one side showed."""

    def __init__(self):
        self.joins_s = []
        self.kills_s = {loss: [] for loss in LOSSES}
        self.cuts_s = []
        self.udp_bytes_s = {}
        self.tcp_bytes_s = {}
        self.slow = {"dead": 0, "suspect": 0, "others": 0}
        self.false_deaths = 0


def measure_joins(cluster, found, rounds):
    for i in range(rounds):
        cluster.stop()
        began_us = cluster.start_all()
        is_complete = cluster.wait(cluster.is_complete, JOIN_TIMEOUT_S)
        last_us = max((time_us for node in cluster.nodes.values() for time_us in node.view.values()), default=0)
        took_s = (last_us - began_us) / 1e6 if is_complete else JOIN_TIMEOUT_S
        found.joins_s.append(took_s)
        say(f"{cluster.name}: joining {i + 1}: {took_s:.2f} s{'' if is_complete else ', and not yet complete'}")


def settle(cluster, _found):
    """Until nobody is a newcomer any more, for whom it still is not idle."""
    cluster.listen(cluster.n * NEWCOMER_S_PER_NODE + NEWCOMER_S)


def count_false_deaths(cluster, victims):
    return sum(event.what == "dead" and event.subject not in victims for event in cluster.events)


def measure_death(cluster, found, kill):
    """One death, by the function; the node is back afterwards. Returns how long it took to be known."""
    victim = random.randrange(2, cluster.n + 1)
    cluster.events.clear()
    since_us = kill(victim)
    took_s = cluster.time_until_known(f"n{victim}", since_us, SHARE, KILL_TIMEOUT_S)
    found.false_deaths += count_false_deaths(cluster, [f"n{victim}"])
    return victim, took_s


def come_back(cluster, victim):
    if not cluster.restart(victim, REJOIN_TIMEOUT_S):
        missing = sum(len(node.view) != cluster.n - 1 for node in cluster.nodes.values())
        say(f"{cluster.name}: {REJOIN_TIMEOUT_S} s after n{victim} is back, {missing} views are not complete")


def measure_traffic(cluster, found, loss, window_s):
    cluster.events.clear()
    cluster.listen(SETTLE_S)
    before = cluster.sent_bytes()
    cluster.listen(window_s)
    per_node_s = [(after - first) / cluster.n / window_s for after, first in zip(cluster.sent_bytes(), before)]
    found.udp_bytes_s[loss], found.tcp_bytes_s[loss] = per_node_s
    found.false_deaths += count_false_deaths(cluster, [])
    say(f"{cluster.name}: {loss:.0%} loss: {per_node_s[0]:.0f} bytes of UDP payload per node and second, "
        f"{per_node_s[1]:.0f} of TCP")


def measure_loss(cluster, found, loss, rounds, window_s):
    cluster.set_loss(loss)
    measure_traffic(cluster, found, loss, window_s)
    for _ in range(rounds):
        victim, took_s = measure_death(cluster, found, cluster.kill)
        found.kills_s[loss].append(took_s)
        come_back(cluster, victim)
    say(f"{cluster.name}: {loss:.0%} loss: killed: {describe(found.kills_s[loss])}")
    cluster.set_loss(0)


def describe(runs):
    listed = ", ".join(f"{run:.2f}" for run in sorted(runs))
    return f"{listed} s; median {statistics.median(runs):.2f}"


def measure_cuts(cluster, found, rounds):
    """A machine that is off says nothing, not even that a port is closed."""

    def cut_and_kill(number):
        cluster.cut(number)
        return cluster.kill(number)

    for _ in range(rounds):
        victim, took_s = measure_death(cluster, found, cut_and_kill)
        found.cuts_s.append(took_s)
        cluster.heal(victim)
        come_back(cluster, victim)
    say(f"{cluster.name}: machine off: {describe(found.cuts_s)}")


def measure_slow_node(cluster, found, cycles):
    slow = cluster.n
    cluster.events.clear()
    for _ in range(cycles):
        cluster.signal(slow, signal.SIGSTOP)
        cluster.listen(STOPPED_S)
        cluster.signal(slow, signal.SIGCONT)
        cluster.listen(RUNNING_S)
    for event in cluster.events:
        if event.subject == f"n{slow}" and event.what in ("dead", "suspect"):
            found.slow[event.what] += 1
        elif event.what == "dead":
            found.slow["others"] += 1
    say(f"{cluster.name}: a slow node: found dead {found.slow['dead']} times, suspected {found.slow['suspect']} times; "
        f"deaths of others {found.slow['others']}")


class Runner:
    """Calls a function for each side, at the same time or one after the other."""

    def __init__(self, sides, found, pool):
        self.sides = sides
        self.found = found
        self.pool = pool

    def _wait(self, waiting):
        try:
            for future in waiting:
                future.result()
        except BaseException:
            interrupted.set()
            raise

    def together(self, function, *arguments):
        self._wait([self.pool.submit(function, side, self.found[side.name], *arguments) for side in self.sides])

    def in_turn(self, function, *arguments):
        for side in self.sides:
            self._wait([self.pool.submit(function, side, self.found[side.name], *arguments)])


def measure(sides, options):
    """{name: Measured}"""
    found = {side.name: Measured() for side in sides}
    with concurrent.futures.ThreadPoolExecutor(len(sides)) as pool:
        runner = Runner(sides, found, pool)
        runner.in_turn(measure_joins, min(options.rounds, JOIN_ROUNDS))
        runner.together(settle)
        for loss in LOSSES:
            run = runner.in_turn if loss >= IN_TURN_FROM_LOSS else runner.together
            run(measure_loss, loss, options.rounds, options.window)
        runner.together(measure_cuts, options.rounds)
        runner.together(measure_slow_node, min(options.rounds, SLOW_CYCLES))
    return found


def compared(what, unit, ours, references, reach):
    """A row for each reference, `{name: runs, or None where it was not measured}`."""
    return [rows.Row(f"{what}; {name}", unit, max(ours), max(runs) if runs else None, None, reach, ours,
                     runs or (), "" if runs else "not installed")
            for name, runs in references.items()]


def table_of(found, n):
    def both(what, unit, reach, names, get):
        return compared(what, unit, get(found[Ours.name]),
                        {name: get(found[name]) if name in found else None for name in names}, reach)

    every = [Memberlist.name, Serf.name]
    table = []
    for loss, limit_s in LOSSES.items():
        table += both(f"kill, until 99 % of {n} know, {loss:.0%} loss", "s", f"<= {limit_s}", every,
                      lambda side, loss=loss: side.kills_s[loss])
    table += both(f"machine off, until 99 % of {n} know, 0% loss", "s", "<= 5", every, lambda side: side.cuts_s)
    table += both(f"{n} join at once, until the last view is complete", "s", "<= 5", every,
                  lambda side: side.joins_s)
    for loss, limit in BYTES.items():
        table += both(f"UDP payload per node and second, N={n}, {loss:.0%} loss", "B", f"<= {limit}", every,
                      lambda side, loss=loss: [side.udp_bytes_s[loss]])
    slow = f"a node of {n} that stops for {STOPPED_S} s of every {STOPPED_S + RUNNING_S}: "
    table += both(slow + "others found dead", "", "<= 0", every, lambda side: [side.slow["others"]])
    table += both(slow + "times it is found dead itself", "", "<= 0", every, lambda side: [side.slow["dead"]])
    table += [rows.Row(f"live nodes found dead in all of this, N={n}", "", found[Ours.name].false_deaths,
                       None, None, "<= 0")]
    return table


def main():
    parser = rows.parser(__doc__)
    parser.add_argument("--install", action="store_true", help="install memberlist, Go and serf if they are missing")
    parser.add_argument("--nodes", type=int, default=100, help="how many on each side")
    parser.add_argument("--window", type=float, default=WINDOW_S, help="seconds for which traffic is counted")
    parser.add_argument("--max-simulated", type=int, default=10000,
                        help="leave out simulations with more nodes; 0 for all of them")
    parser.add_argument("--simulated-runs", type=int, default=SIMULATED_RUNS,
                        help="how often each line is simulated at most")
    options = parser.parse_args()
    if options.install:
        install()
    build_dir = os.path.abspath(options.build_dir)
    kinds = [Ours]
    if build_memberlist_node(build_dir):
        kinds.append(Memberlist)
    if shutil.which("serf"):
        kinds.append(Serf)
    if len(kinds) < 3:
        say("memberlist or serf is not installed; --install installs them")
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(kind(build_dir, options.nodes)) for kind in kinds]
        table = table_of(measure(sides, options), options.nodes)
    table += gossip_sim.table_of(build_dir, options.max_simulated, options.simulated_runs, say)
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
