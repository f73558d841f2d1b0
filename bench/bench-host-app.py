#!/usr/bin/env python3
"""infinity-host beside gnome-text-editor: first complete frame, memory; and the processor time of the app itself.

Each starts on a display and a session bus of its own, drawing in software. The frame is complete when the
window has its last pixels: the display's picture no longer changes. --install installs the reference.
"""

import os
import sys

import desktop
import rows

N_PEERS = 5000
N_PAST = 2000
N_CHANGES = 50


def measure_cpu(host_app, host_node):
    """Percent of a core: with plots on the screen, with 5,000 peers that change listed, and without a window, in
    a grid that changes as much and in a quiet one."""
    with desktop.node(host_node, "--peers", str(N_PEERS), "--past", str(N_PAST), "--changes",
                      str(N_CHANGES)) as environment:
        with desktop.shown(host_app, "Host", environment) as cpu_after:
            plots = cpu_after("show-page", "earnings")
            peers = cpu_after("show-page", "peers")
            hidden = cpu_after("close")
    with desktop.node(host_node) as environment:
        with desktop.shown(host_app, "Host", environment) as cpu_after:
            quiet = cpu_after("close")
    return plots, peers, hidden, quiet


def scroll(probe, what, n_items):
    """(median, 99th of a hundred) milliseconds of work in a frame while a list of that length scrolls, and the
    frames a second."""
    median, most, _, rate = desktop.run_probe([probe, what, str(n_items)])
    return median, most, rate


def scroll_rows(what, times):
    """Those of one list. 60 frames a second leave 16.7 ms for each."""
    median, most, rate = times
    return [
        rows.Row(f"{what}: frames", "a second", rate, None, None, ">= 59"),
        rows.Row(f"{what}: work for a frame, median", "ms", median, None, None, "<= 16.7"),
        rows.Row(f"{what}: work for a frame, 99 of 100", "ms", most, None, None, "<= 16.7"),
    ]


def main():
    given = desktop.arguments(__doc__.splitlines()[0])
    host_app = os.path.abspath(os.path.join(given.build_dir, "host-app", "infinity-host"))
    tests = os.path.abspath(os.path.join(given.build_dir, "tests", "host-app"))
    host_node = os.path.join(tests, "host-node")
    probe = os.path.join(tests, "scroll-probe")
    # amounts that count while jobs run would be frames of their own
    with desktop.node(host_node, "--ready") as environment:
        started = desktop.start_rows(host_app, environment, given.rounds)
    peers_scroll = scroll(probe, "peers", N_PEERS)
    past_scroll = scroll(probe, "jobs", N_PAST)
    plots, peers, hidden, quiet = measure_cpu(host_app, host_node)
    sys.exit(rows.finish([
        *started,
        rows.Row("processor, plots on the screen", "% of a core", plots, None, None, "<= 2"),
        *scroll_rows(f"{N_PEERS} peers scroll and change", peers_scroll),
        *scroll_rows(f"{N_PAST} past jobs scroll, more come", past_scroll),
        rows.Row(f"processor, {N_PEERS} peers listed, {N_CHANGES} changes a second", "% of a core",
                 peers, None, None, "<= 10"),
        rows.Row("processor, no window, quiet grid", "% of a core", quiet, None, None, "<= 0.1"),
        rows.Row(f"processor, no window, {N_CHANGES} changes a second", "% of a core", hidden, None, None,
                 "<= 0.1"),
    ], given.json))


if __name__ == "__main__":
    main()
