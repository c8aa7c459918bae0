"""Channels: what is sent, how it is signed, when it is tried again, what is kept of it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.house.tree import ROOT
from tests.ingesting import ANA, Desk
from tests.receiving import Receiver, receiving
from wald.actions import channels, deliver
from wald.actions.act import act
from wald.actions.work.worker import work
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Stale
from wald.messages.addresses import read_allowed, read_target
from wald.messages.sending import post
from wald.queries.channels import KNOWN_EVENTS
from wald.records import models
from wald.records.stores import channels as store
from wald.records.stores import deliveries
from wald.records.stores.channels import Form
from wald.records.stores.deliveries import Delivery, Fate

HERE = read_allowed("127.0.0.1")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made, override_settings(CHANNEL_NETWORKS=HERE):
        yield made


@pytest.fixture
def now(desk: Desk) -> datetime:
    """Return the real time: who verifies a signature looks at the clock."""
    desk.at = datetime.now(UTC).replace(microsecond=0)
    return desk.at


def added(
    desk: Desk, url: str, *events: str, name: str = "crm", form: Form = Form.WEBHOOK
) -> channels.Added:
    return channels.add_channel(
        actor=ANA, workspace=desk.workspace, name=name, form=form, url=url, events=events,
        at=desk.at,
    )  # fmt: skip


def emitted(desk: Desk, type: str = "case.closed", **body: object) -> None:
    with act(
        actor=ANA, workspace=desk.workspace, at=desk.at, permission="cases.work", action="test.emit"
    ) as entry:
        entry.emit(type, body or {"case": 17})


def turn(desk: Desk) -> None:
    """Do what waits, a second later."""
    at = desk.at = desk.at + timedelta(seconds=1)
    work(workspace=desk.workspace, worker="w1", clock=lambda: at, until_idle=True)


def sent(desk: Desk, channel_id: int) -> tuple[Delivery, ...]:
    return deliveries.list_deliveries(channel_id, database=desk.workspace.database)


def test_a_message_verifies_by_the_specification(
    desk: Desk, receiver: Receiver, now: datetime
) -> None:
    channel = added(desk, f"{receiver.url}/hook?a=1", "case.*")
    emitted(desk)
    turn(desk)
    [(path, headers, body)] = receiver.got
    assert path == "/hook?a=1"
    told = Webhook(channel.secret).verify(body.decode(), headers)
    assert told == {
        "type": "case.closed",
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.000000Z",
        "data": {"case": 17},
    }
    [delivery] = sent(desk, channel.channel_id)
    assert (delivery.fate, delivery.status, delivery.attempts) == (Fate.DONE, 200, 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(channel.secret).verify(body.decode() + " ", headers)


def test_while_a_secret_is_changed_both_sign(desk: Desk, receiver: Receiver, now: datetime) -> None:
    before = added(desk, receiver.url, "case.*")
    after = channels.rotate_secret(
        actor=ANA, workspace=desk.workspace, channel_id=before.channel_id, at=now
    )
    emitted(desk)
    turn(desk)
    _, headers, body = receiver.got[0]
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (before.secret, after):
        Webhook(secret).verify(body.decode(), headers)
    desk.at += channels.BOTH_SIGN
    emitted(desk)
    turn(desk)
    assert len(receiver.got[1][1]["webhook-signature"].split(" ")) == 1


def test_retries_keep_the_id_and_the_body_and_follow_the_schedule(
    desk: Desk, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = 500
    channel = added(desk, receiver.url, "case.*")
    emitted(desk)
    waits = []
    for _ in range(10):
        turn(desk)
        [delivery] = sent(desk, channel.channel_id)
        if delivery.next_at is not None:
            waits.append(delivery.next_at - desk.at)
            desk.at = delivery.next_at - timedelta(seconds=1)
    assert len(receiver.got) == 10
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
    assert len({body for _, _, body in receiver.got}) == 1
    assert (delivery.fate, delivery.error) == (Fate.FAILED, "It answered 500.")
    for wait, delay in zip(waits, deliver.DELAYS[1:], strict=True):
        assert delay <= wait <= delay * 1.1
    assert timedelta(hours=75) < sum(waits, timedelta()) < timedelta(hours=85)


def test_gone_stops_the_channel(desk: Desk, receiver: Receiver, now: datetime) -> None:
    receiver.answer = 410
    channel = added(desk, receiver.url, "case.*")
    emitted(desk)
    emitted(desk)
    turn(desk)
    found = store.find_channel(channel.channel_id, database=desk.workspace.database)
    assert found is not None
    assert found.stopped_at == desk.at
    assert "410" in found.why_stopped
    assert {one.fate for one in sent(desk, channel.channel_id)} == {Fate.FAILED}
    assert len(receiver.got) == 1
    turn(desk)
    emitted(desk)
    turn(desk)
    assert len(receiver.got) == 1


def test_a_redirect_is_not_followed_and_nothing_of_an_answer_is_kept(
    desk: Desk, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = 302
    channel = added(desk, receiver.url, "case.*")
    emitted(desk)
    turn(desk)
    [delivery] = sent(desk, channel.channel_id)
    assert delivery.error == "It answered 302, a redirect, which is not followed."
    assert len(receiver.got) == 1
    assert "secret" not in str(delivery)


def test_who_hangs_or_drips_is_left_in_time(receiver: Receiver) -> None:
    for receiver.answer in (0, 1):
        answer = post(read_target(receiver.url, HERE), b"{}", {}, allowed=HERE, seconds=0.4)
        assert (answer.status, answer.error) == (None, "127.0.0.1 took too long.")


def test_a_channel_takes_the_types_it_names(desk: Desk, receiver: Receiver, now: datetime) -> None:
    added(desk, f"{receiver.url}/cases", "case.*", name="a")
    added(desk, f"{receiver.url}/loads", "load.published", name="b")
    emitted(desk, "case.opened")
    emitted(desk, "load.published")
    emitted(desk, "casework.done")
    turn(desk)
    assert sorted(path for path, _, _ in receiver.got) == ["/cases", "/loads"]


def test_a_slow_channel_holds_no_other_up(desk: Desk, receiver: Receiver, now: datetime) -> None:
    receiver.by_path = {"/bad": 500}
    added(desk, f"{receiver.url}/bad", "case.*", name="a")
    added(desk, f"{receiver.url}/good", "case.*", name="b")
    for _ in range(3):
        emitted(desk)
    turn(desk)
    assert [path for path, _, _ in receiver.got].count("/good") == 3


def test_a_chat_gets_one_line(desk: Desk, receiver: Receiver, now: datetime) -> None:
    chat = added(desk, receiver.url, "case.*", form=Form.SLACK)
    assert chat.secret == ""
    with override_settings(WALD_URL="https://wald.example.org"):
        emitted(desk, case=17, what="<!channel> & more")
        turn(desk)
    [(_, headers, body)] = receiver.got
    assert json.loads(body) == {
        "text": "case.closed: case 17, what &lt;!channel&gt; &amp; more "
        "<https://wald.example.org/|Wald>"
    }
    assert "webhook-signature" not in headers


def test_a_replay_has_the_same_id(desk: Desk, receiver: Receiver, now: datetime) -> None:
    channel = added(desk, receiver.url, "case.*")
    emitted(desk)
    turn(desk)
    [first] = sent(desk, channel.channel_id)
    channels.replay(actor=ANA, workspace=desk.workspace, delivery_id=first.delivery_id, at=desk.at)
    turn(desk)
    ids = [headers["webhook-id"] for _, headers, _ in receiver.got]
    assert ids == [first.event.message_id] * 2


def test_a_test_message_goes_to_its_channel_alone(
    desk: Desk, receiver: Receiver, now: datetime
) -> None:
    one = added(desk, f"{receiver.url}/one", "load.published", name="one")
    added(desk, f"{receiver.url}/two", "case.*", name="two")
    channels.send_test(actor=ANA, workspace=desk.workspace, channel_id=one.channel_id, at=desk.at)
    turn(desk)
    assert [path for path, _, _ in receiver.got] == ["/one"]


def test_neither_address_nor_secret_stands_in_the_database_or_the_journal(
    desk: Desk, receiver: Receiver, now: datetime
) -> None:
    channel = added(desk, f"{receiver.url}/T0000SECRET")
    database = desk.workspace.database
    row = models.Channel.objects.using(database).get()
    secret = channel.secret.removeprefix("whsec_")
    journal = "".join(models.JournalEntry.objects.using(database).values_list("body", flat=True))
    for stored in (row.url, row.secret, journal):
        assert "T0000SECRET" not in stored
        assert secret not in stored
    assert len(row.secret) <= 200, "PostgreSQL keeps no more"


def test_under_another_key_the_channel_says_what_to_do(
    desk: Desk, receiver: Receiver, now: datetime
) -> None:
    channel = added(desk, receiver.url, "case.*")
    emitted(desk)
    with override_settings(SECRET_KEY="another key, as long as it needs to be"):  # noqa: S106
        turn(desk)
    [delivery] = sent(desk, channel.channel_id)
    assert delivery.error == "Its secret cannot be read; make a new one."


def test_a_bad_channel_is_refused_with_every_problem(desk: Desk) -> None:
    with pytest.raises(BadInput) as refusal:
        added(desk, "https://10.0.0.1/", "Case Closed!", name="")
    assert [one.where for one in refusal.value.problems] == ["name", "url", "events"]
    assert not models.Channel.objects.using(desk.workspace.database).exists()


def test_two_channels_have_two_names_and_a_change_needs_what_was_seen(
    desk: Desk, receiver: Receiver
) -> None:
    channel = added(desk, receiver.url, "case.*")
    with pytest.raises(Conflict, match="already"):
        added(desk, receiver.url)
    with pytest.raises(Stale):
        channels.change_channel(
            actor=ANA,
            workspace=desk.workspace,
            channel_id=channel.channel_id,
            url="",
            events=[],
            version=1,
            at=desk.at,
        )


def test_only_who_may_change_channels_does(desk: Desk) -> None:
    rae = Actor("rae", frozenset({"facts.read"}))
    with pytest.raises(NotAllowed, match=r"channels\.change"):
        channels.send_test(actor=rae, workspace=desk.workspace, channel_id=1, at=desk.at)


def test_every_type_of_event_is_in_the_catalogue_and_in_the_docs() -> None:
    sources = (ROOT / "src" / "wald" / "actions").rglob("*.py")
    emitted_types = {
        type
        for path in sources
        for type in re.findall(r"emit\(\s*\"([a-z_]+\.[a-z_]+)\"", path.read_text())
    }
    page = (ROOT / "docs" / "how-to" / "send-events-to-other-systems.md").read_text()
    assert emitted_types | {channels.TEST} == set(KNOWN_EVENTS), "see queries/channels.py"
    assert [type for type in KNOWN_EVENTS if f"`{type}`" not in page] == []
