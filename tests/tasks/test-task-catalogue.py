#!/usr/bin/env python3
"""Every task's catalogue entry says what its program takes: no more and no less, in every language.

The programs' own option parsers are asked: with --help behind it, a command line that they accept
prints the help, whatever else it asks for.
"""

import configparser
import glob
import os
import re
import subprocess
import sys
import tempfile

from mpi_task import BUILD_DIR, QUICK_ENVIRONMENT

# what a form need not ask: the output has a name by itself
NOT_ASKED = {"--help", "--version", "--output"}
VALUES = {"file": "numbers.txt", "text": "a-name", "integer": "7", "size": "4096"}


def call(program, *options):
    """Alone, without mpiexec: options are looked at before, or as soon as, MPI is up."""
    with tempfile.TemporaryDirectory(prefix="inf-catalogue-") as directory:
        return subprocess.run([os.path.join(BUILD_DIR, "tasks", program), *options], cwd=directory,
                              env=QUICK_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)


def words(parameter, value=None):
    value = value or parameter.get("Default") or VALUES.get(parameter["Type"])
    option = [parameter["Option"]] if "Option" in parameter else []
    return option + ([] if parameter["Type"] == "boolean" else [value])


def check_values(name, help_text, parameter, problems):
    option = parameter.get("Option", "")
    values = [parameter[key] for key in ("Default", "Minimum", "Maximum") if key in parameter]
    for value in values or [None]:
        if call(name, *words(parameter, value), "--help").returncode != 0:
            problems.append(f"{name} refuses {words(parameter, value)}")
    default = parameter.get("Default")
    if default and not re.search(rf"{option} .*(\n {{10,}}.*)*\({re.escape(default)}\)", help_text):
        problems.append(f"{name} --help does not say that {option} is {default}")


def check(path, languages):
    name = os.path.basename(path)[:-len(".task")]
    file = configparser.RawConfigParser(delimiters="=", strict=True)
    file.optionxform = str
    file.read(path, encoding="utf-8")
    parameters = {section.split(" ", 1)[1]: file[section] for section in file.sections()
                  if section.startswith("Parameter ")}
    problems = []
    help_text = call(name, "--help").stdout
    has = set(re.findall(r"(--[a-z-]+)", help_text.split("\n\n", 2)[2])) - NOT_ASKED
    asks = {parameter["Option"] for parameter in parameters.values() if "Option" in parameter}
    if has != asks:
        problems.append(f"{name} has {sorted(has)}, its catalogue {sorted(asks)}")
    for parameter in parameters.values():
        check_values(name, help_text, parameter, problems)
        if "Excludes" in parameter:
            both = words(parameter) + words(parameters[parameter["Excludes"]])
            if call(name, *both).returncode != 2:
                problems.append(f"{name} takes {both}, which the catalogue excludes")
    for section in file.sections():
        for key in ("Name", "Comment"):
            problems += [f"{name}.task: [{section}] {key} is not in {language}" for language in languages
                         if key in file[section] and f"{key}[{language}]" not in file[section]]
    return problems


def main():
    with open(os.path.join(sys.argv[1], "po", "LINGUAS"), encoding="utf-8") as file:
        languages = [line for line in file.read().split() if not line.startswith("#")]
    assert "de" in languages
    paths = sorted(glob.glob(os.path.join(BUILD_DIR, "tasks", "*.task")))
    programs = sys.argv[2:]
    problems = [problem for path in paths for problem in check(path, languages)]
    missing = set(programs) - {os.path.basename(path)[:-len(".task")] for path in paths}
    problems += [f"{name} has no catalogue entry" for name in sorted(missing)]
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
