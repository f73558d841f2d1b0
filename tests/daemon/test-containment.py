#!/usr/bin/env python3
"""A machine that can't contain a job hosts and launches none, and says what is missing and what mends it.

What is missing is taken away in a namespace that only this test's node is in. Arguments: infinity.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

TIMEOUT_S = 60
HIDE_BUBBLEWRAP = 'for d in /usr/local/bin /usr/bin /bin; do [ ! -f $d/bwrap ] || mount --bind /dev/null $d/bwrap; done'
HIDE_OPEN_MPI = HIDE_BUBBLEWRAP.replace("bwrap", "mpiexec")
FORBID_NAMESPACES = "echo 0 > /proc/sys/user/max_user_namespaces"


def run_without(hide, home, *commands):
    """Runs the commands, one after the other, where what `hide` takes away is missing.

    Returns: the exit status and the output of each.
    """
    separator = "\x1e"
    script = [f"{hide} || exit 99"]
    for command in commands:
        script += [f"{shlex.join(command)} </dev/null 2>&1", f"printf '{separator}%s{separator}' $?"]
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "\n".join(script)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={**os.environ, "INFINITY_HOME": home},
                          encoding="utf-8", timeout=TIMEOUT_S, check=True)
    parts = done.stdout.split(separator)
    return [(int(status), output.strip()) for output, status in zip(parts[0::2], parts[1::2])]


def check(infinity, hide, missing, remedy, hosts_nothing):
    home = tempfile.mkdtemp(prefix="infinity-containment-")
    try:
        done = run_without(
            hide, home, [infinity, "grid", "create", "alone", "--node-name", "here"],
            [infinity, "status", "--json"], [infinity, "status"], [infinity, "host", "start"],
            [infinity, "host", "set", "--price", "0.5"], [infinity, "host", "show", "--json"],
            [infinity, "run", "taskadd", "--generate", "10"], [infinity, "daemon", "stop"])
        assert len(done) == 8, done
        created, status, told, start, setting, shown, job, stopped = done
        assert created[0] == 0 and stopped[0] == 0, done
        capability = {each["name"]: each for each in json.loads(status[1])["capabilities"]}[missing]
        assert not capability["available"] and capability["why"] and remedy in capability["mend"], capability
        assert missing in told[1] and remedy in told[1] and capability["why"] in told[1], told
        if hosts_nothing:
            assert start[0] != 0 and remedy in start[1], start
            assert remedy in json.loads(shown[1])["obstacle"], shown
        assert setting[0] == 0, setting
        assert job[0] != 0 and remedy in job[1], job
        with open(os.path.join(home, "daemon.log"), encoding="utf-8") as log:
            text = log.read()
        assert missing in text and capability["why"] in text and remedy in text, text
    finally:
        shutil.rmtree(home)


def main():
    infinity = sys.argv[1]
    if subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], check=False).returncode != 0:
        print("1..0 # SKIP user namespaces are off on this machine")
        return
    print("1..3")
    check(infinity, HIDE_BUBBLEWRAP, "bubblewrap", "apt install bubblewrap", True)
    print("ok 1 without bubblewrap")
    check(infinity, FORBID_NAMESPACES, "user-namespaces", "sysctl", True)
    print("ok 2 without user namespaces")
    check(infinity, HIDE_OPEN_MPI, "open-mpi", "apt install openmpi-bin", False)
    print("ok 3 without Open MPI")


if __name__ == "__main__":
    main()
