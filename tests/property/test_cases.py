"""Laws of cases: a fold says one thing, a closed case stays closed, nobody's event is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.cases.case import CaseKind, Move, kinds
from wald.cases.checks import Person, Standing, ends_vote, may_move, move_problems
from wald.cases.fold import Case, Event, EventKind, after, fold
from wald.cases.words import changed_since, said

T0 = datetime(2024, 5, 3, 9, tzinfo=UTC)
NAMES = ("ana", "ben", "max", "mia")
PEOPLE = {name: Person(name, None) for name in NAMES}


def opening(kind: CaseKind, **more: object) -> Event:
    body = {
        "kind": kind.key, "title": "Acme", "state": kind.states[0], "queue": kind.queue.value,
        "due": (T0 + timedelta(days=2)).isoformat(), **more,
    }  # fmt: skip
    return Event(1, EventKind.OPENED, T0, "max", "", body)


def moved(case: Case, kind: CaseKind, move: Move, name: str) -> Event | None:
    """Return the event that the action writes, None where it refuses."""
    if list(move_problems(case, kind, move, move.key, reason="why", outcome="what")):
        return None
    way = may_move(case, move, PEOPLE[name])
    if not isinstance(way, Standing):
        return None
    is_done = not move.is_vote or ends_vote(case, name)
    to = move.leads if is_done else case.state
    body = {
        "move": move.key, "from": case.state, "to": to, "ends": to in kind.ends,
        "vote": name if move.is_vote else "", "reason": "why", "outcome": "what",
    }  # fmt: skip
    return _event(case, EventKind.MOVED, name, body)


def _event(case: Case, kind: EventKind, by: str, body: dict[str, object]) -> Event:
    number = case.version + 1
    return Event(number, kind, T0 + timedelta(minutes=number), by, "", body)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw a case that people worked on, as the checks let them."""
    kind = draw(st.sampled_from(sorted(kinds().values(), key=lambda one: one.key)))
    approvers = draw(st.lists(st.sampled_from(("ana", "ben", "mia")), unique=True, max_size=3))
    more = {"approvers": approvers, "needs": draw(st.sampled_from(("all", "any")))}
    events = [opening(kind, **(more if kind.has_votes else {}))]
    case = fold(events)
    for _ in range(draw(st.integers(0, 12))):
        event = draw(_steps(case, kind))
        if event is not None:
            events.append(event)
            case = after(case, event)
    return events


@st.composite
def _steps(draw: st.DrawFn, case: Case, kind: CaseKind) -> Event | None:
    name = draw(st.sampled_from(NAMES))
    what = draw(st.sampled_from(("move", "move", "comment", "link", "assign", "change")))
    if what == "move":
        return moved(case, kind, draw(st.sampled_from(kind.moves)), name)
    if what == "comment":
        return _event(case, EventKind.COMMENTED, name, {"text": "Hm"})
    if what == "link":
        return _event(case, EventKind.LINKED, name, {"links": [f"insight:{case.version}"]})
    if not case.is_open:
        return None
    if what == "assign" and not kind.has_votes:
        body: dict[str, object] = {"assignee": name, "was": case.assignee, "queue": case.queue}
        return _event(case, EventKind.ASSIGNED, "ana", body)
    return _event(case, EventKind.CHANGED, name, {"text": f"from {name}"})


@given(histories())
def test_the_same_events_make_the_same_case(events: list[Event]) -> None:
    assert fold(events) == fold(list(events))
    assert fold(events).version == len(events)


@given(histories(), st.data())
def test_a_fold_may_be_cut_anywhere(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(events)))
    case = fold(events[:cut])
    for event in events[cut:]:
        case = after(case, event)
    assert case == fold(events)


@given(histories())
def test_nothing_but_opening_again_moves_a_closed_case(events: list[Event]) -> None:
    for n in range(1, len(events)):
        before, event = fold(events[:n]), events[n]
        if before.is_open:
            continue
        assert event.kind in (EventKind.COMMENTED, EventKind.LINKED, EventKind.MOVED)
        if event.kind is EventKind.MOVED:
            assert after(before, event).is_open


@given(histories())
def test_whether_it_is_open_follows_from_its_state(events: list[Event]) -> None:
    case = fold(events)
    assert case.is_open is (case.state not in kinds()[case.kind].ends)
    assert (case.closed_at is None) is case.is_open


