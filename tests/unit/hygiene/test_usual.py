"""What is usual, and what a day knows of a deal: by hand, and against plain loops over events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from wald.heart.hygiene.ground import Share, spread
from wald.heart.hygiene.past import FAR, Past, day_of, number, past_of, skipped, until
from wald.heart.hygiene.usual import peers_on, stages_on
from wald.heart.pipeline.stage_times import Step
from wald.heart.pipeline.survival import Stays, share_within

FIRST = date(2026, 1, 1)
STEPS = {
    one.stage: one
    for one in (
        Step("qualify", "Qualify", 1, "open"),
        Step("demo", "Demo", 2, "open"),
        Step("offer", "Offer", 3, "open"),
        Step("won", "Won", 4, "won"),
        Step("lost", "Lost", 5, "lost"),
    )
}


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


@dataclass
class Told:
    """A deal as its source tells it; days from FIRST. `moves`: the day and the stage entered."""

    moves: list[tuple[int, str]]
    closed: int | None = None
    outcome: str = "open"
    pushes: list[tuple[int, int]] = field(default_factory=list)  # the day, and by how many days
    acts: list[tuple[int, str | None]] = field(default_factory=list)  # the day and the contact


def past(deals: Sequence[Told]) -> Past:
    stays, changes, acts = [], [], []
    for i, deal in enumerate(deals):
        ends = [*deal.moves[1:], (deal.closed, None)]
        for (day, stage), (left, following) in zip(deal.moves, ends, strict=True):
            stays.append((f"D{i}", stage, on(day), following, None if left is None else on(left)))
        changes += [(f"D{i}", on(day), None) for day, _ in deal.moves[1:]]
        changes += [(f"D{i}", on(day), by) for day, by in deal.pushes]
        acts += [(f"D{i}", on(day), contact) for day, contact in deal.acts]
    text, day, whole = pa.string(), pa.date32(), pa.int64()
    return past_of(
        pa.table(
            {
                "opportunity_id": pa.array([f"D{i}" for i in range(len(deals))], text),
                "opened_on": pa.array([on(one.moves[0][0]) for one in deals], day),
                "closed_on": pa.array(
                    [None if one.closed is None else on(one.closed) for one in deals], day
                ),
                "outcome": pa.array([one.outcome for one in deals], text),
            }
        ),
        _table(stays, ("opportunity_id", "stage", "entered_on", "next_stage", "left_on"),
               (text, text, day, text, day)),
        _table(changes, ("opportunity_id", "happened_on", "days"), (text, day, whole)),
        _table(acts, ("opportunity_id", "happened_on", "contact_id"), (text, day, text)),
        STEPS,
    )  # fmt: skip


def _table(rows: Sequence[tuple[object, ...]], names: tuple[str, ...], types: object) -> pa.Table:
    schema = pa.schema(list(zip(names, types, strict=True)))  # type: ignore[call-overload]  # pairs
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)


def places(told: Past) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(len(told.ids), dtype=np.int64)


def test_a_day_knows_what_had_happened_by_its_end() -> None:
    deal = Told(
        [(0, "qualify"), (10, "offer")],
        pushes=[(4, 10), (6, -5), (12, 30)],
        acts=[(2, "C1"), (2, "C1"), (8, "C2"), (12, None)],
    )
    told = past([deal])
    before, after = (until(told, places(told), number(on(day))) for day in (9, 12))
    assert before.stage == ("qualify",)
    assert day_of(int(before.stage_since[0])) == on(0)
    assert (before.pushes[0], before.pushed_days[0]) == (1, 10)
    assert (before.activities[0], before.contacts[0]) == (3, 2)
    assert day_of(int(before.last_active[0])) == on(8)
    assert after.stage == ("offer",)
    assert day_of(int(after.stage_since[0])) == on(10)
    assert (after.pushes[0], after.pushed_days[0]) == (2, 40)
    assert (after.activities[0], after.contacts[0]) == (4, 2)


def test_nothing_happened_to_a_deal_of_no_events() -> None:
    told = past([Told([(0, "qualify")])])
    found = until(told, places(told), number(on(3)))
    assert not found.has_history[0]
    assert (found.pushes[0], found.activities[0], found.contacts[0]) == (0, 0, 0)
    assert found.last_active[0] == FAR
    assert until(told, places(told), number(on(-1))).stage == (None,)  # not opened yet


def test_skipped_stages_are_those_between_two_it_stood_in() -> None:
    told = past(
        [
            Told([(0, "qualify"), (5, "offer")]),
            Told([(0, "demo"), (5, "offer")]),  # opened later: skipped nothing
            Told([(0, "qualify"), (5, "offer"), (7, "demo")]),  # went back to it
            Told([(0, "qualify"), (5, "Elsewhere"), (7, "offer")]),
        ]
    )
    late = number(on(9))
    assert [skipped(told, deal, late) for deal in range(4)] == [(1,), (), (), (1,)]
    assert skipped(told, 2, number(on(6))) == (1,)
    assert skipped(told, 0, number(on(4))) == ()


def test_what_is_usual_of_won_deals_by_hand() -> None:
    # Opened on day 0, in Demo from 10 to 20, won on 40. Silences: 4 and 8 in Qualify's days 4 and
    # 12 (that one ends in Demo), 18 to day 30 and 10 to the closing on 40, both in Offer.
    won = Told(
        [(0, "qualify"), (10, "demo"), (20, "offer")],
        closed=40,
        outcome="won",
        acts=[(4, "C1"), (12, "C1"), (30, "C2")],
    )
    found = stages_on(past([won]), on(100))
    assert found["qualify"].silences == spread({4: 1})
    assert found["demo"].silences == spread({8: 1})
    assert found["offer"].silences == spread({18: 1, 10: 1})
    assert found["qualify"].to_win == spread({40: 1})
    assert found["offer"].to_win == spread({20: 1})
    assert found["demo"].many_contacts == Share(0, 1)  # the second came on day 30
    assert found["offer"].many_contacts == Share(1, 1)
    assert found["demo"].skipped == Share(0, 1)
    assert found["qualify"].skipped == found["offer"].skipped == Share(0, 0)
    assert found["offer"].going_on.went_on == 1  # won from it


def test_what_is_usual_knows_nothing_of_later_days() -> None:
    won = Told([(0, "qualify"), (10, "offer")], closed=40, outcome="won", acts=[(5, "C1")])
    found = stages_on(past([won]), on(39))
    assert found["qualify"].to_win.count == 0
    assert found["qualify"].going_on.went_on == 1
    assert found["offer"].going_on.went_on == 0
    assert found["offer"].going_on.stays == 1
    old = stages_on(past([won]), on(40 + 730))
    assert old["qualify"].to_win.count == 0  # more than two years ago


@pytest.mark.parametrize("seed", range(8))
def test_usual_agrees_with_plain_loops(seed: int) -> None:
    deals = _drawn(Random(seed))  # noqa: S311 - draws of a test
    day = 150
    found = stages_on(past(deals), on(day))
    for stage in ("qualify", "demo", "offer"):
        usual = found[stage]
        assert usual.silences == spread(_silences(deals, stage, day))
        assert usual.to_win == spread(_to_win(deals, stage, day))
        assert usual.many_contacts == _contacts(deals, stage, day)
        assert usual.skipped == _skips(deals, stage, day)
        stays = _stays(deals, stage, day)
        assert usual.going_on.stays == stays.count
        for ahead in (1, 5, 20, 60):
            gone = usual.going_on.gone
            mine = usual.going_on.share_before(ahead + 1) * (gone[-1] if gone else 0)
            assert mine == pytest.approx(share_within(stays, "on", ahead))


def _drawn(chance: Random) -> list[Told]:
    deals = []
    for _ in range(60):
        day, place = chance.randrange(60), chance.randrange(2)
        moves = [(day, ("qualify", "demo", "offer")[place])]
        for _ in range(chance.randrange(3)):
            day += chance.randrange(1, 30)
            moves.append((day, chance.choice(("qualify", "demo", "offer"))))
        closed = day + chance.randrange(1, 50) if chance.random() < 0.7 else None
        outcome = chance.choice(("won", "won", "lost")) if closed else "open"
        last = closed or 200
        acts = sorted(chance.randrange(moves[0][0], last + 1) for _ in range(chance.randrange(9)))
        named = [(one, chance.choice(("C1", "C2", "C3", None))) for one in acts]
        deals.append(Told(moves, closed, outcome, acts=named))
    return deals


def _won(deals: Sequence[Told], day: int) -> list[Told]:
    return [
        one
        for one in deals
        if one.outcome == "won" and one.closed is not None and one.closed <= day
    ]


def _stage_of(deal: Told, day: int) -> str:
    return [stage for entered, stage in deal.moves if entered <= day][-1]


def _silences(deals: Sequence[Told], stage: str, day: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for deal in _won(deals, day):
        assert deal.closed is not None
        opened = deal.moves[0][0]
        marks = sorted({act for act, _ in deal.acts if opened < act < deal.closed})
        last = opened
        for mark in [*marks, deal.closed]:
            if _stage_of(deal, mark) == stage:
                found[mark - last] += 1
            last = mark
    return found


def _to_win(deals: Sequence[Told], stage: str, day: int) -> Counter[int]:
    return Counter(
        (deal.closed or 0) - entered
        for deal in _won(deals, day)
        for entered, name in deal.moves
        if name == stage
    )


def _contacts(deals: Sequence[Told], stage: str, day: int) -> Share:
    hits = of = 0
    for deal in _won(deals, day):
        ends = [following[0] for following in deal.moves[1:]] + [deal.closed or 0]
        left = [end for (_, name), end in zip(deal.moves, ends, strict=True) if name == stage]
        if left:
            of += 1
            hits += len({who for act, who in deal.acts if who and act <= max(left)}) > 1
    return Share(hits, of)


def _skips(deals: Sequence[Told], stage: str, day: int) -> Share:
    order = {"qualify": 0, "demo": 1, "offer": 2}
    hits = of = 0
    for deal in _won(deals, day):
        stood = [order[name] for _, name in deal.moves]
        if stood[0] < order[stage] < max(stood):
            of += 1
            hits += order[stage] not in stood
    return Share(hits, of)


def _stays(deals: Sequence[Told], stage: str, day: int) -> Stays:
    order = {"qualify": 0, "demo": 1, "offer": 2}
    ended: dict[str, Counter[int]] = {"on": Counter(), "other": Counter()}
    running: Counter[int] = Counter()
    for deal in deals:
        ends: list[tuple[int | None, str | None]] = [*deal.moves[1:], (deal.closed, None)]
        for (entered, name), (left, following) in zip(deal.moves, ends, strict=True):
            if name != stage or entered > day:
                continue
            if left is None or left > day:
                running[day - entered] += 1
                continue
            goes_on = order[following] > order[stage] if following else deal.outcome == "won"
            ended["on" if goes_on else "other"][left - entered] += 1
    return Stays(ended, running)


@pytest.mark.parametrize("seed", range(8))
def test_an_earlier_day_is_told_alike_whatever_happened_later(seed: int) -> None:
    deals = _drawn(Random(seed))  # noqa: S311 - draws of a test
    for day in (30, 70, 110):
        told, cut = past(deals), past([_by(one, day) for one in deals])
        assert stages_on(told, on(day)) == stages_on(cut, on(day))
        late = number(on(day))
        found, wanted = until(told, places(told), late), until(cut, places(cut), late)
        for i, deal in enumerate(deals):
            if deal.moves[0][0] > day or (deal.closed is not None and deal.closed <= day):
                continue  # not open on that day
            assert found.stage[i] == wanted.stage[i]
            assert found.stage_since[i] == wanted.stage_since[i]
            assert skipped(told, i, late) == skipped(cut, i, late)
            for name in ("activities", "contacts", "last_active", "has_history"):
                assert getattr(found, name)[i] == getattr(wanted, name)[i]


def _by(deal: Told, day: int) -> Told:
    """Return a deal as it was told at the end of a day; one to come begins as it will."""
    is_over = deal.closed is not None and deal.closed <= day
    moves = [one for one in deal.moves if one[0] <= day] or deal.moves[:1]
    return Told(
        moves,
        deal.closed if is_over else None,
        deal.outcome if is_over else "open",
        acts=[one for one in deal.acts if one[0] <= day],
    )


def test_peers_by_hand() -> None:
    def won(segment: str | None, kind: str | None, *amounts: str) -> list[dict[str, object]]:
        return [
            {"segment": segment, "type": kind, "amount": None if a == "" else Decimal(a)}
            for a in amounts
        ]

    rows = won("SMB", "renewal", "100", "1000", "10000", "", "0", "-5") + won(None, None, "100")
    found = peers_on(rows)
    own = found["SMB", "renewal"]
    assert (own.name, own.count) == ("won SMB renewal deals", 3)
    assert own.median == pytest.approx(1000)
    assert own.log_spread == pytest.approx(1.4826 * np.log(10))
    assert found["", ""].count == 4
    assert found["", ""].median == pytest.approx(10**2.5)
    assert set(found) == {("SMB", "renewal"), ("SMB", ""), ("", "renewal"), ("", "")}
