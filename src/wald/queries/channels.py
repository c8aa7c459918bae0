"""Where events are sent, and what became of each: never a secret, never a whole address."""

from dataclasses import dataclass
from datetime import datetime

from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput
from wald.kernel.workspace import Workspace
from wald.messages.addresses import read_target
from wald.messages.configured import allowed
from wald.queries.plain import plain
from wald.records.stores import channels as store
from wald.records.stores import deliveries
from wald.records.stores.channels import Channel, Form
from wald.records.stores.deliveries import Delivery, Fate

KNOWN_EVENTS = (
    "backup.made",
    "case.assigned",
    "case.closed",
    "case.commented",
    "case.escalated",
    "case.moved",
    "case.opened",
    "channel.test",
    "decision.made",
    "decision.measured",
    "document.approved",
    "document.sent_back",
    "document.submitted",
    "document.withdrawn",
    "forecast.overridden",
    "forecast.submitted",
    "hygiene.fixed",
    "hygiene.undone",
    "insight.noticed",
    "journal.fault",
    "journal.head",
    "load.published",
    "load.undone",
    "pay.drafted",
    "work.failed",
)


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel as it may be shown. `host` is "" where its address cannot be opened or used."""

    channel_id: int
    name: str
    form: Form
    host: str
    events: tuple[str, ...]
    created_at: datetime
    created_by: str
    stopped_at: datetime | None
    why_stopped: str
    version: int


def channels(*, actor: Actor, workspace: Workspace) -> tuple[ChannelLine, ...]:
    """Return every channel, by name."""
    actor.must("channels.change")
    return tuple(_line(one) for one in store.list_channels(database=workspace.database))


def one_channel(*, actor: Actor, workspace: Workspace, channel_id: int) -> ChannelLine | None:
    actor.must("channels.change")
    found = store.find_channel(channel_id, database=workspace.database)
    return None if found is None else _line(found)


def channel_deliveries(
    *,
    actor: Actor,
    workspace: Workspace,
    channel_id: int,
    fate: Fate | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Delivery, ...]:
    """Return what was sent to a channel, newest first."""
    actor.must("channels.change")
    return deliveries.list_deliveries(
        channel_id, database=workspace.database, fate=fate, before=before, limit=limit
    )


def has_delivery(*, actor: Actor, workspace: Workspace, channel_id: int, delivery_id: int) -> bool:
    """Is this a delivery to this channel?"""
    actor.must("channels.change")
    found = deliveries.find_delivery(delivery_id, database=workspace.database)
    return found is not None and found.channel_id == channel_id


def event_types(*, actor: Actor, workspace: Workspace) -> tuple[str, ...]:
    """Return the types of events there are, and those that there were lately."""
    actor.must("channels.change")
    seen = deliveries.event_types(database=workspace.database)
    return tuple(sorted({*KNOWN_EVENTS, *seen}))


def channel_json(one: ChannelLine) -> dict[str, object]:
    return {
        "channel": one.channel_id,
        "name": one.name,
        "form": one.form.value,
        "host": one.host,
        "events": list(one.events),
        "created_at": plain(one.created_at),
        "created_by": one.created_by,
        "stopped_at": plain(one.stopped_at),
        "why_stopped": one.why_stopped,
        "version": one.version,
    }


def delivery_json(one: Delivery) -> dict[str, object]:
    return {
        "delivery": one.delivery_id,
        "channel": one.channel_id,
        "message": one.event.message_id,
        "type": one.event.type,
        "happened_at": plain(one.event.at),
        "state": one.fate.value,
        "attempts": one.attempts,
        "tried_at": plain(one.tried_at),
        "next_at": plain(one.next_at),
        "status": one.status,
        "error": one.error,
    }


def shown_host(url: str) -> str:
    """Return what of an address may be shown: its path can be a secret."""
    try:
        target = read_target(url, allowed())
    except BadInput:
        return ""
    return f"{target.scheme}://{target.authority}"


def _line(one: Channel) -> ChannelLine:
    return ChannelLine(
        channel_id=one.channel_id,
        name=one.name,
        form=one.form,
        host=shown_host(one.url),
        events=one.events,
        created_at=one.created_at,
        created_by=one.created_by,
        stopped_at=one.stopped_at,
        why_stopped=one.why_stopped,
        version=one.version,
    )
