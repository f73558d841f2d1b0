#!/usr/bin/env python3
"""Walks the accessible tree of every screen of infinity-host and fails on a control without a name.

usage: test-host-accessible.py INFINITY-HOST HOST-NODE
"""

import sys
import tempfile

from desktop import AccessibleReport, App, serve_contract


def main():
    infinity_host, host_node = sys.argv[1:]
    report = AccessibleReport()
    with tempfile.TemporaryDirectory(prefix="inf-a11y-") as home:
        environment = {"INFINITY_HOME": home, "LC_ALL": "C.UTF-8"}
        with App([infinity_host], environment) as app:
            app.wait_shows("Infinity Is Not Running")
            report.check(app, "service down")
            with serve_contract(host_node, home, "--sign-in"):
                app.wait_shows("Welcome to Infinity")
                report.check(app, "register")
                app.register("correct horse")
                report.check(app, "join")
                app.found_grid()
                app.wait_shows("Sharing: 2 jobs run here")
                report.check(app, "home")
                for screen, text in (("Jobs", "taskmult for elm"), ("Earnings", "Earned today"),
                                     ("Peers", "hazel"), ("Sharing", "Share This Computer")):
                    app.press(screen)
                    app.wait_shows(text)
                    report.check(app, screen)
                app.press("Jobs")
                app.press("Past")
                app.wait_shows("heat-flow")
                report.check(app, "past jobs")
                app.press("Peers")
                app.press("Neighbours")
                report.check(app, "neighbours")
                app.press("Main Menu")
                report.check(app, "menu")
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
