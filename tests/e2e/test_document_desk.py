"""Four eyes on every version: nobody approves what they wrote, saw otherwise, or stand in for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoDbBlocker

from tests.agreeing import CENTRAL, OVERRIDE, agreeing, approved, at, somebody
from tests.serving import workspace
from wald.actions import documents as desk
from wald.actions.work.job import Run, jobs
from wald.documents.version import State
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Refusal, Stale
from wald.queries.documents import document_list, document_page, find_documents, one_version
from wald.queries.documents import effective as holds
from wald.records import models
from wald.records.stores import documents as store

NOON = at("2026-01-05")


@pytest.fixture(autouse=True)
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def drafted(text: str = CENTRAL, by: str = "ana", **seen: int) -> int:
    made = desk.draft(actor=somebody(by), workspace=workspace(), text=text, at=NOON, **seen)
    return made.version.version_id


def submitted(text: str = CENTRAL, by: str = "ana") -> int:
    version_id = drafted(text, by)
    desk.submit(
        actor=somebody(by), workspace=workspace(), version_id=version_id, revision=1, at=NOON
    )
    return version_id


def approve(name: str, version_id: int, revision: int = 1) -> None:
    desk.approve(
        actor=somebody(name),
        workspace=workspace(),
        version_id=version_id,
        revision=revision,
        at=NOON,
    )


def stand_in(owner: str, delegate: str, first: str, last: str) -> None:
    models.Delegation.objects.create(
        owner=owner,
        delegate=delegate,
        starts_on=date.fromisoformat(first),
        ends_on=date.fromisoformat(last),
        created_at=NOON,
    )


def state(version_id: int) -> State:
    found = store.find_version(version_id, database="default")
    assert found is not None
    return found.state


def test_neither_author_nor_editor_approves() -> None:
    version_id = drafted()
    desk.draft(
        actor=somebody("oli"),
        workspace=workspace(),
        text=CENTRAL.replace("0.15", "0.14"),
        at=NOON,
        version_id=version_id,
        revision=1,
    )
    desk.submit(
        actor=somebody("oli"), workspace=workspace(), version_id=version_id, revision=2, at=NOON
    )
    for name in ("ana", "oli"):
        with pytest.raises(NotAllowed, match="somebody else has to decide"):
            approve(name, version_id, 2)
    assert state(version_id) is State.IN_REVIEW
    approve("fin", version_id, 2)
    assert state(version_id) is State.APPROVED


@pytest.mark.parametrize(("owner", "delegate"), [("ana", "fin"), ("fin", "ana")])
def test_nobody_approves_who_stands_in_or_is_stood_in_for(owner: str, delegate: str) -> None:
    version_id = submitted()
    stand_in(owner, delegate, "2026-01-05", "2026-01-06")
    with pytest.raises(NotAllowed, match="count as one"):
        approve("fin", version_id)
    models.Delegation.objects.update(ended_at=NOON)
    approve("fin", version_id)


def test_a_chain_of_delegates_is_one_person() -> None:
    version_id = submitted()
    stand_in("ana", "sue", "2026-01-01", "2026-02-01")
    stand_in("sue", "fin", "2026-01-01", "2026-02-01")
    with pytest.raises(NotAllowed, match="ana, for whom sue"):
        approve("fin", version_id)


def test_a_delegation_of_other_days_does_not_matter() -> None:
    version_id = submitted()
    stand_in("ana", "fin", "2026-01-01", "2026-01-05")
    stand_in("fin", "ana", "2026-01-06", "2026-01-09")
    approve("fin", version_id)


def test_what_was_edited_after_it_was_read_is_not_approved() -> None:
    version_id = submitted()
    with pytest.raises(BadInput, match="is at revision 1"):
        approve("fin", version_id, 9)
    changed = CENTRAL.replace("0.15", "0.20 ")
    drafted(changed, version_id=version_id, revision=1)
    with pytest.raises(Stale) as told:
        approve("fin", version_id)
    assert "revision 2, draft, written by ana" in told.value.changed[0]


def test_two_who_approve_at_once_approve_once() -> None:
    version_id = submitted()
    approve("fin", version_id)
    with pytest.raises(Stale, match="its state is approved"):
        approve("sue", version_id)
    found = store.find_version(version_id, database="default")
    assert found is not None
    assert found.approved_by == "fin"


def test_an_approved_version_never_changes() -> None:
    version = approved(CENTRAL, "2026-01-01")
    with pytest.raises(Stale, match="can no longer be changed"):
        drafted(CENTRAL.replace("0.15", "0.10"), version_id=version.version_id, revision=1)
    second = drafted(CENTRAL.replace("0.15", "0.10"))
    assert second != version.version_id
    found = store.find_version(version.version_id, database="default")
    assert found is not None
    assert found.text == CENTRAL


def test_a_draft_of_somebody_else_is_replaced_only_by_name() -> None:
    version_id = drafted()
    with pytest.raises(Conflict, match="is a draft of ana"):
        drafted(CENTRAL.replace("0.15", "0.10"), "oli")
    drafted(CENTRAL.replace("0.15", "0.10"), "oli", version_id=version_id, revision=1)
    with pytest.raises(BadInput, match="another document"):
        drafted(CENTRAL.replace("discounts", "other"), version_id=version_id, revision=2)


def test_what_holds_is_not_taken_back_and_what_does_not_yet_is() -> None:
    held = approved(CENTRAL, "2026-01-01")
    ahead = approved(CENTRAL.replace("2026-01-01", "2026-03-01"), "2026-01-02")
    words = {"workspace": workspace(), "revision": 1, "answer": "Not yet"}
    with pytest.raises(Conflict, match="holds since 2026-01-01"):
        desk.withdraw(actor=somebody("ana"), version_id=held.version_id, at=NOON, **words)
    desk.withdraw(actor=somebody("fin"), version_id=ahead.version_id, at=NOON, **words)
    asked = {
        "actor": somebody("rae"),
        "workspace": workspace(),
        "type": "approval_policy",
        "name": "discounts",
        "on": date(2026, 4, 1),
    }
    now, then = holds(**asked), holds(**asked, known=datetime(2026, 1, 4, tzinfo=UTC))
    assert now is not None
    assert then is not None
    assert (now.version_id, then.version_id) == (held.version_id, ahead.version_id)


def test_an_override_that_no_longer_fits_is_not_approved() -> None:
    approved(CENTRAL, "2026-01-01")
    version_id = submitted(OVERRIDE, "lou")
    approved(CENTRAL.replace("0.20", "0.17").replace("-01-01", "-02-01"), "2026-01-04", by="oli")
    with pytest.raises(BadInput) as told:
        approve("fin", version_id)
    assert "above 17 %, the highest allowed by version 2" in str(told.value.problems[0])
    assert state(version_id) is State.IN_REVIEW


def test_every_step_is_in_the_journal_and_told_to_whom_it_concerns() -> None:
    version_id = submitted()
    notices = models.Notice.objects.filter(address=f"/documents/versions/{version_id}/")
    assert set(notices.values_list("name", flat=True)) == {"oli", "fin", "sue"}
    approve("fin", version_id)
    assert notices.filter(name="ana", title__startswith="Approved").exists()
    actions = models.JournalEntry.objects.order_by("seq").values_list("action", "about")
    about = "document:approval_policy/discounts"
    assert list(actions) == [
        ("document.draft", about),
        ("document.submit", about),
        ("document.approve", about),
    ]
    events = models.Event.objects.order_by("id").values_list("type", flat=True)
    assert list(events) == ["document.submitted", "document.approved"]


def test_what_is_refused_writes_nothing() -> None:
    version_id = submitted()
    before = models.JournalEntry.objects.count(), models.Notice.objects.count()
    for name, revision in (("ana", 1), ("fin", 2), ("rae", 1)):
        with pytest.raises(Refusal):
            approve(name, version_id, revision)
    with pytest.raises(BadInput):
        drafted("document: approval_policy")
    assert (models.JournalEntry.objects.count(), models.Notice.objects.count()) == before


def test_the_daily_check_opens_cases_once() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-02", by="lou")
    job = jobs()["check_overrides"]
    run = Run(1, somebody("ana"), workspace(), at("2026-06-02"), {}, {}, lambda *told: None)
    assert [step.run(run) for step in job.steps] != [{"cases": []}]
    assert [step.run(run) for step in job.steps] == [{"cases": []}]


def test_documents_are_found_by_words() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-02", by="lou")
    asked = {"actor": somebody("rae"), "workspace": workspace()}
    found = find_documents(**asked, text="disc EMEA")
    assert [(one.name, one.unit) for one in found] == [("discounts", "EMEA")]
    assert document_list(**asked, on=date(2026, 3, 1), text="policy emea").total == 1
    assert document_list(**asked, on=date(2026, 3, 1), text="%").total == 0


def test_reading_a_document_takes_one_query_however_many_versions(
    django_assert_num_queries: object,
) -> None:
    approved(CENTRAL, "2026-01-01")
    for day in range(2, 6):
        approved(CENTRAL.replace("2026-01-01", f"2026-01-0{day}"), "2026-01-01")
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        document_page(
            actor=somebody("rae"),
            workspace=workspace(),
            type="approval_policy",
            name="discounts",
            on=date(2026, 3, 1),
        )


def test_who_may_not_read_learns_nothing() -> None:
    nobody = somebody("rae").__class__("nobody", frozenset())
    with pytest.raises(NotAllowed):
        one_version(actor=nobody, workspace=workspace(), version_id=1)
