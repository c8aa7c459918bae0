"""No way in without a right: every route for every role, every action and every query.

A new route needs a line in tests/house/routes.py, a new function that reads records asks the
policy first or is listed here with its reason.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import DjangoDbBlocker

import wald.actions
import wald.queries
from tests.browsing import visitor
from tests.house.routes import API, OUTSIDE, PAGES, WRITES, Route
from tests.house.tree import PACKAGE, ROOT, files
from tests.serving import WORDS, served, signed
from tests.two_teams import PEOPLE, add_people, write_teams
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed
from wald.records.models import JournalEntry

# What reads or writes records and has no actor, or does not raise; each with its reason.
WITHOUT_ACTOR = {
    "wald.queries.forecast_making.make": "inside the job that back-tests, which asked",
    "wald.queries.forecast_making.make_one": "the forecast of a day, for queries that asked",
    "wald.queries.forecasts.kept_of": "what is kept, for queries that cut it to who asks",
    "wald.queries.forecast_submitted.marks": "names of what was said, not what; no figure",
    "wald.queries.forecast_submitted.said_here": "what was said, for forecasts of everybody",
    "wald.queries.document_sight.told_in": "whose pay a text tells, to decide who reads it",
    "wald.queries.document_sight.pay_told_in": "the same, as the journal keeps it",
    "wald.queries.documents.central_lines": "that documents are there, not what they say",
    "wald.actions.workspace.open_workspace": "comes before there is anybody",
    "wald.actions.workspace.close_workspace": "closes a connection, and reads nothing",
    "wald.queries.accounting.policy_on": "the policy of the books, for queries that asked already",
    "wald.queries.accounting.booked_period": "which days are booked, for queries that asked",
    "wald.queries.pay_contracts.contracts_of": "contracts behind pay, for queries that asked",
    "wald.queries.pay_spent_kept.kept_spent": "what a run paid, kept, for queries that asked",
    "wald.queries.pay_accruals_kept.kept_accruals": "accruals, kept, for queries that asked",
    "wald.queries.pay_credits_kept.kept_credits": "credits of a run, for queries that asked",
    "wald.queries.pay_credits_kept.keep_credits": "inside the run that computed them",
    "wald.queries.pipeline_ground.doubts_of": "what is not known of deals, for queries that asked",
    "wald.queries.pay_spent.keep_spent": "inside the release of a run",
    "wald.queries.pay_spent.spent_in": "lines of released runs, for queries that asked",
    "wald.actions.work.beat.beating": "the worker's own sign of life",
    "wald.actions.work.schedule.queue_due": "the worker; each job then runs in its asker's name",
    "wald.actions.work.worker.work": "the worker; each job then runs in its asker's name",
    "wald.actions.load_turn.begin_turn": "makes ready to write facts, inside actions",
    "wald.actions.load_turn.clear_dead_loads": "what dead loads left, inside actions",
    "wald.actions.correcting.turn": "the lock of loads, inside actions",
    "wald.actions.finding_words.tell_cases": "what Wald says on cases, inside actions",
    "wald.queries.fix_fate.fates_of": "what became of fixes, for queries that asked already",
    "wald.actions.cases.worker_problems": "names one may give work to, asked inside actions",
    "wald.actions.document_checks.approvers_of": "names, asked inside actions",
    "wald.actions.document_checks.must_be_another": "a check inside actions",
    "wald.queries.journal.verdict_on": "the verdict of the verifier, which reads no record",
    "wald.queries.sight.places_on": "the hierarchy, for queries that have asked",
    "wald.actions.pay.folder_of": "a path, inside actions",
    "wald.actions.four_eyes.must_be_apart": "a check inside actions",
    "wald.queries.pay.entries_of": "rows of a run, for queries that have asked whose pay is seen",
    "wald.queries.pay_basis.basis_now": "what pay rests on, inside actions and queries of pay",
    "wald.queries.pay_basis.holds_in": "inside actions and queries of pay",
    "wald.queries.pay_basis.pay_documents": "inside actions and queries of pay",
    "wald.queries.pay_basis.pinned": "facts of a basis, inside actions and queries of pay",
    "wald.queries.pay_computing.compute": "computes a run, inside actions and queries of pay",
    "wald.queries.pay_computing.delta_of": "inside queries of pay",
    "wald.queries.pay_deeds.deals_of": "keys of deals, inside queries that have asked",
    "wald.queries.pay_deeds.deeds_of": "inside queries of statements, which have asked",
    "wald.queries.pay_deeds.rates_of": "exchange rates, which are nobody's",
    "wald.queries.pay_faults.faults_of": "faults of deals, inside actions and queries of pay",
    "wald.queries.pay_keys.no_such_deal": "is a key known, inside actions of pay",
    "wald.queries.pay_keys.no_such_person": "is a key known, inside actions of pay",
    "wald.queries.pay_people.people_of": "who is paid, inside actions and queries of pay",
    "wald.queries.pay_people.plans_in": "inside actions and queries of pay",
    "wald.queries.pay_reading.credited_for": "inside actions and queries of pay",
    "wald.queries.pay_reading.read": "what pay is computed from, inside actions and queries of pay",
    "wald.queries.pay_released.released_before": "inside actions and queries of pay",
    "wald.queries.rollup_said.history": "what was said of a period, for queries that have asked",
    "wald.queries.pay_units.plans_of_units": "inside actions and queries of pay",
    "wald.queries.pay_why.explain": "inside actions and queries of pay",
}
ANSWERS_NO = {
    "wald.queries.sight.may_see_pay": "says no instead of raising",
    "wald.queries.documents.may_write": "says no instead of raising",
}
SEEN = ("actor", "workspace")


class Anything:
    """Stands for every argument but the actor and the workspace."""

    def __getattr__(self, name: str) -> "Anything":
        return self

    def __call__(self, *args: object, **kwargs: object) -> "Anything":
        return self

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, item: object) -> bool:
        return False


class Unread:
    """Stands for the workspace: whoever reads it before asking the policy is found out."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"it looked at workspace.{name} before it asked the policy")


