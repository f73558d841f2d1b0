#!/usr/bin/env python3
"""The real app on a real grid of four: registers, founds a grid, is given a job file, runs it on three other machines,
is told when it is done, shows the result, and finds its jobs again when it was killed; driven by name, as assistive technology
drives it.

usage: test-client-lab.py INFINITY-CLIENT INFINITY
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "host-app"))
from desktop import App, Steps, wait_for  # noqa: E402  (the path comes first)
from machines import Lab, Machines  # noqa: E402
from notifications import Notifications  # noqa: E402

PASSPHRASE = "correct horse battery"
HOSTS = ["oak", "elm", "ash", "fir"]
NUMBERS = [7919 * n - 10**20 for n in range(20000)]


def write_job(folder):
    """A job file, and the numbers it sends."""
    with open(os.path.join(folder, "numbers.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(str(number) for number in NUMBERS) + "\n")
    path = os.path.join(folder, "sum.infinity-job")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[Infinity Job]\nVersion=1\nProgram=taskadd\nArguments=--input;numbers.txt;\nName=my-sum\n"
                   "Nodes=3\n[Input 1]\nPath=numbers.txt\n")
    return path


def read_sum(lab):
    """What the result says, from where infinityd keeps it."""
    results = json.loads(lab.infinity_on("oak", "results", "--json"))
    results = results if isinstance(results, list) else results["results"]
    mine = next(result for result in results if result["name"].startswith("my-sum"))
    with open(os.path.join(mine["directory"], "sum.txt"), encoding="utf-8") as file:
        return int(file.read())


def found_grid(app, lab):
    """Through the app; the others join by command."""
    app.wait_shows("Infinity Is Not Running")
    app.press("Start")
    app.wait_shows("Welcome to Infinity")
    app.register(PASSPHRASE)
    app.found_grid()
    app.wait_shows("Add Integers")
    lab.infinity_on("oak", "host", "stop")
    for host in HOSTS[1:]:
        lab.infinity_on(host, "grid", "join", lab.infinity_on("oak", "grid", "invite").split()[0])


def drive(infinity_client, infinity):
    """The test itself, on oak."""
    steps = Steps()
    lab = Machines(infinity, "oak")
    with Notifications() as notices, tempfile.TemporaryDirectory() as folder:
        with App([infinity_client], {"LC_ALL": "C.UTF-8"}) as app:
            with steps.step("registers, and founds a grid"):
                found_grid(app, lab)
            with steps.step("is given a job file, and plans it"):
                # a second one hands it on, and ends
                subprocess.run([infinity_client, write_job(folder)], check=True, timeout=30)
                app.wait_shows("sum.infinity-job is filled in.")
                app.wait_shows("Runs on 3 computers")
            with steps.step("runs it, and tells when it is done"):
                app.press("Run")
                wait_for("a notification", lambda: notices.find("my-sum"))
                assert "is done" in notices.shown[notices.find("my-sum")].summary
            with steps.step("has the right sum"):
                assert read_sum(lab) == sum(NUMBERS)
            with steps.step("shows the result"):
                app.select("Screens", "Results")
                app.wait_shows("my-sum")
            with steps.step("is killed"):
                app.process.kill()
                app.process.wait()
        with steps.step("finds its jobs again"), App([infinity_client], {"LC_ALL": "C.UTF-8"}) as app:
            app.select("Screens", "Jobs")
            app.wait_shows("my-sum")
    print(f"1..{steps.number}", flush=True)
    return 0


def main():
    if sys.argv[1] == "--inside":
        return drive(*sys.argv[2:])
    return Lab(sys.argv[2], "client-app", HOSTS).drive(__file__, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
