"""Nodes of one kind of gossip, each on a host of a lab of its own: started, killed, stopped, cut off
and listened to in the same way, whichever program they run."""

import math
import os
import re
import selectors
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

from lab_grid import Lab, run

READY_S = 60
IP_AND_UDP_HEADER_BYTES = 28
# Members' UDP, and beside it what they say over TCP; what is lost is lost on arrival, of everything alike.
RULES = """*filter
:INPUT ACCEPT
:OUTPUT ACCEPT
-A OUTPUT -o eth0 -p udp
-A OUTPUT -o eth0 -p tcp
{loss}COMMIT
"""
LOSS = "-A INPUT -i eth0 -m statistic --mode random --probability {probability} -j DROP\n"

interrupted = threading.Event()


@dataclass
class Event:
    time_us: int
    observer: int
    what: str  # joined, suspect, dead, left
    subject: str


class Node:
    """A process: `process` is nsenter's, `pid` the program's own."""

    def __init__(self, number, command):
        self.number = number
        self.view = {}  # name -> when it joined
        self.is_ready = False
        self.rest = b""
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, bufsize=0)

    @property
    def pid(self):
        nsenter = self.process.pid
        with open(f"/proc/{nsenter}/task/{nsenter}/children", encoding="utf-8") as file:
            return int(file.read().split()[0])

    def tell(self, line):
        self.process.stdin.write(line.encode() + b"\n")


class Cluster:
    """With `with`: a lab for `n` nodes n1 to nN. Subclasses say which program, and read its lines."""

    name = ""
    port = 0

    def __init__(self, build_dir, n):
        self.build_dir = os.path.abspath(build_dir)
        self.n = n
        self.lab = Lab(build_dir, n, f"bench-{os.getpid()}-{self.name}")
        self.nodes = {}
        self.events = []
        self.selector = selectors.DefaultSelector()

    def __enter__(self):
        self.lab.__enter__()
        try:
            self._introduce_cards()
        except BaseException:
            self.lab.__exit__()
            raise
        return self

    def _introduce_cards(self):
        """Tells each host the hardware addresses of the others. The kernel has one table for what it learns of
        all hosts' neighbours, with a thousand places: a hundred hosts that all talk to each other would
        lose most of what they send there. What it was told doesn't count."""
        cards = [(address, "02:00:0a:63:" + ":".join(f"{int(part):02x}" for part in address.split(".")[2:]))
                 for address in self.lab.addresses.values()]
        for number in range(1, self.n + 1):
            own = self.lab.addresses[self._host(number)]
            self._in_network(number, "ip", "-batch", "-", text_input="".join(
                f"neigh replace {address} lladdr {card} nud permanent dev eth0\n"
                for address, card in cards if address != own))

    def __exit__(self, *_):
        self.lab.__exit__()  # with the hosts go the nodes
        self.nodes = {}

    def _host(self, number):
        return self.lab.hosts[number - 1]

    def _address(self, number):
        return f"{self.lab.addresses[self._host(number)]}:{self.port}"

    def _program(self, number):
        raise NotImplementedError

    def _parse(self, line):
        """(time in microseconds, what, subject) of a line, or None."""
        words = line.split()
        return (int(words[0]), words[1], words[2]) if len(words) == 3 and words[0].isdigit() else None

    def spawn(self, number):
        node = Node(number, [*self.lab.enter(self._host(number)), *self._program(number)])
        self.nodes[number] = node
        self.selector.register(node.process.stdout, selectors.EVENT_READ, node)

    def join(self, number):
        """Tells a node that is ready to look for n1. Returns when."""
        now_us = time.monotonic_ns() // 1000
        self.nodes[number].tell(f"join {self._address(1)}")
        return now_us

    def _take(self, node):
        data = os.read(node.process.stdout.fileno(), 1 << 16)
        if not data:
            self.selector.unregister(node.process.stdout)
            return
        *lines, node.rest = (node.rest + data).split(b"\n")
        for line in lines:
            found = self._parse(line.decode(errors="replace"))
            if found:
                self._learn(node, *found)

    def _learn(self, node, time_us, what, subject):
        if what == "ready":
            node.is_ready = True
        elif what == "joined":
            node.view[subject] = time_us
        elif what in ("dead", "left"):
            node.view.pop(subject, None)
        self.events.append(Event(time_us, node.number, what, subject))

    def wait(self, condition, timeout_s):
        """Listens to all nodes until the condition holds; whether it did in time."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            if interrupted.is_set():
                raise KeyboardInterrupt
            for key, _ in self.selector.select(min(left_s, 0.5)):
                self._take(key.data)
        return True

    def listen(self, duration_s):
        self.wait(lambda: False, duration_s)

    def is_complete(self):
        return len(self.nodes) == self.n and all(len(node.view) == self.n - 1 for node in self.nodes.values())

    def _prepare(self):
        """Makes what the nodes need on disk: they know nobody."""

    def start_all(self):
        """Starts all nodes, and has them join at once. Returns when that was, in microseconds."""
        self._prepare()
        for number in range(1, self.n + 1):
            self.spawn(number)
        if not self.wait(lambda: all(node.is_ready for node in self.nodes.values()), READY_S):
            raise RuntimeError(f"{self.name}: not all nodes started")
        return [self.join(number) for number in range(1, self.n + 1)][0]

    def stop(self):
        for node in self.nodes.values():
            self._end(node)
        self.nodes = {}
        self.events = []

    def _end(self, node):
        try:
            os.kill(node.pid, signal.SIGKILL)
        except (OSError, IndexError):
            node.process.kill()
        node.process.wait()
        node.process.stdin.close()
        if node.process.stdout in [key.fileobj for key in self.selector.get_map().values()]:
            self.selector.unregister(node.process.stdout)
        node.process.stdout.close()

    def kill(self, number):
        """SIGKILL, which the node doesn't survive and says no word about. Returns when that was."""
        node = self.nodes.pop(number)
        now_us = time.monotonic_ns() // 1000
        self._end(node)
        return now_us

    def restart(self, number, timeout_s):
        """Starts a killed node again; whether everyone knew everyone in time."""
        self.spawn(number)
        self.wait(lambda: self.nodes[number].is_ready, READY_S)
        self.join(number)
        return self.wait(self.is_complete, timeout_s)

    def signal(self, number, which):
        os.kill(self.nodes[number].pid, which)

    def cut(self, number):
        run([self.lab.infinity, "lab", "cut", "--name", self.lab.name, self._host(number)])

    def heal(self, number):
        run([self.lab.infinity, "lab", "heal", "--name", self.lab.name, self._host(number)])

    def _in_network(self, number, *command, **options):
        return run([*self.lab.enter(self._host(number), "--net"), *command], **options)

    def set_loss(self, fraction):
        """Every packet, UDP or TCP, is lost on arrival with that probability; counters begin anew."""
        loss = LOSS.format(probability=fraction) if fraction > 0 else ""
        for number in range(1, self.n + 1):
            self._in_network(number, "iptables-restore", text_input=RULES.format(loss=loss))

    def sent_bytes(self):
        """What all hosts sent so far: payload of UDP, and whole IP packets of TCP."""
        udp_bytes = tcp_bytes = 0
        for number in range(1, self.n + 1):
            saved = self._in_network(number, "iptables-save", "-c", "-t", "filter")
            for packets, size, protocol in re.findall(r"\[(\d+):(\d+)\] -A OUTPUT .*-p (udp|tcp)", saved):
                if protocol == "udp":
                    udp_bytes += int(size) - IP_AND_UDP_HEADER_BYTES * int(packets)
                else:
                    tcp_bytes += int(size)
        return udp_bytes, tcp_bytes

    def time_until_known(self, subject, since_us, share, timeout_s):
        """Seconds from `since_us` until that share of the live nodes has found the subject dead; the
        time-out where they have not by then."""
        needed = math.ceil(share * len(self.nodes))

        def times():
            first = {}
            for event in self.events:
                if event.what == "dead" and event.subject == subject and event.time_us >= since_us:
                    first.setdefault(event.observer, event.time_us)
            return sorted(first.values())

        is_known = self.wait(lambda: len(times()) >= needed, timeout_s)
        return (times()[needed - 1] - since_us) / 1e6 if is_known else timeout_s


