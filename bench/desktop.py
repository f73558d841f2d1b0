"""What the benchmarks of both apps share: a display, programs on it, and probes that measure in the app's process."""

import contextlib
import hashlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import rows

SCREEN = "1280x1024x24"
REFERENCE = "gnome-text-editor"
SETTLED_S = 0.5  # the same picture for so long is the last one
START_TIMEOUT_S = 60
CPU_S = 20
DONE_S = 2  # so long what was pressed may be work of its own


class Display:
    """Xvfb with its picture in a file, and a session bus."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="infinity-bench-")
        # a cursor that blinks would be a frame that is never complete
        os.mkdir(os.path.join(self.directory, "gtk-4.0"))
        with open(os.path.join(self.directory, "gtk-4.0", "settings.ini"), "w", encoding="utf-8") as settings:
            settings.write("[Settings]\ngtk-cursor-blink=0\n")
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SCREEN, "-nolisten", "tcp",
             "-noreset", "-fbdir", self.directory],
            pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            number = numbers.readline().strip()
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.environment = {
            **os.environ, "DISPLAY": f":{number}", "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo",
            "GSETTINGS_BACKEND": "memory", "GTK_A11Y": "none", "ADW_DISABLE_PORTAL": "1",
            "DBUS_SESSION_BUS_ADDRESS": self.bus.stdout.readline().strip(), "HOME": self.directory,
            "XDG_CONFIG_HOME": self.directory, "XDG_DATA_HOME": self.directory,
            "XDG_STATE_HOME": self.directory, "XDG_CACHE_HOME": self.directory}
        return self

    def __exit__(self, *_):
        for process in (self.bus, self.server):
            process.terminate()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def picture(self):
        with open(os.path.join(self.directory, "Xvfb_screen0"), "rb") as file:
            return hashlib.blake2b(file.read()).digest()


@contextlib.contextmanager
def running(command, environment):
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def time_to_frame(display, began):
    """Seconds from `began` until the picture had its last change."""
    empty = last = display.picture()
    changed = began
    while time.monotonic() - began < START_TIMEOUT_S:
        now = time.monotonic()
        picture = display.picture()
        if picture != last:
            last, changed = picture, now
        elif last != empty and now - changed > SETTLED_S:
            return changed - began
        time.sleep(0.005)
    sys.exit("no frame came")


def memory_mib(pid):
    """What the process has of its own, and its part of what it shares."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_percent(pid):
    """Of one core, over a while."""
    before = cpu_s(pid)
    began = time.monotonic()
    time.sleep(CPU_S)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def start_once(command, environment=None):
    """(seconds to the frame, MiB) of a fresh start."""
    with Display() as display:
        began = time.monotonic()
        with running(command, {**display.environment, **(environment or {})}) as process:
            return time_to_frame(display, began), memory_mib(process.pid)


@contextlib.contextmanager
def node(program, *options):
    """infinityd's contract without a grid behind it."""
    with tempfile.TemporaryDirectory(prefix="infinity-bench-") as home:
        with running([program, *options], {**os.environ, "INFINITY_HOME": home}):
            while not os.path.exists(os.path.join(home, "bus")):
                time.sleep(0.01)
            yield {"INFINITY_HOME": home}


def press(display, app, action, target=None):
    """Does what a menu of org.infinitygrid.`app` would."""
    command = ["gdbus", "call", "--session", "--dest", f"org.infinitygrid.{app}", "--object-path",
               f"/org/infinitygrid/{app}/window/1", "--method", "org.gtk.Actions.Activate", action,
               f"[<'{target}'>]" if target else "[]", "{}"]
    subprocess.run(command, env=display.environment, stdout=subprocess.DEVNULL, check=True)


@contextlib.contextmanager
def shown(program, app, environment):
    """The app with its first frame. Yields what presses something and measures what the processor does then."""
    with Display() as display, running([program], {**display.environment, **environment}) as process:
        time_to_frame(display, time.monotonic())

        def cpu_after(action, target=None):
            press(display, app, action, target)
            time.sleep(DONE_S)
            return cpu_percent(process.pid)

        yield cpu_after


def start_rows(app, environment, rounds):
    """Rows of how an app starts beside gnome-text-editor with an empty document, in turn."""
    ours, reference = [], []
    for _ in range(rounds):
        ours.append(start_once([app], environment))
        reference.append(start_once([REFERENCE, "--standalone"]))
    frame, frame_reference = (statistics.median(run[0] for run in runs) for runs in (ours, reference))
    memory, memory_reference = (statistics.median(run[1] for run in runs)
                                for runs in (ours, reference))
    return [
        rows.Row("start to first complete frame", "s", frame, frame_reference,
                 frame / frame_reference, "<= 1.3"),
        rows.Row("memory after the start", "MiB", memory, memory_reference,
                 memory / memory_reference, "<= 1.2"),
    ]


def arguments(description):
    """Those of a benchmark that has start_rows()."""
    options = rows.parser(description)
    options.add_argument("--install", action="store_true", help=f"install {REFERENCE} (as root)")
    given = options.parse_args()
    if given.install:
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", REFERENCE],
                       check=True, stdout=subprocess.DEVNULL)
    if not shutil.which(REFERENCE):
        sys.exit(f"{REFERENCE} is not installed; --install does that")
    return given


def run_probe(command):
    """The numbers in the last line of a probe of tests/APP in the build tree."""
    schemas = os.path.join(os.path.dirname(command[0]), "..", "..", "assets", "apps")
    with Display() as display:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True,
                              env={**display.environment, "GSETTINGS_SCHEMA_DIR": schemas})
    return [float(word) for word in done.stdout.splitlines()[-1].split()]
