"""Documents under many hands at once: nothing ever holds that one person wrote and approved.

Four people, in an order drawn by the seed, write, submit, approve, send back and let each other
stand in, each acting on the revision they read last. Every tenth attempt they do so in threads.
Whatever comes of it: who approved wrote none of it, saw the very text, and was apart from every
writer by the delegations of that day; and what was approved never changes.
"""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.reliability.desk import served
from tests.reliability.hands import at_once, one_of
from tests.reliability.result import Result
from wald.documents.four_eyes import one_with
from wald.documents.version import State, Version
from wald.kernel.actor import everything
from wald.kernel.workspace import Workspace

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = ("ann", "bob", "cat", "dan")
AT_ONCE_EVERY = 10
STEPS = 16


@dataclass
class Trial:
    """One document: what each person read last, and what was approved by whom, as they saw it."""

    name: str
    home: Path
    seen: dict[str, Version] = field(default_factory=dict)
    approvals: list[tuple[str, Version, tuple[tuple[str, str], ...]]] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.home, "default")


def run(count: int, seed: int, address: str = "") -> Result:
    """Make `count` interleavings; `address` names an empty PostgreSQL for the records."""
    started, failures, approved = time.monotonic(), [], 0
    chance = random.Random(seed)  # noqa: S311  # a seed
    with served(address) as home, ThreadPoolExecutor(len(NAMES)) as threads:
        for number in range(count):
            trial = Trial(f"policy{number}", home)
            if number % AT_ONCE_EVERY == 0:
                at_once(NAMES, STEPS // 2, chance, threads, partial(_step, trial))
            else:
                for _ in range(STEPS):
                    _step(trial, chance.choice(NAMES), chance)
            failures += [f"attempt {number}: {one}" for one in _broken(trial)]
            approved += len(trial.approvals)
            _end_delegations()
    tried = f"{count} interleavings of four people, {approved} approvals"
    words = "; ".join([tried, *failures[:5]])
    return Result(count, len(failures), words, time.monotonic() - started)


def _step(trial: Trial, name: str, chance: random.Random) -> None:
    if chance.random() < 0.6 or name not in trial.seen:
        newest = _newest(trial)
        if newest is not None:
            trial.seen[name] = newest
    one_of(_STEPS, _WEIGHTS, trial, name, chance)


def _newest(trial: Trial) -> Version | None:
    from wald.records.stores.documents import versions_of

    return max(
        versions_of("approval_policy", trial.name, database="default"),
        key=lambda version: version.number,
        default=None,
    )


def _write(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.documents import draft

    seen = trial.seen.get(name)
    is_open = seen is not None and seen.state is not State.APPROVED
    draft(
        actor=everything(name),
        workspace=trial.workspace,
        text=_text(trial.name, chance.randrange(100)),
        at=AT,
        version_id=seen.version_id if seen and is_open else None,
        revision=seen.revision if seen and is_open else None,
    )


def _submit(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.documents import submit

    if (seen := trial.seen.get(name)) is not None:
        submit(
            actor=everything(name), workspace=trial.workspace, version_id=seen.version_id,
            revision=seen.revision, at=AT,
        )  # fmt: skip


def _approve(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.act import act
    from wald.actions.documents import approve
    from wald.records.stores.delegations import pairs_on

    seen = trial.seen.get(name)
    if seen is None:
        return
    actor = everything(name)
    # In one turn with what it is judged by: who stood in for whom at that moment.
    with act(
        actor=actor, workspace=trial.workspace, at=AT, permission="documents.approve",
        action="campaign.approve",
    ):  # fmt: skip
        pairs = pairs_on(AT.date(), database="default")
        approve(
            actor=actor, workspace=trial.workspace, version_id=seen.version_id,
            revision=seen.revision, at=AT,
        )  # fmt: skip
    trial.approvals.append((name, seen, pairs))


def _send_back(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.documents import send_back

    if (seen := trial.seen.get(name)) is not None:
        send_back(
            actor=everything(name), workspace=trial.workspace, version_id=seen.version_id,
            revision=seen.revision, answer="Hm", at=AT,
        )  # fmt: skip


def _stand_in(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.records.stores import delegations

    other = chance.choice([one for one in NAMES if one != name])
    delegations.add(
        owner=name, delegate=other, starts_on=AT.date(),
        ends_on=AT.date() + timedelta(days=1), why="", at=AT, database="default",
    )  # fmt: skip


_STEPS: tuple[Callable[[Trial, str, random.Random], None], ...] = (
    _write, _submit, _approve, _send_back, _stand_in,
)  # fmt: skip
_WEIGHTS = (4, 4, 6, 1, 0.4)


def _broken(trial: Trial) -> Iterator[str]:
    """Say what holds though it may not."""
    from wald.records.stores.documents import versions_of

    approvals = {seen.version_id: (name, seen, pairs) for name, seen, pairs in trial.approvals}
    if len(approvals) != len(trial.approvals):
        yield "one version was approved twice"
    for version in versions_of("approval_policy", trial.name, database="default"):
        if version.state is not State.APPROVED:
            continue
        if version.version_id not in approvals:
            yield f"{version.label} holds without an approval"
            continue
        name, seen, pairs = approvals[version.version_id]
        if version.approved_by != name or one_with(name, version.editors, pairs) is not None:
            yield f"{version.label} was approved by {name}, who is one with its writers"
        if version.text != seen.text:
            yield f"{name} approved a text of {version.label} that they had not read"


def _text(name: str, percent: int) -> str:
    return (
        f"document: approval_policy\nname: {name}\nstarts_on: 2026-04-01\ncontent:\n  rules:\n"
        f"    - {{name: finance, approver: finance, discount_above: 0.{percent:02}}}\n"
    )


def _end_delegations() -> None:
    from wald.records.stores import delegations

    for one in delegations.all_of_them(database="default"):
        if one.ended_at is None:
            delegations.end(one.delegation_id, at=AT, database="default")
