"""Options that several commands share, and the meaning of their values."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.settings import setting
from grader.core.errors import GraderError

if TYPE_CHECKING:
    from grader.core.limits import Isolation
    from grader.grading.run_plan import RunPlan
    from grader.sandbox.fork_server import ForkServer

__all__ = [
    "isolation_option",
    "lab_option",
    "results_option",
    "run_plan",
    "shared",
    "started_fork_server",
]


class _Seed(click.ParamType[Any]):
    """A non-negative integer, or the word `fresh`."""

    name = "N|fresh"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str | None:
        """The number, `fresh`, or None for an empty string."""
        text = str(value).strip()
        if text in ("", "fresh"):
            return text or None
        try:
            number = int(text)
        except ValueError:
            number = -1
        if number < 0:
            self.fail(f"{text!r} is not a valid seed: use a non-negative integer or `fresh`.", param, ctx)
        return number


def lab_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--lab`."""
    return setting(
        "--lab",
        metavar="PACKAGE:NAME",
        show_default="the installed lab",
        help="The lab to grade: the name of an installed lab, or a path such as labs/power_lab:LAB.",
    )(command)


def results_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--out` to a command that reads the results of a run."""
    return setting(
        "--out",
        type=click.Path(path_type=Path),
        metavar="DIR",
        default="reports",
        help="Results folder.",
    )(command)


def isolation_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--isolation`."""
    return setting(
        "--isolation",
        type=click.Choice(["auto", "strict", "process"]),
        default="auto",
        help="How student code is isolated: `strict` (Landlock and seccomp), `process` (limits only), or "
        "`auto`, the strongest level that this machine supports.",
    )(command)


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that runs student code."""
    for option in reversed(
        (
            click.option(
                "--exercise",
                "exercise_ids",
                multiple=True,
                metavar="ID",
                help="Grade only this exercise; may be repeated.",
            ),
            setting(
                "--seed",
                type=_Seed(),
                metavar="N|fresh",
                show_default="the lab's",
                help="Generate matrices, masks and starts from this seed; `fresh` gets a seed from the system.",
            ),
            lab_option,
            setting(
                "--time-limit",
                type=click.FloatRange(min=0.1),
                metavar="SECONDS",
                default=10.0,
                help="Maximum CPU time for one call of a student's function.",
            ),
            setting(
                "--feedback",
                type=click.Choice(["marks", "hints", "full"]),
                default="hints",
                help="How much the feedback reveals: what failed; also the line, the idea and a leading question; "
                "or, for the person marking, the verified repair too.",
            ),
            setting(
                "--diagnose-budget",
                type=click.IntRange(min=0),
                metavar="N",
                default=260,
                help="Maximum number of edited programs to run, per failed exercise, to find the line of a mistake.",
            ),
            isolation_option,
        )
    ):
        command = option(command)
    return command


def run_plan(
    *,
    lab: str | None,
    exercise_ids: tuple[str, ...],
    seed: int | str | None,
    time_limit: float,
    diagnose_budget: int,
    isolation: "Isolation",
    feedback: str,
) -> "RunPlan":
    """What the options that `shared` adds ask for, each given under its own name.

    Raises LabError or RubricError where the lab cannot be loaded or has no such exercise.
    """
    from grader.core.limits import Limits
    from grader.grading.run_plan import RunPlan
    from grader.lab.loader import load_lab, selected
    from grader.marking.feedback_level import Feedback

    loaded = load_lab(lab)
    number = _drawn_seed(seed, loaded.seed)
    return RunPlan(
        lab=loaded,
        exercises=selected(loaded, number, exercise_ids),
        seed=number,
        limits=Limits(call_seconds=time_limit, submission_seconds=6 * time_limit, repairs=diagnose_budget),
        isolation=isolation,
        feedback=Feedback(feedback),
        lab_name=lab,
    )


def started_fork_server(isolation: str | None, wait: bool = True) -> "ForkServer":
    """Start the process that starts workers, at the requested isolation level; the caller closes it.

    Raises IsolationError if this machine does not support the level; without `wait`, the first use raises it.
    """
    from grader.sandbox.fork_server import ForkServer

    fork_server = ForkServer(isolation or "auto")  # type: ignore[arg-type]  # click and Settings accept no other word
    try:
        if wait:
            fork_server.require()
    except GraderError:
        fork_server.close()
        raise
    return fork_server


def _drawn_seed(seed: int | str | None, default: int) -> int:
    """The requested seed; for `fresh`, one from the system; otherwise the lab's."""
    if seed == "fresh":
        return secrets.randbits(53)  # too many to try, and exact in every JSON reader
    return int(seed) if seed is not None else default
