#!/usr/bin/env python3
"""The manual of each program has the options that its --help has, and no others.

Arguments: pairs of a program and its manual.
"""

import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# What the manuals say about other programs.
OTHERS = {"--user", "--enable", "--now", "--nodes"}


def options_of_help(program):
    done = subprocess.run([program, "--help"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          encoding="utf-8", timeout=30, check=True)
    return set(OPTION.findall(done.stdout))


def options_of_manual(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\\-", "-")
    return set(OPTION.findall(text)) - OTHERS


def main():
    pairs = list(zip(sys.argv[1::2], sys.argv[2::2]))
    failures = 0
    print(f"1..{len(pairs)}")
    for number, (program, manual) in enumerate(pairs, 1):
        helped, written = options_of_help(program), options_of_manual(manual)
        good = helped == written and "--help" in helped
        failures += not good
        print(f"{'ok' if good else 'not ok'} {number} {manual}")
        if not good:
            print(f"# --help only: {sorted(helped - written)}, manual only: {sorted(written - helped)}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
