"""``python -m tests.adversaries [--seeds N] [--only TEXT] [--verbose]``: the best mark of each over many seeds."""

import argparse
import sys

from tests.adversaries.grading import ADVERSARIES, KINDS, best_of, overpaid, seeds


def main() -> int:
    """Print a table of marks; 1 where somebody earned more than deserved."""
    parser = argparse.ArgumentParser(description="grade the adversaries")
    parser.add_argument("--seeds", type=int, default=20, help="grade under so many seeds, the lab's first")
    parser.add_argument("--only", default="", help="only those whose name or kind contains this")
    parser.add_argument("--verbose", action="store_true", help="show what gave those marks")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    options = parser.parse_args()
    chosen = [a for kind, several in KINDS.items() for a in several if options.only in f"{kind}/{a.name}"]
    best = best_of(chosen, seeds(options.seeds), options.jobs)
    over = overpaid(best.values())
    most = {adversary.name: adversary.most for adversary in ADVERSARIES}
    print(f"{len(chosen)} programs, {options.seeds} seeds: {len(over)} marks above what is deserved")
    for (name, exercise), found in best.items():
        sign = "ABOVE" if found in over else ""
        print(
            f"{name:66} {exercise}  {found.marks:6.4f} of at most {most[name][exercise]:6.4f}  {sign}"
            f"{f' (seed {found.seed})' if sign else ''}"
        )
        for why in found.why if options.verbose else ():
            print(f"      {why}")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
