"""What the fuzz of the API may meet: some of every record, and words and numbers that fit them.

Generated numbers and names hit nothing; calls that only ever answer 404 show little.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from tests.agreeing import CENTRAL, OVERRIDE
from tests.serving import signed
from wald.kernel.policy import Role
from wald.records.stores.users import create_user

_WORDS = "four quiet words here"
_TASK = {"kind": "task", "title": "Call Acme", "links": ["opportunity:O1"]}
_DECISION = {
    "question": "Why?", "options": ["A", "B"], "choice": "A", "why": "B costs more",
    "metric": "win_rate", "period": "2098-Q2", "baseline": "2024-Q1", "low": "1 points",
    "estimate": "2 points", "high": "3 points", "confidence": "70 %", "review_on": "2099-01-01",
}  # fmt: skip
_INSIGHT = {"claim": "Half are lost", "question": {"metric": "win_rate", "period": "2024-Q1"}}
_CALLS: Sequence[tuple[str, Mapping[str, object]]] = (
    ("cases", _TASK),
    ("cases", {**_TASK, "assignee": "ana", "due_at": "2024-01-01T00:00:00Z"}),
    ("cases", {**_TASK, "kind": "alert", "queue": "finance", "fingerprint": "stale:O1"}),
    ("cases", {**_TASK, "kind": "approval", "approvers": ["sue", "max"], "needs": "all"}),
    ("insights", _INSIGHT),
    ("decisions", _DECISION),
    ("channels", {"name": "A wall", "url": "https://93.184.215.14/hook", "events": []}),
    ("channels", {"name": "A room", "form": "slack", "url": "https://93.184.215.14/hook"}),
    ("channels/1/test", {}),
    ("work", {"kind": "warm_pulse"}),
    ("work", {"kind": "watch_deadlines"}),
    ("views", {"name": "Won", "address": "/deals/?outcome=won", "is_shared": True}),
    ("keys", {"name": "A program"}),
)
_NUMBERS = ("case", "version", "insight", "decision", "channel", "delivery", "job", "view", "load",
            "delegation", "key")  # fmt: skip
_FITTING: Mapping[str, Sequence[str | int]] = {
    "path.name": ("max", "oli", "discounts"),
    "path.type": ("approval_policy", "working_hours"),
    "path.key": ("win_rate", "bookings"),
    "path.seq": (1, 2, 5),
    "query.where": ("region = 'North'", "amount > 10", "outcome = 'won'"),
    "query.period": ("2024-Q1", "2098-Q2", "2024-01-01..2024-03-01"),
    "query.as_of": ("2024-06-30", "2024-01-01"),
    "query.known": ("2099-01-01T00:00:00Z",),
    "query.on": ("2026-03-01", "2024-01-01"),
    "body.version": (1, 2, 3),
    "body.kind": ("task", "alert", "approval", "warm_pulse", "load_folder", "deliver"),
    "body.move": ("finish", "drop", "approve", "reject", "withdraw", "look", "dismiss"),
    "body.to": ("max", "ana"),
    "body.assignee": ("max", "ana", ""),
    "body.text": (CENTRAL, OVERRIDE),
    "body.metric": ("win_rate", "bookings"),
    "body.review_on": ("2099-01-01",),
    "body.period": ("2098-Q2",),
    "body.baseline": ("2024-Q1",),
    "body.low": ("1 points", "0.01"),
    "body.estimate": ("2 points", "0.02"),
    "body.high": ("3 points", "0.03"),
    "body.confidence": ("70 %",),
    "body.expires_on": ("2030-01-01",),
    "body.address": ("/deals/?outcome=won", "/pulse/"),
    "body.url": ("https://93.184.215.14/hook",),
    "body.zone": ("Europe/Berlin", "UTC"),
}


def keep() -> None:
    """Let Max, Sue and Oli sign in beside Ana, and keep one or two of every record."""
    create_user("max", _WORDS, Role.REP, database="default", person_id="P1")
    create_user("sue", _WORDS, Role.SALES_LEADER, database="default")
    create_user("oli", _WORDS, Role.SALES_OPERATIONS, database="default")
    today = datetime.now(UTC).date()
    days = {"starts_on": str(today), "ends_on": str(today + timedelta(days=30))}
    for path, body in (("delegations", {"to": "max", **days}), *_CALLS):
        _send("ana", path, body)
    _send("oli", "documents", {"text": CENTRAL})
    _send("oli", "documents/versions/1/submit", {"version": 1})
    _send("ana", "documents", {"text": CENTRAL.replace("discounts", "margins")})


def _send(name: str, path: str, body: Mapping[str, object]) -> None:
    answer = signed(name, _WORDS).post(f"/api/v1/{path}", body, content_type="application/json")
    assert 200 <= answer.status_code < 300, (path, answer.content)


def fitting() -> dict[str, object]:
    """Return what a configuration says of what fits: half of the generated values are these."""
    found: dict[str, Sequence[str | int]] = {f"path.{one}_id": (1, 2, 3) for one in _NUMBERS}
    found |= _FITTING
    names = {place: place.replace(".", "_") for place in found}
    return {
        "dictionaries": {names[place]: {"values": list(values)} for place, values in found.items()},
        "parameters": {
            place: {"dictionary": name, "probability": 0.6} for place, name in names.items()
        },
    }
