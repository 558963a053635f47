"""Find out which edit of a repair fixes which of the named mistakes, by leaving out each edit in turn."""

from collections.abc import Mapping, Sequence

from grader.core.result import Diagnosis
from grader.diagnosis.candidate_bench import CandidateRunner
from grader.diagnosis.repair_types import EditLocation, Repair
from grader.execution.bench import WorkerBench
from grader.execution.check_runner import run_checks
from grader.lab.spec import Exercise

__all__ = ["places_of"]


def places_of(
    exercise: Exercise, bench: WorkerBench, named: Sequence[Diagnosis], repair: Repair
) -> Mapping[str, EditLocation]:
    """The place that fixes each mistake, by the mistake's id; a mistake without a clear place is left out.

    If a mistake is still named with all other edits made, the missing edit fixes it. If the repair fixes a
    single mistake, all edits belong to it.
    """
    mended = [mistake.id for mistake in named if mistake.id not in repair.remaining]
    first = repair.places[0]
    if not mended or len({place.line for place in repair.places}) == 1:
        return dict.fromkeys(mended, first)
    by_mistake: dict[str, list[EditLocation]] = {mistake: [] for mistake in mended}
    for place, code in zip(repair.places, repair.without, strict=False):
        for mistake in _named(exercise, bench, code) & by_mistake.keys():
            by_mistake[mistake].append(place)
    if len(mended) == 1:
        (places,) = by_mistake.values()
        return {mended[0]: (places or repair.places)[0]}
    return {mistake: places[0] for mistake, places in by_mistake.items() if len(places) == 1}


def _named(exercise: Exercise, bench: WorkerBench, code: str) -> set[str]:
    """The ids of the mistakes that the lab names for another version of the program."""
    runner = CandidateRunner(bench)
    candidate = runner.open_alone(code)
    try:
        return {mistake.id for mistake in exercise.diagnose(candidate, run_checks(exercise, candidate))}
    finally:
        candidate.close()
        runner.close()
