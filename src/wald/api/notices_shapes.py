"""Notices as JSON: what is asked for, and what is told."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

LARGEST = 2**53 - 1  # a number that every reader of JSON keeps
_Clock = Annotated[str, Field(max_length=5, description="Such as 07:30.")]


class AskedNotices(Schema):
    unread: bool = Field(False, description="Only those not read.")
    limit: int = Field(100, ge=1, le=1000, description="Notices on one page, newest first.")
    before: int | None = Field(None, ge=1, le=LARGEST, description="Only with a lower number.")


class NoticeShape(Schema):
    notice: int
    at: str
    title: str
    address: str
    read_at: str | None


class ReadShape(Schema):
    """Which notices are read now."""

    model_config = ConfigDict(extra="forbid")

    notices: list[Annotated[int, Field(ge=1, le=LARGEST)]] | None = Field(
        None, max_length=1000, description="None: all."
    )


class CountShape(Schema):
    read: int


class ChoiceShape(Schema):
    """How its user wants to hear; times are of the clock in `zone`."""

    model_config = ConfigDict(extra="forbid")

    by_mail: Literal["none", "daily", "each"]
    zone: str = Field("UTC", max_length=100, description="An IANA time zone.")
    digest_at: _Clock = "07:00"
    quiet_from: _Clock = Field("", description="No mail from here,")
    quiet_until: _Clock = Field("", description="to here.")
