"""Apps on virtual machines, and the others told from there what to do."""

import json
import os
import re
import subprocess
import sys

ASKED = re.compile(r"^@(\w+) (.*)$")
SESSION = ["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24 -nolisten tcp -noreset", "dbus-run-session", "--"]


class Lab:
    """Virtual machines, as the program outside of them sees them. An app, its display and its bus are on one of
    `hosts`; what that wants done on another it asks for on its standard output."""

    def __init__(self, infinity, name, hosts):
        self.infinity = os.path.abspath(infinity)
        self.name = f"{name}-{os.getpid()}"
        self.hosts = hosts

    def _lab(self, *arguments):
        return subprocess.run([self.infinity, "lab", *arguments], stdout=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, text=True, check=True).stdout

    def __enter__(self):
        # A lab's hosts have a /tmp and a /home of their own, and a tree may lie in one.
        tests = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
        self._lab("start", "--name", self.name, "--hosts", str(len(self.hosts)), "--share", tests)
        return self

    def __exit__(self, *_):
        self._lab("stop", "--name", self.name)

    def command(self, host, *command):
        return [self.infinity, "lab", "exec", "--name", self.name, host, "--", *command]

    def carry(self, path, source, target):
        """A file from one machine to another, as on a stick."""
        content = subprocess.run(self.command(source, "cat", path), check=True, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE).stdout
        subprocess.run(self.command(target, "tee", path), check=True, input=content, stdout=subprocess.DEVNULL)

    def serve(self, process):
        """Prints what the test inside prints, and does what it asks for."""
        for line in process.stdout:
            asked = ASKED.match(line)
            if not asked:
                print(line, end="", flush=True)
                continue
            done = subprocess.run(self.command(asked[1], *json.loads(asked[2])), check=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
            process.stdin.write(json.dumps(done.stdout) + "\n")
            process.stdin.flush()
        return process.wait()

    def drive(self, test, arguments):
        """Starts the machines, and runs the program `test` again on the first, with --inside and `arguments`, the
        paths of programs."""
        with self:
            return self.drive_on(self.hosts[0], test, "--inside", arguments)

    def drive_on(self, host, test, option, arguments):
        """The same on the machine `host` of those that were started."""
        # by the same Python, which has the bindings
        inside = [*SESSION, sys.executable, os.path.abspath(test), option,
                  *[os.path.abspath(argument) for argument in arguments]]
        with subprocess.Popen(self.command(host, *inside), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as process:
            return self.serve(process)


class Machines:
    """The same, as the test on the machine `here` sees them."""

    def __init__(self, infinity, here):
        self.infinity = infinity
        self.here = here

    def on(self, host, *command):
        if host == self.here:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  text=True, check=True).stdout
        print(f"@{host} {json.dumps(command)}", flush=True)
        return json.loads(sys.stdin.readline())

    def infinity_on(self, host, *arguments):
        return self.on(host, self.infinity, *arguments)
