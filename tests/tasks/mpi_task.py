"""Runs a task under mpiexec in a directory of its own, for the tests beside this file."""

import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.set_int_max_str_digits(0)
BUILD_DIR = os.environ["INFINITY_TEST_ROOT"]
# Open MPI keeps memory until the end; leaks of the tasks show in the unit tests.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
# Once a rank has failed, mpiexec would wait for a second before it looks whether the others are gone.
QUICK_ENVIRONMENT = dict(ENVIRONMENT, OMPI_MCA_odls_base_sigkill_timeout="0")


def command(n_ranks, program, *options):
    as_root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    path = os.path.join(BUILD_DIR, "tasks", program)
    return ["mpiexec", *as_root, "--oversubscribe", "-np", str(n_ranks), path, *options]


class TaskCase(unittest.TestCase):
    """A directory, and ways to run tasks in it."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="inf-tasks-")
        self.addCleanup(self.directory.cleanup)

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, contents):
        if isinstance(contents, str):
            contents = contents.encode()
        with open(self.path(name), "wb") as file:
            file.write(contents)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def files(self):
        return sorted(os.listdir(self.directory.name))

    def start(self, n_ranks, program, *options):
        return subprocess.Popen(command(n_ranks, program, *options), cwd=self.directory.name,
                                env=ENVIRONMENT, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_task(self, n_ranks, program, *options):
        return subprocess.run(command(n_ranks, program, *options), cwd=self.directory.name,
                              env=QUICK_ENVIRONMENT, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)

    def succeed(self, n_ranks, program, *options):
        done = self.run_task(n_ranks, program, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def wait_until(self, condition, what):
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"waited in vain for {what}")
            time.sleep(0.01)

    def ranks(self):
        """The processes that work in this test's directory."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                is_here = os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(self.directory.name)
                program = os.readlink(f"/proc/{pid}/exe")
            except OSError:
                continue
            if is_here and os.path.dirname(program) == os.path.join(BUILD_DIR, "tasks"):
                found.append(int(pid))
        return found
