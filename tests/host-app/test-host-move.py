#!/usr/bin/env python3
"""An owner gets another machine: the real app exports the identity on the old one and imports it on the new, which goes on as
the same member of the same grid; driven by name, as assistive technology drives it.

usage: test-host-move.py INFINITY-HOST INFINITY
"""

import json
import os
import sys

from desktop import App, Steps
from machines import Lab, Machines

PASSPHRASE = "correct horse battery"
OLD, NEW, OTHER = "oak", "elm", "ash"
# in the home of each machine; a person carries it from one to the other
FILE = "/home/owner/mine.infinity-identity"
# what the second machine has to find again
ID_FILE = "/home/owner/peer-id"
OLD_STEPS, NEW_STEPS = 5, 4


def identity(lab, host):
    return json.loads(lab.infinity_on(host, "identity", "show", "--json"))


def leave(infinity_host, infinity):
    """On the old machine."""
    steps = Steps()
    lab = Machines(infinity, OLD)
    with App([infinity_host], {"LC_ALL": "C.UTF-8"}) as app:
        with steps.step("registers"):
            app.wait_shows("Infinity Is Not Running")
            app.press("Start")
            app.wait_shows("Welcome to Infinity")
            app.register(PASSPHRASE)
        with steps.step("founds a grid"):
            app.found_grid()
            app.wait_shows("Ready: waiting for a job")
        with steps.step("sees another computer join"):
            lab.infinity_on(OTHER, "grid", "join", lab.infinity_on(OLD, "grid", "invite").split()[0])
            app.wait_shows("1 other computer")
        with steps.step("exports the identity to move it"):
            with open(ID_FILE, "w", encoding="utf-8") as file:
                file.write(identity(lab, OLD)["id"])
            app.press("Main Menu")
            app.press("Settings")
            app.activate_row("Move to Another Computer…")
            app.type("Passphrase", PASSPHRASE)
            app.press("Move")
            app.type("Name:", FILE)
            app.press("Save")
            app.wait("the file", lambda: os.path.exists(FILE) and os.path.getsize(FILE) > 0)
        with steps.step("says that the identity is elsewhere now"):
            app.wait_shows("This identity was moved to another computer.")
    assert steps.number == OLD_STEPS
    return 0


def arrive(infinity_host, infinity):
    """On the new one."""
    steps = Steps(OLD_STEPS)
    lab = Machines(infinity, NEW)
    with App([infinity_host], {"LC_ALL": "C.UTF-8"}) as app:
        with steps.step("says on the new machine that a passphrase is wrong"):
            app.wait_shows("Infinity Is Not Running")
            app.press("Start")
            app.wait_shows("Welcome to Infinity")
            import_with(app, "wrong horse battery")
            app.wait_shows("The passphrase is wrong.")
        with steps.step("imports the identity, and is in the grid"):
            import_with(app, PASSPHRASE)
            app.wait_shows("Ready: waiting for a job")
        with steps.step("is who the old machine was"):
            with open(ID_FILE, encoding="utf-8") as file:
                assert identity(lab, NEW)["id"] == file.read()
        with steps.step("finds the other computer, which finds it at its new address"):
            app.wait_shows("1 other computer")
            peer = identity(lab, NEW)["id"]
            address = lab.on(NEW, "hostname", "-I").split()[0]
            app.wait("its new address", lambda: any(
                known["id"] == peer and address in json.dumps(known)
                for known in json.loads(lab.infinity_on(OTHER, "peers", "--json"))))
    assert steps.number == OLD_STEPS + NEW_STEPS
    return 0


def import_with(app, passphrase):
    app.press("Import an Identity…")
    app.type_location("Import an Identity", FILE)
    app.press("Open")
    app.wait_shows("Passphrase of the Identity")
    app.type("Passphrase", passphrase)
    app.press("Import")


def main():
    if sys.argv[1] == "--leave":
        return leave(*sys.argv[2:])
    if sys.argv[1] == "--arrive":
        return arrive(*sys.argv[2:])
    with Lab(sys.argv[2], "host-move", [OLD, NEW, OTHER]) as lab:
        print(f"1..{OLD_STEPS + NEW_STEPS}", flush=True)
        status = lab.drive_on(OLD, __file__, "--leave", sys.argv[1:])
        if status == 0:
            for path in (FILE, ID_FILE):
                lab.carry(path, OLD, NEW)
            status = lab.drive_on(NEW, __file__, "--arrive", sys.argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
