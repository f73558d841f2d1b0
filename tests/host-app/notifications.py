"""What a desktop's shell does for notifications: it keeps them, has their buttons pressed, and takes them away."""

import threading

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
CONTRACT = """<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


class Notice:
    """One of them: its texts, and what its buttons say."""

    def __init__(self, summary, body, actions):
        self.summary = summary
        self.body = body
        self.buttons = dict(zip(actions[1::2], actions[::2]))  # what it says: what it is called


class Notifications:
    """The service, on the session bus, with `with`. `shown` are those that are on the screen, by number."""

    def __init__(self):
        self.shown = {}
        self.last = 0

    def __enter__(self):
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.context.push_thread_default()
        interface = Gio.DBusNodeInfo.new_for_xml(CONTRACT).interfaces[0]
        self.bus.register_object(PATH, interface, self._on_call, None, None)
        self.context.pop_thread_default()
        self.thread = threading.Thread(target=self.loop.run)
        self.thread.start()
        self.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                           GLib.Variant("(su)", (NAME, 0)), None, 0, -1, None)
        return self

    def __exit__(self, *_):
        self.loop.quit()
        self.thread.join()

    def _on_call(self, _bus, _sender, _path, _interface, method, arguments, invocation):
        values = arguments.unpack()
        answer = None
        if method == "Notify":
            number = values[1] or self.last + 1
            self.last = max(self.last, number)
            self.shown[number] = Notice(values[3], values[4], values[5])
            answer = GLib.Variant("(u)", (number,))
        elif method == "CloseNotification":
            self._close(values[0], 3)
        elif method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["actions", "body"],))
        else:
            answer = GLib.Variant("(ssss)", ("notifications", "test", "1", "1.2"))
        invocation.return_value(answer)

    def _emit(self, signal, arguments):
        self.bus.emit_signal(None, PATH, NAME, signal, arguments)

    def _close(self, number, reason):
        if self.shown.pop(number, None):
            self._emit("NotificationClosed", GLib.Variant("(uu)", (number, reason)))

    def find(self, text):
        """The number of one whose title has `text`."""
        return next((number for number, notice in list(self.shown.items()) if text in notice.summary), None)

    def press(self, number, button):
        """Presses its button; it is closed then, as most shells do."""
        name = self.shown[number].buttons[button]
        self._emit("ActionInvoked", GLib.Variant("(us)", (number, name)))
        self._close(number, 2)
