#!/usr/bin/env python3
"""taskmult and taskadd on two ranks, against one process with plain GMP, and against Python."""

import os
import re
import subprocess
import sys
import tempfile

import rows

N_INTEGERS = 1_000_000
N_RANKS = 2

# Run in a process of its own, which times itself: the start of Python counts as little as MPI's.
PYTHON_SUM = """
import sys, time
started = time.perf_counter()
with open(sys.argv[1]) as f:
    total = sum(map(int, f))
with open(sys.argv[2], "w") as f:
    print(total, file=f)
print(time.perf_counter() - started)
"""


def run(*command, directory):
    """What the command printed; its failure ends the benchmark."""
    done = subprocess.run(command, cwd=directory, text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout


def mpi_task(build_dir, directory, name, *options):
    """Seconds from the end of MPI_Init to the written output, as the task itself reports them."""
    as_root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    program = os.path.join(build_dir, "tasks", name)
    text = run("mpiexec", *as_root, "--oversubscribe", "-np", str(N_RANKS), program, *options,
               directory=directory)
    return float(re.search(r"@infinity summary .* in ([0-9.]+) s:", text)[1])


def reference_product(build_dir, directory):
    program = os.path.join(build_dir, "bench", "reference-sum-product")
    text = run(program, "product", "numbers.txt", "reference-product.txt", directory=directory)
    return float(re.search(r"elapsed_s ([0-9.]+)", text)[1])


def python_sum(directory):
    return float(run(sys.executable, "-I", "-c", PYTHON_SUM, "numbers.txt", "reference-sum.txt",
                     directory=directory))


def same(directory, name, other):
    with open(os.path.join(directory, name), "rb") as a:
        with open(os.path.join(directory, other), "rb") as b:
            return a.read() == b.read()


def main():
    options = rows.arguments(__doc__)
    build_dir = os.path.abspath(options.build_dir)
    with tempfile.TemporaryDirectory() as directory:
        mpi_task(build_dir, directory, "taskadd", "--generate", str(N_INTEGERS),
                 "--write-input", "numbers.txt")
        ours, reference, ratio = rows.measure_in_turn(
            options.rounds,
            lambda: mpi_task(build_dir, directory, "taskmult", "numbers.txt"),
            lambda: reference_product(build_dir, directory))
        table = [rows.Row(
            f"taskmult, {N_INTEGERS} integers of 64 bits, {N_RANKS} ranks; one process, plain GMP",
            "s", ours, reference, ratio, ">= 1.6")]
        ours, reference, ratio = rows.measure_in_turn(
            3 * options.rounds,
            lambda: mpi_task(build_dir, directory, "taskadd", "numbers.txt"),
            lambda: python_sum(directory))
        table.append(rows.Row(
            f"taskadd, {N_INTEGERS} integers from text, {N_RANKS} ranks; Python sum(map(int, f))",
            "s", ours, reference, ratio, ">= 10"))
        if not (same(directory, "product.txt", "reference-product.txt")
                and same(directory, "sum.txt", "reference-sum.txt")):
            sys.exit("the results differ: nothing was measured")
    return rows.finish(table, options.json)


if __name__ == "__main__":
    sys.exit(main())
