"""Where events are sent: add a channel, change it, give it a new secret, test it, stop it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes, token_hex

from wald.actions.act import Entry, act
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.messages.addresses import read_target
from wald.messages.configured import allowed
from wald.messages.signing import SECRET_BYTES, shown_secret
from wald.queries.channels import shown_host
from wald.records.stores import channels as store
from wald.records.stores import deliveries
from wald.records.stores.channels import Channel, Form, Secrets

TEST = "channel.test"  # the event of a test message
BOTH_SIGN = timedelta(hours=24)  # how long the secret before still signs
_NAME = re.compile(r"[\w .@+-]{1,100}")
_EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)*(\.\*)?")
_MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Added:
    """A new channel. `secret` is shown this once; "" for a chat."""

    channel_id: int
    secret: str


def add_channel(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    form: Form,
    url: str,
    events: Sequence[str],
    at: datetime,
) -> Added:
    """Add a channel for events of some types, for () of all. Raises BadInput, Conflict."""
    actor.must("channels.change")
    _must_be_sound(name, url, events)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="channels.change",
        action="channel.add",
        about="channel",
    ) as entry:
        if store.has_channel(name, database=workspace.database):
            raise Conflict(f"There is a channel {name!r} already; take another name.")
        secret = token_bytes(SECRET_BYTES) if form is Form.WEBHOOK else b""
        channel_id = store.add_channel(
            name,
            form,
            url,
            events,
            secrets=Secrets(secret) if secret else None,
            at=at,
            by=actor.name,
            database=workspace.database,
        )
        entry.about = f"channel:{channel_id}"
        entry.after = {
            "name": name,
            "form": form.value,
            "host": shown_host(url),
            "events": [*events],
        }
    return Added(channel_id, shown_secret(secret) if secret else "")


def change_channel(
    *,
    actor: Actor,
    workspace: Workspace,
    channel_id: int,
    url: str,
    events: Sequence[str],
    version: int,
    at: datetime,
) -> None:
    """Send other events, or elsewhere; "" keeps the address. Raises BadInput, Refusal, Stale."""
    actor.must("channels.change")
    with _changing(actor, workspace, channel_id, "change", at) as (entry, found):
        if found.version != version:
            raise Stale(
                f"Somebody changed the channel {found.name} in between; look at it again.",
                [f"It takes {', '.join(found.events) or 'all events'}."],
            )
        _must_be_sound(found.name, url or found.url, events)
        entry.before = {"host": shown_host(found.url), "events": [*found.events]}
        store.change_channel(found, url or found.url, events, database=workspace.database)
        entry.after = {"host": shown_host(url or found.url), "events": [*events]}


def rotate_secret(*, actor: Actor, workspace: Workspace, channel_id: int, at: datetime) -> str:
    """Return a new secret, shown this once; for a day the one before signs too."""
    actor.must("channels.change")
    with _changing(actor, workspace, channel_id, "rotate", at) as (entry, found):
        if found.form is not Form.WEBHOOK:
            raise Refusal("A chat has no secret: its address is one. Change the address.")
        before = store.secrets_of(channel_id, database=workspace.database)
        secret = token_bytes(SECRET_BYTES)
        changed = Secrets(secret) if before is None else Secrets(secret, before.now, at + BOTH_SIGN)
        store.save_secrets(found, changed, database=workspace.database)
        entry.after = {"name": found.name}
    return shown_secret(secret)


def stop_channel(
    *, actor: Actor, workspace: Workspace, channel_id: int, at: datetime, why: str = ""
) -> None:
    """Send nothing more; what waits is given up and can be sent again later."""
    words = why.strip() or f"stopped by {actor.name}"
    with _changing(actor, workspace, channel_id, "stop", at, why=words) as (entry, found):
        if found.stopped_at is not None:
            raise Conflict(f"The channel {found.name} is stopped already.")
        database = workspace.database
        store.set_stopped(channel_id, at=at, why=words, database=database)
        given_up = deliveries.end_waiting(
            channel_id, error="The channel was stopped.", database=database
        )
        entry.after = {"name": found.name, "given_up": given_up}
        entry.tell(
            [found.created_by], f"The channel {found.name} has stopped: {words}",
            f"/channels/{channel_id}/",
        )  # fmt: skip


def start_channel(*, actor: Actor, workspace: Workspace, channel_id: int, at: datetime) -> None:
    """Send events again, those from now on."""
    with _changing(actor, workspace, channel_id, "start", at) as (entry, found):
        if found.stopped_at is None:
            raise Conflict(f"The channel {found.name} runs already.")
        store.set_stopped(channel_id, at=None, why="", database=workspace.database)
        entry.after = {"name": found.name}


def remove_channel(*, actor: Actor, workspace: Workspace, channel_id: int, at: datetime) -> None:
    """Remove a channel and the log of its deliveries; the journal keeps that it was there."""
    with _changing(actor, workspace, channel_id, "remove", at) as (entry, found):
        entry.before = {
            "name": found.name,
            "host": shown_host(found.url),
            "events": [*found.events],
        }
        store.remove_channel(channel_id, database=workspace.database)


def send_test(*, actor: Actor, workspace: Workspace, channel_id: int, at: datetime) -> int:
    """Send a message to this channel alone, and return the delivery. A worker makes it."""
    with _changing(actor, workspace, channel_id, "test", at) as (entry, found):
        _must_run(found)
        entry.after = {"name": found.name}
        return deliveries.add_event(
            f"msg_{token_hex(14)}",
            TEST,
            {"channel": found.name, "says": "This is a test; Wald reaches you."},
            channel_id=channel_id,
            at=at,
            database=workspace.database,
        )


def replay(*, actor: Actor, workspace: Workspace, delivery_id: int, at: datetime) -> int:
    """Send an event once more, under the id it had, and return the new delivery."""
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="channels.change",
        action="channel.replay",
        about="channel",
    ) as entry:
        found = deliveries.find_delivery(delivery_id, database=workspace.database)
        if found is None:
            raise Refusal(f"There is no delivery {delivery_id}.")
        if found.fate is deliveries.Fate.WAITING:
            raise Conflict(f"Delivery {delivery_id} still waits: it is sent without this.")
        channel = _locked(workspace, found.channel_id)
        _must_run(channel)
        entry.about = f"channel:{channel.channel_id}"
        entry.after = {"message": found.event.message_id}
        return deliveries.add_delivery(
            found.event.event_id, channel.channel_id, at=at, database=workspace.database
        )


@contextmanager
def _changing(
    actor: Actor, workspace: Workspace, channel_id: int, verb: str, at: datetime, why: str = ""
) -> Iterator[tuple[Entry, Channel]]:
    """Do something to one channel, locked meanwhile. Raises NotAllowed, Refusal for none."""
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="channels.change",
        action=f"channel.{verb}",
        about=f"channel:{channel_id}",
        why=why,
    ) as entry:
        yield entry, _locked(workspace, channel_id)


def _locked(workspace: Workspace, channel_id: int) -> Channel:
    found = store.lock_channel(channel_id, database=workspace.database)
    if found is None:
        raise Refusal(f"There is no channel {channel_id}; `wald channels list` shows them.")
    return found


def _must_run(found: Channel) -> None:
    if found.stopped_at is not None:
        raise Conflict(f"The channel {found.name} is stopped; start it first.")


def _must_be_sound(name: str, url: str, events: Sequence[str]) -> None:
    """Raise BadInput with every Problem of a channel."""
    problems = []
    if not _NAME.fullmatch(name) or not name.strip():
        fix = "use 1 to 100 letters, digits, blanks and . @ + - _"
        problems.append(Problem("name", f"{name[:120]!r} is no name", fix))
    try:
        read_target(url, allowed())
    except BadInput as refusal:
        problems += refusal.problems
    wrong = [one for one in events if not _EVENT.fullmatch(one) or len(one) > 100]
    fix = "name types such as load.published, or all of a noun: case.*"
    problems += [Problem("events", f"{one[:120]!r} is no type of event", fix) for one in wrong]
    if len(events) > _MOST_EVENTS:
        problems.append(Problem("events", f"there are {len(events)}", f"{_MOST_EVENTS} at most"))
    if problems:
        raise BadInput("This channel cannot be used as it is.", problems)