@given(histories())
def test_nobody_who_wrote_it_agreed_to_it(events: list[Event]) -> None:
    case = fold(events)
    if case.kind == "approval" and case.state == "approved":
        assert case.votes
        assert not {vote.by for vote in case.votes} & set(case.authors)


@given(histories(), st.sampled_from(("comment", "link")), st.sampled_from(("comment", "link")))
def test_of_two_at_once_neither_is_lost(events: list[Event], first: str, second: str) -> None:
    case = fold(events)
    made = {
        "comment": (EventKind.COMMENTED, {"text": "Hm"}),
        "link": (EventKind.LINKED, {"links": ["load:3"]}),
    }
    ways = []
    for order in ((("x1", first), ("x2", second)), (("x2", second), ("x1", first))):
        folded = case
        for by, what in order:
            kind, body = made[what]
            folded = after(folded, _event(folded, kind, by, dict(body)))
        ways.append(folded)
    one, other = ways
    assert set(one.watchers) == set(other.watchers)
    assert replace(one, watchers=(), version=0) == replace(other, watchers=(), version=0)
    assert one.version == case.version + 2


@given(histories())
def test_every_event_has_words(events: list[Event]) -> None:
    assert all(said(event).startswith(event.by) for event in events)
    assert len(changed_since(events, 1)) <= len(events) - 1


@given(histories())
def test_an_event_out_of_turn_is_a_bug(events: list[Event]) -> None:
    case = fold(events)
    with pytest.raises(ValueError, match="cannot follow"):
        after(case, Event(case.version + 2, EventKind.COMMENTED, T0, "max"))
    with pytest.raises(ValueError, match="opened once"):
        after(case, Event(case.version + 1, EventKind.OPENED, T0, "max"))


def test_a_case_begins_with_its_opening() -> None:
    with pytest.raises(ValueError, match="begins with an event"):
        fold([])
    with pytest.raises(ValueError, match="begins with its opening"):
        fold([Event(1, EventKind.COMMENTED, T0, "max")])


_KINDS = [pytest.param(kind, id=kind.key) for kind in kinds().values()]


def _leads_to(kind: CaseKind, start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        new = {move.leads for move in kind.moves if state in move.starts} - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("kind", _KINDS)
def test_every_state_is_reachable_and_can_end(kind: CaseKind) -> None:
    assert _leads_to(kind, kind.states[0]) == set(kind.states)
    assert [state for state in kind.states if not _leads_to(kind, state) & kind.ends] == []
    assert kind.states[0] not in kind.ends


@pytest.mark.parametrize("kind", _KINDS)
def test_moves_lead_between_states_that_there_are(kind: CaseKind) -> None:
    named = {state for move in kind.moves for state in (*move.starts, move.leads)}
    assert named | kind.ends <= set(kind.states)
    assert len({move.key for move in kind.moves}) == len(kind.moves)
    assert all(move.by and move.starts and move.title for move in kind.moves)


@pytest.mark.parametrize("kind", _KINDS)
def test_what_ended_begins_again_only_at_its_beginning(kind: CaseKind) -> None:
    again = [move for move in kind.moves if set(move.starts) & kind.ends]
    assert all(move.leads == kind.states[0] and set(move.starts) <= kind.ends for move in again)


@pytest.mark.parametrize("kind", _KINDS)
def test_a_kind_can_be_stored_and_waits_for_a_while(kind: CaseKind) -> None:
    assert all(len(state) <= 30 for state in kind.states)
    assert 1 <= kind.hours <= 200
    assert kind.what.endswith(".")


_VOTES = [
    (True, [], False),
    (True, ["ana"], False),
    (True, ["ana", "mia"], True),
    (False, ["mia"], True),
]


@pytest.mark.parametrize(("needs_all", "voters", "is_approved"), _VOTES)
def test_votes_are_counted(needs_all: bool, voters: list[str], is_approved: bool) -> None:
    kind = kinds()["approval"]
    needs = "all" if needs_all else "any"
    case = fold([opening(kind, approvers=["ana", "mia"], needs=needs)])
    for name in voters:
        move = kind.move("approve")
        assert move is not None
        event = moved(case, kind, move, name)
        assert event is not None
        case = after(case, event)
    assert (case.state == "approved") is is_approved
