#!/usr/bin/env python3
"""The real client app on a grid of five: signs in, submits jobs with real files to four computers, watches them, saves
their results, is killed meanwhile and finds its jobs again; cancels one, sees one refused, and fetches a file of another
computer. The host app runs on the same node. Driven by name, as assistive technology drives it.

usage: test-client-work.py INFINITY-CLIENT INFINITY-HOST INFINITY TASKADD REFERENCE PAYLOAD
"""

import hashlib
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "host-app"))
from desktop import App, KEY_RETURN, Steps, wait_for  # noqa: E402  (the path comes first)
from machines import Lab, Machines  # noqa: E402

PASSPHRASE = "correct horse battery"
HOSTS = ["oak", "elm", "ash", "fir", "yew"]
OTHERS = HOSTS[1:]
N_INTEGERS = 300000
N_CHANGES = 4
MOST_BEHIND_S = 1
ROUNDED = 0.005  # credits
ENGLISH = {"LC_ALL": "C.UTF-8"}


def balance(app):
    """What is said to be left, on the page of credits."""
    texts = app.texts()
    for text, following in zip(texts, texts[1:]):
        if following == "Left" and text.endswith(" credits"):
            return float(text.split()[0])
    return None


class Grid:
    """The five, and what is checked of them beside the app."""

    def __init__(self, infinity, taskadd, reference):
        self.machines = Machines(infinity, "oak")
        self.taskadd = taskadd
        self.reference = reference

    def on_oak(self, *arguments):
        return self.machines.infinity_on("oak", *arguments)

    def jobs(self):
        return json.loads(self.on_oak("jobs", "--json"))

    def job(self, name):
        return json.loads(self.on_oak("job", "show", name, "--json"))

    def left(self):
        """Credits in the ledger, without what running jobs have used and is not booked yet."""
        account = json.loads(self.on_oak("credits", "--json"))
        spent = sum(job["spent"] for job in self.jobs() if job["state"] == "running")
        return (account["balance"] + account["escrowed"] - spent) / 1e6

    def set_price(self, price):
        for host in OTHERS:
            self.machines.infinity_on(host, "host", "set", "--price", price)

    def add_others(self):
        for host in OTHERS:
            token = self.on_oak("grid", "invite").split()[0]
            self.machines.infinity_on(host, "grid", "join", token)
        # enough to see the credits go
        self.set_price("0.08")
        self.on_oak("host", "stop")

    def make_integers(self, path, seed):
        self.machines.on("oak", self.taskadd, "--generate", str(N_INTEGERS), "--seed", str(seed),
                         "--write-input", path, "--output", path + ".unused")

    def is_right(self, kind, numbers, result):
        """Whether it is there, and another program comes to the same."""
        if not os.path.exists(result):
            return False
        expected = result + ".expected"
        self.machines.on("oak", self.reference, kind, numbers, expected)
        with open(expected, encoding="ascii") as left, open(result, encoding="ascii") as right:
            return left.read().strip() == right.read().strip()


def choose_file(app, title, path):
    app.press(f"Choose: {title} Choose…")
    app.type_location(title, path)
    app.press("Choose")
    app.wait_shows(os.path.basename(path))


def submit_task(app, task, numbers, name):
    """Fills in the form, and runs it on four computers once the plan says that they take it."""
    app.select("Screens", "Submit")
    app.choose("What to Run", task)
    choose_file(app, "File With Integers", numbers)
    app.set_number("Computers", 4)
    app.type("Name of the Job", name)
    app.wait_shows("Runs on 4 computers")
    app.press("Run")
    app.wait_shows("Steps")


def sign_in(app, grid, steps):
    with steps.step("signs in and founds a grid"):
        app.wait_shows("Infinity Is Not Running")
        grid.on_oak("daemon", "start")
        app.wait_shows("Welcome to Infinity")
        app.register(PASSPHRASE)
        app.found_grid()
        app.wait_shows("How many run it together")
    with steps.step("sees four other computers join"):
        grid.add_others()
        app.select("Screens", "Peers")
        for host in OTHERS:
            app.wait_shows(host)


def run_tasks(app, grid, steps):
    with steps.step("adds integers of a file on four computers"):
        submit_task(app, "Add Integers", "/tmp/add.txt", "sum")
        app.wait_shows(f"added {N_INTEGERS} integers on 4 ranks")
        app.wait_shows("Show Results")
        for host in OTHERS:
            assert app.shows(host), host
        assert app.shows("Collect Results, done")
    with steps.step("saves the sum, which is right"):
        app.press("Show Results")
        save_all(app, "/tmp/saved-sum")
        wait_for("the right sum", lambda: grid.is_right("sum", "/tmp/add.txt", "/tmp/saved-sum/sum-1/sum.txt"))
    with steps.step("multiplies integers of a file on four computers"):
        submit_task(app, "Multiply Integers", "/tmp/mult.txt", "product")
        app.wait_shows("Show Results")
        app.press("Show Results")
        save_all(app, "/tmp/saved-product")
        wait_for("the right product",
                 lambda: grid.is_right("product", "/tmp/mult.txt", "/tmp/saved-product/product-1/product.txt"))


