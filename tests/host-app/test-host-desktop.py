#!/usr/bin/env python3
"""The real app as a desktop has it: a keyring, autostart, links that it opens, files that it asks for.

usage: test-host-desktop.py INFINITY-HOST INFINITY DESKTOP-FILE

The home, the session bus and the display are this test's own.
"""

import configparser
import json
import os
import shlex
import stat
import subprocess
import sys
import tempfile

from desktop import App, Steps, wait_for

from gi.repository import Gio, GLib

APP = "org.infinitygrid.Host"
PASSPHRASE = "correct horse battery"
INVITE = "infinity:aebagbafaydqqcikbmga2dqpcaireeyuculbogazdinryhi6d4"
SESSION = ["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24 -nolisten tcp -noreset", "dbus-run-session", "--"]


def make_home(home, infinity_host, desktop_file):
    """A home with the app installed in it; what the session's programs know of that."""
    environment = {
        **os.environ, "HOME": home, "XDG_CONFIG_HOME": f"{home}/.config", "LC_ALL": "C.UTF-8",
        "XDG_DATA_HOME": f"{home}/.local/share", "XDG_STATE_HOME": f"{home}/.local/state",
        "XDG_CACHE_HOME": f"{home}/.cache", "XDG_RUNTIME_DIR": f"{home}/run",
        "INFINITY_HOME": f"{home}/first", "PATH": f"{os.path.dirname(infinity_host)}:{os.environ['PATH']}"}
    applications = f"{home}/.local/share/applications"
    services = f"{home}/.local/share/dbus-1/services"
    for folder in (applications, services, f"{home}/first", f"{home}/second"):
        os.makedirs(folder)
    os.mkdir(f"{home}/run", 0o700)
    with open(desktop_file, encoding="utf-8") as source, \
            open(f"{applications}/{APP}.desktop", "w", encoding="utf-8") as target:
        target.write(source.read())
    with open(f"{services}/{APP}.service", "w", encoding="utf-8") as target:
        target.write(f"[D-BUS Service]\nName={APP}\nExec={infinity_host} --gapplication-service\n")
    subprocess.run(["update-desktop-database", applications], check=True)
    return environment


class Infinity:
    """The command line, beside the app."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments):
        return subprocess.run([self.program, *arguments], stdin=subprocess.DEVNULL, check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def identity(self):
        return json.loads(self("identity", "show", "--json"))


class Keyring:
    """A Secret Service, unlocked."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process.stdin.write(b"the login's")
        self.process.stdin.close()
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        wait_for("the Secret Service", lambda: self.bus.call_sync(
            "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
            GLib.Variant("(s)", ("org.freedesktop.secrets",)), None, 0, -1, None).unpack()[0])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def count(self, peer_id):
        """How many passphrases it keeps of that identity."""
        found = self.bus.call_sync(
            "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
            "SearchItems", GLib.Variant("(a{ss})", ({"peer-id": peer_id},)), None, 0, -1, None).unpack()
        return len(found[0]) + len(found[1])


def open_settings(app):
    app.press("Main Menu")
    app.press("Settings")
    app.wait_shows("Start When I Log In")


def autostart_command(home):
    """What the desktop does at log-in."""
    path = f"{home}/.config/autostart/{APP}.desktop"
    wait_for("an entry for autostart", lambda: os.path.exists(path))
    subprocess.run(["desktop-file-validate", path], check=True)
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(path, encoding="utf-8")
    return shlex.split(entry["Desktop Entry"]["Exec"])


def register(steps, app, infinity, keyring):
    with steps.step("starts the service"):
        app.wait_shows("Infinity Is Not Running")
        app.press("Start")
        app.wait_shows("Welcome to Infinity")
    with steps.step("remembers the passphrase in the keyring"):
        app.register(PASSPHRASE, remember=True)
        peer_id = infinity.identity()["id"]
        wait_for("a passphrase in the keyring", lambda: keyring.count(peer_id) == 1)
    return peer_id


