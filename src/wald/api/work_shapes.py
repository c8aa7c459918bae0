"""Work in the background as JSON: what is asked for, and what is told."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

LARGEST = 2**53 - 1  # a number that every reader of JSON keeps
_Key = Annotated[str, Field(max_length=200)]
_Value = (
    Annotated[str, Field(max_length=4000)]
    | bool
    | Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
    | list[Annotated[str, Field(max_length=200)]]
    | None
)


class AskedJobs(Schema):
    state: Literal["", "waiting", "running", "done", "failed", "stopped"] = ""
    kind: str = Field("", max_length=50)
    limit: int = Field(100, ge=1, le=1000, description="Jobs on one page, newest first.")
    before: int | None = Field(None, ge=1, le=LARGEST, description="Only with a lower number.")


class NewJobShape(Schema):
    """Work to be done by a worker."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(min_length=1, max_length=50, description="See /work/schedule.")
    arguments: dict[_Key, _Value] = Field({}, max_length=50)
    key: str = Field("", max_length=200, description="The same key queues only once.")


class QueuedShape(Schema):
    job: int


class JobShape(Schema):
    """`done` of `total` tells how far the running step is; `kept` what finished steps returned."""

    job: int
    kind: str
    state: str
    arguments: dict[str, object]
    queued_at: str
    queued_by: str
    not_before: str
    started_at: str | None
    ended_at: str | None
    steps_done: int
    kept: dict[str, object]
    words: str
    done: int
    total: int | None
    attempts: int
    error: str


class PlannedShape(Schema):
    kind: str
    title: str
    often: str
    last_at: str | None
    next_at: str | None