def _functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for package in (wald.actions, wald.queries):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.ispkg:
                continue
            for name, function in inspect.getmembers(
                importlib.import_module(module.name), inspect.isfunction
            ):
                if function.__module__ == module.name and not name.startswith("_"):
                    yield f"{module.name}.{name}", function


FUNCTIONS = dict(_functions())
ASKING = [
    name
    for name, function in FUNCTIONS.items()
    if set(SEEN) <= set(inspect.signature(function).parameters)
]


@pytest.mark.parametrize("name", ASKING)
def test_every_action_and_query_asks_the_policy_first(name: str) -> None:
    function = FUNCTIONS[name]
    given: dict[str, object] = {
        key: Anything()
        for key, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }
    given |= {"actor": Actor("nobody", frozenset()), "workspace": Unread()}
    if name in ANSWERS_NO:
        assert function(**given) is False
        return
    with pytest.raises(NotAllowed):
        _begun(function(**given))


def _begun(result: Any) -> None:
    if hasattr(result, "__enter__"):
        result.__enter__()
    elif inspect.isgenerator(result):
        next(result)


def test_what_reads_records_without_an_actor_says_why() -> None:
    readers = {
        name
        for name, function in FUNCTIONS.items()
        if "actor" not in inspect.signature(function).parameters
        and {"workspace", "database", "home"} & set(inspect.signature(function).parameters)
    }
    assert readers <= set(WITHOUT_ACTOR), "take an actor and ask the policy, or say why not"
    assert set(WITHOUT_ACTOR) | set(ANSWERS_NO) <= set(FUNCTIONS), "these are gone"


def _patterns(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, str(one.namespace or space))
        else:
            yield f"{space}:{one.name}" if space else str(one.name)


def test_every_route_has_its_line() -> None:
    there = set(_patterns(get_resolver().url_patterns))
    told = {*PAGES, *(f"api:{name}" for name in API)}
    assert there - told == set(), "give each a line in tests/house/routes.py"
    assert told - there == set(), "these routes are gone"


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        User.objects.create_user("nil", password=WORDS)  # without a role
        yield


