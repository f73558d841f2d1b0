#!/usr/bin/env python3
"""infinity-host beside gnome-text-editor: first complete frame, memory; and the processor time of the app itself.

Each starts on a display and a session bus of its own, drawing in software. The frame is complete when the
window has its last pixels: the display's picture no longer changes. --install installs the reference.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import desktop
import rows

SETTLED_S = 0.5  # the same picture for so long is the last one
START_TIMEOUT_S = 60
CPU_S = 20
N_PEERS = 5000
N_PAST = 2000
N_CHANGES = 50


def time_to_frame(display, began):
    """Seconds from `began` until the picture had its last change."""
    empty = last = display.picture()
    changed = began
    while time.monotonic() - began < START_TIMEOUT_S:
        now = time.monotonic()
        picture = display.picture()
        if picture != last:
            last, changed = picture, now
        elif last != empty and now - changed > SETTLED_S:
            return changed - began
        time.sleep(0.005)
    sys.exit("no frame came")


def memory_mib(pid):
    """What the process has of its own, and its part of what it shares."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_percent(pid):
    """Of one core, over a while."""
    before = cpu_s(pid)
    began = time.monotonic()
    time.sleep(CPU_S)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def start_once(command, environment=None):
    """(seconds to the frame, MiB) of a fresh start."""
    with desktop.Display() as display:
        began = time.monotonic()
        with desktop.running(command, {**display.environment, **(environment or {})}) as process:
            return time_to_frame(display, began), memory_mib(process.pid)


@contextlib.contextmanager
def node(program, *options):
    """infinityd's contract without a grid behind it."""
    with tempfile.TemporaryDirectory(prefix="infinity-bench-") as home:
        with desktop.running([program, *options], {**os.environ, "INFINITY_HOME": home}):
            while not os.path.exists(os.path.join(home, "bus")):
                time.sleep(0.01)
            yield {"INFINITY_HOME": home}


def press(display, action, target=None):
    """Does what a menu would."""
    command = ["gdbus", "call", "--session", "--dest", "org.infinitygrid.Host", "--object-path",
               "/org/infinitygrid/Host/window/1", "--method", "org.gtk.Actions.Activate", action,
               f"[<'{target}'>]" if target else "[]", "{}"]
    subprocess.run(command, env=display.environment, stdout=subprocess.DEVNULL, check=True)


def measure_cpu(host_app, host_node):
    """Percent of a core: with plots on the screen, with 5,000 peers that change listed, and without a window, in
    a grid that changes as much and in a quiet one."""
    with node(host_node, "--peers", str(N_PEERS), "--past", str(N_PAST), "--changes",
              str(N_CHANGES)) as environment, desktop.Display() as display:
        with desktop.running([host_app], {**display.environment, **environment}) as process:
            time_to_frame(display, time.monotonic())
            press(display, "show-page", "earnings")
            time.sleep(2)
            plots = cpu_percent(process.pid)
            press(display, "show-page", "peers")
            time.sleep(2)
            peers = cpu_percent(process.pid)
            press(display, "close")
            time.sleep(2)
            hidden = cpu_percent(process.pid)
    with node(host_node) as environment, desktop.Display() as display:
        with desktop.running([host_app], {**display.environment, **environment}) as process:
            time_to_frame(display, time.monotonic())
            press(display, "close")
            time.sleep(2)
            quiet = cpu_percent(process.pid)
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
    options = rows.parser(__doc__.splitlines()[0])
    options.add_argument("--install", action="store_true", help="install gnome-text-editor (as root)")
    given = options.parse_args()
    host_app = os.path.abspath(os.path.join(given.build_dir, "host-app", "infinity-host"))
    host_node = os.path.abspath(os.path.join(given.build_dir, "tests", "host-app", "host-node"))
    if given.install:
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends",
                        "gnome-text-editor"], check=True, stdout=subprocess.DEVNULL)
    if not shutil.which("gnome-text-editor"):
        sys.exit("gnome-text-editor is not installed; --install does that")
    ours, reference = [], []
    # amounts that count while jobs run would be frames of their own
    with node(host_node, "--ready") as environment:
        for _ in range(given.rounds):
            ours.append(start_once([host_app], environment))
            reference.append(start_once(["gnome-text-editor", "--standalone"]))
    probe = os.path.abspath(os.path.join(given.build_dir, "tests", "host-app", "scroll-probe"))
    peers_scroll = scroll(probe, "peers", N_PEERS)
    past_scroll = scroll(probe, "jobs", N_PAST)
    plots, peers, hidden, quiet = measure_cpu(host_app, host_node)
    frame, frame_reference = (statistics.median(run[0] for run in runs) for runs in (ours, reference))
    memory, memory_reference = (statistics.median(run[1] for run in runs)
                                for runs in (ours, reference))
    sys.exit(rows.finish([
        rows.Row("start to first complete frame", "s", frame, frame_reference,
                 frame / frame_reference, "<= 1.3"),
        rows.Row("memory after the start", "MiB", memory, memory_reference,
                 memory / memory_reference, "<= 1.2"),
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