def save_all(app, directory):
    os.mkdir(directory)
    app.wait_shows("Verified")
    app.press("Save All…")
    app.type_location("Save To", directory)
    app.press("Save")


def submit_own(app, program, name):
    """A program of one's own, which waits until it is stopped."""
    app.select("Screens", "Submit")
    app.choose("What to Run", "A Program of Your Own")
    choose_file(app, "Program", program)
    app.type("Arguments", "wait")
    app.set_number("Computers", 4)
    app.set_number("Time Limit in Minutes", 10)
    app.type("Name of the Job", name)
    app.wait_shows("Runs on 4 computers")
    app.press("Run")
    app.wait_shows("Steps")


def follow_the_ledger(app, grid):
    """How many seconds what is shown is behind the ledger, at least, in the worst case while that changes some
    times: since when that much was no longer left."""
    ledger, behind_s = [], 0.0

    def has_changed_enough():
        nonlocal behind_s
        left = grid.left()
        ledger.append((time.monotonic(), left))
        before = time.monotonic()
        shown = balance(app)
        if shown is not None:
            since = next((when for when, left in ledger if left < shown - ROUNDED), before)
            behind_s = max(behind_s, before - since)
        return len({left for _, left in ledger}) > N_CHANGES

    app.wait("changes of the ledger", has_changed_enough)
    return behind_s


def outlive_the_app(app, client, grid, steps, payload):
    """Gives another app in the place of the one that is killed."""
    with steps.step("counts down while a job runs"):
        submit_own(app, payload, "waiter")
        app.wait_shows("of 2 cores busy")
        app.select("Screens", "Credits")
        before = app.wait("a balance", lambda: balance(app))
        app.wait("less than before", lambda: balance(app) < before)
        behind_s = follow_the_ledger(app, grid)
        print(f"# the balance is {behind_s:.2f} s behind the ledger", flush=True)
        assert behind_s <= MOST_BEHIND_S
    with steps.step("is killed, and finds its jobs again"):
        app.process.kill()
        app.process.wait()
    with App([client], ENGLISH) as again:
        with steps.step("shows all jobs when it is started again"):
            again.select("Screens", "Jobs")
            for name in ("sum", "product", "waiter"):
                again.wait_shows(name)
            assert [job["state"] for job in grid.jobs()].count("running") == 1
        finish(again, grid, steps)


def finish(app, grid, steps):
    with steps.step("cancels a job"):
        app.go_to("waiter-1")
        app.key(KEY_RETURN)
        app.press("Cancel…")
        app.press("Cancel Job")
        wait_for("an end", lambda: grid.job("waiter-1")["state"] == "cancelled")
        app.wait_shows("Run Again")
    with steps.step("is refused what costs more than there is"):
        grid.set_price("50")
        app.select("Screens", "Submit")
        app.wait_shows("credits")
        app.set_number("Computers", 4)
        app.wait_shows("This can’t run now")
        app.wait_shows("credits free")
    with steps.step("fetches a file of another computer"):
        content = b"a file of elm's\n"
        grid.machines.on("elm", "sh", "-c", "printf 'a file of elm\\047s\\n' > /tmp/note.txt")
        grid.machines.infinity_on("elm", "files", "add", "/tmp/note.txt")
        app.select("Screens", "Files")
        app.press("Fetch…")
        app.type("SHA-256", hashlib.sha256(content).hexdigest())
        app.press("Fetch")
        app.wait_shows(f"Fetched {len(content)} bytes from elm")
        grid.on_oak("files", "save", "note.txt", "/tmp/note.txt")
        with open("/tmp/note.txt", "rb") as file:
            assert file.read() == content


def drive(client, host, infinity, taskadd, reference, payload):
    """The test itself, on oak."""
    steps = Steps()
    grid = Grid(infinity, taskadd, reference)
    grid.make_integers("/tmp/add.txt", 20)
    grid.make_integers("/tmp/mult.txt", 21)
    with App([client], ENGLISH) as app:
        sign_in(app, grid, steps)
        with steps.step("signs in to the host app, too"), App([host], ENGLISH) as other:
            other.wait_shows("Not sharing: sharing is switched off")
        run_tasks(app, grid, steps)
        outlive_the_app(app, client, grid, steps, payload)
    print(f"1..{steps.number}", flush=True)
    return 0


def main():
    if sys.argv[1] == "--inside":
        return drive(*sys.argv[2:])
    programs = [os.path.abspath(program) for program in sys.argv[1:]]
    return Lab(programs[2], "client-work", HOSTS).drive(__file__, programs)

if __name__ == "__main__":
    sys.exit(main())
