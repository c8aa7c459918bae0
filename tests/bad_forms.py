"""One good form of every page that writes, to be spoiled in every way.

A page that takes a form and has no entry here fails tests/e2e/test_bad_forms.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.agreeing import CENTRAL
from tests.bad_input import DECISION, QUARTER, SEEN, World
from tests.paying_runs import SELLERS
from tests.serving import WORDS

Parts = Mapping[str, object]


@dataclass(frozen=True)
class Form:
    """A good form: the parts of the page's address, what is typed, what of it must be there."""

    parts: Callable[[World], Parts]
    typed: Callable[[World], Mapping[str, object]]
    needs: tuple[str, ...] = ()
    writes: bool = True
    long: tuple[str, ...] = ()  # texts that have a longest form
    by: str = "ada"  # who sends it


def _form(
    parts: Callable[[World], Parts] | None = None,
    typed: Mapping[str, object] | Callable[[World], Mapping[str, object]] | None = None,
    *,
    needs: str = "",
    long: str = "",
    writes: bool = True,
    by: str = "ada",
) -> Form:
    told = typed or {}
    return Form(
        parts or (lambda world: {}),
        told if callable(told) else (lambda world: told),
        tuple(needs.split()),
        writes,
        tuple(long.split()),
        by,
    )


def _case(deed: str) -> Callable[[World], Parts]:
    return lambda world: {"case_id": world.case, "deed": deed}


def _step(step: str, of: str) -> Callable[[World], Parts]:
    return lambda world: {"version_id": getattr(world, of), "step": step}


_FIX = {"deal.0": "O4", "field.0": "close_on", "value.0": "2024-07-31", "seen.0": "2024-05-01"}
_REVISION = {"revision": "2"}
_CASE = {"version": str(SEEN["version"])}
_DRAFT = CENTRAL.replace("discounts", "another")

