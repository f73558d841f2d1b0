#!/usr/bin/env python3
"""Checks that po/POTFILES names every file with text for people, and that every language is complete.

usage: test-translations.py SOURCE-ROOT
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

KEYWORDS = ["-k_", "-kN_", "-kngettext:1,2", "-kC_:1c,2"]
MARKED = re.compile(r"\b(N?_|C_|ngettext) \(|translatable=\"yes\"")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def listed(name):
    return [line for line in read(name).splitlines() if line and not line.startswith("#")]


def main():
    os.chdir(sys.argv[1])
    files = listed("po/POTFILES")
    marked = [path for folder in ("widgets", "host-app", "client-app") for ending in ("c", "ui")
              for path in glob.glob(f"{folder}/*.{ending}") if MARKED.search(read(path))]
    problems = [f"po/POTFILES does not name {path}" for path in sorted(set(marked) - set(files))]
    problems += [f"po/POTFILES names {path}, which does not exist" for path in files
                 if not os.path.exists(path)]
    with tempfile.TemporaryDirectory() as directory:
        template = os.path.join(directory, "infinity.pot")
        subprocess.run(["xgettext", "--from-code=UTF-8", "--files-from=po/POTFILES", *KEYWORDS,
                        "-o", template], check=True, stderr=subprocess.DEVNULL)
        for language in listed("po/LINGUAS"):
            done = subprocess.run(["msgcmp", f"po/{language}.po", template], check=False,
                                  stderr=subprocess.PIPE, text=True)
            if done.returncode != 0:
                problems.append(f"po/{language}.po is not complete:\n{done.stderr}")
            subprocess.run(["msgfmt", "--check-format", "-o", os.devnull, f"po/{language}.po"],
                           check=True)
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
