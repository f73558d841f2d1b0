"""The sums and products of any number of ranks are those of Python's own integers."""

import math
import random
import re
import unittest

from mpi_task import TaskCase

MASK = (1 << 64) - 1


def mix(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return word ^ (word >> 31)


def generated(seed, n):
    """What --generate has promised to give for ever."""
    words = (mix((mix(seed) + (i + 1) * 0x9E3779B97F4A7C15) & MASK) for i in range(n))
    return [word - (1 << 64) if word >> 63 else word for word in words]


def mixed_integers(n):
    """Of 1 to 120 digits, most of them short, and now and then a very long one."""
    source = random.Random(7)
    integers = []
    for _ in range(n):
        n_digits = source.choice((1, 3, 18, 19, 19, 20, 38, 39, 120))
        integers.append(source.randrange(1, 10**n_digits) * source.choice((1, -1)))
    integers.append(-(10**30000) + 1)
    return integers


def as_text(integers):
    """With every kind of white space, signs and zeros in front."""
    source = random.Random(8)
    pieces = []
    for integer in integers:
        text = str(integer)
        if integer > 0:
            text = source.choice(("", "", "+", "000")) + text
        pieces.append(text + source.choice((" ", "\n", "\r\n", "\t", "\n\n")))
    return "".join(pieces)


class Results(TaskCase):
    def check(self, integers, text, ranks, product=None):
        """`product`, as text, spares Python the slowest part where it is known."""
        self.write("numbers.txt", text)
        total = f"{sum(integers)}\n"
        product = f"{product or math.prod(integers)}\n"
        for n_ranks in ranks:
            with self.subTest(n_ranks=n_ranks):
                self.succeed(n_ranks, "taskadd", "numbers.txt")
                self.assertEqual(self.read("sum.txt"), total)
                self.succeed(n_ranks, "taskmult", "numbers.txt")
                self.assertEqual(self.read("product.txt"), product)

    def test_integers_of_every_size(self):
        integers = mixed_integers(2500)
        self.check(integers, as_text(integers), (1, 2, 3, 5))

    def test_more_ranks_than_integers(self):
        self.check([-7, 6], "-7 6", (6,))
        self.check([5], "+5", (4,))

    def test_zero(self):
        self.check([0], "-0", (1, 3))
        integers = generated(3, 2000) + [0] + generated(4, 2000)
        self.check(integers, "\n".join(map(str, integers)), (2,))

    def test_cancelling_to_zero(self):
        integers = generated(5, 1000)
        integers += [-integer for integer in integers]
        self.check(integers, "\n".join(map(str, integers)), (3,))

    def test_product_is_a_power_of_ten(self):
        """All digits but one are zeros, where rounding would show."""
        self.check([10**50] * 3000, f"{10**50}\n" * 3000, (1, 2, 3, 4), "1" + "0" * 150_000)

    def test_product_is_all_nines(self):
        """10^(2^18) - 1 = 9 * 11 * 101 * 10001 * ..."""
        integers = [9] + [10 ** (2**i) + 1 for i in range(18)]
        self.check(integers, " ".join(map(str, integers)), (2, 3), "9" * 2**18)

    def test_output_and_input_options(self):
        self.write("in", "1 2 3")
        self.succeed(2, "taskadd", "--input", "in", "--output", "out")
        self.assertEqual(self.read("out"), "6\n")
        self.assertEqual(self.files(), ["in", "out"])


class Generated(TaskCase):
    def test_same_on_any_number_of_ranks(self):
        integers = generated(42, 3000)
        options = ("--generate", "3000", "--seed", "42")
        for n_ranks in (1, 2, 7):
            with self.subTest(n_ranks=n_ranks):
                self.succeed(n_ranks, "taskadd", *options, "--write-input", "numbers.txt")
                self.assertEqual(self.read("sum.txt"), f"{sum(integers)}\n")
                self.assertEqual(self.read("numbers.txt").split(), list(map(str, integers)))
        self.succeed(3, "taskmult", *options)
        self.assertEqual(self.read("product.txt"), f"{math.prod(integers)}\n")

    def test_default_is_a_million(self):
        self.succeed(2, "taskadd", "--write-input", "numbers.txt")
        integers = list(map(int, self.read("numbers.txt").split()))
        self.assertEqual(len(integers), 1_000_000)
        self.assertEqual(integers[:5], generated(20, 5))
        self.assertEqual(self.read("sum.txt"), f"{sum(integers)}\n")


class Protocol(TaskCase):
    def check(self, program, verb, output, n_digits):
        text = self.succeed(3, program, "--generate", "6000", "--seed", "1")
        *progress, summary, human = text.splitlines()
        fractions = [float(re.fullmatch(r"@infinity progress ([0-9.]+) \S.*", line)[1])
                     for line in progress]
        self.assertGreater(len(fractions), 0)
        self.assertEqual(fractions, sorted(fractions))
        self.assertLessEqual(fractions[-1], 1)
        said = re.fullmatch(r"@infinity summary (.*)", summary)[1]
        self.assertRegex(said, rf"{verb} 6000 integers on 3 ranks in [0-9.]+ s: "
                               rf"{n_digits} digits in {output}")
        self.assertEqual(human, f"{program}: {said}")

    def test_taskadd(self):
        self.check("taskadd", "added", "sum.txt", len(str(abs(sum(generated(1, 6000))))))

    def test_taskmult(self):
        self.check("taskmult", "multiplied", "product.txt",
                   len(str(abs(math.prod(generated(1, 6000))))))


if __name__ == "__main__":
    unittest.main()
