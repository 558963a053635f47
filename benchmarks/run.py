"""Measure a whole run: its cost compared with plain pytest, its stages, and its growth with the class.

``python -m benchmarks.run [--sizes 100,1000,5000]`` creates classes of correct solutions, grades them without
a search for repairs, and prints:

- one class graded by one pytest process per student (`naive/test_lab.py`) and by `grade`, with equal parallelism;
- the CPU time of a submission by stage, separate from the student's own statements and calls;
- the time and memory for each class size, and a linear fit;
- a class whose findings are cached, graded again, also with another rubric;
- a class of wrong solutions, with the search for their repairs.

``--json FILE`` saves the numbers for `benchmarks.planning`; ``--plots DIR`` plots them.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import DEVNULL, run
from typing import Final

import msgspec

import reference
from benchmarks.common import classes, plots
from benchmarks.common.profiling import profile
from benchmarks.common.results import Beside, ClassSize, Fit, Regrade, Results, Wrong, fitted
from benchmarks.common.tables import Line, markdown, report
from benchmarks.common.watching import Watched, children_cpu, watch
from grader.core.evidence import Curve, LinePlot
from grader.core.submission import Submission
from grader.grading.findings_cache import open_cache
from grader.grading.run_plan import RunPlan
from grader.marking.findings import ExaminedSubmission
from grader.sandbox.worker_client import ForkServer, Limits
from reference import LAB

ROOT: Final = Path(__file__).resolve().parent.parent
TWIN: Final = Path(__file__).resolve().parent / "naive" / "test_lab.py"

GOAL_OVERHEAD_MS: Final = 60.0
PYTEST_OVERHEAD_THERE: Final = 2.16
"""The CPU seconds of a pytest process, without the student's code, on the machine where the goal was set."""
GOAL_TIMES_LESS: Final = 20.0
GOAL_TIMES_FASTER: Final = 3.0
GOAL_WALL: Final = 1.15
GOAL_WORKER_MB: Final = 100.0
GOAL_REGRADE_SECONDS: Final = 3.0
FLAT_KB: Final = 1.0
"""The memory of the grader's own process per submission: one row of the table."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and save; the exit status says whether every goal holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=_sizes, default=(100, 1000, 5000), help="of the classes, from 1 up")
    parser.add_argument("--beside", type=int, default=20, help="students graded by pytest, too")
    parser.add_argument("--profiled", type=int, default=40, help="students to profile")
    parser.add_argument("--kept", type=int, default=1000, help="students graded again")
    parser.add_argument("--wrong", type=int, default=40, help="wrong submissions, with a search for repairs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plots", type=Path)
    options = parser.parse_args(arguments)
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        place = Path(folder)
        started = _started(place / "start")
        beside = _beside(place / "beside", options.beside, options.seed, cores)
        labs = classes.draw(classes.right_labs(), options.profiled, options.seed)
        profiled, found = profile(classes.write_class(place / "profiled", labs), LAB, place / "pages")
        by_size = tuple(
            _class_of_size(place / f"{size}", size, options.seed, cores) for size in options.sizes
        )
        regrade = _regrade(place / "kept", options.kept, options.seed, found)
        wrong = _wrong(place / "wrong", options.wrong, options.seed, cores)
    sizes = [measured.students for measured in by_size]
    results = Results(
        cores=cores,
        start_wall=started.wall,
        start_cpu=started.cpu,
        profile=profiled,
        beside=beside,
        by_size=by_size,
        regrade=regrade,
        wrong=wrong,
        memory=fitted(sizes, [measured.peak for measured in by_size]),
        cpu=fitted(sizes, [measured.cpu for measured in by_size]),
        wall=fitted(sizes, [measured.wall for measured in by_size]),
    )
    if options.json is not None:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    if options.plots is not None:
        _draw(options.plots, results)
    return _report(results)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


# --- measuring --------------------------------------------------------------------------------------------


def _environment(**more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("GRADE_", "PYTEST_"))}
    return {**plain, "OMP_NUM_THREADS": "1", **more}


def _grade(folder: Path, out: Path, *options: str, jobs: int, repairs: int = 0, path: Path = ROOT) -> Watched:
    command = [
        sys.executable, "-P", "-m", "grader.cli", str(folder), "--out", str(out), "--jobs", str(jobs),
        "--diagnose-budget", str(repairs), *options,
    ]  # fmt: skip
    done = watch(command, _environment(PYTHONPATH=str(path)))
    if done.status:
        raise SystemExit(f"grade ended with {done.status}")
    return done


def _started(place: Path) -> Watched:
    """A class of one student whose file does nothing: its time is that of the start."""
    idle = place / "class" / "student" / "lab1.py"
    idle.parent.mkdir(parents=True)
    idle.write_text("pass\n", encoding="utf-8")
    return _grade(place / "class", place / "out", "--no-cache", jobs=1)


def _beside(place: Path, size: int, seed: int, cores: int) -> Beside:
    files = classes.write_class(place / "class", classes.draw(classes.usual_labs(), size, seed))
    pytest = (
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(place),
        str(TWIN),
    )

    def one(file: Path) -> float:
        spent = file.with_name("spent")
        environment = _environment(STUDENT=str(file), SPENT=str(spent), PYTHONPATH=str(ROOT))
        done = run(
            pytest,
            cwd=file.parent,
            env=environment,
            stdin=DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"pytest rejects {file}:\n{done.stdout}")
        seconds = float(spent.read_text())
        spent.unlink()
        return seconds

    before, begun = children_cpu(), time.monotonic()
    with ThreadPoolExecutor(cores) as pool:
        student = sum(pool.map(one, files))
    wall, cpu = time.monotonic() - begun, children_cpu() - before
    done = _grade(place / "class", place / "out", "--no-cache", jobs=cores)
    return Beside(
        students=size,
        pytest_wall=wall,
        pytest_cpu=cpu,
        pytest_student=student / size,
        grade_wall=done.wall,
        grade_cpu=done.cpu,
    )


def _class_of_size(place: Path, size: int, seed: int, cores: int) -> ClassSize:
    classes.write_class(place / "class", classes.draw(classes.right_labs(), size, seed))
    done = _grade(place / "class", place / "out", "--no-cache", jobs=cores)
    shutil.rmtree(place)
    workers = done.workers() or ((0.0, 0.0),)
    return ClassSize(
        students=size,
        wall=done.wall,
        cpu=done.cpu,
        peak=done.peak,
        private=max(private for private, _ in workers),
        pss=max(pss for _, pss in workers),
    )


def _wrong(place: Path, size: int, seed: int, cores: int) -> Wrong:
    classes.write_class(place / "class", classes.draw(classes.wrong_labs(), size, seed))
    done = _grade(place / "class", place / "out", "--no-cache", jobs=cores, repairs=Limits().repairs)
    return Wrong(students=size, wall=done.wall, cpu=done.cpu)


def _regrade(
    place: Path, size: int, seed: int, found: Sequence[tuple[Submission, ExaminedSubmission]]
) -> Regrade:
    """Grade a class whose findings are cached from students with the same files, so that no code runs."""
    files = classes.write_class(place / "class", [found[n % len(found)][0].files[0] for n in range(size)])
    with ForkServer() as fork_server:
        level = fork_server.level
    plan = RunPlan(lab=LAB, exercises=LAB.exercises(LAB.seed), seed=LAB.seed, limits=Limits(repairs=0))
    cache = open_cache(place / "cache", plan, level)
    assert cache is not None
    for n, file in enumerate(files):
        submission = msgspec.structs.replace(found[0][0], root=file.parent, files=(file,), notes=())
        cache.put(cache.key(submission), found[n % len(found)][1])
    changed = place / "labs" / "reference"
    shutil.copytree(Path(reference.__file__).parent, changed, ignore=shutil.ignore_patterns("__pycache__"))
    rubric = changed / "rubric.toml"
    text = rubric.read_text(encoding="utf-8")
    more = text.replace('[exercises."1.2"]\nmarks = 1.0', '[exercises."1.2"]\nmarks = 2.0')
    more = more.replace('"1.2-loss" = 0.4', '"1.2-loss" = 1.4')
    assert len(set(more.splitlines()) - set(text.splitlines())) == 2, "the rubric has another form by now"
    rubric.write_text(more, encoding="utf-8")
    kept = ("--cache-dir", str(place / "cache"), "--format", "rich")
    _grade(place / "class", place / "out", *kept, jobs=1)  # creates the pages
    first = _grade(place / "class", place / "out", *kept, jobs=1)
    second = _grade(place / "class", place / "out", *kept, jobs=1, path=changed.parent)
    known = f"{size} of {size} were taken from an earlier run"
    return Regrade(
        students=size,
        wall=first.wall,
        cpu=first.cpu,
        rubric_wall=second.wall,
        rubric_cpu=second.cpu,
        run_again=0 if known in first.output and known in second.output else size,
    )


# --- reporting --------------------------------------------------------------------------------------------


def _report(results: Results) -> int:
    profiled, beside = results.profile, results.beside
    rows = sorted(profiled.stages.items(), key=lambda stage: -stage[1])
    print(
        markdown(
            (f"CPU of a submission, mean of {profiled.submissions}", "ms"),
            [
                (
                    f"the student's own statements and {profiled.calls:.0f} calls",
                    f"{1000 * profiled.student:.0f}",
                ),
                *((name, f"{1000 * seconds:.1f}") for name, seconds in rows),
            ],
        )
    )
    print()
    print(
        markdown(
            (f"{beside.students} students, {results.cores} at a time", "clock", "CPU", "CPU per student"),
            [
                (name, f"{wall:.1f} s", f"{cpu:.1f} s", f"{cpu / beside.students:.2f} s")
                for name, wall, cpu in (
                    ("one pytest process per student", beside.pytest_wall, beside.pytest_cpu),
                    ("`grade`", beside.grade_wall, beside.grade_cpu),
                )
            ],
        )
    )
    print()
    print(
        markdown(
            ("students", "clock", "CPU", "grader's peak", "a worker's private memory", "its PSS"),
            [
                (
                    f"{measured.students:,}",
                    f"{measured.wall:.0f} s",
                    f"{measured.cpu:.0f} s",
                    f"{measured.peak:.0f} MB",
                    f"{measured.private:.0f} MB",
                    f"{measured.pss:.0f} MB",
                )
                for measured in results.by_size
            ],
        )
    )
    print()
    for name, unit, fit in (
        ("Clock", "s", results.wall),
        ("CPU", "s", results.cpu),
        ("Memory", "MB", results.memory),
    ):
        if fit is not None:
            print(
                f"- {name}: {fit.start:.1f} {unit} and {fit.each:.4f} {unit} per student; "
                f"at most {fit.residual:.1%} from that line"
            )
    print()
    return report(_lines(results))


def _lines(results: Results) -> list[Line]:
    profiled, beside, regrade = results.profile, results.beside, results.regrade
    overhead = 1000 * profiled.overhead
    there = overhead * PYTEST_OVERHEAD_THERE / beside.pytest_overhead
    less = beside.pytest_overhead / profiled.overhead
    faster = beside.pytest_wall / beside.grade_wall
    largest = max(results.by_size, key=lambda measured: measured.students)
    wall = largest.wall / (profiled.student * largest.students / results.cores)
    of_students = largest.cpu - results.start_cpu - profiled.overhead * largest.students
    own_wall = largest.wall / (of_students / results.cores)
    private = max(measured.private for measured in results.by_size)
    lines = [
        Line("start, paid once", f"{results.start_wall:.1f} s ({results.start_cpu:.1f} s CPU)"),
        Line("overhead per submission", f"{overhead:.0f} ms CPU", f"≤ {GOAL_OVERHEAD_MS:g} ms", overhead <= GOAL_OVERHEAD_MS),
        Line(
            f"the same if the overhead of pytest is {PYTEST_OVERHEAD_THERE:g} s, as when the goal was set",
            f"{there:.0f} ms CPU",
        ),
        Line(
            f"overhead of pytest ({beside.pytest_overhead:.2f} s CPU) ÷ that",
            f"{less:.0f}",
            f"≥ {GOAL_TIMES_LESS:g}",
            less >= GOAL_TIMES_LESS,
        ),
        Line("whole class, pytest's clock ÷ `grade`'s", f"{faster:.1f}", f"≥ {GOAL_TIMES_FASTER:g}", faster >= GOAL_TIMES_FASTER),
        Line(
            f"clock of {largest.students:,} ÷ (students' CPU ÷ {results.cores} cores)",
            f"{wall:.2f}",
            f"≤ {GOAL_WALL:g}",
            wall <= GOAL_WALL,
        ),
        Line("the same, by that run's own CPU less start and overhead", f"{own_wall:.2f}"),
        Line("the same, by all CPU of that run", f"{largest.wall / (largest.cpu / results.cores):.2f}"),
        Line("a worker's private memory, at most", f"{private:.0f} MB", f"≤ {GOAL_WORKER_MB:g} MB", private <= GOAL_WORKER_MB),
        Line(
            f"{regrade.students:,} cached, graded again",
            f"{regrade.wall:.1f} s ({regrade.cpu:.1f} s CPU)",
            f"≤ {GOAL_REGRADE_SECONDS:g} s",
            regrade.wall <= GOAL_REGRADE_SECONDS,
        ),
        Line("the same with another rubric, all pages created again", f"{regrade.rubric_wall:.1f} s ({regrade.rubric_cpu:.1f} s CPU)"),
        Line("students executed again in either case", f"{regrade.run_again:,}", "0", regrade.run_again == 0),
        Line(
            f"{results.wrong.students} wrong submissions, with repairs",
            f"{results.wrong.wall:.0f} s ({results.wrong.cpu:.0f} s CPU)",
        ),
    ]  # fmt: skip
    if results.memory is not None:
        growth = 1000 * results.memory.each
        lines.append(
            Line("grader's memory per student", f"{growth:.1f} kB", f"≤ {FLAT_KB:g} kB", growth <= FLAT_KB)
        )
    return lines


def _draw(folder: Path, results: Results) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, label, values, fit in (
        ("time", "seconds of CPU", [measured.cpu for measured in results.by_size], results.cpu),
        (
            "memory",
            "MB of the grader's own process",
            [measured.peak for measured in results.by_size],
            results.memory,
        ),
    ):
        sizes = [measured.students for measured in results.by_size]
        plots.write(folder / f"{name}.svg", _plot(label, sizes, values, fit))


def _plot(label: str, sizes: Sequence[int], values: Sequence[float], fit: Fit | None) -> LinePlot:
    curves = [Curve(name="measured", points=tuple(zip(map(float, sizes), values, strict=True)))]
    if fit is not None:
        line = tuple((float(size), fit.start + fit.each * size) for size in (min(sizes), max(sizes)))
        curves.append(Curve(name="straight line", points=line))
    return LinePlot(
        title=f"{label} against students",
        alternative=f"{label}: "
        + ", ".join(f"{value:.0f} for {size:,}" for size, value in zip(sizes, values, strict=True)),
        x_label="students",
        y_label=label,
        curves=tuple(curves),
        logarithmic=False,
    )


if __name__ == "__main__":
    sys.exit(main())