NAMES = {role: name for name, role, _, _ in reversed(PEOPLE)} | {
    Role.SALES_OPERATIONS: "ana",
    Role.READ_ONLY: "rae",
}


def _all_routes() -> list[tuple[str, Route]]:
    return [*PAGES.items(), *((f"api:{name}", route) for name, route in API.items())]


@pytest.mark.parametrize("name", [name for name, _ in _all_routes()])
def test_strangers_stay_outside(name: str) -> None:
    route = dict(_all_routes())[name]
    for address in route.addresses[:1]:
        status = Client().get(address).status_code
        if route.needs == OUTSIDE:
            assert status in (200, 404, 405, 302), address
        elif address.startswith("/api/"):
            assert status in (401, 405), address
        else:
            assert status == 302, address


@pytest.mark.parametrize("role", Role)
def test_every_role_reads_what_the_table_says_and_nothing_else(role: Role) -> None:
    pages, calls = visitor(NAMES[role]), signed(NAMES[role])
    wrong = []
    for name, route in _all_routes():
        if route.needs in (OUTSIDE, WRITES):
            continue
        may = not route.needs or bool({*route.needs.split("|")} & GRANTS[role])
        for address in route.addresses[:1]:
            answer = (calls if address.startswith("/api/") else pages).get(address)
            expected = (200, 302, 404) if may else (403,)
            if answer.status_code not in expected:
                wrong.append(f"{name} {address}: {answer.status_code}, not {expected}")
            answer.close()
    assert wrong == []


_WRITING = ("post", "put", "patch", "delete")


@pytest.mark.parametrize("who", ["nil", "rae", "una"])
def test_nothing_is_written_by_somebody_without_the_right(who: str) -> None:
    """Whatever is sent, and wherever: no change, and never a fault of ours."""
    pages, calls = visitor(who), signed(who)
    own = {
        "notices_read",
        "notices_choose",
        "read_notices",
        "choose_notices",
        "keyboard",
        "account",
        "api_keys",
        "views",
        "list_keys",
        "add_key",
        "list_views",
        "add_view",
    }
    before = JournalEntry.objects.count()
    for name, route in _all_routes():
        plain = name.removeprefix("api:")
        if route.needs == OUTSIDE or (who != "nil" and plain in own):
            continue
        for address in route.addresses[:1]:
            for method in _WRITING:
                client = calls if address.startswith("/api/") else pages
                send = getattr(client, method)
                answer = send(address, "{}", content_type="application/json")
                assert answer.status_code < 500, f"{method} {address}"
                if address.startswith("/api/"):
                    assert answer.status_code >= 400, f"{method} {address}"
                answer.close()
    assert JournalEntry.objects.count() == before


def test_a_right_that_is_taken_away_is_gone_at_the_next_request() -> None:
    fay = visitor("fay")
    assert fay.get("/journal/").status_code == 200
    profile = User.objects.get(username="fay").profile
    profile.role = Role.REP.value
    profile.save()
    assert fay.get("/journal/").status_code == 403
    profile.role = Role.FINANCE.value
    profile.save()


