"""Channels and deliveries as JSON: what is taken, and what may be shown."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

LARGEST = 2**53 - 1  # a number that every reader of JSON keeps
_Type = Annotated[str, Field(max_length=100)]


class NewChannelShape(Schema):
    """Where events shall be sent."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    form: Literal["webhook", "slack"] = "webhook"
    url: str = Field(max_length=2000, description="https; never shown again as a whole.")
    events: list[_Type] = Field([], max_length=100, description="Types, or case.*; none: all.")


class ChannelChangeShape(Schema):
    model_config = ConfigDict(extra="forbid")

    url: str = Field("", max_length=2000, description='"": as it is.')
    events: list[_Type] = Field(max_length=100, description="None: all.")
    version: int = Field(ge=0, le=LARGEST, description="As it was seen.")


class StopShape(Schema):
    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=200)


class ChannelShape(Schema):
    channel: int
    name: str
    form: str
    host: str
    events: list[str]
    created_at: str
    created_by: str
    stopped_at: str | None
    why_stopped: str
    version: int


class MadeChannelShape(Schema):
    """The secret is in this answer and in no other."""

    channel: int
    secret: str


class QueuedDeliveryShape(Schema):
    delivery: int


class AskedDeliveries(Schema):
    state: Literal["", "waiting", "done", "failed"] = ""
    limit: int = Field(100, ge=1, le=1000, description="Deliveries on one page, newest first.")
    before: int | None = Field(None, ge=1, le=LARGEST, description="Only with a lower number.")


class DeliveryShape(Schema):
    """`status` is of the newest answer; nothing else of an answer is kept."""

    delivery: int
    channel: int
    message: str
    type: str
    happened_at: str
    state: str
    attempts: int
    tried_at: str | None
    next_at: str | None
    status: int | None
    error: str
