"""What is wrong is said once, with file and line; every rank ends, and no output is left."""

import os
import resource
import signal
import threading
import unittest

from mpi_task import TaskCase

BAD_DATA = 65
IO_ERROR = 74
USAGE = 2


class Failures(TaskCase):
    def check(self, n_ranks, program, options, status, message):
        before = self.files()
        done = self.run_task(n_ranks, program, *options)
        self.assertEqual(done.returncode, status, done.stderr)
        own_lines = [line for line in done.stderr.splitlines() if line.startswith(program)]
        self.assertEqual(own_lines, [f"{program}: {message}"])
        self.assertEqual(self.files(), before)
        self.wait_until(lambda: not self.ranks(), "the ranks' end")

    def test_a_letter(self):
        self.write("numbers.txt", "1\n2 3\n\n4 five 6\n")
        for program, n_ranks in (("taskadd", 1), ("taskadd", 3), ("taskmult", 2)):
            self.check(n_ranks, program, ["numbers.txt"], BAD_DATA,
                       'numbers.txt, line 4: expected an integer, found "five"')

    def test_the_first_of_many_in_a_long_file(self):
        lines = [str(i) for i in range(300_000)]
        for i in (123_455, 123_456, 200_000, 299_999):
            lines[i] = f"bad{i}"
        self.write("numbers.txt", "\r\n".join(lines))
        for n_ranks in (1, 2, 4):
            self.check(n_ranks, "taskadd", ["numbers.txt"], BAD_DATA,
                       'numbers.txt, line 123456: expected an integer, found "bad123455"')

    def test_zero_excuses_nothing(self):
        self.write("numbers.txt", "0\n" * 5000 + "1.5\n")
        self.check(2, "taskmult", ["numbers.txt"], BAD_DATA,
                   'numbers.txt, line 5001: expected an integer, found "1.5"')

    def test_a_nul_byte(self):
        self.write("numbers.txt", b"1\n\x00\n")
        self.check(2, "taskadd", ["numbers.txt"], BAD_DATA,
                   'numbers.txt, line 2: expected an integer, found "\\x00"')

    def test_no_integers(self):
        for contents in ("", "\n \n"):
            self.write("numbers.txt", contents)
            for program in ("taskadd", "taskmult"):
                self.check(2, program, ["numbers.txt"], BAD_DATA,
                           "numbers.txt, line 1: expected at least one integer, found none")

    def test_a_missing_file(self):
        for n_ranks in (1, 3):
            self.check(n_ranks, "taskmult", ["--input", "numbers.txt"], IO_ERROR,
                       "can't open numbers.txt: No such file or directory; "
                       "expected a text file of integers")

    def test_a_directory(self):
        self.check(2, "taskadd", ["/"], IO_ERROR,
                   "can't read /: Is a directory; expected a text file of integers")

    def test_an_output_nobody_can_write(self):
        self.check(2, "taskadd", ["--output", "/nowhere/sum.txt"], IO_ERROR,
                   "can't create /nowhere/sum.txt: No such file or directory")

    def test_wrong_options(self):
        self.check(2, "taskadd", ["--fast"], USAGE, "--fast is not an option; try --help")

    def test_a_gibibyte_of_digits(self):
        """Refused long before it is read, and without the memory for it."""
        os.mkfifo(self.path("numbers.txt"))
        sent = [0]

        def send():
            with open(self.path("numbers.txt"), "wb", buffering=0) as pipe:
                pipe.write(b"1\n2\n")
                try:
                    while sent[0] < 1 << 30:
                        sent[0] += pipe.write(b"7" * (1 << 20))
                except BrokenPipeError:
                    pass

        sender = threading.Thread(target=send)
        sender.start()
        self.check(2, "taskmult", ["numbers.txt"], BAD_DATA,
                   "numbers.txt, line 3: expected integers of at most 33554432 digits, "
                   "found a longer one")
        sender.join()
        self.assertLess(sent[0], 1 << 27)
        largest_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(largest_kib, 512 << 10)


class Cancelled(TaskCase):
    def test_leaves_nothing(self):
        """Cancelled in the middle of its input."""
        os.mkfifo(self.path("numbers.txt"))
        task = self.start(2, "taskmult", "numbers.txt")
        with open(self.path("numbers.txt"), "wb", buffering=0) as pipe:
            pipe.write(b"1 2 3 ")
            task.send_signal(signal.SIGTERM)
            task.communicate(timeout=20)
        self.assertNotEqual(task.returncode, 0)
        self.wait_until(lambda: not self.ranks(), "the ranks' end")
        self.assertEqual(self.files(), ["numbers.txt"])


if __name__ == "__main__":
    unittest.main()