class Ours(Cluster):
    name = "infinity"
    port = 7848

    @property
    def node_program(self):
        return os.path.join(self.build_dir, "bench", "gossip-node")

    def _prepare(self):
        for name in os.listdir(self.lab.directory):
            shutil.rmtree(os.path.join(self.lab.directory, name))
        run([self.node_program, "make", self.lab.directory, str(self.n)])

    def _program(self, number):
        return [self.node_program, "run", os.path.join(self.lab.directory, str(number)), str(self.port)]


class Memberlist(Cluster):
    name = "memberlist"
    port = 7946

    def _program(self, number):
        address = self.lab.addresses[self._host(number)]
        return [os.path.join(self.build_dir, "bench", "memberlist-node"), f"n{number}", address, str(self.port)]


class Serf(Cluster):
    """serf's agent has no command to join later and prints no fine times: it joins as it starts, and
    a line counts as of when it is read."""

    name = "serf"
    port = 7946
    EVENTS = {"EventMemberJoin": "joined", "EventMemberFailed": "dead", "EventMemberLeave": "left",
              "EventMemberReap": "left"}

    def _program(self, number):
        return ["serf", "agent", f"-node=n{number}", f"-bind={self._address(number)}",
                f"-retry-join={self._address(1)}", "-retry-interval=1s"]

    def _parse(self, line):
        now_us = time.monotonic_ns() // 1000
        if "Serf agent starting" in line:
            return now_us, "ready", "-"
        found = re.search(r"serf: (EventMember\w+): (n\d+)", line)
        if not found or found.group(1) not in self.EVENTS:
            return None
        return now_us, self.EVENTS[found.group(1)], found.group(2)

    def _learn(self, node, time_us, what, subject):
        if subject != f"n{node.number}":
            super()._learn(node, time_us, what, subject)

    def spawn(self, number):
        super().spawn(number)
        self.spawned_us = time.monotonic_ns() // 1000

    def join(self, number):
        return self.spawned_us
