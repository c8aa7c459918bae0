"""Is the whole brain silent where nothing is wrong, and loud where something is?

Judged on seeds that nobody built with. What is judged is kept by history below var/science, under
a digest of the code, so that a run that was stopped goes on where it was.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from tests.planted_nights import Asked, History, history, night, told_of
from tests.science.experiment import Experiment, Figure
from wald.simulator.planted import OWN
from wald.simulator.problems import FURTHER

SEEDS = range(2001, 2021)
NIGHTS = 100  # weekly, the last ones of the quiet company
_LAST_FRIDAY = date(2026, 9, 25)
_KEPT = Path("var/science/whole_brain")
_STEP = 28  # days between the nights in a window
_FIRST = 91  # days after a problem began, the first night that may tell of it
Told = Mapping[str, Any]

# Which detectors have the question that a problem answers; one of them has to tell it.
ASKED: Mapping[str, tuple[str, ...]] = {
    "process_broke": ("deal_velocity", "stalled_deals", "win_rate_shift", "segment_performance"),
    "sandbagger": ("commit_bias", "person_apart"),
    "segment_slipped": ("win_rate_shift", "segment_performance"),
    "discount_creep": ("discount_creep",),
    "plan_pays_margin_away": ("discounts_for_threshold",),
    "weak_rep": ("person_apart",),
    "product_mix_shifted": ("product_mix",),
    "quarter_end_discounts": ("quarter_end_discounting", "discount_creep"),
    "discounts_under_limit": ("discounts_under_limit",),
    "deals_split": ("deal_splitting",),
    "deals_stall": ("stalled_deals", "deal_velocity"),
    "deals_pushed": ("pushed_deals",),
    "pipeline_dries_up": ("pipeline_creation", "segment_performance"),
    "leads_wait": ("lead_response",),
    "leads_convert_less": ("lead_conversion", "pipeline_creation"),
    "activity_without_result": ("activity_without_result",),
    "slow_ramp": ("new_hire_ramp",),
    "stage_chances_off": ("stage_chances",),
    "quota_out_of_reach": ("quota_out_of_reach",),
    "entry_habit_changed": ("data_entry_habit",),
    "step_unused": ("unused_step",),
    "team_overcommits": ("commit_bias",),
}  # deals_pulled_forward is asked of the incentives, not of the night


@dataclass(frozen=True)
class Job:
    """A history to judge, on these days; none: those of its windows."""

    asked: Asked
    days: tuple[date, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.asked.name}-{len(self.days)}.json"


def quiet_jobs(seeds: Iterable[int], nights: int) -> list[Job]:
    """Return the nights of the quiet company: weekly ones, or so many evenly among them."""
    chosen = sorted({round(number * (NIGHTS - 1) / max(1, nights - 1)) for number in range(nights)})
    days = tuple(_LAST_FRIDAY - timedelta(weeks=back) for back in reversed(chosen))
    return [Job(Asked(seed), days) for seed in seeds]


def planted_jobs(seeds: Iterable[int], problems: Iterable[str]) -> list[Job]:
    return [Job(Asked(seed, (problem,))) for seed in seeds for problem in problems]


def acme_jobs(seeds: Iterable[int]) -> list[Job]:
    return [Job(Asked(seed, company="acme")) for seed in seeds]


def judged(jobs: Sequence[Job], room: Path = _KEPT) -> list[dict[str, Any]]:
    """Judge the histories in parallel, those that are not kept; one after another where alone."""
    kept = room / _digest()
    kept.mkdir(parents=True, exist_ok=True)
    workers = max(1, min(len(jobs), int(os.environ.get("WALD_WORKERS", os.cpu_count() or 1))))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_kept, jobs, [kept] * len(jobs)))


def _digest() -> str:
    """Return a name for all that decides what is told: the package as it is."""
    package = Path(__file__).parents[2] / "src" / "wald"
    seen = blake2b(digest_size=8)
    for folder in ("brain", "facts", "heart", "language", "simulator", "kernel"):
        for file in sorted((package / folder).rglob("*.py")):
            seen.update(file.read_bytes())
    return seen.hexdigest()


def _kept(job: Job, kept: Path) -> dict[str, Any]:
    path = kept / job.name
    if not path.exists():
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(_judge(job), indent=1, default=str))
        draft.rename(path)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _judge(job: Job) -> dict[str, Any]:
    with history(job.asked, Path(gettempdir()) / f"whole_brain_{os.getpid()}") as found:
        answers = [{k: v for k, v in one.items() if k != "opportunities"} for one in found.answers]
        nights = list(_nights(job, found, answers))
    return {"asked": job.name, "seed": job.asked.seed, "answers": answers, "nights": nights}


def _nights(job: Job, found: History, answers: Sequence[Told]) -> Iterator[dict[str, Any]]:
    """Yield the nights of a job; those of windows stop when every problem was found."""
    open_answers = [one for one in answers if one["found_by"] and one["problem"] in ASKED]
    for day in job.days or sorted({day for one in open_answers for day in window(one)}):
        told = night(found, day)
        findings = [told_of(one) for one in told.findings]
        yield {
            "day": day.isoformat(),
            "looks": told.all_looks,
            "silent": {one.key: one.why for one in told.silent},
            "findings": findings,
            "suppressed": [{**told_of(one.finding), "why": one.why} for one in told.suppressed],
        }
        open_answers = [
            one
            for one in open_answers
            if one["found_by"] > day.isoformat() and not any(is_it(one, told) for told in findings)
        ]
        if not job.days and not open_answers:
            return


def window(answer: Told) -> tuple[date, ...]:
    """Return the Fridays on which a problem is looked for: from a quarter after it began on, four
    weeks apart, the last one within the window."""
    first = date.fromisoformat(answer["from"]) + timedelta(days=_FIRST)
    last = date.fromisoformat(answer["found_by"])
    last -= timedelta(days=(last.weekday() - 4) % 7)
    back = range((last - first).days // _STEP, -1, -1)
    return tuple(last - timedelta(days=_STEP * step) for step in back)


def is_it(answer: Told, finding: Told) -> bool:
    """Is this finding the planted problem: asked by one of its detectors, told of its place?"""
    told = [finding["detector"], *(key for key, _ in finding["also"])]
    return any(key in ASKED[answer["problem"]] for key in told) and is_at(answer, finding)


def is_at(answer: Told, finding: Told) -> bool:
    """Does a finding name the place: something of where the problem is, and nothing else?

    A problem that is everywhere is named by everybody, and by any part of it.
    """
    where = answer["where"]
    if "person_id" in where:
        return bool(finding["person"] == where["person_id"])
    if not shares_rows(answer, finding):
        return False
    own = {"deal_amount_at", "currency", "stage"}
    named = {name: value for name, value in where.items() if name not in own}
    return not named or any(finding["where"].get(name) == named[name] for name in named)


def shares_rows(answer: Told, finding: Told) -> bool:
    """May rows of the finding be touched by the problem?"""
    where = answer["where"]
    if finding["person"] and "person_id" in where:
        return bool(finding["person"] == where["person_id"])
    return all(where.get(name, value) == value for name, value in finding["where"].items())


def figures(share: float) -> Iterator[Figure]:
    """Yield the figures: silence first, then each problem alone, then Acme whole."""
    seeds = SEEDS[: max(1, ceil(len(SEEDS) * share))]
    yield from silence(judged(quiet_jobs(SEEDS, max(2, round(NIGHTS * share)))))
    found: list[dict[str, Any]] = []
    for problem in (*OWN, *FURTHER):
        if problem in ASKED:
            alone = judged(planted_jobs(seeds, [problem]))
            found += alone
            yield loudness(problem, alone)
    yield from together(found)
    yield from whole(judged(acme_jobs(seeds)))


def silence(found: Sequence[Told]) -> Iterator[Figure]:
    """Yield how much is told of companies with nothing planted."""
    nights = [one for history in found for one in history["nights"]]
    told = sum(len(one["findings"]) for one in nights)
    a_hundred = 100 * told / len(nights)
    kinds = Counter(finding["detector"] for one in nights for finding in one["findings"])
    which = ", ".join(f"{key} {count}" for key, count in kinds.most_common()) or "none"
    is_met = a_hundred <= 1
    few = is_met and len(nights) < NIGHTS  # so few nights show nothing
    yield Figure(
        f"quiet company, {len(found)} seeds, {len(nights)} nights: findings in 100 nights",
        f"{a_hundred:.1f}",
        "at most 1",
        None if few else is_met,
        note=which,
    )
    different = {
        (
            history["seed"],
            one["detector"],
            json.dumps(one["where"]),
            one["person"],
            one["direction"],
        )
        for history in found
        for each in history["nights"]
        for one in each["findings"]
    }
    yield Figure(
        "quiet company: different findings over all these nights",
        f"{len(different)} in {len(nights)} nights",
        note="the same finding of many nights counts once",
    )


def loudness(problem: str, found: Sequence[Told]) -> Figure:
    """Return in how many histories a problem was found within its window, and by whom."""
    tried = caught = 0
    weeks: list[int] = []
    by: Counter[str] = Counter()
    for one in found:
        for answer in one["answers"]:
            if answer["problem"] == problem and answer["found_by"]:
                tried += 1
                first = first_found(answer, one["nights"])
                if first is not None:
                    caught += 1
                    began = date.fromisoformat(answer["from"])
                    weeks.append((date.fromisoformat(first[0]) - began).days // 7)
                    by[first[1]] += 1
    who = ", ".join(f"{key} {count}" for key, count in by.most_common())
    middle = sorted(weeks)[len(weeks) // 2] if weeks else 0
    late = f"; after {middle} weeks" if weeks else ""
    return Figure(
        f"{problem}: found within its window at its place",
        f"{caught} of {tried}",
        "all" if tried else "",
        caught == tried if tried else None,
        note=f"{who}{late}" if who else "no history long enough" if not tried else "",
    )


def first_found(answer: Told, nights: Sequence[Told]) -> tuple[str, str] | None:
    """Return the day and the detector that first told of a problem within its window."""
    for one in nights:
        if answer["from"] <= one["day"] <= answer["found_by"]:
            for finding in one["findings"]:
                if is_it(answer, finding):
                    return one["day"], finding["detector"]
    return None


def together(found: Sequence[Told]) -> Iterator[Figure]:
    """Yield precision and recall over all problems planted alone."""
    answers = [(one, answer) for one in found for answer in one["answers"] if answer["found_by"]]
    caught = sum(first_found(answer, one["nights"]) is not None for one, answer in answers)
    yield Figure("all problems alone: recall", f"{caught} of {len(answers)}", "all", None)
    right, all_of = precision(found)
    share = f"{100 * right / all_of:.0f} %" if all_of else "nothing told"
    yield Figure("all problems alone: precision", f"{share} of {all_of}", "", None, note=_RIGHT)


_RIGHT = "different findings after the start of a problem whose rows may be touched by it"


def precision(found: Sequence[Told]) -> tuple[int, int]:
    """Return how many different findings could be a planted problem, and how many there are."""
    right = everything = 0
    for one in found:
        seen = {}
        for each in one["nights"]:
            for told in each["findings"]:
                key = (told["detector"], json.dumps(told["where"]), told["person"])
                begun = [a for a in one["answers"] if a["from"] <= each["day"]]
                seen[key] = any(shares_rows(answer, told) for answer in begun)
        right += sum(seen.values())
        everything += len(seen)
    return right, everything


def whole(found: Sequence[Told]) -> Iterator[Figure]:
    """Yield how many of Acme's six are found when all are there."""
    for problem in OWN:
        figure = loudness(problem, found)
        yield Figure(
            f"Acme whole, {figure.name}",
            figure.measured,
            figure.target,
            figure.is_met,
            "",
            figure.note,
        )
    right, everything = precision(found)
    share = f"{100 * right / everything:.0f} %" if everything else "nothing told"
    yield Figure("Acme whole: precision", f"{share} of {everything}", "", None, note=_RIGHT)


EXPERIMENT = Experiment(
    key="whole_brain",
    title="The whole brain on planted problems",
    what="Nights over simulated companies of 60 reps and four years, seeds 2001 to 2020, none of "
    "which was used to build a detector. The quiet company: weekly nights of its last 100 weeks. "
    "Each problem alone: nights four weeks apart from a quarter after it began until the last day "
    "of its window (ADR 0053). Acme: its six problems together. What no detector asks is missed.",
    figures=figures,
)
