#!/usr/bin/env python3
"""Walks the accessible tree of every screen of infinity-client and fails on a control without a name; and has a job
end, which is notified, also without a window.

usage: test-client-accessible.py INFINITY-CLIENT CLIENT-NODE
"""

import os
import signal
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "host-app"))
from desktop import AccessibleReport, App, serve_contract, wait_for  # noqa: E402  (the path comes first)
from notifications import Notifications  # noqa: E402

SCREENS = (("Jobs", "lattice-24"), ("Results", "heat-flow"), ("Credits", "History"), ("Files", "numbers.txt"),
           ("Peers", "oak"))


def walk_screens(app, report):
    """Each of them, from the sidebar."""
    app.wait_shows("Runs on 4 computers")
    report.check(app, "submit")
    for screen, text in SCREENS:
        app.select("Screens", screen)
        app.wait_shows(text)
        assert not app.shows("disconnected from its grid"), screen
        report.check(app, screen)
    app.press("Main Menu")
    report.check(app, "menu")


def main():
    infinity_client, client_node = sys.argv[1:]
    report = AccessibleReport()
    with tempfile.TemporaryDirectory(prefix="inf-a11y-") as home, Notifications() as notices:
        environment = {"INFINITY_HOME": home, "LC_ALL": "C.UTF-8"}
        with App([infinity_client], environment) as app:
            app.wait_shows("Infinity Is Not Running")
            report.check(app, "service down")
            with serve_contract(client_node, home, "--sign-in") as node:
                app.wait_shows("Welcome to Infinity")
                report.check(app, "register")
                app.register("correct horse")
                report.check(app, "join")
                app.found_grid()
                walk_screens(app, report)
                node.send_signal(signal.SIGUSR1)
                wait_for("a notification that the job is done", lambda: notices.find("heat-flow is done"))
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
