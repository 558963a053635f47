"""Options that several commands share, and what their values mean."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from grader.forkserver import Zygote
    from grader.limits import Limits

__all__ = ["drawn_seed", "isolation_option", "lab_option", "limits", "shared", "started_zygote"]


def lab_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--lab`."""
    return click.option(
        "--lab",
        envvar="GRADE_LAB",
        metavar="PACKAGE:NAME",
        help="The lab to grade by: installed, or a path such as labs/power_lab:LAB. Default: the one installed.",
    )(command)


def isolation_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--isolation`."""
    return click.option(
        "--isolation",
        envvar="GRADE_ISOLATION",
        type=click.Choice(["auto", "strict", "process"]),
        help="How students' code is shut in: `strict` (Landlock and seccomp), `process` (limits only), or "
        "`auto`, the strongest this machine has. Default: auto.",
    )(command)


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of everything that runs student code."""
    for option in reversed(
        (
            click.option(
                "--exercise",
                "exercise_ids",
                multiple=True,
                metavar="ID",
                help="Only this exercise; may be repeated.",
            ),
            click.option(
                "--seed",
                envvar="GRADE_SEED",
                metavar="N|fresh",
                help="Draw matrices, masks and starts from this seed; `fresh` takes one from the system. Default: the lab's.",
            ),
            lab_option,
            click.option(
                "--time-limit",
                envvar="GRADE_TIME_LIMIT",
                type=click.FloatRange(min=0.1),
                metavar="SECONDS",
                help="CPU time one call of a student may take. Default: 10.",
            ),
            isolation_option,
        )
    ):
        command = option(command)
    return command


def limits(time_limit: float | None) -> "Limits":
    """What one submission may use, given the time of one call."""
    from grader.limits import Limits

    if time_limit is None:
        return Limits()
    return Limits(call_seconds=time_limit, submission_seconds=6 * time_limit)


def started_zygote(isolation: str | None, wait: bool = True) -> "Zygote":
    """The process that starts workers, on the isolation asked for; to be closed by the caller.

    Raises IsolationError where this machine cannot hold it; without `wait`, its first use does.
    """
    from grader.forkserver import Zygote

    zygote = Zygote(isolation or "auto")  # type: ignore[arg-type]  # click and Settings let no other word through
    try:
        if wait:
            zygote.require()
    except GraderError:
        zygote.close()
        raise
    return zygote


def drawn_seed(seed: int | str | None, default: int) -> int:
    """The seed asked for, the system's for `fresh`, else the lab's. Raises UsageError where it is none."""
    if seed is None:
        return default
    if seed == "fresh":
        return secrets.randbits(53)  # more than can be tried, and exact in every reader of JSON
    try:
        number = int(seed)
    except ValueError:
        number = -1
    if number < 0:
        raise UsageError(f"--seed {seed}: give a whole number from 0, or `fresh`.")
    return number
