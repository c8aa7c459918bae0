"""One good call of every writing operation and page, to be spoiled in every way.

A writing route without an entry here fails tests/e2e/test_bad_input.py.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.test import Client

from tests.agreeing import CENTRAL
from tests.paying_runs import SELLERS
from tests.serving import WORDS, signed, workspace
from wald.actions import documents, forecast, pay, pay_entries
from wald.actions.cases import change_case, open_case
from wald.actions.delegations import delegate
from wald.actions.hygiene_fixes import fix_deals
from wald.heart.compensation.statement_json import line_nodes
from wald.heart.deal_fix import Wanted
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.queries.pay_statements import statement
from wald.records import models
from wald.records.stores.users import create_user

Parts = Mapping[str, object]

_LATER = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()  # it does not hold yet
_TEXT = CENTRAL.replace("owner: ana", "owner: ben").replace("2026-01-01", _LATER)
_NEXT_YEAR = datetime.now(UTC).year + 1
QUARTER = f"{datetime.now(UTC):%Y}-Q{(datetime.now(UTC).month + 2) // 3}"
_INSIGHT = {"claim": "Retail deals take longer", "subject": "segment:SMB"}
DECISION = {
    "question": "Do we call back sooner?",
    "options": ["Yes", "No"],
    "choice": "Yes",
    "why": "Callers wait",
    "metric": "win_rate",
    "low": "0.01",
    "estimate": "0.02",
    "high": "0.03",
    "confidence": "0.6",
    "baseline": "2024-Q1",
    "period": f"{_NEXT_YEAR}-Q1",
    "review_on": f"{_NEXT_YEAR}-04-15",
}


@dataclass(frozen=True, slots=True)
class World:
    """Numbers of what is there to be worked on."""

    load: int  # the newest: of the fix
    fix: int
    key: int
    view: int
    draft: int
    submitted: int
    approved: int
    insight: int
    case: int  # of version 2, as is all that has versions
    free: int  # a case of nobody
    delegation: int
    waiting: int  # jobs
    failed: int
    channel: int
    stopped: int
    delivery: int
    run: int  # a draft of ben's
    hold: int
    adjustment: int  # that ben entered
    promised: int  # another, that eve approved
    plan: int  # the version that pays gus, who is P1
    line: str  # of what the draft pays P1
    newest: Mapping[str, int]  # versions that are not 2, by the call that asks for them


@dataclass(frozen=True)
class Call:
    """A good call: the parts of its path, its body."""

    parts: Callable[[World], Parts] = lambda world: {}
    body: Mapping[str, object] = field(default_factory=dict)
    by: str = "ada"


def _of(name: str, of: str) -> Callable[[World], Parts]:
    return lambda world: {name: getattr(world, of)}


def _named(name: str) -> Callable[[World], Parts]:
    return lambda world: {"name": name}


SEEN = {"version": 2}  # everything was changed once
_VALUE = {"deal": "O4", "field": "close_on", "value": "2024-07-31"}

CALLS: Mapping[str, Call] = {
    "load": Call(body={"folder": "first", "dry_run": True}),
    "undo": Call(_of("load_id", "load")),
    "add_key": Call(body={"name": "nightly", "scopes": ["facts.read"]}),
    "revoke_key": Call(_of("key_id", "key")),
    "rotate_key": Call(_of("key_id", "key"), {"overlap_hours": 2}),
    "add_person": Call(body={"name": "eve", "role": "rep", "email": "eve@example.org"}),
    "change_person": Call(_named("cy"), {"unit": "North", "why": "moved"}),
    "disable_person": Call(_named("cy"), {"why": "left"}),
    "enable_person": Call(_named("dee"), {"why": "is back"}),
    "set_password": Call(_named("cy"), {"password": "five other quiet words"}),
    "add_view": Call(body={"name": "Mine", "address": "/deals/?sort=amount"}),
    "change_view": Call(_of("view_id", "view"), {"name": "Ours", "is_shared": True}),
    "delete_view": Call(_of("view_id", "view")),
    "draft_document": Call(body={"text": CENTRAL.replace("discounts", "other")}),
    "plan_document": Call(body={"text": CENTRAL}),
    "submit_version": Call(_of("version_id", "draft"), SEEN),
    "approve_version": Call(_of("version_id", "submitted"), {**SEEN, "why": "fine"}),
    "return_version": Call(_of("version_id", "submitted"), {**SEEN, "reason": "say more"}),
    "withdraw_version": Call(_of("version_id", "approved"), {**SEEN, "reason": "a mistake"}),
    "record_insight": Call(body={**_INSIGHT, "claim": "Another claim"}),
    "change_insight_status": Call(
        _of("insight_id", "insight"), {"status": "new", "why": "yes", **SEEN}
    ),
    "open_insight_case": Call(_of("insight_id", "insight"), {"assignee": "ben"}),
    "make_decision": Call(body=DECISION),
    "check_decision": Call(body=DECISION),
    "review_decisions": Call(),
    "open_case": Call(body={"kind": "task", "title": "Call Birch", "links": ["account:A2"]}),
    "comment_case": Call(_of("case_id", "case"), {"text": "hello"}),
    "link_case": Call(_of("case_id", "case"), {"links": ["account:A1"]}),
    "watch_case": Call(_of("case_id", "case"), {"on": True}),
    "assign_case": Call(_of("case_id", "case"), {**SEEN, "to": "fin"}),
    "take_case": Call(_of("case_id", "free"), SEEN),
    "give_back_case": Call(_of("case_id", "case"), SEEN),
    "move_case": Call(_of("case_id", "case"), {**SEEN, "move": "finish", "outcome": "done"}),
    "set_case_due": Call(_of("case_id", "case"), {**SEEN, "due_at": "2099-01-01T12:00:00Z"}),
    "change_case_words": Call(_of("case_id", "case"), {**SEEN, "title": "Call them"}),
    "add_delegation": Call(body={"to": "ben", "starts_on": "2099-01-01", "ends_on": "2099-02-01"}),
    "end_delegation": Call(_of("delegation_id", "delegation")),
    "run_work": Call(body={"kind": "warm_pulse", "key": "once"}),
    "stop_work": Call(_of("job_id", "waiting")),
    "repeat_work": Call(_of("job_id", "failed")),
    "read_notices": Call(),
    "choose_notices": Call(body={"by_mail": "daily", "zone": "Europe/Berlin"}),
    "add_channel": Call(body={"name": "chat", "url": "https://1.1.1.1/hook"}),
    "change_channel": Call(_of("channel_id", "channel"), {"events": ["case.opened"], **SEEN}),
    "remove_channel": Call(_of("channel_id", "channel")),
    "rotate_channel": Call(_of("channel_id", "channel")),
    "stop_channel": Call(_of("channel_id", "channel"), {"why": "not now"}),
    "start_channel": Call(_of("channel_id", "stopped")),
    "send_test_message": Call(_of("channel_id", "channel")),
    "run_pay": Call(body={"period": "2024-01"}, by="fin"),
    "release_pay_run": Call(_of("run_id", "run"), by="fin"),
    "withdraw_pay_run": Call(_of("run_id", "run"), {"why": "wrong"}, by="fin"),
    # The world's first run; nodes are numbered in the order of the statement.
    "dispute_line": Call(body={"run": 1, "person": "P1", "line": "n9", "text": "why"}, by="fin"),
    "accept_plan": Call(_of("version_id", "plan"), by="gus"),
    "try_plan": Call(body={"over": "2024-01", "plan": SELLERS}, by="fin"),
    "lint_plan": Call(body={"plan": SELLERS, "margins": {}}, by="ben"),
    "pay_plain": Call(
        body={"plans": [SELLERS], "credits": "payee,credited_on,amount\nP1,2024-01-15,1000\n"},
        by="ben",
    ),
    "submit_forecast": Call(
        body={"period": QUARTER, "amounts": {"commit": "120.50"}, **SEEN}, by="gus"
    ),
    "override_forecast": Call(
        body={
            "person": "P1",
            "period": QUARTER,
            "category": "commit",
            "amount": "90",
            "reason": "It slips",
            **SEEN,
        },
        by="ben",
    ),
    "draft_chances": Call(by="ben"),
    "hygiene_fix_preview": Call(body={"values": [_VALUE]}, by="ben"),
    "write_hygiene_fix": Call(body={"values": [_VALUE], "why": "They said so"}, by="ben"),
    "undo_hygiene_fix": Call(_of("fix_id", "fix"), {"why": "It was right"}, by="ben"),
    "open_finding_cases": Call(body={"rule": "close_date_past"}, by="ben"),
    "publish_quotas": Call(_named("spread"), {"on": "2024-06-01"}, by="ben"),
    "hold_pay": Call(body={"kind": "deal", "subject": "B1", "reason": "disputed"}, by="fin"),
    "lift_pay_hold": Call(_of("hold_id", "hold"), {"why": "settled"}, by="fin"),
    "adjust_pay": Call(
        body={"person_id": "P1", "amount": "10", "currency": "EUR", "reason": "why"}, by="fin"
    ),
    "decide_pay_adjustment": Call(
        _of("adjustment_id", "adjustment"), {"is_approved": True}, by="fin"
    ),
    "retract_pay_adjustment": Call(_of("adjustment_id", "promised"), {"why": "wrong"}, by="fin"),
    "replay_delivery": Call(
        lambda world: {"channel_id": world.channel, "delivery_id": world.delivery}
    ),
}


def new_world() -> World:
    """Make what the calls work on, in the workspace that is served."""
    for name, role in (
        ("ada", Role.ADMINISTRATOR),
        ("ben", Role.SALES_OPERATIONS),
        ("fin", Role.FINANCE),
        ("cy", Role.REP),
        ("dee", Role.REP),
    ):
        create_user(name, WORDS, role, database="default")
    fixed = fix_deals(
        actor=everything("ben"),
        workspace=workspace(),
        wanted=[Wanted("O4", "amount", "80")],
        why="They said so",
        at=datetime.now(UTC),
    )
    ada, ben, fin = signed("ada"), signed("ben"), signed("fin")
    _sent(ada, "people/dee/disable", why="left")
    names = ("draft", "submitted", "approved")
    drafts = [
        _sent(ben, "documents", text=_TEXT.replace("discounts", name))["id"] for name in names
    ]
    for version, name in zip(drafts, names, strict=True):
        text = _TEXT.replace("discounts", name).replace("0.15", "0.16")
        _sent(ben, "documents", text=text, id=version, version=1)
    for version in drafts[1:]:
        _sent(ben, f"documents/versions/{version}/submit", version=2)
    _sent(fin, f"documents/versions/{drafts[2]}/approve", version=2)
    insight = _sent(ada, "insights", **_INSIGHT)["insight_id"]
    _sent(ada, f"insights/{insight}/status", status="looking", version=1)
    now = datetime.now(UTC)
    case, free = (_case(assignee, now) for assignee in ("ben", ""))
    waiting, failed = (
        _number(_sent(ada, "work", kind="warm_pulse", key=key)["job"]) for key in ("a", "b")
    )
    models.Job.objects.filter(pk=failed).update(state="failed")
    channel, stopped = (
        _number(_sent(ada, "channels", name=name, url="https://1.1.1.1/hook")["channel"])
        for name in ("first", "second")
    )
    _sent(ada, f"channels/{stopped}/stop", why="not now")
    event = models.Event.objects.create(message_id="msg_1", type="case.opened", at=now, body={})
    delivery = models.Delivery.objects.create(event=event, channel_id=channel, state="failed")
    start = now.date() + timedelta(days=30)
    delegation = delegate(
        actor=everything("ada"),
        workspace=workspace(),
        to="ben",
        starts_on=start,
        ends_on=start + timedelta(days=7),
        why="away",
        at=now,
    )
    plan = _plan(now)
    for amount in ("1", "2"):
        said = forecast.NewSubmission(QUARTER, {"commit": amount}, "", "for gus", "P1")
        forecast.submit(actor=everything("ben"), workspace=workspace(), new=said, at=now)
    run, hold, adjustment, promised = _paid(now)
    paid = statement(actor=everything("fin"), workspace=workspace(), run_id=run, person_id="P1")
    return World(
        load=fixed.load_id,
        fix=fixed.fix_id,
        plan=plan,
        line=next(iter(line_nodes(paid))),
        run=run,
        hold=hold,
        adjustment=adjustment,
        promised=promised,
        free=free,
        delegation=delegation,
        waiting=waiting,
        failed=failed,
        channel=channel,
        stopped=stopped,
        delivery=delivery.pk,
        newest={"change_channel": ada.get(f"/api/v1/channels/{channel}").json()["version"]},
        key=_number(_sent(ada, "keys", name="first")["key_id"]),
        view=_number(_sent(ada, "views", name="First", address="/deals/")["view_id"]),
        draft=_number(drafts[0]),
        submitted=_number(drafts[1]),
        approved=_number(drafts[2]),
        insight=_number(insight),
        case=case,
    )


def _paid(at: datetime) -> tuple[int, int, int, int]:
    """Make a hold, two adjustments and a draft of a run, all of them ben's; return their numbers.

    The second adjustment is approved.
    """
    ben, day = everything("ben"), at.date()
    new = pay_entries.NewHold("deal", "B3", day, None, "disputed")
    hold = pay_entries.hold(actor=ben, workspace=workspace(), new=new, at=at)
    entry = pay_entries.NewAdjustment("P1", "5", "EUR", "a prize", day)
    adjustment, promised = (
        pay_entries.adjust(actor=ben, workspace=workspace(), new=entry, at=at) for _ in range(2)
    )
    pay_entries.decide(
        actor=everything("eve"), workspace=workspace(), adjustment_id=promised, is_approved=True,
        at=at,
    )  # fmt: skip
    made = pay.run(actor=ben, workspace=workspace(), period="2024-02", at=at)
    return made.run_id, hold, adjustment, promised


_QUOTAS = """\
document: quota_plan
name: spread
starts_on: 2024-01-01
content:
  fiscal_year: 2031
  total: 120000
  currency: EUR
  weights: equal