# Pages with several forms have an entry for each, after a colon.
FORMS: Mapping[str, Form] = {
    "load_undo": _form(lambda world: {"load_id": world.load}),
    "load_new": _form(typed={"folder": "first"}, long="folder"),
    "cases_bulk": _form(
        typed=lambda world: {"case": [str(world.case)], "deed": "give_back"}, needs="case deed"
    ),
    "cases_undo": _form(
        typed=lambda world: {"many": str(world.case), "deed": "give_back"}, needs="many"
    ),
    "case_new": _form(
        typed={"kind": "task", "title": "Call Birch", "text": "soon", "links": "account:A2"},
        needs="kind title",
        long="title text links assignee unit due queue kind",
    ),
    "case_act:comment": _form(_case("comment"), {"text": "hello"}, needs="text", long="text"),
    "case_act:link": _form(_case("link"), {"links": "account:A1"}, needs="links", long="links"),
    "case_act:watch": _form(_case("watch"), {"on": "1"}),
    "case_act:give_back": _form(_case("give_back"), _CASE),
    "case_act:assign": _form(_case("assign"), {**_CASE, "to": "fin"}, long="to"),
    "case_act:due": _form(_case("due"), {**_CASE, "due": "2099-01-01 12:00"}, long="due"),
    "case_act:change": _form(_case("change"), {**_CASE, "title": "Call"}, long="title text"),
    "case_act:move": _form(
        _case("move"), {**_CASE, "move": "finish", "outcome": "done"}, needs="move", long="outcome"
    ),
    "delegations": _form(
        typed={"to": "ben", "starts_on": "2099-01-01", "ends_on": "2099-02-01", "why": "away"},
        needs="to starts_on ends_on",
        long="to starts_on ends_on why",
    ),
    "hygiene_fix_new": _form(
        typed={**_FIX, "do": "write", "why": "They said so"},
        needs="deal.0 field.0 value.0 why",
        long="field.0 value.0 why",
    ),
    "hygiene_fix_new:look": _form(
        typed={**_FIX, "do": "look"}, needs="deal.0 field.0 value.0", writes=False
    ),
    "hygiene_fix_undo": _form(
        lambda world: {"fix_id": world.fix},
        {"deal": "O4", "why": "right"},
        needs="deal",
        long="why",
    ),
    "hygiene_cases": _form(
        typed={"rule": "close_date_past"},
        long="rule severity",
        writes=False,  # the day of no deal is past
    ),
    "delegation_end": _form(lambda world: {"delegation_id": world.delegation}),
    "insight_new": _form(typed={"claim": "Sales are slow"}, long="claim subject low estimate"),
    "insight:dismiss": _form(
        lambda world: {"insight_id": world.insight},
        {"do": "dismiss", "why": "known", **_CASE},
        needs="do",
        long="why",
    ),
    "decision_new": _form(
        typed={
            **DECISION,
            "options": "Yes\nNo",
            "do": "decide",
        },
        needs="question options choice why metric low estimate high confidence review_on",
        long="question options choice why metric review_on low",
    ),
    "calibration_draft": _form(writes=False),  # no chance of a stage was agreed
    "document_new": _form(typed={"text": _DRAFT, "do": "save"}, needs="text", long="text"),
    "document_check": _form(typed={"text": _DRAFT}, writes=False),
    "version_edit": _form(
        lambda world: {"version_id": world.draft},
        {"text": _DRAFT.replace("another", "draft"), "do": "save", "revision": "2"},
        needs="text",
        long="text",
    ),
    "version_form": _form(
        lambda world: {"version_id": world.draft},
        {"do": "check", "text": _DRAFT, "revision": "2"},
        writes=False,
    ),
    "version_step:submit": _form(_step("submit", "draft"), _REVISION, needs="revision"),
    "version_step:return": _form(
        _step("return", "submitted"),
        {**_REVISION, "reason": "say more"},
        needs="revision reason",
        long="reason",
    ),
    "version_step:withdraw": _form(
        _step("withdraw", "approved"),
        {**_REVISION, "reason": "wrong"},
        needs="revision reason",
        long="reason",
    ),
    "pay": _form(typed={"do": "run", "period": "2024-01"}, needs="do period", by="fin"),
    "pay:hold": _form(
        typed={"do": "hold", "kind": "deal", "subject": "B1", "reason": "disputed"},
        needs="do kind subject reason",
        long="kind subject reason from_on until_on",
        by="fin",
    ),
    "pay:adjust": _form(
        typed={
            "do": "adjust",
            "person_id": "P1",
            "amount": "10",
            "currency": "EUR",
            "reason": "why",
        },
        needs="do person_id amount currency reason",
        long="person_id amount currency reason counts_on",
        by="fin",
    ),
    "pay_run": _form(lambda world: {"run_id": world.run}, {"do": "release"}, by="fin"),
    "pay_run:withdraw": _form(
        lambda world: {"run_id": world.run},
        {"do": "withdraw", "why": "wrong"},
        needs="do why",
        long="why",
        by="fin",
    ),
    "pay_plan": _form(typed=lambda world: {"version": world.plan}, needs="version", by="gus"),
    "pay_line": _form(
        lambda world: {"run_id": world.run, "person_id": "P1", "node": world.line},
        {"text": "It is too little."},
        needs="text",
        long="text",
        by="fin",
    ),
    "pay_what_if": _form(
        typed={"over": "2024-02", "plan": SELLERS}, needs="over plan", writes=False, by="fin"
    ),
    "pay_lift": _form(
        lambda world: {"hold_id": world.hold}, {"why": "done"}, needs="why", long="why", by="fin"
    ),
    "pay_decide": _form(
        lambda world: {"adjustment_id": world.adjustment}, {"do": "approve"}, by="fin"
    ),
    "pay_decide:refuse": _form(
        lambda world: {"adjustment_id": world.adjustment},
        {"do": "refuse", "why": "no"},
        needs="why",
        long="why",
        by="fin",
    ),
    "pay_retract": _form(
        lambda world: {"adjustment_id": world.promised},
        {"why": "wrong"},
        needs="why",
        long="why",
        by="fin",
    ),
    "forecast": _form(
        typed={"do": "submit", "period": QUARTER, "commit": "120.50", "seen": "2"},
        needs="period commit",
        long="period commit currency note",
        by="gus",
    ),
    "forecast_person": _form(
        lambda world: {"person_id": "P1"},
        {
            "do": "override",
            "period": QUARTER,
            "category": "commit",
            "amount": "90",
            "reason": "It slips",
            "seen": "2",
        },
        needs="do period category amount reason",
        long="period category amount currency reason",
        by="ben",
    ),
    "forecast_person:submit": _form(
        lambda world: {"person_id": "P1"},
        {"do": "submit", "period": QUARTER, "commit": "90", "note": "for gus", "seen": "2"},
        needs="do period commit note",
        long="period commit currency note",
        by="ben",
    ),
    "forecast_backtest": _form(typed={"grain": "quarter", "page": "forecast_model"}),
    "quotas_publish": _form(typed={"plan": "company", "on": "2026-03-01"}, writes=False),
    "views": _form(
        typed={"name": "Mine", "address": "/deals/"}, needs="name address", long="name address"
    ),
    "view_change": _form(
        lambda world: {"view_id": world.view}, {"name": "Ours"}, needs="name", long="name"
    ),
    "view_delete": _form(lambda world: {"view_id": world.view}),
    "people": _form(
        typed={"name": "eve", "role": "rep", "password": WORDS, "email": "e@example.org"},
        needs="name",
        long="name password email person_id unit",
    ),
    "person:change": _form(
        lambda world: {"name": "cy"},
        {"do": "change", "role": "rep", "unit": "North", "email": "c@example.org"},
        needs="do",
        long="why person_id email",
    ),
    "person:disable": _form(
        lambda world: {"name": "cy"}, {"do": "disable", "why": "left"}, needs="why", long="why"
    ),
    "person:password": _form(
        lambda world: {"name": "cy"},
        {"do": "password", "password": "five other quiet words"},
        needs="password",
        long="password",
    ),
    "account": _form(
        typed={"old": WORDS, "new": "five other quiet words", "again": "five other quiet words"},
        needs="old new again",
        long="old new",
    ),
    "api_keys": _form(typed={"name": "nightly"}, needs="name", long="name scope expires_on"),
    "api_key_revoke": _form(lambda world: {"key_id": world.key}),
    "api_key_rotate": _form(lambda world: {"key_id": world.key}),
    "job_stop": _form(lambda world: {"job_id": world.waiting}),
    "job_repeat": _form(lambda world: {"job_id": world.failed}),
    "notices_read": _form(),
    "notices_choose": _form(typed={"by_mail": "daily", "zone": "Europe/Berlin"}, needs="by_mail"),
    "channels": _form(
        typed={"name": "chat", "form": "webhook", "url": "https://1.1.1.1/hook"},
        needs="name form url",
        long="name form url events",
    ),
    "channel_change": _form(
        lambda world: {"channel_id": world.channel},
        lambda world: {
            "url": "https://1.1.1.1/other",
            "events": "case.opened",
            "version": str(world.newest["change_channel"]),
        },
        needs="version",
        long="url events",
    ),
    "channel_rotate": _form(lambda world: {"channel_id": world.channel}),
    "channel_stop": _form(lambda world: {"channel_id": world.channel}, {"why": "not now"}),
    "channel_start": _form(lambda world: {"channel_id": world.stopped}),
    "channel_test": _form(lambda world: {"channel_id": world.channel}),
    "delivery_replay": _form(
        lambda world: {"channel_id": world.channel, "delivery_id": world.delivery}
    ),
    "channel_remove": _form(lambda world: {"channel_id": world.channel}),
    "sign_in": _form(typed={"username": "ada", "password": "x"}, writes=False),
    "sign_out": _form(writes=False),
    "theme": _form(typed={"theme": "dark"}, writes=False),
    "keyboard": _form(typed={"keys": "off"}, writes=False),
}
