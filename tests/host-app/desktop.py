"""An app on a private display, driven as assistive technology drives it: by roles and names.

A program that uses this runs under `xvfb-run` and `dbus-run-session`.
"""

import contextlib
import os
import re
import socket
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402  (the version comes first)

TIMEOUT_S = 30
KEY_RETURN = 0xff0d
KEY_TAB = 0xff09
KEY_DOWN = 0xff54
KEY_ESCAPE = 0xff1b
MOST_ROWS = 40
CLASS_NAME = re.compile(r"^(Gtk|Adw|Inf)[A-Z]\w*$")

# What a person acts on; each has to have a name.
CONTROLS = {
    Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
    Atspi.Role.TEXT, Atspi.Role.ENTRY, Atspi.Role.PASSWORD_TEXT, Atspi.Role.SPIN_BUTTON,
    Atspi.Role.COMBO_BOX, Atspi.Role.MENU_ITEM, Atspi.Role.SLIDER, Atspi.Role.LINK,
    Atspi.Role.PAGE_TAB, Atspi.Role.TABLE, Atspi.Role.TREE_TABLE,
}


def wait_for(what, condition):
    """What `condition` gives once it is true."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"never came: {what}")


class Steps:
    """Each is a line of TAP, numbered on from `number`; the first that fails ends the test."""

    def __init__(self, number=0):
        self.number = number

    @contextlib.contextmanager
    def step(self, name):
        try:
            yield
        except BaseException:
            print(f"not ok {self.number + 1} {name}", flush=True)
            raise
        self.number += 1
        print(f"ok {self.number} {name}", flush=True)


def children(node):
    """Those of an accessible; none where it has just gone."""
    try:
        return [child for child in (node.get_child_at_index(i) for i in range(node.get_child_count()))
                if child]
    except gi.repository.GLib.Error:
        return []


def has_state(node, state):
    try:
        return node.get_state_set().contains(state)
    except gi.repository.GLib.Error:
        return False


def is_showing(node):
    try:
        states = node.get_state_set()
        return states.contains(Atspi.StateType.SHOWING) or states.contains(Atspi.StateType.VISIBLE)
    except gi.repository.GLib.Error:
        return False


def walk(node):
    """An accessible and all below it that can be seen."""
    yield node
    for child in children(node):
        if is_showing(child):
            yield from walk(child)


def name_of(node):
    """What it is called; nothing where there is none. GTK calls a labelled button twice, once with its mnemonic, and what has no name by
    its class."""
    if not node:
        return ""
    try:
        name = (node.get_name() or "").replace("_", "")
        half = len(name) // 2
        if name[half:half + 1] == " " and name[:half] == name[half + 1:]:
            name = name[:half]
        return "" if CLASS_NAME.match(name) else name
    except gi.repository.GLib.Error:
        return ""


def role_of(node):
    if not node:
        return Atspi.Role.INVALID
    try:
        return node.get_role()
    except gi.repository.GLib.Error:
        return Atspi.Role.INVALID


def _wait_for_display():
    """xvfb-run does not always wait until its server listens."""
    number = os.environ["DISPLAY"].lstrip(":").split(".")[0]
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as display:
            if display.connect_ex(f"/tmp/.X11-unix/X{number}") == 0:
                return
        time.sleep(0.05)
    raise AssertionError("there is no display")


class App:
    """With `with`: `command` runs, and is ended when the block is left. One that is hidden has no window yet."""

    def __init__(self, command, environment, is_hidden=False):
        self.command = command
        self.is_hidden = is_hidden
        self.environment = {**os.environ, **environment}
        self.process = None
        self.root = None

    def __enter__(self):
        _wait_for_display()
        self.process = subprocess.Popen(self.command, env=self.environment)
        if not self.is_hidden:
            self.await_window()
        return self

    def await_window(self):
        self.root = self.wait("the app in the accessible tree", self.find_root)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def find_root(self):
        desktop = Atspi.get_desktop(0)
        for app in children(desktop):
            try:
                if app.get_process_id() == self.process.pid:
                    return app
            except gi.repository.GLib.Error:
                pass
        return None

    def wait(self, what, condition):
        """What `condition` gives once it is true."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            # what is remembered of the tree is not always told to have changed
            if self.root:
                self.root.clear_cache()
            result = condition()
            if result:
                return result
            if self.process.poll() is not None:
                raise AssertionError(f"the app ended with {self.process.returncode}")
            time.sleep(0.05)
        seen = "\n".join(self.describe())
        raise AssertionError(f"never came: {what}; there is\n{seen}")

    def describe(self):
        return [f"  {role_of(node).value_nick}: {name_of(node)}" for node in walk(self.root)
                if name_of(node)] if self.root else []

    def find(self, name, roles=None):
        for node in walk(self.root):
            if name_of(node) == name and (roles is None or role_of(node) in roles):
                return node
        return None

    def texts(self):
        """All that can be read."""
        return [name_of(node) for node in walk(self.root) if name_of(node)]

    def shows(self, text):
        return any(text in said for said in self.texts())

    def wait_shows(self, text):
        self.wait(f"“{text}”", lambda: self.shows(text))

    def press(self, name):
        """The button, tab or switch of that name, once it can be pressed."""
        def pressed():
            for node in walk(self.root):
                if name_of(node) != name or role_of(node) not in CONTROLS:
                    continue
                action = node.get_action_iface()
                if (action and action.get_n_actions()
                        and node.get_state_set().contains(Atspi.StateType.SENSITIVE)):
                    return action.do_action(0)
            return False
        self.wait(f"a button “{name}”", pressed)

    def activate_row(self, name):
        """The row of a list of that name, as a person with a keyboard comes to it."""
        self.wait(f"a row “{name}”", lambda: self.find(name, {Atspi.Role.LIST_ITEM}))
        for _ in range(MOST_ROWS):
            before = self.focused()
            if name_of(before) == name:
                self.key(KEY_RETURN)
                return
            # through what there is, and down the lists
            self.key(KEY_DOWN if role_of(before) == Atspi.Role.LIST_ITEM else KEY_TAB)
            self.wait("another focus", lambda: self.focused() != before)
        raise AssertionError(f"the keyboard does not lead to “{name}”")

    def select(self, list_name, name):
        """The item of that name, in a list where selecting is choosing."""
        def selected():
            node = self.find(list_name, {Atspi.Role.LIST})
            names = [name_of(child) for child in children(node)] if node else []
            return name in names and node.get_selection_iface().select_child(names.index(name))
        self.wait(f"an item “{name}” of “{list_name}”", selected)

    def focused(self):
        """What has the focus of the keyboard."""
        windows = [window for window in children(self.root) if has_state(window, Atspi.StateType.ACTIVE)]
        return next((node for window in windows for node in walk(window)
                     if has_state(node, Atspi.StateType.FOCUSED)), None)

    def key(self, keyval):
        """Presses a key of the keyboard, wherever the focus is."""
        assert Atspi.generate_keyboard_event(keyval, None, Atspi.KeySynthType.SYM)

    def read(self, name):
        """What is in the entry of that name."""
        for node in walk(self.root):
            if name_of(node) != name:
                continue
            for inner in walk(node):
                text = self.read_entry(inner)
                if text is not None:
                    return text
        return None

    def register(self, passphrase, remember=False):
        """On the page where somebody new begins, of either app."""
        self.type("Passphrase", passphrase)
        self.type("Passphrase Again", passphrase)
        if remember:
            self.press("Remember on This Computer")
        self.press("Register")
        self.wait_shows("Join a Grid")

    def found_grid(self):
        self.type("Name of the Grid", "wood")
        self.press("Found a Grid")

    def type_location(self, title, path):
        """In the dialog of that title that asks for a file: a slash begins its path."""
        dialog = self.wait(f"a dialog “{title}” with the focus", lambda: next(
            (window for window in children(self.root) if name_of(window) == title
             and any(has_state(node, Atspi.StateType.FOCUSED) for node in walk(window))), None))
        self.key(ord("/"))
        entry = self.wait("an entry with a slash", lambda: next(
            (node for node in walk(dialog) if self.read_entry(node) == "/"), None))
        entry.get_editable_text_iface().set_text_contents(path)

    @staticmethod
    def read_entry(node):
        text = node.get_text_iface()
        return text.get_text(0, text.get_character_count()) if text and node.get_editable_text_iface() else None

    def choose(self, name, item):
        """In the row of that name, which opens a list of what there is to choose."""
        self.press(name)
        self.wait(f"“{item}” to choose", lambda: self.find(item))
        self.go_to(item)
        self.key(KEY_RETURN)

    def go_to(self, text):
        """By the keyboard to what says that: through what there is, and down the lists."""
        for _ in range(MOST_ROWS):
            before = self.focused()
            if before and text in [name_of(node) for node in walk(before)]:
                return
            self.key(KEY_DOWN)
            if not self.has_moved(before):
                self.key(KEY_TAB)
                self.wait("another focus", lambda: self.focused() != before)
        raise AssertionError(f"the keyboard does not lead to “{text}”")

    def has_moved(self, before):
        """Whether the focus moves on, as it does at once where it does."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            if self.focused() != before:
                return True
            time.sleep(0.05)
        return False

    def set_number(self, name, value):
        """In the spin button of that name."""
        node = self.wait(f"a number “{name}”", lambda: self.find(name, {Atspi.Role.SPIN_BUTTON}))
        assert node.get_value_iface().set_current_value(value)

    def type(self, name, text):
        """Fills in the entry of that name, in the window that came last of those that have one."""
        def typed():
            for node in (node for window in reversed(children(self.root)) for node in walk(window)):
                if name_of(node) != name:
                    continue
                for inner in walk(node):
                    editable = inner.get_editable_text_iface()
                    if editable:
                        return editable.set_text_contents(text)
            return False
        self.wait(f"an entry “{name}”", typed)

    def unnamed(self):
        """Controls that a screen reader could not tell of; GTK calls those by the name of their class."""
        self.root.clear_cache()
        return [f"{role_of(node).value_nick} below “{name_of(node.get_parent())}”"
                for node in walk(self.root)
                if role_of(node) in CONTROLS and not name_of(node).strip()]


@contextlib.contextmanager
def serve_contract(program, home, *options):
    """infinityd's contract at `home`, by a program that plays it; gives its process."""
    process = subprocess.Popen([program, *options], env={**os.environ, "INFINITY_HOME": home})
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


class AccessibleReport:
    """TAP: a line for each screen, which fails where a control on it has no name."""

    def __init__(self):
        self.number = 0
        self.failed = False

    def check(self, app, screen):
        self.number += 1
        unnamed = app.unnamed()
        print(f"{'not ok' if unnamed else 'ok'} {self.number} {screen}", flush=True)
        for line in unnamed:
            print(f"# {line}")
        self.failed |= bool(unnamed)
