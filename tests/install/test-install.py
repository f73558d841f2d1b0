#!/usr/bin/env python3
"""Installs Infinity into a directory and uses it from there: alone, and on two machines of a lab.

usage: test-install.py BUILD PREFIX APPS MESON…

The build tree, the prefix it is configured for, whether it has the apps ("true"), and the command line of meson.
"""

import configparser
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

TIMEOUT_S = 60
PROGRAMS = ("infinity", "infinityd", "taskadd", "taskmult")
HELPERS = ("infinity-sandbox", "infinity-agent", "infinity-tee", "infinity-lab-keeper", "infinity-lab-host")
DATA = ("share/infinity/dbus/org.infinitygrid.xml", "share/infinity/tasks/taskadd.task",
        "share/infinity/tasks/taskmult.task", "share/man/man1/infinity.1",
        "share/man/man1/infinityd.1", "share/man/man1/taskadd.1", "share/man/man1/taskmult.1",
        "share/bash-completion/completions/infinity.bash", "share/zsh/site-functions/_infinity",
        "share/fish/vendor_completions.d/infinity.fish", "lib/systemd/user/infinityd.service")
APPS = {"org.infinitygrid.Host": "infinity-host", "org.infinitygrid.Client": "infinity-client"}
DATA_OF_APP = ("share/applications/{}.desktop", "share/dbus-1/services/{}.service", "share/glib-2.0/schemas/{}.gschema.xml",
               "share/icons/hicolor/scalable/apps/{}.svg", "share/icons/hicolor/symbolic/apps/{}-symbolic.svg",
               "share/metainfo/{}.metainfo.xml")
# what opens with each
OPENS = {"org.infinitygrid.Host": "x-scheme-handler/infinity;", "org.infinitygrid.Client": "application/x-infinity-job;"}


def run(command, **variables):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("INFINITY_", "MESON"))}
    environment.update(variables)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment, encoding="utf-8", errors="replace", timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, f"{command}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def check_files(place, prefix):
    for name in [f"bin/{name}" for name in PROGRAMS] + [f"libexec/infinity/{name}" for name in HELPERS]:
        assert os.access(os.path.join(place, name), os.X_OK), f"{name} was not installed"
    for name in DATA:
        assert os.path.getsize(os.path.join(place, name)) > 0, f"{name} was not installed"
    unit = read(os.path.join(place, "lib/systemd/user/infinityd.service"))
    assert f"ExecStart={prefix}/bin/infinityd\n" in unit, unit


def read_entries(path):
    entries = configparser.ConfigParser(interpolation=None)
    entries.optionxform = str
    entries.read(path, encoding="utf-8")
    return entries


def check_app(place, prefix, app, program, scratch):
    """What a desktop reads of it, and that it finds its own settings there."""
    for name in DATA_OF_APP:
        assert os.path.getsize(os.path.join(place, name.format(app))) > 0, f"{name.format(app)} was not installed"
    desktop = os.path.join(place, f"share/applications/{app}.desktop")
    # hints too, such as of two main categories, which put it into a menu twice
    hints = run(["desktop-file-validate", desktop])
    assert not hints, hints
    entry = read_entries(desktop)["Desktop Entry"]
    assert entry["Exec"].split()[0] == program and entry["Icon"] == app, dict(entry)
    assert entry["MimeType"] == OPENS[app], entry["MimeType"]
    service = read_entries(os.path.join(place, f"share/dbus-1/services/{app}.service"))["D-BUS Service"]
    assert service["Name"] == app and service["Exec"].split()[0] == f"{prefix}/bin/{program}", dict(service)
    schemas = os.path.join(scratch, "schemas")
    run(["glib-compile-schemas", "--strict", f"--targetdir={schemas}", os.path.join(place, "share/glib-2.0/schemas")])
    assert run(["gsettings", "list-keys", app], GSETTINGS_SCHEMA_DIR=schemas)


def check_apps(place, prefix, scratch):
    os.mkdir(os.path.join(scratch, "schemas"))
    for app, program in APPS.items():
        assert os.access(os.path.join(place, "bin", program), os.X_OK), f"{program} was not installed"
        check_app(place, prefix, app, program, scratch)
    assert os.path.getsize(os.path.join(place, "share/mime/packages/org.infinitygrid.Client.xml")) > 0
    assert os.path.getsize(os.path.join(place, "share/locale/de/LC_MESSAGES/infinity.mo")) > 0


def check_solo(infinity, scratch):
    home, out = os.path.join(scratch, "home"), os.path.join(scratch, "out")
    try:
        run([infinity, "run", "--to", out, "taskadd", "--generate", "1000"], INFINITY_HOME=home)
        assert re.fullmatch(r"-?\d+\n", read(os.path.join(out, "sum.txt")))
    finally:
        run([infinity, "daemon", "stop"], INFINITY_HOME=home)


def check_lab(infinity, scratch):
    """Two machines, whose programs are the installed ones: the hosts see the directory they were started from."""
    lab = ["lab", "exec", "oak", "--", infinity], ["lab", "exec", "elm", "--", infinity]
    oak, elm = ([infinity, *words] for words in lab)
    environment = {"INFINITY_LAB": f"install-{os.getpid()}"}
    run([infinity, "lab", "start", "--hosts", "2", "--share", scratch], **environment)
    try:
        run([*oak, "grid", "create", "installed", "--node-name", "oak"], **environment)
        token = run([*oak, "grid", "invite"], **environment).splitlines()[0]
        run([*elm, "grid", "join", token, "--node-name", "elm"], **environment)
        out = os.path.join(scratch, "lab-out")
        run([*elm, "run", "--nodes", "2", "--wait", "--time-limit", "30", "--to", out,
             "taskadd", "--generate", "1000"], **environment)
        assert read(os.path.join(out, "sum.txt")) == read(os.path.join(scratch, "out", "sum.txt"))
    finally:
        run([infinity, "lab", "stop"], **environment)


def main():
    build, prefix, has_apps, meson = sys.argv[1], sys.argv[2], sys.argv[3] == "true", sys.argv[4:]
    scratch = tempfile.mkdtemp(prefix="infinity-install-")
    try:
        # After an installation by root it is root's, and meson couldn't write it.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(build, "meson-logs", "install-log.txt"))
        run([*meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", scratch])
        place = scratch + prefix
        infinity = os.path.join(place, "bin", "infinity")
        print("1..4")
        check_files(place, prefix)
        print("ok 1 every file is there")
        check_solo(infinity, scratch)
        print("ok 2 a job on this machine alone")
        check_lab(infinity, scratch)
        print("ok 3 a job on two machines of a lab")
        if has_apps:
            check_apps(place, prefix, scratch)
        print("ok 4 what a desktop reads of the apps" + ("" if has_apps else " # SKIP they were not built"))
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
