"""Channels: where events are sent, what became of each message, send one again."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status

from wald.actions import channels as action
from wald.api.channels_shapes import (
    AskedDeliveries,
    ChannelChangeShape,
    ChannelShape,
    DeliveryShape,
    MadeChannelShape,
    NewChannelShape,
    QueuedDeliveryShape,
    StopShape,
)
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.shapes import FAULTS, Fault
from wald.kernel.actor import Actor
from wald.queries import channels as desk
from wald.queries.channels import channel_json, delivery_json
from wald.queries.plain import Json
from wald.records.stores.channels import Form
from wald.records.stores.deliveries import Fate

router = Router(tags=["channels"])


@router.get("/channels", response={200: list[ChannelShape], **FAULTS})
def list_channels(request: HttpRequest) -> list[Json]:
    """Every channel, by name."""
    refuse_unknown(request)
    found = desk.channels(actor=asking(request), workspace=workspace())
    return [channel_json(one) for one in found]


@router.get("/channels/{int:channel_id}", response={200: ChannelShape, **FAULTS})
def one_channel(request: HttpRequest, channel_id: int) -> Json:
    """One channel."""
    refuse_unknown(request)
    return _channel(asking(request), channel_id)


@router.post("/channels", response={201: MadeChannelShape, 409: Fault, **FAULTS})
def add_channel(
    request: HttpRequest, response: HttpResponse, given: NewChannelShape
) -> Status[Json]:
    """Send events somewhere. The answer holds the secret, this once."""
    refuse_unknown(request)
    made = action.add_channel(
        actor=asking(request),
        workspace=workspace(),
        name=given.name,
        form=Form(given.form),
        url=given.url,
        events=given.events,
        at=moment(),
    )
    response["Cache-Control"] = "no-store"
    return Status(201, {"channel": made.channel_id, "secret": made.secret})


@router.post("/channels/{int:channel_id}", response={200: ChannelShape, 409: Fault, **FAULTS})
def change_channel(request: HttpRequest, channel_id: int, given: ChannelChangeShape) -> Json:
    """Send elsewhere, or other types of events."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    action.change_channel(
        actor=actor,
        workspace=workspace(),
        channel_id=channel_id,
        url=given.url,
        events=given.events,
        version=given.version,
        at=moment(),
    )
    return _channel(actor, channel_id)


@router.post(
    "/channels/{int:channel_id}/rotate", response={201: MadeChannelShape, 409: Fault, **FAULTS}
)
def rotate_channel(request: HttpRequest, response: HttpResponse, channel_id: int) -> Status[Json]:
    """Make a new secret, shown this once; for a day the one before signs too."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    secret = action.rotate_secret(
        actor=actor, workspace=workspace(), channel_id=channel_id, at=moment()
    )
    response["Cache-Control"] = "no-store"
    return Status(201, {"channel": channel_id, "secret": secret})


@router.post("/channels/{int:channel_id}/stop", response={200: ChannelShape, 409: Fault, **FAULTS})
def stop_channel(request: HttpRequest, channel_id: int, given: StopShape) -> Json:
    """Send nothing more; what waits is given up."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    action.stop_channel(
        actor=actor, workspace=workspace(), channel_id=channel_id, at=moment(), why=given.why
    )
    return _channel(actor, channel_id)


@router.post("/channels/{int:channel_id}/start", response={200: ChannelShape, 409: Fault, **FAULTS})
def start_channel(request: HttpRequest, channel_id: int) -> Json:
    """Send to a stopped channel again, events from now on."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    action.start_channel(actor=actor, workspace=workspace(), channel_id=channel_id, at=moment())
    return _channel(actor, channel_id)


@router.delete("/channels/{int:channel_id}", response={204: None, 409: Fault, **FAULTS})
def remove_channel(request: HttpRequest, channel_id: int) -> Status[None]:
    """Remove a channel, and the log of what was sent to it."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    action.remove_channel(actor=actor, workspace=workspace(), channel_id=channel_id, at=moment())
    return Status(204, None)


@router.post(
    "/channels/{int:channel_id}/test", response={202: QueuedDeliveryShape, 409: Fault, **FAULTS}
)
def send_test_message(request: HttpRequest, channel_id: int) -> Status[Json]:
    """Send a test message to one channel; a worker takes it there."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    number = action.send_test(
        actor=actor, workspace=workspace(), channel_id=channel_id, at=moment()
    )
    return Status(202, {"delivery": number})


@router.get("/channels/{int:channel_id}/deliveries", response={200: list[DeliveryShape], **FAULTS})
def list_deliveries(
    request: HttpRequest, channel_id: int, asked: Query[AskedDeliveries]
) -> list[Json]:
    """What was sent to a channel, newest first; `before` the last `delivery` goes on."""
    refuse_unknown(request, AskedDeliveries.model_fields)
    actor = asking(request)
    _channel(actor, channel_id)
    found = desk.channel_deliveries(
        actor=actor,
        workspace=workspace(),
        channel_id=channel_id,
        fate=Fate(asked.state) if asked.state else None,
        before=asked.before,
        limit=asked.limit,
    )
    return [delivery_json(one) for one in found]


@router.post(
    "/channels/{int:channel_id}/deliveries/{int:delivery_id}/replay",
    response={202: QueuedDeliveryShape, 409: Fault, **FAULTS},
)
def replay_delivery(request: HttpRequest, channel_id: int, delivery_id: int) -> Status[Json]:
    """Send a delivery once more, under the id it had."""
    refuse_unknown(request)
    actor = asking(request)
    _channel(actor, channel_id)
    if not desk.has_delivery(
        actor=actor, workspace=workspace(), channel_id=channel_id, delivery_id=delivery_id
    ):
        raise Http404(f"Channel {channel_id} has no delivery {delivery_id}.")
    number = action.replay(actor=actor, workspace=workspace(), delivery_id=delivery_id, at=moment())
    return Status(202, {"delivery": number})


def _channel(actor: Actor, channel_id: int) -> Json:
    found = desk.one_channel(actor=actor, workspace=workspace(), channel_id=channel_id)
    if found is None:
        raise Http404(f"There is no channel {channel_id}.")
    return channel_json(found)
