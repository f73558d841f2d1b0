"""The rows that only virtual time can give: a thousand nodes and more, hours, and many seeds."""

import json
import os
import subprocess

from rows import Row


def _row(found):
    what = f"simulated, {found['what']}; N={found['nodes']}, {found['loss_percent']:g}% loss"
    runs = [found[key] for key in ("min", "median", "max")]
    references = [found[key] for key in ("reference_min", "reference_median", "reference_max")]
    is_complete = found["complete"] == found["runs"]
    return Row(what, found["unit"], found["max"] if is_complete else None, references[2], None,
               f"<= {found['limit']:g}", runs if is_complete else (),
               references if references[2] is not None else ())


def table_of(build_dir, max_nodes, max_runs, say):
    """What `sim/gossip --table` prints, a line at a time, since ten thousand nodes take their time."""
    command = [os.path.join(build_dir, "sim", "gossip"), "--table", "--json", "--max-nodes", str(max_nodes),
               "--max-runs", str(max_runs)]
    table = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                found = json.loads(line)
                if found["limit"] is not None:
                    table.append(_row(found))
                    say(f"{table[-1].what}: {found['median']} {found['unit']}, after {found['real_s']:.0f} s")
        except BaseException:
            process.kill()
            raise
    return table