"""


def _plan(at: datetime) -> int:
    """Put a plan in force that pays gus; return the number of its version."""
    create_user("gus", WORDS, Role.REP, database="default", person_id="P1")
    ben, fin, place = everything("ben"), everything("fin"), workspace()
    numbers = []
    for text in (_QUOTAS, SELLERS):
        made = documents.draft(actor=ben, workspace=place, text=text, at=at).version.version_id
        for step, who in ((documents.submit, ben), (documents.approve, fin)):
            step(actor=who, workspace=place, version_id=made, revision=1, at=at)
        numbers.append(made)
    return numbers[-1]


def _case(assignee: str, at: datetime) -> int:
    ada = everything("ada")
    number = open_case(
        actor=ada, workspace=workspace(), kind="task", title="Call", assignee=assignee, at=at
    )
    change_case(actor=ada, workspace=workspace(), case_id=number, title="Call Acorn", at=at)
    return number


def counts() -> tuple[int, ...]:
    """Return how many rows each table has, and where the journal stands, in one statement.

    Sessions and failures to sign in are no answer to anything.
    """
    from django.apps import apps
    from django.db import connection

    kinds = [one for one in apps.get_models() if one not in (models.SignInFailure,)]
    tables = sorted(one._meta.db_table for one in kinds)
    asked = ", ".join(
        f'(SELECT count(*) FROM "{table}")' for table in tables if table != "django_session"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return tuple(cursor.fetchone())


def _sent(person: Client, path: str, **given: object) -> dict[str, object]:
    answer = person.post(f"/api/v1/{path}", json.dumps(given), content_type="application/json")
    assert answer.status_code < 300, (path, answer.content)
    found: dict[str, object] = answer.json()
    return found


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
