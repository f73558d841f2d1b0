#!/usr/bin/env python3
"""The demonstration: five virtual machines, one grid, two MPI jobs on four of them, checked results.

Everything is done with the command lines that people use: `infinity lab` makes the machines, and on each of
them `infinity` founds or joins the grid, runs the jobs and shows the credits. Sum and product are then
computed again by a program that shares no code with the tasks.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

HOSTS = 5
NODES = 4
INTEGERS = 1_000_000
SEEDS = {"add": 20, "mult": 21}
SUBMITTER = "oak"
JOIN_TIMEOUT_S = 30


class DemoError(Exception):
    """Something that the demonstration can't go on after; the message is for people."""


class Lab:
    """A lab that is stopped however the demonstration ends."""

    def __init__(self, infinity, name, share):
        self.infinity = infinity
        self.name = name
        # A build tree below /tmp is seen by the hosts; the directory of the results must be as well.
        sharing = ["--share", share] if share.startswith(("/tmp/", "/run/")) else []
        self.call("start", "--hosts", str(HOSTS), *sharing)
        status = json.loads(self.call("status", "--json"))
        self.hosts = [host["name"] for host in (status["hosts"] if isinstance(status, dict) else status)]

    def call(self, verb, *args):
        return run([self.infinity, "lab", verb, "--name", self.name, *args])

    def command(self, host, *args):
        return [self.infinity, "lab", "exec", "--name", self.name, host, "--", self.infinity, *args]

    def on(self, host, *args):
        return run(self.command(host, *args))

    def json_on(self, host, *args):
        return json.loads(self.on(host, *args, "--json"))

    def stop(self):
        self.call("stop")


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise DemoError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def say(text):
    print(text, flush=True)


def alive(peers):
    return [peer["name"] for peer in peers if peer["state"] in ("self", "alive")]


def make_grid(lab):
    lab.on(SUBMITTER, "grid", "create", "demo", "--node-name", SUBMITTER)
    lab.on(SUBMITTER, "host", "stop")
    for host in lab.hosts:
        if host != SUBMITTER:
            token = lab.on(SUBMITTER, "grid", "invite").strip().splitlines()[0]
            lab.on(host, "grid", "join", token, "--node-name", host)
    deadline = time.monotonic() + JOIN_TIMEOUT_S
    while True:
        peers = lab.json_on(SUBMITTER, "peers")
        hosting = [peer["name"] for peer in peers if peer["hosting"] and peer["state"] == "alive"]
        if len(alive(peers)) == len(lab.hosts) and len(hosting) >= NODES:
            return
        if time.monotonic() > deadline:
            raise DemoError(f"after {JOIN_TIMEOUT_S} s {SUBMITTER} knows {alive(peers)}, hosting {hosting}")
        time.sleep(0.05)


def credits_of(lab):
    return {host: lab.json_on(host, "credits") for host in lab.hosts}


def make_numbers(build, seed, numbers):
    """The task that generates integers adds them too; that sum is of no interest here."""
    unused = numbers + ".sum"
    run([os.path.join(build, "tasks", "taskadd"), "--generate", str(INTEGERS), "--seed", str(seed),
         "--write-input", numbers, "--output", unused])
    os.unlink(unused)


def run_job(lab, task, numbers, out):
    began = time.monotonic()
    job = json.loads(run(lab.command(SUBMITTER, "run", "--nodes", str(NODES), "--to", out, "--json",
                                     task, "--input", numbers)))
    return job, time.monotonic() - began


def check(build, kind, numbers, result):
    """Computes the result again, elsewhere, and compares every byte."""
    expected = result + ".expected"
    run([os.path.join(build, "bench", "reference-sum-product"), kind, numbers, expected])
    with open(expected, "rb") as left, open(result, "rb") as right:
        same = left.read().strip() == right.read().strip()
    os.unlink(expected)
    if not same:
        raise DemoError(f"{result} is wrong")


def demonstrate(lab, build, out):
    say(f"lab: {', '.join(lab.hosts)}")
    make_grid(lab)
    say(f"grid “demo”: {len(lab.hosts)} members know each other; {SUBMITTER} submits, the others host")
    before = credits_of(lab)
    jobs = []
    for kind, task, result_name in (("add", "taskadd", "sum.txt"), ("mult", "taskmult", "product.txt")):
        numbers = os.path.join(out, f"numbers-{kind}.txt")
        result = os.path.join(out, result_name)
        make_numbers(build, SEEDS[kind], numbers)
        job, seconds = run_job(lab, task, numbers, out)
        check(build, "sum" if kind == "add" else "product", numbers, result)
        say(f"{task}: {INTEGERS} integers on {', '.join(job['hosts'])} in {seconds:.2f} s: "
            f"{job['summary']}\n  checked by another program: {result}")
        jobs.append({"task": task, "numbers": numbers, "result": result, "hosts": job["hosts"],
                     "seconds": round(seconds, 3), "spent_ucredits": job["spent"],
                     "summary": job["summary"], "steps": job["steps"], "checked": True})
    say("\nthe grid as " + SUBMITTER + " sees it")
    print(lab.on(SUBMITTER, "peers"), end="")
    return before, credits_of(lab), jobs


def report(out, lab, before, after, jobs, seconds):
    say("\ncredits     before         after          difference")
    for host in lab.hosts:
        was, now = before[host]["balance"], after[host]["balance"]
        say(f"{host:<10}  {was / 1e6:<13.6f}  {now / 1e6:<13.6f}  {(now - was) / 1e6:+.6f}")
    paid = sum(job["spent_ucredits"] for job in jobs)
    earned = sum(after[host]["balance"] - before[host]["balance"] for host in lab.hosts if host != SUBMITTER)
    if paid != earned:
        raise DemoError(f"{SUBMITTER} paid {paid} micro-credits, the hosts earned {earned}")
    path = os.path.join(out, "report.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"hosts": lab.hosts, "submitter": SUBMITTER, "jobs": jobs, "seconds": round(seconds, 3),
                   "credits_before": before, "credits_after": after}, file, indent=2)
        file.write("\n")
    say(f"\nwhat {SUBMITTER} paid is what the hosts earned: {paid / 1e6:.6f} credits")
    say(f"results: {jobs[0]['result']}\n         {jobs[1]['result']}\n         {path}")
    say(f"{seconds:.1f} s from the first machine to the last check")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    build, out = os.path.realpath(args.build_dir), os.path.realpath(args.out)
    os.makedirs(out, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    lab = Lab(os.path.join(build, "cli", "infinity"), f"demo-{os.getpid()}", out)
    try:
        before, after, jobs = demonstrate(lab, build, out)
        report(out, lab, before, after, jobs, time.monotonic() - began)
    finally:
        lab.stop()


if __name__ == "__main__":
    try:
        main()
    except DemoError as error:
        sys.exit(f"demo: {error}")
    except KeyboardInterrupt:
        sys.exit("demo: interrupted")
