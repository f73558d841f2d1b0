#!/usr/bin/python3
"""How long infinityd answers nobody else while it lists jobs, with ten thousand of them in its store.

A second connection asks for a property again and again meanwhile; its slowest answer is the stall. The jobs
are copies of one that ran here, each under an id and a name of its own.
"""

import multiprocessing
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import rows

from gi.repository import Gio, GLib

RUNS = 7
PATH = "/org/infinitygrid"
JOBS = "org.infinitygrid.Jobs1"


def infinity(build, home, *words):
    return subprocess.run([os.path.join(build, "cli", "infinity"), *words], check=True, text=True,
                          env=dict(os.environ, INFINITY_HOME=home), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def multiply(home, n_jobs):
    """Copies the one job that there is. Its id and name stand at the beginning of its record."""
    with sqlite3.connect(os.path.join(home, "jobs.db")) as db:
        row = db.execute("SELECT * FROM jobs").fetchone()
        columns = [column[1] for column in db.execute("PRAGMA table_info (jobs)")]
        job = dict(zip(columns, row))
        name = job["name"].encode()
        assert job["record"].count(name) >= 1
        for i in range(1, n_jobs):
            new_name = b"%0*d" % (len(name), i)
            new_id = i.to_bytes(16, "big")
            record = new_id + job["record"][16:].replace(name, new_name, 1)
            copy = dict(job, id=f"{i:026d}", name=new_name.decode(), record=record,
                        submitted_unix_us=job["submitted_unix_us"] - i)
            db.execute(f"INSERT INTO jobs VALUES ({','.join('?' * len(columns))})",
                       [copy[column] for column in columns])


def connect(home):
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    return Gio.DBusConnection.new_for_address_sync(f"unix:path={home}/bus", flags, None, None)


def call(connection, interface, method, arguments):
    return connection.call_sync(None, PATH, interface, method, arguments, None, 0, 60000, None)


def ping(home, ready, ends, worst_s):
    """In a process of its own: GLib reads what comes for a process in one thread."""
    connection = connect(home)
    ready.set()
    while not ends.is_set():
        began = time.monotonic()
        call(connection, "org.freedesktop.DBus.Properties", "Get",
             GLib.Variant("(ss)", ("org.infinitygrid.Node1", "Version")))
        worst_s.value = max(worst_s.value, time.monotonic() - began)


def measure(home, work):
    """The worst stall, and how long the work took."""
    context = multiprocessing.get_context("spawn")
    ready, ends, worst_s = context.Event(), context.Event(), context.Value("d", 0.0)
    pings = context.Process(target=ping, args=(home, ready, ends, worst_s))
    pings.start()
    ready.wait()
    began = time.monotonic()
    work()
    took_s = time.monotonic() - began
    ends.set()
    pings.join()
    return worst_s.value * 1000, took_s * 1000


def main():
    parser = rows.parser(__doc__)
    parser.add_argument("--jobs", type=int, default=10000)
    options = parser.parse_args()
    table = []
    with tempfile.TemporaryDirectory(prefix="inf-list-") as home:
        infinity(options.build_dir, home, "run", "--name", "a-job-of-many", "taskadd", "--generate", "10")
        infinity(options.build_dir, home, "daemon", "stop")
        multiply(home, options.jobs)
        infinity(options.build_dir, home, "daemon", "start")
        try:
            connection = connect(home)
            total, page = call(connection, JOBS, "ListRange", GLib.Variant("(suu)", ("", 0, 1000))).unpack()
            assert total == options.jobs and len({job["id"] for job in page}) == 1000
            calls = {
                "nothing": lambda: time.sleep(0.2),
                "List": lambda: call(connection, JOBS, "List", GLib.Variant("(s)", ("",))),
                "List active": lambda: call(connection, JOBS, "List", GLib.Variant("(s)", ("active",))),
                "ListRange of 1000, the last": lambda: call(
                    connection, JOBS, "ListRange",
                    GLib.Variant("(suu)", ("done", max(options.jobs - 1000, 0), 1000))),
                "ListRange of 100": lambda: call(connection, JOBS, "ListRange",
                                                 GLib.Variant("(suu)", ("", 5000, 100)))}
            for what, work in calls.items():
                found = [measure(home, work) for _ in range(RUNS)]
                stalls = [stall for stall, _ in found]
                print(f"{what}: {statistics.median(took for _, took in found):.1f} ms", file=sys.stderr)
                table.append(rows.Row(f"stall while infinityd does {what}, {options.jobs} jobs, median", "ms",
                                      statistics.median(stalls), None, None, "<= 50"))
        finally:
            infinity(options.build_dir, home, "daemon", "stop")
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
