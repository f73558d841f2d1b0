"""What every benchmark prints: one row a claim, both sides and their ratio.

A benchmark builds rows with Row, and ends with sys.exit(finish(rows, json)). With --json each row is one
JSON object a line with the keys what, ours, reference, ratio, reach, holds; without it a table. Where
a side was measured several times there are ours_runs and reference_runs too; where it could not be
measured, reference is null and reference_note says why. The exit status is 1 where a row falls short.
"""

import argparse
import json
import statistics
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence


@dataclass
class Row:
    """One claim: `ours` and `reference` in `unit`, and what their `ratio` has to reach.

    Where there is no other side, or only their own figures count, `ratio` is None and `reach` is a
    limit for `ours`, which is the worst of `ours_runs` then. `reference_note` stands in the place of
    a reference that is None. `ours` is None where it did not come to an end: that does not hold.
    """

    what: str
    unit: str
    ours: Optional[float]
    reference: Optional[float]
    ratio: Optional[float]
    reach: str  # ">= 1.6" or "<= 0.8"
    ours_runs: Sequence[float] = ()
    reference_runs: Sequence[float] = ()
    reference_note: str = ""

    @property
    def holds(self) -> bool:
        sign, limit = self.reach.split()
        value = self.ours if self.ratio is None else self.ratio
        if value is None:
            return False
        return value >= float(limit) if sign == ">=" else value <= float(limit)

    def as_json(self) -> str:
        fields = {
            "what": f"{self.what} ({self.unit})", "ours": self.ours, "reference": self.reference,
            "ratio": self.ratio, "reach": self.reach, "holds": self.holds,
            "ours_runs": list(self.ours_runs), "reference_runs": list(self.reference_runs),
            "reference_note": self.reference_note}
        optional = ("ours_runs", "reference_runs", "reference_note")
        return json.dumps({key: value for key, value in fields.items()
                           if value or key not in optional})

    def as_cells(self):
        def number(value, unit, runs=()):
            if value is None:
                return ""
            text = f"{value:.4g}{unit}"
            if len(runs) > 1:
                text += f" ({min(runs):.3g}, {statistics.median(runs):.3g}, {max(runs):.3g})"
            return text

        unit = " " + self.unit
        return (self.what, number(self.ours, unit, self.ours_runs),
                number(self.reference, unit, self.reference_runs) or self.reference_note,
                number(self.ratio, ""), self.reach, "yes" if self.holds else "NO")


def parser(description: str) -> argparse.ArgumentParser:
    """The options that all benchmarks take: --build-dir, --json, --rounds."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--build-dir", default="build", help="where the programs were built")
    options.add_argument("--json", action="store_true", help="one JSON object a line")
    options.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    return options


def arguments(description: str) -> argparse.Namespace:
    """What was given of them."""
    return parser(description).parse_args()


def measure_in_turn(rounds: int, ours: Callable[[], float], reference: Callable[[], float]):
    """Runs both sides in turn, so that a busy machine hurts both.

    Returns the medians of ours, of the reference, and of reference / ours within each round.
    """
    pairs: List[tuple] = []
    for _ in range(rounds):
        pairs.append((ours(), reference()))
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(b / a for a, b in pairs),
    )


def finish(rows: List[Row], as_json: bool) -> int:
    """Prints the rows; returns the exit status."""
    if as_json:
        for row in rows:
            print(row.as_json(), flush=True)
    else:
        cells = [("what", "ours", "reference", "ratio", "reach", "holds")]
        cells += [row.as_cells() for row in rows]
        widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
        for line in cells:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    return 0 if all(row.holds for row in rows) else 1
