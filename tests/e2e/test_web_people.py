"""An administrator gives rights on the pages; what is taken away counts on the next request."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.serving import WORDS, served, signed
from tests.two_teams import add_people, write_teams
from wald.kernel.policy import Role
from wald.records.models import JournalEntry
from wald.records.stores.users import create_user, find_user


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def everybody(service: None) -> None:
    """Give everybody the rights they start with."""
    User.objects.all().delete()
    create_user("rae", WORDS, Role.READ_ONLY, database="default")
    create_user("ana", WORDS, Role.SALES_OPERATIONS, database="default")
    add_people()


@pytest.fixture
def adam() -> Client:
    return visitor("adam")


def _press(person: Client, name: str, button: str, **fields: str) -> tuple[int, str]:
    """Press a button on somebody's page with what stands in its form, and `fields` typed."""
    user = find_user(name, database="default")
    assert user is not None
    given = {
        "version": str(user.version),
        "role": user.role.value if user.role else "",
        "person_id": user.person_id,
        "unit": user.unit,
        "email": user.email,
    }
    answer = person.post(f"/people/{name}/", {**given, "do": button, **fields}, follow=True)
    return answer.status_code, text_of(answer)


def _last_action() -> str:
    entry = JournalEntry.objects.order_by("-seq").first()
    return entry.action if entry else ""


def test_everybody_is_listed_with_what_they_see(adam: Client) -> None:
    page = text_of(adam.get("/people/"))
    assert "rows of Mia and of everybody below" in page
    assert "rows of the people of North" in page
    assert "no row, until they are given a person or a unit" in page


def test_operations_look_and_reps_do_not(adam: Client) -> None:
    assert "Add somebody" in text_of(adam.get("/people/"))
    assert "Add somebody" not in text_of(visitor("ana").get("/people/"))
    assert visitor("max").get("/people/").status_code == 403
    assert visitor("max").get("/people/mia/").status_code == 403
    assert visitor("ana").post("/people/", {"name": "x", "role": "rep"}).status_code == 403


def test_somebody_is_added(adam: Client) -> None:
    given = {"name": "zoe", "role": "rep", "password": WORDS, "person_id": "L1"}
    refused = adam.post("/people/", given)
    assert refused.status_code == 400
    assert "lea is L1 already" in text_of(refused)
    assert 'value="zoe"' in text_of(refused)
    page = text_of(adam.post("/people/", {**given, "person_id": ""}, follow=True))
    assert "zoe may sign in." in page
    assert Client().login(username="zoe", password=WORDS)


def test_every_problem_stands_beside_its_field(adam: Client) -> None:
    given = {"name": "a b", "role": "rep", "password": "short", "unit": "East", "email": "no"}
    page = text_of(adam.post("/people/", {**given, "person_id": "X9"}))
    for sentence in ("is no user name", "it has 5 characters", "nobody of the facts"):
        assert sentence.lower() in page.lower()
    assert "no region and no team" in page
    assert "is no address" in page


def test_everybody_is_a_unit_of_leaders_alone(adam: Client) -> None:
    given = {"name": "zed", "role": "local_operations", "password": WORDS, "unit": "everybody"}
    refused = adam.post("/people/", given)
    assert refused.status_code == 400
    assert "no region and no team" in text_of(refused)
    page = text_of(adam.post("/people/", {**given, "role": "sales_leader"}, follow=True))
    assert "zed may sign in." in page
    assert "rows of everybody in the organization" in text_of(adam.get("/people/zed/"))


def test_another_role_needs_a_reason_and_counts_at_once(adam: Client) -> None:
    max_ = visitor("max")
    assert max_.get("/data/loads/1/").status_code == 403
    status, page = _press(adam, "max", "change", role="sales_operations")
    assert status == 400
    assert "There is no reason" in page
    status, page = _press(adam, "max", "change", role="sales_operations", why="moved to operations")
    assert "it counts from now on" in page
    assert _last_action() == "user.access"
    assert max_.get("/data/loads/1/").status_code != 403
    _press(adam, "max", "change", role="rep", why="came back")
    assert max_.get("/data/loads/1/").status_code == 403


def test_ended_access_ends_sessions_for_good(adam: Client) -> None:
    max_ = visitor("max")
    assert max_.get("/").status_code == 200
    assert signed("max").get("/api/v1/metrics").status_code == 200
    _, page = _press(adam, "max", "disable", why="left the company")
    assert "their sessions have ended" in page
    assert max_.get("/").status_code == 302
    assert signed("max").get("/api/v1/metrics").status_code == 401
    _press(adam, "max", "enable", why="came back")
    assert max_.get("/").status_code == 302, "an old session must not come to life again"
    assert signed("max").get("/api/v1/metrics").status_code == 200


