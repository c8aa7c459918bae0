"""Insights and decisions in both record stores: rows keep what values say, words find them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from wald.insights.insight import Effect, Insight, Status, StoredQuery
from wald.kernel.period import Period
from wald.kernel.unit import Unit
from wald.kernel.words import words_of
from wald.memory.change import Change
from wald.memory.decision import Decision, Outcome, Reading, Rights, Snapshot
from wald.records.stores import decisions, insights
from wald.records.stores.decisions import Wanted
from wald.records.stores.likely import likely
from wald.records.stores.search import Eyes, hits
from wald.records.stores.transaction import together

AT = datetime(2024, 3, 2, 9, tzinfo=UTC)
ALL = Eyes(None)
BOTH = ("insight", "decision")
NOTICED = Insight(
    "Half of the deals in the North are lost",
    "shift",
    "region:North",
    "win_rate",
    Effect(Decimal("-0.60"), Decimal("-0.5"), None, Unit.RATIO, Decimal("0.04"), Decimal("0.95")),
    {"won": 1, "of": 2, "note": "Café"},
    StoredQuery("win_rate", ("rep",), "region = 'North'", "2024-Q1", date(2024, 3, 1), AT),
)
READ = Reading(
    value=Decimal("0.500000"),
    numerator=Decimal(1),
    denominator=Decimal(2),
    records=2,
    currency=None,
    as_of=date(2024, 3, 1),
    known=AT,
    loaded_at=AT,
    reaches=date(2024, 3, 1),
    loads=(1, 2),
    signature="abc",
    notes=("A doubt.",),
)
DECIDED = Decision(
    question="How do we stop losing deals?",
    options=("Pilot", "Nothing"),
    choice="Pilot",
    why="They could not try it: Zürich, 'NORTH'",
    kind="pipeline",
    metric="win_rate",
    unit=Unit.RATIO,
    population="region = 'North'",
    period=Period(date(2024, 4, 1), date(2024, 7, 1), "2024-Q2"),
    baseline=Period(date(2024, 1, 1), date(2024, 3, 2), "2024-01-01..2024-03-01"),
    expected=Change(Decimal("0.10"), Decimal("0.15"), Decimal("0.20")),
    confidence=Decimal("0.70"),
    review_on=date(2024, 7, 1),
    links=("opportunity:O1",),
)
FROZEN = Snapshot(READ, replace(READ, value=None), Rights("manager", "P2", ""))
HOSTILE = (
    '"', "'", "\\", "a AND", "NEAR(a b)", "* OR *", "\0north\0", "' OR 1=1 --", "{", "title:x",
    "^a", "-north", "٣", "한글", "\ud800", "e\u0301", "_", "!!", "a" * 100_000, "x " * 5000,
    "'a':* | !b", "a <-> b", "%s %(x)s", ":*", "²", "ﬁ", "\u200b", "1e5", "-1", "a@b.de",
)  # fmt: skip


def _keep(store: str, insight: Insight = NOTICED) -> int:
    with together(database=store):
        return insights.record(insight, by="ana", at=AT, database=store)[0]


def _add(store: str, decision: Decision = DECIDED, by: str = "ana") -> int:
    with together(database=store):
        return decisions.add(decision, FROZEN, by=by, at=AT, database=store)


def _found(
    store: str, text: str, eyes: Eyes = ALL, kinds: Sequence[str] = BOTH
) -> list[tuple[str, int]]:
    found = hits(text, eyes=eyes, kinds=kinds, limit=10, database=store)
    return [(hit.kind, hit.number) for hit in found]


def test_an_insight_comes_back_as_it_was(record_store: str) -> None:
    number = _keep(record_store)
    kept = insights.find_insight(number, eyes=ALL, database=record_store)
    assert kept is not None
    assert kept.insight == NOTICED
    assert (kept.status, kept.times_seen, kept.recorded_by) == (Status.NEW, 1, "ana")


def test_what_was_gone_is_new_when_it_is_back(record_store: str) -> None:
    number = _keep(record_store)
    with together(database=record_store):
        insights.move(number, Status.GONE, by="ana", at=AT, why="not found", database=record_store)
    _keep(record_store)
    kept = insights.find_insight(number, eyes=ALL, database=record_store)
    assert kept is not None
    assert (kept.status, kept.version) == (Status.NEW, 3)
    kinds = [one.kind for one in insights.history(number, limit=9, database=record_store)]
    assert kinds == ["seen", "gone", "recorded"]


def test_a_decision_comes_back_as_it_was(record_store: str) -> None:
    number = _add(record_store)
    kept = decisions.find_decision(number, eyes=ALL, database=record_store)
    assert kept is not None
    assert (kept.decision, kept.snapshot) == (DECIDED, FROZEN)
    assert (kept.decided_by, kept.decided_at, kept.outcome) == ("ana", AT, None)


def test_an_outcome_comes_back_as_it_was(record_store: str) -> None:
    number = _add(record_store)
    waits = Outcome(AT, READ, None, None, "No data.", True, None, None)
    came = Outcome(AT, READ, Decimal("0.1"), True, "", False, READ, Decimal("-0.2"), ("before",))
    for outcome in (waits, came):
        decisions.keep_outcome(number, outcome, database=record_store)
        kept = decisions.find_decision(number, eyes=ALL, database=record_store)
        assert kept is not None
        assert kept.outcome == outcome


def test_is_due_from_its_review_date_until_it_is_told(record_store: str) -> None:
    number, day = _add(record_store), DECIDED.review_on

    def due(on: date) -> tuple[int, ...]:
        return decisions.due(on, database=record_store)

    assert (due(day - timedelta(days=1)), due(day)) == ((), (number,))
    waits = Outcome(AT, READ, None, None, "No data.", True, None, None)
    decisions.keep_outcome(number, waits, database=record_store)
    assert (due(day), due(day + timedelta(days=90))) == ((number,), ())
    decisions.keep_outcome(number, replace(waits, waits=False), database=record_store)
    assert due(day) == ()


def test_a_chain_is_found_from_either_end(record_store: str) -> None:
    first = _add(record_store)
    second = _add(record_store, replace(DECIDED, supersedes=first))
    third = _add(record_store, replace(DECIDED, supersedes=second))
    other = _add(record_store)
    for number in (first, second, third):
        found = decisions.chain(number, eyes=ALL, database=record_store)
        assert [one.decision_id for one in found] == [first, second, third]
    assert len(decisions.chain(other, eyes=ALL, database=record_store)) == 1
    assert decisions.chain(2**70, eyes=ALL, database=record_store) == ()


def test_lists_by_what_came(record_store: str) -> None:
    numbers = [_add(record_store) for _ in range(4)]
    for number, came in zip(numbers, (True, False, None), strict=False):
        outcome = Outcome(AT, READ, None, came, "", False, None, None)
        decisions.keep_outcome(number, outcome, database=record_store)

    def listed(state: str) -> list[int]:
        found = decisions.list_decisions(
            Wanted(state=state), eyes=ALL, limit=9, database=record_store
        )
        return [one.decision_id for one in found]

    assert [listed(state) for state in ("came", "did_not_come", "cannot_tell", "waiting")] == [
        [one] for one in numbers
    ]
    assert listed("measured") == numbers[2::-1]
    told = decisions.told(eyes=ALL, database=record_store)
    assert told == (
        ("ana", "pipeline", Decimal("0.70"), False, 1),
        ("ana", "pipeline", Decimal("0.70"), True, 1),
    )
    nobody = Wanted(decided_by="a\0b")
    assert decisions.count_decisions(nobody, eyes=ALL, database=record_store) == 0


def test_every_word_must_begin_a_word_and_titles_come_first(record_store: str) -> None:
    insight, decision = _keep(record_store), _add(record_store)
    titled = _add(record_store, replace(DECIDED, question="What of Zürich?", why="Café"))
    assert sorted(_found(record_store, "nort dea")) == [
        ("decision", decision),
        ("insight", insight),
    ]
    assert _found(record_store, "cafe zurich") == [("decision", titled)]
    assert _found(record_store, "ZÜRICH") == [("decision", titled), ("decision", decision)]
    assert _found(record_store, "north zebra") == []
    assert _found(record_store, "north", kinds=["insight"]) == [("insight", insight)]
    assert _found(record_store, "north", kinds=[]) == []


def test_only_what_somebody_may_see_is_found(record_store: str) -> None:
    own = _keep(record_store, replace(NOTICED, person_id="P1"))
    _keep(record_store, replace(NOTICED, subject="other", person_id="P2"))
    for eyes, count in ((ALL, 2), (Eyes(frozenset({"P1"})), 1), (Eyes(frozenset()), 0)):
        assert len(_found(record_store, "north", eyes)) == count
        listed = insights.list_insights(
            insights.Wanted(), eyes=eyes, limit=9, database=record_store
        )
        assert len(listed) == count
    assert _found(record_store, "north", Eyes(frozenset({"P1"}))) == [("insight", own)]


def test_no_text_is_a_fault(record_store: str) -> None:
    _add(record_store)
    for text in HOSTILE:
        assert isinstance(_found(record_store, text), list)
        words = words_of(text)
        assert len(likely(words, eyes=ALL, kinds=BOTH, limit=9, database=record_store)) <= 1


def test_an_entry_is_found_by_its_new_words_once_it_has_changed(record_store: str) -> None:
    number = _keep(record_store)
    _keep(record_store, replace(NOTICED, claim="Two thirds are lost there"))
    assert _found(record_store, "thirds") == [("insight", number)]
    assert _found(record_store, "half") == []


def test_what_was_not_kept_is_not_found(record_store: str) -> None:
    class Stopped(Exception):
        pass

    try:
        with together(database=record_store):
            insights.record(NOTICED, by="ana", at=AT, database=record_store)
            raise Stopped
    except Stopped:
        pass
    assert _found(record_store, "north") == []
