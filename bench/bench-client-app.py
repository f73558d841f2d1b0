#!/usr/bin/env python3
"""infinity-client beside gnome-text-editor, and with what is long: a result of 19 million digits, a log of a million
lines, ten thousand jobs.

The app starts on a display and a session bus of its own; what is long is shown by its own widgets, each in a probe's
window, where what infinityd would say comes from the probe. All is drawn in software.
"""

import os
import sys

import desktop
import rows

N_DIGITS = 19_000_000
AT_ONCE_MS = 100  # people take what comes within it for immediate
MAX_GROWTH_MIB = 8  # of a file of 18
N_LINES = 1_000_000
STALL_MS = 50
N_JOBS = 10_000
RUNNING = "job5running23456723456723456"


def run(rounds, probe, n_items):
    """What the probe printed: for each of its numbers, those of all rounds."""
    return list(zip(*(desktop.run_probe([probe, str(n_items)]) for _ in range(rounds))))


def row(what, unit, runs, limit):
    """The worst run counts."""
    return rows.Row(what, unit, max(runs), None, None, f"<= {limit}", ours_runs=runs)


def digits_rows(rounds, probe):
    first, last, growth_kib = run(rounds, probe, N_DIGITS)
    return [
        row(f"{N_DIGITS:,} digits opened, first ones drawn", "ms", first, AT_ONCE_MS),
        row("from there to the last ones drawn", "ms", last, AT_ONCE_MS),
        row("memory that it takes", "MiB", [kib / 1024 for kib in growth_kib], MAX_GROWTH_MIB),
    ]


def log_rows(rounds, probe):
    read, follow, search, rare = run(rounds, probe, N_LINES)
    stall = f"longest stall while a log of {N_LINES:,} lines is"
    return [
        row(f"{stall} read", "ms", read, STALL_MS),
        row(f"{stall} followed", "ms", follow, STALL_MS),
        row(f"{stall} searched", "ms", search, STALL_MS),
        row("until one place in it is found", "ms", rare, 1000),
    ]


def jobs_rows(rounds, probe):
    first, listed, stall, _, most, _ = run(rounds, probe, N_JOBS)
    return [
        row(f"first frame of {N_JOBS:,} jobs", "ms", first, 1000),
        row("until all are listed", "ms", listed, 5000),
        row("longest stall meanwhile", "ms", stall, 200),
        # 60 frames a second leave 16.7 ms for each
        row("work for a frame while they scroll and change, 99 of 100", "ms", most, 16.7),
    ]


def app_rows(rounds, client_app, client_node):
    """How it starts, and what the processor does while one job runs and tells of itself each second."""
    with desktop.node(client_node, "--ready") as environment:
        started = desktop.start_rows(client_app, environment, rounds)
    with desktop.node(client_node, "--busy") as environment:
        with desktop.shown(client_app, "Client", environment) as cpu_after:
            plots = cpu_after("show-page", "credits")
            job = cpu_after("show-job", RUNNING)
            hidden = cpu_after("close")
    return [
        *started,
        rows.Row("processor, plot and balance of a running job on the screen", "% of a core", plots,
                 None, None, "<= 2"),
        rows.Row("processor, a running job on the screen", "% of a core", job, None, None, "<= 2"),
        rows.Row("processor, no window, a job runs", "% of a core", hidden, None, None, "<= 0.1"),
    ]


def main():
    given = desktop.arguments(__doc__.splitlines()[0])
    tests = os.path.abspath(os.path.join(given.build_dir, "tests"))
    client_app = os.path.abspath(os.path.join(given.build_dir, "client-app", "infinity-client"))
    sys.exit(rows.finish([
        *app_rows(given.rounds, client_app, os.path.join(tests, "client-app", "client-node")),
        *digits_rows(given.rounds, os.path.join(tests, "widgets", "preview-probe")),
        *log_rows(given.rounds, os.path.join(tests, "widgets", "log-probe")),
        *jobs_rows(given.rounds, os.path.join(tests, "client-app", "jobs-probe")),
    ], given.json))


if __name__ == "__main__":
    main()