def test_ending_access_needs_a_reason(adam: Client) -> None:
    status, _ = _press(adam, "max", "disable", why=" ")
    assert status == 400
    assert visitor("max").get("/").status_code == 200


def test_the_last_administrator_stays(adam: Client) -> None:
    for button, fields in (("disable", {}), ("change", {"role": "read_only"})):
        status, page = _press(adam, "adam", button, why="tired", **fields)
        assert status == 400
        assert "adam is the last administrator" in page
    _press(adam, "fay", "change", role="administrator", why="helps adam")
    status, page = _press(adam, "adam", "change", role="read_only", why="tired")
    assert status == 403, "adam may not look at people any more"
    user = find_user("adam", database="default")
    assert user is not None
    assert user.role is not None
    assert user.role.value == "read_only"


def test_nobody_raises_their_own_rights(adam: Client) -> None:
    status, page = _press(adam, "adam", "change", role="sales_operations", why="I want to see pay")
    assert status == 403
    assert "Nobody raises their own rights" in page


def test_what_changed_in_between_is_told(adam: Client) -> None:
    user = find_user("max", database="default")
    assert user is not None
    _press(adam, "max", "change", email="max@example.org")
    given = {"version": str(user.version), "role": "manager", "person_id": "R1", "why": "leads"}
    answer = adam.post("/people/max/", {**given, "do": "change"})
    assert answer.status_code == 409
    assert "in between" in text_of(answer)


def test_a_person_of_the_facts_is_found_by_name(adam: Client) -> None:
    page = text_of(adam.get("/people/una/?find=mo"))
    assert "Moe" in page
    assert "Nobody of the facts" in text_of(adam.get("/people/una/?find=zzz"))


def test_the_review_is_a_file_that_no_spreadsheet_runs(adam: Client) -> None:
    User.objects.filter(username="fay").update(email="=1+1@example.org")
    review = text_of(adam.get("/people.csv"))
    assert '"name","email","role","sees"' in review
    assert "'=1+1@example.org" in review
    sheet = adam.get("/people.xlsx")
    assert b"".join(sheet).startswith(b"PK")
    sheet.close()
    assert visitor("rae").get("/people.csv").status_code == 403


def test_who_has_not_signed_in_for_long_is_dormant(adam: Client) -> None:
    User.objects.filter(username="fay").update(date_joined="2020-01-01T00:00:00Z")
    assert text_of(adam.get("/people/")).count("dormant</span>") == 1
    assert text_of(adam.get("/people.csv")).count(",true,") >= 1


def test_names_that_are_nobodys_are_not_found(adam: Client) -> None:
    assert adam.get("/people/nobody/").status_code == 404
    assert adam.post("/people/nobody/", {"do": "disable"}).status_code == 404
    assert adam.get("/people.pdf").status_code == 404


def test_a_button_that_is_none_does_nothing(adam: Client) -> None:
    assert _press(adam, "max", "explode")[0] == 400


def test_the_costs_of_the_list_do_not_grow_with_people(
    adam: Client, django_assert_num_queries: object
) -> None:
    adam.get("/people/")
    with django_assert_num_queries(5 + shell_queries()):  # type: ignore[operator]  # a fixture
        adam.get("/people/")


@pytest.mark.parametrize("name", ["max", "rae", "adam"])
def test_everybody_changes_their_own_password_with_the_old_one(name: str) -> None:
    person, other = visitor(name), visitor(name)
    page = text_of(person.get("/account/"))
    assert "Your account" in page
    new = "five other quiet words here"
    given = {"old": WORDS, "new": new, "again": new}
    for changed, sentence in (
        ({"old": "wrong"}, "not your password"),
        ({"again": "different"}, "the two differ"),
        ({"new": "short", "again": "short"}, "it has 5 characters"),
        ({"new": WORDS, "again": WORDS}, "it is the one you have"),
    ):
        answer = person.post("/account/", {**given, **changed})
        assert answer.status_code == 400
        assert sentence.lower() in text_of(answer).lower()
    assert "Your password is changed" in text_of(person.post("/account/", given, follow=True))
    assert person.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert Client().login(username=name, password=new)
