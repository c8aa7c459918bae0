"""The job clear_sent: what ended long ago is deleted, what is not delivered yet never is."""

from datetime import UTC, datetime, timedelta

import pytest

from wald.actions import clearing
from wald.actions.work.job import Run
from wald.actions.work.kinds.clear_sent import JOB
from wald.actions.work.schedule import next_due
from wald.kernel.actor import everything
from wald.kernel.workspace import Workspace
from wald.queries.journal import entries
from wald.records import models
from wald.records.stores.deliveries import Fate

AT = datetime(2026, 6, 30, 9, tzinfo=UTC)
OLD, YOUNG = AT - timedelta(days=90, seconds=1), AT - timedelta(days=89)
WALD = everything("wald")


def _channel(workspace: Workspace) -> models.Channel:
    return models.Channel.objects.using(workspace.database).create(
        name="A wall", form="webhook", url="", created_at=OLD, created_by="ana"
    )


def _event(workspace: Workspace, name: str, at: datetime, *, is_spread: bool = True) -> None:
    models.Event.objects.using(workspace.database).create(
        message_id=name, type="x", at=at, body={}, is_spread=is_spread
    )


def _delivery(
    workspace: Workspace, name: str, fate: Fate, tried_at: datetime | None, to: models.Channel
) -> None:
    event = models.Event.objects.using(workspace.database).get(message_id=name)
    models.Delivery.objects.using(workspace.database).create(
        event=event, channel=to, state=fate.value, tried_at=tried_at
    )


def _clear(workspace: Workspace) -> object:
    (step,) = JOB.steps
    return step.run(Run(1, WALD, workspace, AT, {}, {}, lambda *words: None))


def _kept(workspace: Workspace) -> dict[str, list[str]]:
    rows = models.Event.objects.using(workspace.database).order_by("pk")
    return {row.message_id: [one.state for one in row.deliveries.order_by("pk")] for row in rows}


def _fill(workspace: Workspace) -> None:
    to = _channel(workspace)
    for name in ("came", "gave up", "was ended", "waits", "one waits", "sent again", "alone"):
        _event(workspace, name, OLD)
    _event(workspace, "unspread", OLD, is_spread=False)
    _event(workspace, "young", YOUNG)
    _delivery(workspace, "came", Fate.DONE, OLD, to)
    _delivery(workspace, "gave up", Fate.FAILED, OLD, to)
    _delivery(workspace, "was ended", Fate.FAILED, None, to)
    _delivery(workspace, "waits", Fate.WAITING, OLD, to)
    _delivery(workspace, "one waits", Fate.DONE, OLD, to)
    _delivery(workspace, "one waits", Fate.WAITING, None, to)
    _delivery(workspace, "sent again", Fate.DONE, YOUNG, to)
    _delivery(workspace, "young", Fate.DONE, YOUNG, to)


def test_what_ended_long_ago_goes_and_what_waits_stays(record_home: Workspace) -> None:
    _fill(record_home)
    assert _clear(record_home) == {"deliveries": 4, "events": 4}
    assert _kept(record_home) == {
        "waits": ["waiting"],
        "one waits": ["waiting"],
        "sent again": ["done"],
        "unspread": [],
        "young": ["done"],
    }
    (line,) = entries(actor=WALD, workspace=record_home, action="work.clear")
    assert (line.after["deliveries"], line.after["events"]) == (4, 4)


def test_clearing_again_finds_nothing_and_says_nothing(record_home: Workspace) -> None:
    _fill(record_home)
    _clear(record_home)
    before = _kept(record_home)
    assert _clear(record_home) == {"deliveries": 0, "events": 0}
    assert _kept(record_home) == before
    assert len(entries(actor=WALD, workspace=record_home, action="work.clear")) == 1


def test_many_go_batch_by_batch(record_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "_BATCH", 3)
    to = _channel(record_home)
    for number in range(8):
        _event(record_home, f"event {number}", OLD)
        _delivery(record_home, f"event {number}", Fate.DONE, OLD, to)
    assert _clear(record_home) == {"deliveries": 8, "events": 8}
    assert _kept(record_home) == {}
    assert len(entries(actor=WALD, workspace=record_home, action="work.clear")) == 3


def test_it_runs_every_night() -> None:
    assert next_due(JOB, AT) == datetime(2026, 7, 1, 2, 20, tzinfo=UTC)
