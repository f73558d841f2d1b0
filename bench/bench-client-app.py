#!/usr/bin/env python3
"""How infinity-client opens a result of 19 million digits: the first digits, the last, and memory.

The preview alone, in a window on a display of its own, drawn in software.
"""

import os
import subprocess
import sys

import rows

N_DIGITS = 19_000_000
AT_ONCE_MS = 100  # people take what comes within it for immediate
MAX_GROWTH_MIB = 8  # of a file of 18


def open_digits(probe):
    """(ms to the first digits, ms from there to the last, MiB that the process grew by)"""
    environment = {
        **os.environ, "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "GSETTINGS_BACKEND": "memory",
        "GTK_A11Y": "none", "ADW_DISABLE_PORTAL": "1",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    done = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24 -nolisten tcp -noreset", probe, str(N_DIGITS)],
        stdout=subprocess.PIPE, text=True, check=True, env=environment)
    first_ms, last_ms, growth_kib = (float(word) for word in done.stdout.split()[-3:])
    return first_ms, last_ms, growth_kib / 1024


def main():
    given = rows.arguments(__doc__.splitlines()[0])
    probe = os.path.abspath(os.path.join(given.build_dir, "tests", "widgets", "preview-probe"))
    runs = [open_digits(probe) for _ in range(given.rounds)]
    first, last, growth = ([run[i] for run in runs] for i in range(3))
    sys.exit(rows.finish([
        rows.Row(f"{N_DIGITS:,} digits opened, first ones drawn", "ms", max(first), None, None,
                 f"<= {AT_ONCE_MS}", ours_runs=first),
        rows.Row("from there to the last ones drawn", "ms", max(last), None, None,
                 f"<= {AT_ONCE_MS}", ours_runs=last),
        rows.Row("memory that it takes", "MiB", max(growth), None, None,
                 f"<= {MAX_GROWTH_MIB}", ours_runs=growth),
    ], given.json))


if __name__ == "__main__":
    main()
