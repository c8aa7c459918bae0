"""The inbox: what waits for whom, one case with its line of time, many at once, and refusals."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.serving import workspace
from tests.working import act_as, people
from wald.actions import cases
from wald.actions.delegations import delegate
from wald.records.stores import cases as store
from wald.records.stores.workspace import bring_up_to_date

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def service(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        bring_up_to_date("default")
        people(workspace())
        yield
        call_command("flush", interactive=False, verbosity=0)


def opened(by: str = "ben", **more: object) -> int:
    given: dict[str, object] = {"kind": "task", "title": "Call Acme", **more}
    return cases.open_case(actor=act_as(by), workspace=workspace(), at=NOW, **given)  # type: ignore[arg-type]


def state(case_id: int) -> str:
    case = store.load(case_id, database="default")
    assert case is not None
    return case.state


def test_each_tab_holds_what_its_name_says() -> None:
    opened(assignee="max", title="For Max")
    opened(by="max", title="From Max")
    max_, ana = visitor("max"), visitor("ana")
    assert "For Max" in text_of(max_.get("/cases/"))
    assert "From Max" not in text_of(max_.get("/cases/"))
    assert "From Max" in text_of(max_.get("/cases/?whose=waiting"))
    queue = text_of(ana.get("/cases/?whose=queue"))
    assert ("From Max" in queue, "For Max" in queue) == (True, False)
    assert "For Max" in text_of(ana.get("/cases/?whose=all"))


def test_filters_are_the_address() -> None:
    opened(assignee="max", title="Acme")
    opened(assignee="max", title="Bolt", kind="alert")
    opened(assignee="max", title="Late", due_at=NOW - timedelta(days=1))
    person = visitor("max")
    for query, shown in (
        ("kind=alert", {"Bolt"}),
        ("search=acm", {"Acme"}),
        ("overdue=1", {"Late"}),
        ("assignee=max&search=bolt", {"Bolt"}),
        ("status=closed", set()),
    ):
        page = text_of(person.get(f"/cases/?{query}"))
        assert {name for name in ("Acme", "Bolt", "Late") if f">{name}</a>" in page} == shown


def test_an_odd_filter_is_said() -> None:
    for query in ("whose=theirs", "kind=party", "status=maybe", "sort=luck"):
        answer = visitor("max").get(f"/cases/?{query}")
        assert answer.status_code == 400
        assert "choose among" in text_of(answer)


def test_an_empty_inbox_says_what_to_do() -> None:
    person = visitor("max")
    assert "Nothing waits for you" in text_of(person.get("/cases/"))
    assert "You wait for nobody" in text_of(person.get("/cases/?whose=waiting"))
    assert "No such cases" in text_of(person.get("/cases/?search=zzz"))


def test_a_case_tells_what_happened_and_what_can_be_done() -> None:
    case_id = opened(assignee="max", links=["opportunity:O1"], body={"text": "Before Friday"})
    page = text_of(visitor("max").get(f"/cases/{case_id}/"))
    for words in ("ben opened it", "Before Friday", 'href="/deals/O1/"', ">Done</button>"):
        assert words in page
    assert "waits for <b>max</b>" in page


def test_the_panel_is_the_same_without_the_rail() -> None:
    case_id = opened(assignee="max")
    page = text_of(visitor("max").get(f"/cases/{case_id}/?panel=1"))
    assert "Call Acme" in page
    assert "<nav" not in page


def test_a_comment_and_a_move_stand_in_the_line_of_time() -> None:
    case_id = opened(assignee="max")
    person = visitor("max")
    page = text_of(
        person.post(f"/cases/{case_id}/comment/", {"text": "Called <b>twice</b>"}, follow=True)
    )
    assert "Called &lt;b&gt;twice&lt;/b&gt;" in page
    page = text_of(
        person.post(f"/cases/{case_id}/move/", {"move": "finish", "version": "1"}, follow=True)
    )
    assert "max moved it from Open to Done" in page
    assert state(case_id) == "done"


def test_a_stale_move_says_what_changed_and_keeps_what_was_written() -> None:
    case_id = opened(assignee="max")
    visitor("ben").post(f"/cases/{case_id}/assign/", {"to": "mia", "version": "1"})
    answer = visitor("ben").post(
        f"/cases/{case_id}/move/", {"move": "drop", "reason": "Not wanted", "version": "1"}
    )
    page = text_of(answer)
    assert answer.status_code == 409
    assert "ben assigned it to mia, before max" in page
    assert "Not wanted</textarea>" in page


def test_what_is_missing_is_asked_for() -> None:
    case_id = opened(assignee="max")
    answer = visitor("max").post(f"/cases/{case_id}/move/", {"move": "drop", "version": "1"})
    assert answer.status_code == 400
    assert "say the reason" in text_of(answer)


def test_somebody_elses_case_is_not_found() -> None:
    case_id = opened()
    person = visitor("max")
    assert person.get(f"/cases/{case_id}/").status_code == 404
    assert person.post(f"/cases/{case_id}/comment/", {"text": "Hm"}).status_code == 404
    assert person.post(f"/cases/{case_id}/dance/").status_code == 404
    assert person.get("/cases/99999999999999999999/").status_code in (400, 404)


def test_a_delegate_finds_the_case_in_their_inbox_and_acts_for_its_owner() -> None:
    case_id = opened(assignee="mia", title="For Mia")
    days = (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=2))
    delegate(
        actor=act_as("mia"), workspace=workspace(), to="max",
        starts_on=days[0], ends_on=days[1], at=NOW,
    )  # fmt: skip
    person = visitor("max")
    page = text_of(person.get("/cases/"))
    assert "For Mia" in page
    assert "you stand in for mia" in page
    person.post(f"/cases/{case_id}/move/", {"move": "finish", "version": "1"})
    assert "max for mia moved it" in text_of(visitor("mia").get(f"/cases/{case_id}/"))


def test_many_are_assigned_and_the_refused_ones_say_why() -> None:
    first, second = opened(by="max", title="First"), opened(by="max", title="Second", kind="alert")
    person = visitor("ana")
    visitor("ben").post(f"/cases/{second}/take/", {"version": "1"})
    answer = person.post(
        "/cases/bulk/",
        {"case": [first, second], f"version_{second}": "1", "deed": "take", "next": "/cases/"},
        follow=True,
    )
    page = text_of(answer)
    assert "1 case taken." in page
    assert f"Case {second} is as it was" in page
    assert "Undo" in page


def test_taking_many_can_be_undone() -> None:
    numbers = [opened(by="max") for _ in range(2)]
    person = visitor("ana")
    page = text_of(person.post("/cases/bulk/", {"case": numbers, "deed": "take"}, follow=True))
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    sent = {name: fields[name] for name in ("deed", "many", "reason", "next")}
    page = text_of(person.post("/cases/undo/", sent, follow=True))
    assert "2 of 2 cases are back" in page
    found = [store.load(one, database="default") for one in numbers]
    assert [case.assignee for case in found if case is not None] == ["", ""]


def test_putting_many_off_can_be_undone() -> None:
    due = NOW + timedelta(hours=5)
    numbers = [opened(by="max", due_at=due), opened(by="max", due_at=due)]
    person = visitor("ana")
    sent = {"case": numbers, "deed": "due:7"}
    page = text_of(person.post("/cases/bulk/", sent, follow=True))
    assert "2 cases due later." in page
    later = [_due(one) for one in numbers]
    assert all(one is not None and one > due + timedelta(days=6) for one in later)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    visitor("max").post(f"/cases/{numbers[1]}/due/", {"due": "2099-01-01 12:00", "version": "2"})
    sent = {name: fields[name] for name in ("deed", "many", "reason", "next")}
    page = text_of(person.post("/cases/undo/", sent, follow=True))
    assert "1 of 2 cases are back" in page
    assert _due(numbers[0]) == due
    assert _due(numbers[1]) == datetime(2099, 1, 1, 12, tzinfo=UTC)


def _due(case_id: int) -> datetime | None:
    case = store.load(case_id, database="default")
    assert case is not None
    return case.due_at


def test_many_are_closed_with_a_reason_and_opened_again() -> None:
    numbers = [opened(assignee="max") for _ in range(2)]
    person = visitor("max")
    sent = {"case": numbers, "deed": "move:drop", "reason": "Not wanted"}
    assert "2 cases moved" in text_of(person.post("/cases/bulk/", sent, follow=True))
    assert [state(one) for one in numbers] == ["dropped", "dropped"]
    many = " ".join(str(one) for one in numbers)
    person.post("/cases/undo/", {"deed": "move:reopen", "many": many, "reason": "Back"})
    assert [state(one) for one in numbers] == ["open", "open"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"case": ["1"], "deed": "dance"},
        {"case": ["x", "-1", "9" * 40], "deed": "take"},
        {"case": ["1"], "deed": "due:99"},
        {"case": ["1"], "deed": "move:", "next": "https://elsewhere.example/"},
    ],
)
def test_hostile_bulk_changes_nothing(sent: dict[str, object]) -> None:
    case_id = opened(assignee="max")
    answer = visitor("max").post("/cases/bulk/", sent)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/cases/"
    assert state(case_id) == "open"


def test_a_case_is_opened_by_the_form() -> None:
    person = visitor("max")
    assert 'value="insight:7' not in text_of(person.get("/cases/new/"))
    assert "insight:7" in text_of(person.get("/cases/new/?kind=task&link=insight:7"))
    page = text_of(
        person.post(
            "/cases/new/",
            {"kind": "approval", "title": "20 % for Acme", "assignee": "mia", "links": "user:max"},
            follow=True,
        )
    )
    assert "20 % for Acme" in page
    assert "waits for <b>mia</b>" in page


def test_a_wrong_form_keeps_what_was_written() -> None:
    answer = visitor("max").post(
        "/cases/new/",
        {"kind": "task", "title": "", "text": "Keep me", "links": "nonsense", "due": "soon"},
    )
    assert answer.status_code == 400
    assert "Keep me" in text_of(answer)


def test_who_only_reads_sees_what_concerns_them_and_may_do_nothing() -> None:
    case_id = opened()
    person = visitor("rae")
    assert person.get("/cases/").status_code == 200
    assert person.get("/cases/new/").status_code == 403
    assert person.post(f"/cases/{case_id}/comment/", {"text": "Hm"}).status_code == 403
    assert person.post("/cases/bulk/", {"case": [case_id], "deed": "take"}).status_code == 403


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for address in ("/cases/", "/cases/1/", "/cases/new/", "/cases/delegations/"):
        assert client.get(address).status_code == 302


def test_somebody_is_let_stand_in_and_it_ends() -> None:
    person = visitor("mia")
    day = NOW.date()
    days = {"starts_on": day.isoformat(), "ends_on": (day + timedelta(days=3)).isoformat()}
    page = text_of(person.post("/cases/delegations/", {"to": "max", **days}, follow=True))
    assert "max stands in for you" in page
    end = re.search(r"/cases/delegations/\d+/end/", page)
    assert end is not None
    assert "It has ended" in text_of(person.post(end[0], follow=True))
    answer = person.post("/cases/delegations/", {"to": "max", "starts_on": "soon", "ends_on": ""})
    assert answer.status_code == 400
    backwards = {"to": "max", "starts_on": days["ends_on"], "ends_on": days["starts_on"]}
    page = text_of(person.post("/cases/delegations/", backwards))
    beside = page.partition('id="about_ends_on"')[2].partition("</div>")[0]
    assert "It is not after the first day" in beside


def test_the_inbox_and_a_case_cost_a_fixed_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    case_id = opened(assignee="max")
    for number in range(5):
        opened(assignee="max", title=f"Case {number}")
    person = visitor("ana")
    # Session, user; for whom one stands in, counts, the rows, their number, who is asked,
    # who may work, views.
    with django_assert_num_queries(9 + shell_queries()):
        person.get("/cases/?whose=all")
    # The case: for whom one stands in, whether it is seen, its events, who may work.
    with django_assert_num_queries(6 + shell_queries()):
        person.get(f"/cases/{case_id}/")
