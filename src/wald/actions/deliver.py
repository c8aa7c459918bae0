"""Take events to the channels: who gets which, one attempt each, when the next is due.

A message may come more than once and out of order: its id stays the same in every attempt, and
its body to the byte, so a receiver can tell.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from wald.actions.channels import stop_channel
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict
from wald.kernel.workspace import Workspace
from wald.messages.addresses import Resolve, Target, read_target, resolve_by_system
from wald.messages.configured import allowed, site_address
from wald.messages.sending import Answer, post
from wald.messages.signing import signed_headers
from wald.records.stores import channels as channel_store
from wald.records.stores import deliveries as store
from wald.records.stores.channels import Channel, Form
from wald.records.stores.deliveries import Delivery, Event, Fate

# After the example of Standard Webhooks: about 76 hours in all.
DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
_JITTER = 0.1  # the most that a delay grows, as a share of it
_AT_ONCE = 8  # channels sent to at the same time
_MOST = 200  # deliveries in one turn
_GONE = 410  # the receiver wants no more

Told = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class _Post:
    """A message ready to be sent."""

    delivery: Delivery
    target: Target | None  # None: it may not be sent to
    error: str
    body: bytes
    headers: dict[str, str]


def spread(*, actor: Actor, workspace: Workspace, at: datetime) -> int:
    """Decide who gets the events that nobody has looked at; return how many deliveries wait."""
    actor.must("work.run")
    channels = channel_store.list_channels(database=workspace.database)
    made = 0
    while events := store.unspread(database=workspace.database):
        wanted = [(event, _takers(event, channels)) for event in events]
        made += store.spread(wanted, at=at, database=workspace.database)
    return made


def send(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    told: Told,
    resolve: Resolve = resolve_by_system,
) -> dict[str, int]:
    """Make one attempt at each delivery that is due; return how many came and how many did not.

    Channels are sent to side by side; one that fails is left alone until the next turn.
    """
    actor.must("work.run")
    found = channel_store.list_channels(database=workspace.database)
    channels = {one.channel_id: one for one in found}
    due = [
        one
        for one in store.due(at=at, limit=_MOST, database=workspace.database)
        if one.channel_id in channels  # else it was removed or added this very moment
    ]
    order = sorted(due, key=lambda one: (one.channel_id, one.delivery_id))
    groups = [
        [_written(one, channels[channel_id], workspace, at) for one in group]
        for channel_id, group in groupby(order, key=lambda one: one.channel_id)
    ]
    count = {"came": 0, "failed": 0}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for answers in pool.map(lambda posts: _sent(posts, resolve), groups):
            for post_, answer in answers:
                _note(post_.delivery, answer, actor, workspace, at)
                count["came" if answer.is_taken else "failed"] += 1
                told("Sending", sum(count.values()), len(due))
    return count


def next_at(attempts: int, at: datetime, share: float) -> datetime | None:
    """Return when to try again after so many attempts, None if that was the last.

    `share`, 0 to 1, spreads the retries of many messages over a tenth of the delay.
    """
    if attempts >= len(DELAYS):
        return None
    return at + DELAYS[attempts] * (1 + _JITTER * share)


def body_of(event: Event) -> bytes:
    """Return an event as webhooks tell it; the same bytes in every attempt."""
    told = {"type": event.type, "timestamp": _stamp(event.at), "data": dict(event.body)}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def text_of(event: Event, address: str) -> str:
    """Return an event as chats tell it, in one line; `address` is Wald's own, "" for no link."""
    facts = ", ".join(f"{name} {value}" for name, value in sorted(event.body.items()))
    plain = f"{event.type}: {facts}"[:2000]
    for sign, word in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        plain = plain.replace(sign, word)
    return f"{plain} <{address}/|Wald>" if address else plain


def _takers(event: Event, channels: Sequence[Channel]) -> list[int]:
    return [
        one.channel_id
        for one in channels
        if one.stopped_at is None and one.created_at <= event.at and one.takes(event.type)
    ]


def _written(delivery: Delivery, channel: Channel, workspace: Workspace, at: datetime) -> _Post:
    headers = {"Content-Type": "application/json", "User-Agent": "Wald"}
    body = body_of(delivery.event)
    if channel.form is Form.SLACK:
        body = json.dumps({"text": text_of(delivery.event, site_address())}).encode()
    else:
        secrets = channel_store.secrets_of(channel.channel_id, database=workspace.database)
        if secrets is None:
            return _Post(delivery, None, "Its secret cannot be read; make a new one.", b"", {})
        headers |= signed_headers(secrets.at(at), delivery.event.message_id, at, body)
    try:
        target = read_target(channel.url, allowed())
    except BadInput as refusal:
        return _Post(delivery, None, "; ".join(one.what for one in refusal.problems), b"", {})
    return _Post(delivery, target, "", body, headers)


def _sent(posts: Sequence[_Post], resolve: Resolve) -> list[tuple[_Post, Answer]]:
    """Send to one channel, in order, until an attempt fails."""
    answers = []
    for one in posts:
        if one.target is None:
            answer = Answer(None, one.error)
        else:
            answer = post(one.target, one.body, one.headers, allowed=allowed(), resolve=resolve)
        answers.append((one, answer))
        if not answer.is_taken:
            break
    return answers


def _note(
    delivery: Delivery, answer: Answer, actor: Actor, workspace: Workspace, at: datetime
) -> None:
    attempts = delivery.attempts + 1
    then = next_at(attempts, at, _share(delivery.event.message_id, attempts))
    is_last = answer.is_taken or answer.status == _GONE or then is None
    fate = Fate.DONE if answer.is_taken else Fate.FAILED if is_last else Fate.WAITING
    store.note(
        delivery.delivery_id,
        fate=fate,
        attempts=attempts,
        at=at,
        next_at=None if is_last else then,
        status=answer.status,
        error=_error(answer),
        database=workspace.database,
    )
    if answer.status == _GONE:
        try:
            stop_channel(
                actor=actor,
                workspace=workspace,
                channel_id=delivery.channel_id,
                at=at,
                why="its receiver answered 410: it wants no more",
            )
        except Conflict:
            return  # somebody stopped it in between


def _error(answer: Answer) -> str:
    if answer.is_taken or answer.status is None:
        return answer.error
    is_redirect = 300 <= answer.status < 400
    return f"It answered {answer.status}{', a redirect, which is not followed' * is_redirect}."


def _share(message_id: str, attempts: int) -> float:
    """Return a number from 0 to 1 that differs between messages and attempts, always the same."""
    digest = hashlib.sha256(f"{message_id}.{attempts}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
