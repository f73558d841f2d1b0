#!/usr/bin/env python3
"""What infinityd takes of a machine when nothing is to be done: five nodes that know each other."""

import os
import sys
import time

import rows
from lab_grid import LabGrid

SETTLE_S = 5
WINDOW_S = 30


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0


def processor_s(pid):
    """What all threads together have run, in nanosecond steps: /proc/PID/stat counts in 10 ms."""
    total_ns = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="utf-8") as file:
            total_ns += int(file.read().split()[0])
    return total_ns / 1e9


def measure(lab, settle_s, window_s):
    pids = {host: lab.daemon_pid(host) for host in lab.hosts}
    time.sleep(settle_s)
    began = time.monotonic()
    before = {host: processor_s(pid) for host, pid in pids.items()}
    time.sleep(window_s)
    took = time.monotonic() - began
    return {host: (resident_mib(pid), 100 * (processor_s(pid) - before[host]) / took)
            for host, pid in pids.items()}


def main():
    parser = rows.parser(__doc__)
    parser.add_argument("--settle", type=float, default=SETTLE_S, help="seconds before measuring begins")
    parser.add_argument("--window", type=float, default=WINDOW_S, help="seconds of measuring")
    options = parser.parse_args()
    with LabGrid(options.build_dir) as lab:
        found = measure(lab, options.settle, options.window)
    for host, (mib, percent) in found.items():
        print(f"{host}: {mib:.1f} MiB, {percent:.3f} % of a core", file=sys.stderr)
    n = len(found)
    table = [
        rows.Row(f"idle infinityd, the largest of {n}, resident", "MiB",
                 max(mib for mib, _ in found.values()), None, None, "<= 25"),
        rows.Row(f"idle infinityd, the busiest of {n}", "% of a core",
                 max(percent for _, percent in found.values()), None, None, "<= 0.5"),
    ]
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
