"""What the benchmarks of both apps share: a display, programs on it, and probes that measure in the app's process."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile

SCREEN = "1280x1024x24"


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


def run_probe(command):
    """The numbers in the last line of a probe of tests/APP in the build tree."""
    schemas = os.path.join(os.path.dirname(command[0]), "..", "..", "assets", "apps")
    with Display() as display:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True,
                              env={**display.environment, "GSETTINGS_SCHEMA_DIR": schemas})
    return [float(word) for word in done.stdout.splitlines()[-1].split()]