def open_links(steps, app, infinity_host):
    with steps.step("fills in an invite that the desktop opens"):
        subprocess.run(["gio", "open", INVITE], check=True)
        app.wait("the invite", lambda: app.read("Invite") == INVITE)
    with steps.step("fills in an invite of a second start"):
        app.type("Invite", "")
        subprocess.run([infinity_host, f"infinity://{INVITE[9:]}"], check=True)
        app.wait("the invite", lambda: app.read("Invite") == INVITE)


def choose_autostart(steps, app, home):
    with steps.step("writes an entry for autostart"):
        open_settings(app)
        app.press("Start When I Log In")
        return autostart_command(home)


def export(steps, app, home):
    """Where the file is."""
    with steps.step("exports the identity"):
        app.activate_row("Export the Identity…")
        app.type("Passphrase", PASSPHRASE)
        app.press("Export")
        app.type("Name:", f"{home}/mine.infinity-identity")
        app.press("Save")
        app.wait_shows("The identity is exported.")
        path = f"{home}/mine.infinity-identity"
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        return path


def log_in(steps, command, infinity, keyring, peer_id):
    infinity("daemon", "stop")
    with App(command, {}, is_hidden=True) as app:
        with steps.step("signs in at log-in, without a window"):
            wait_for("an unlocked identity", lambda: infinity.identity()["state"] == "unlocked")
            assert not app.find_root()
        with steps.step("shows its window when it is started again"):
            subprocess.run(["gapplication", "launch", APP], check=True)
            app.await_window()
            app.wait_shows("Join a Grid")
        with steps.step("forgets the passphrase"):
            open_settings(app)
            app.activate_row("Forget the Remembered Passphrase")
            app.wait_shows("The passphrase is forgotten.")
            assert keyring.count(peer_id) == 0
    infinity("daemon", "stop")
    with App(command, {}, is_hidden=True) as app:
        with steps.step("asks for what it has forgotten"):
            wait_for("the service", lambda: infinity.identity()["state"] == "locked")
            subprocess.run(["gapplication", "launch", APP], check=True)
            app.await_window()
            app.wait_shows("Enter your passphrase to sign in.")


def import_elsewhere(steps, infinity_host, infinity, path, peer_id):
    infinity("daemon", "stop")
    os.environ["INFINITY_HOME"] = f"{os.environ['HOME']}/second"
    with App([infinity_host, INVITE], {}) as app:
        with steps.step("imports the identity on another computer"):
            app.press("Start")
            app.wait_shows("Welcome to Infinity")
            app.press("Import an Identity…")
            app.type_location("Import an Identity", path)
            app.press("Open")
            app.wait_shows("Passphrase of the Identity")
            app.type("Passphrase", PASSPHRASE)
            app.press("Import")
            app.wait_shows("Join a Grid")
            assert infinity.identity()["id"] == peer_id
        with steps.step("has the invite that it was started with"):
            assert app.read("Invite") == INVITE


def drive(infinity_host, program):
    steps = Steps()
    infinity = Infinity(program)
    home = os.environ["HOME"]
    with Keyring() as keyring:
        with App([infinity_host], {}) as app:
            peer_id = register(steps, app, infinity, keyring)
            open_links(steps, app, infinity_host)
            command = choose_autostart(steps, app, home)
            path = export(steps, app, home)
        log_in(steps, command, infinity, keyring, peer_id)
        import_elsewhere(steps, infinity_host, infinity, path, peer_id)
    print(f"1..{steps.number}", flush=True)
    return 0


def main():
    if sys.argv[1] == "--inside":
        return drive(*sys.argv[2:])
    infinity_host, infinity, desktop_file = (os.path.abspath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="inf-desktop-") as home:
        environment = make_home(home, infinity_host, desktop_file)
        inside = [*SESSION, sys.executable, os.path.abspath(__file__), "--inside", infinity_host, infinity]
        try:
            return subprocess.run(inside, env=environment, check=False).returncode
        finally:
            for node in ("first", "second"):
                subprocess.run([infinity, "daemon", "stop"], check=False, stderr=subprocess.DEVNULL,
                               env={**environment, "INFINITY_HOME": f"{home}/{node}"})


if __name__ == "__main__":
    sys.exit(main())
