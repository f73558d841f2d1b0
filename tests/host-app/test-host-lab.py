#!/usr/bin/env python3
"""The real app on a real node: registers, founds a grid, is asked for a job of another machine, hosts it, stops it,
disconnects, and survives the death of the daemon; driven by name, as assistive technology drives it.

usage: test-host-lab.py INFINITY-HOST INFINITY PAYLOAD
"""

import os
import subprocess
import sys

from desktop import App, KEY_ESCAPE, Steps
from machines import Lab, Machines
from notifications import Notifications

PASSPHRASE = "correct horse battery"


def earned(app):
    """The amount beside “Earned Today”."""
    for text in app.texts():
        if text.endswith(" credits") and text.split()[0].replace(".", "").isdigit():
            return float(text.split()[0])
    return 0.0


def submit(lab, payload, name):
    lab.infinity_on("elm", "submit", "--name", name, "--nodes", "1", payload, "wait")


def await_request(app, notices):
    """The number of the notification, which offers to answer."""
    number = app.wait("a notification", lambda: notices.find("elm asks to run"))
    assert "worth up to" in notices.shown[number].body
    assert {"Accept", "Decline"} <= set(notices.shown[number].buttons)
    app.wait_shows("elm asks to run")
    return number


def drive(infinity_host, infinity, payload):
    """The test itself, on oak."""
    steps = Steps()
    lab = Machines(infinity, "oak")
    with Notifications() as notices, App([infinity_host], {"LC_ALL": "C.UTF-8"}) as app:
        with steps.step("finds the service when it starts"):
            app.wait_shows("Infinity Is Not Running")
            lab.infinity_on("oak", "daemon", "start")
            app.wait_shows("Welcome to Infinity")
        with steps.step("registers"):
            app.register(PASSPHRASE)
        with steps.step("founds a grid"):
            app.found_grid()
            app.wait_shows("Ready: waiting for a job")
        with steps.step("sees another computer join"):
            token = lab.infinity_on("oak", "grid", "invite").split()[0]
            lab.infinity_on("elm", "grid", "join", token)
            lab.infinity_on("elm", "host", "stop")
            # a hundredth of a credit each second: enough to see
            lab.infinity_on("oak", "host", "set", "--price", "0.01")
            app.wait_shows("1 other computer")
        with steps.step("accepts a request from its notification"):
            lab.infinity_on("oak", "host", "set", "--clients", "ask")
            submit(lab, payload, "visit")
            notices.press(await_request(app, notices), "Accept")
        with steps.step("shows the job that arrives"):
            app.wait_shows("Sharing: 1 job runs here")
            app.wait_shows("for elm")
        with steps.step("earns"):
            before = earned(app)
            app.wait("more credits", lambda: earned(app) > before)
        with steps.step("plots what it earns"):
            app.press("Earnings")
            app.wait("a rate above nothing", lambda: any(
                text.endswith("credits an hour") and not text.startswith("0 ")
                for text in app.texts()))
        with steps.step("shows what the job prints"):
            app.press("Jobs")
            app.activate_row(app.wait("the job", lambda: next(
                (text for text in app.texts() if text.endswith("for elm")), None)))
            app.wait_shows("Printed Here")
            app.wait("the job’s line", lambda: "waiting" in app.texts())
            app.key(KEY_ESCAPE)
            app.wait("the details gone", lambda: not app.shows("Printed Here"))
        with steps.step("disconnects when the job has ended, where that is the answer, and may think again"):
            app.press("Home")
            app.press("Disconnect")
            app.wait_shows("Disconnect While a Job Runs?")
            app.press("Finish First")
            app.wait_shows("Disconnecting: what runs may finish first")
            app.wait_shows("1 job is left.")
            app.press("Connect")
            app.wait_shows("Sharing: 1 job runs here")
        with steps.step("stops the job"):
            app.press("Stop")
            app.wait_shows("No job runs here at the moment.")
            app.wait_shows("Ready: waiting for a job")
        with steps.step("declines a request, and withdraws its notification"):
            submit(lab, payload, "unwanted")
            await_request(app, notices)
            app.press("Decline")
            app.wait("no notification", lambda: not notices.find("elm asks to run"))
            lab.infinity_on("elm", "job", "cancel", "unwanted")
        with steps.step("disconnects and connects"):
            app.press("Disconnect")
            app.wait_shows("you disconnected this computer")
            app.press("Connect")
            app.wait_shows("Ready: waiting for a job")
        with steps.step("survives the death of the service"):
            pid = lab.on("oak", "pgrep", "-x", "infinityd").strip()
            lab.on("oak", "kill", "-9", pid)
            app.wait_shows("Infinity Is Not Running")
            lab.infinity_on("oak", "daemon", "start")
            app.wait_shows("Enter your passphrase to sign in.")
        with steps.step("says that a passphrase is wrong"):
            app.type("Passphrase", "wrong horse battery")
            app.press("Sign In")
            app.wait_shows("The passphrase is wrong.")
        with steps.step("signs in"):
            app.type("Passphrase", PASSPHRASE)
            app.press("Sign In")
            app.wait_shows("Ready: waiting for a job")
    print(f"1..{steps.number}", flush=True)
    return 0


def main():
    if sys.argv[1] == "--inside":
        return drive(*sys.argv[2:])
    return Lab(sys.argv[2], "host-app", ["oak", "elm"]).drive(__file__, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
