"""OpenSSH's server on the hosts of a lab, with keys of its own: what links are measured against."""

import os
import shutil
import subprocess
import sys
import time

SSHD = "/usr/sbin/sshd"
STARTUP_S = 10


def ensure(may_install):
    """Installs OpenSSH's server where it is missing, when asked to; that needs root."""
    if os.path.exists(SSHD) and shutil.which("ssh"):
        return
    if not may_install:
        sys.exit("there is no OpenSSH server to measure against; --install installs it")
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "openssh-server",
                    "openssh-client"], check=True, stdout=sys.stderr,
                   env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def _make_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    with open(path + ".pub", encoding="utf-8") as file:
        return file.read()


class Servers:
    """With `with`: an sshd on each of the hosts, and `client_config` for ssh -F, with which any of
    them is logged in to by its name, asking nothing."""

    def __init__(self, lab, hosts):
        self.lab = lab
        self.hosts = hosts
        self.client_config = os.path.join(lab.directory, "ssh_config")
        self._processes = []

    def __enter__(self):
        directory = self.lab.directory
        host_key = _make_key(os.path.join(directory, "host_key"))
        _make_key(os.path.join(directory, "user_key"))
        with open(os.path.join(directory, "known_hosts"), "w", encoding="utf-8") as file:
            for host in self.hosts:
                file.write(f"{host},{self.lab.addresses[host]} {host_key}")
        with open(self.client_config, "w", encoding="utf-8") as file:
            file.write(f"IdentityFile {directory}/user_key\nIdentitiesOnly yes\n"
                       f"UserKnownHostsFile {directory}/known_hosts\nStrictHostKeyChecking yes\n"
                       "BatchMode yes\nLogLevel ERROR\n")
        config = os.path.join(directory, "sshd_config")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"HostKey {directory}/host_key\nAuthorizedKeysFile {directory}/user_key.pub\n"
                       "PermitRootLogin prohibit-password\nStrictModes no\nUsePAM no\nPidFile none\n")
        for host in self.hosts:
            self.lab.on(host, "mkdir", "-p", "/run/sshd")
            self._processes.append(subprocess.Popen(
                self.lab.command(host, SSHD, "-D", "-e", "-f", config), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for host in self.hosts:
            self._wait_for(host)
        return self

    def __exit__(self, *_):
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()

    def _wait_for(self, host):
        command = self.lab.command(self.lab.hosts[0], "ssh", "-F", self.client_config, host, "true")
        deadline = time.monotonic() + STARTUP_S
        while True:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                  check=False)
            if done.returncode == 0:
                return
            if time.monotonic() > deadline:
                sys.exit(f"sshd on {host} lets nobody in: {done.stderr}")
            time.sleep(0.05)