# Who may read beyond the sight of who asks, and why.
WAYS_ROUND = {
    "src/wald/facts/reading.py": "names of the account, the product and the seller of a seen row",
    "src/wald/facts/relations.py": "when a seen deal was last moved, whoever moved it",
    "src/wald/facts/measure.py": "a doubt about what the source records at all, without figures",
    "src/wald/heart/pipeline/walk.py": "where each day's sight cuts what is counted of a deal",
    "src/wald/heart/pipeline/doubts.py": "whether an owner is somebody of the data at all",
    "src/wald/heart/pipeline/passages.py": "changes and stages of deals that are seen",
    "src/wald/heart/pipeline/evidence_rows.py": "activities, changes and lines of seen deals",
    "src/wald/heart/pipeline/pushes.py": "changes of deals that are seen",
    "src/wald/queries/stage_history.py": "deals are kept once and cut for each who asks",
    "src/wald/queries/criteria_ground.py": "deals are kept once and cut for each who asks",
    "src/wald/queries/velocity.py": "deals are kept once and cut for each who asks",
    "src/wald/queries/pushes.py": "deals are kept once and cut for each who asks",
    "src/wald/queries/pipeline.py": "open deals are kept once and cut for each who asks",
    "src/wald/queries/pipeline_changes.py": "names of seen deals, and of those who changed them",
    "src/wald/queries/sight.py": "the hierarchy itself",
    "src/wald/queries/stages.py": "stages belong to nobody",
    "src/wald/queries/deal.py": "the name of who changed a seen deal",
    "src/wald/queries/deals.py": "everybody's deals are kept once and cut for each who asks",
    "src/wald/queries/find_deals.py": "everybody's deals are kept once and cut for each who asks",
    "src/wald/queries/kept.py": "whose rows a SELECT takes stands in the SELECT",
    "src/wald/heart/compensation/credit_faults.py": "faults of the facts, named to who runs pay",
    "src/wald/heart/compensation/credited_people.py": "credits of everybody: pay is cut after",
    "src/wald/heart/compensation/crediting.py": "credits of everybody: pay is cut after",
    "src/wald/heart/compensation/deal_events.py": "credits of everybody: pay is cut after",
    "src/wald/heart/compensation/plan_currency.py": "exchange rates, and which days need them",
    "src/wald/heart/compensation/reporting_lines.py": "the hierarchy itself",
    "src/wald/queries/pay_keys.py": "is a key known; asked by who may hold back everybody's pay",
    "src/wald/queries/pay_faults.py": "whose the deals with a fault are, told to who runs pay",
    "src/wald/queries/pay_contracts.py": "terms of contracts whose pay is seen",
    "src/wald/queries/pay_people.py": "who is in which plan, whole; pay is cut after",
    "src/wald/queries/pay_deeds.py": "bookings of one person whose pay is seen",
    "src/wald/queries/rollup_said.py": "what was said for a team is seen by who leads it next",
    "src/wald/queries/forecast_ground.py": "a back-test needs everybody; what is shown is cut",
    "src/wald/queries/fix_ground.py": "rows of deals that were found to be seen, and owners' names",
    "src/wald/queries/fix_files.py": "e-mail addresses of owners, by which a source knows them",
    "src/wald/queries/stage_calibration.py": "shares of everybody's deals, no deal and no person",
    "src/wald/queries/category_calibration.py": "shares of everybody's deals, no person",
    "src/wald/queries/quota_calibration.py": "how many of everybody reach quotas, no person",
    "src/wald/queries/incentives.py": "sums over everybody by clause, no person",
    "src/wald/brain/submitted_windows.py": "who leads others: what they say holds their people's",
    "src/wald/brain/localise.py": "the rate of all leaves, a number: no rows are read",
    "src/wald/brain/place_search.py": "the sum of all leaves, a number: no rows are read",
    "src/wald/queries/hygiene_deals.py": "what is usual needs everybody; what is shown is cut",
    "src/wald/queries/hygiene.py": "everybody's deals are judged once and cut for each who asks",
    "src/wald/queries/hygiene_evidence.py": "everybody's deals are judged once and cut",
    "src/wald/queries/hygiene_record.py": "shares of everybody's deals of the past, no deal",
    "src/wald/queries/night.py": "a night judges sums of everybody; persons are named to few",
    "src/wald/queries/quota_people.py": "a cascade needs everybody; what is shown of it is cut",
    "src/wald/queries/measure.py": "where a view of everybody's rows is made for those above",
}


def test_no_other_module_reads_beyond_the_sight_of_who_asks() -> None:
    way = re.compile(r"\.labels\(|\.whole\b|import as_of\b")
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("facts", "queries", "actions", "web", "api", "cli", "brain", "heart")
        for path in files("*.py", under=PACKAGE / folder)
        if way.search(path.read_text())
    }
    assert found == set(WAYS_ROUND), "read through Scene.table, or say here why not"
