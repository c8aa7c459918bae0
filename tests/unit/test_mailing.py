"""Mail: digests once a person and day, notices at once, nothing in quiet hours, and a way out.

The job is send_digests; what a digest holds is asked as the person who gets it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.test import override_settings

from tests.ingesting import ANA, Desk
from wald.actions import mailing, notices
from wald.actions.act import act
from wald.actions.cases import open_case
from wald.actions.ingest import silent
from wald.actions.work.worker import work
from wald.kernel.actor import Actor, Door
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Conflict
from wald.messages.mail import Letter, Line, Section, as_html, as_text, name_of, token_for
from wald.queries.digest import digest
from wald.records.stores.notices import Choice
from wald.records.stores.users import actor_named, create_user

MORNING = datetime(2024, 6, 3, 7, 30, tzinfo=UTC)


@pytest.fixture
def office(desk: Desk) -> Iterator[Desk]:
    """A workspace with Ana and Max, a mail server that keeps what it gets, and a morning."""
    database = desk.workspace.database
    create_user("ana", None, Role.SALES_OPERATIONS, database=database, email="ana@example.org")
    create_user("max", None, Role.REP, database=database, email="max@example.org")
    desk.at = MORNING
    with override_settings(EMAIL_HOST="mail.example.org", WALD_URL="https://wald.example.org"):
        mail.outbox = []
        yield desk


def person(desk: Desk, name: str) -> Actor:
    return actor_named(name, Door.PAGE, database=desk.workspace.database)


def chosen(desk: Desk, name: str, by_mail: str = "daily", **more: str) -> None:
    words = {"zone": "UTC", "digest_at": "07:00", "quiet_from": "", "quiet_until": ""} | more
    notices.choose(
        actor=person(desk, name), workspace=desk.workspace, by_mail=by_mail, at=desk.at, **words
    )


def told(desk: Desk, name: str, title: str) -> None:
    with act(
        actor=ANA, workspace=desk.workspace, at=desk.at, permission="cases.work", action="test.tell"
    ) as entry:
        entry.tell([name], title, "/cases/1/")


def case(desk: Desk, title: str, assignee: str) -> int:
    return open_case(
        actor=ANA, workspace=desk.workspace, kind="task", title=title, at=desk.at, assignee=assignee
    )


def digests(desk: Desk) -> int:
    return mailing.mail_digests(actor=ANA, workspace=desk.workspace, at=desk.at, told=silent)


def each(desk: Desk) -> int:
    return mailing.mail_notices(actor=ANA, workspace=desk.workspace, at=desk.at, told=silent)


def test_a_digest_goes_out_once_a_day_to_whom_something_waits(office: Desk) -> None:
    case(office, "Call the customer", "max")
    assert digests(office) == 1
    assert digests(office) == 0
    [letter] = mail.outbox
    assert letter.to == ["max@example.org"]
    assert "1 case waits" in letter.subject
    assert "Call the customer" in letter.body
    assert "https://wald.example.org/cases/" in letter.body
    office.at += timedelta(days=1)
    assert digests(office) == 1


def test_it_holds_only_what_its_reader_may_see(office: Desk) -> None:
    case(office, "A secret of Ana's", "ana")
    case(office, "Work for Max", "max")
    digests(office)
    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "A secret of Ana's" not in letters["max@example.org"]
    assert "Work for Max" in letters["max@example.org"]


def test_it_tells_what_moved_since_the_last_one(office: Desk) -> None:
    head = "opportunity_id,name,outcome,amount,currency,created_at,closed_on\n"
    office.write(opportunity__csv=f"{head}O1,Big,won,100,EUR,2024-05-02,2024-05-03\n")
    office.load()
    since = office.at
    office.write(opportunity__csv=f"{head}O1,Big,won,175,EUR,2024-05-02,2024-05-03\n")
    office.load()
    ana = person(office, "ana")
    found = digest(actor=ana, workspace=office.workspace, at=office.at, since=since)
    moved = {one.metric: (one.now, one.before) for one in found.moved}
    assert moved["pipeline_created"] == ("175 EUR", "100 EUR")
    assert "won_deals" not in moved
    later = digest(
        actor=ana, workspace=office.workspace, at=office.at, since=office.at + timedelta(days=1)
    )
    assert later.moved == ()


def test_a_day_begins_where_its_reader_is(office: Desk) -> None:
    case(office, "Call", "max")
    chosen(office, "max", zone="America/New_York")
    assert digests(office) == 0, "it is 03:30 there"
    office.at += timedelta(hours=4)
    assert digests(office) == 1


def test_quiet_hours_go_over_midnight(office: Desk) -> None:
    choice = Choice(quiet_from=time(20), quiet_until=time(7))
    hours = [hour for hour in range(24) if mailing.is_quiet(choice, MORNING.replace(hour=hour))]
    assert hours == [0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23]
    chosen(office, "max", quiet_from="07:00", quiet_until="09:00")
    case(office, "Call", "max")
    assert digests(office) == 0
    office.at += timedelta(hours=2)
    assert digests(office) == 1


def test_each_notice_goes_out_once(office: Desk) -> None:
    told(office, "max", "Before he chose")
    chosen(office, "max", "each")
    told(office, "max", "Max is asked")
    assert each(office) == 1
    assert each(office) == 0
    assert [letter.subject for letter in mail.outbox] == ["Wald: Max is asked"]


def test_nothing_goes_to_who_wants_none_or_may_not_sign_in(office: Desk) -> None:
    case(office, "Call", "max")
    chosen(office, "max", "none")
    assert digests(office) == 0


def test_a_letter_that_was_not_taken_holds_no_other_up(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(office, "Call", "max")
    case(office, "Write", "ana")
    refused = {"ana@example.org": (550, b"no such box")}
    real = mail.EmailMultiAlternatives.send

    def send(letter: mail.EmailMultiAlternatives, fail_silently: bool = False) -> int:
        if letter.to == ["ana@example.org"]:
            raise SMTPRecipientsRefused(refused)
        return real(letter, fail_silently)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
    assert digests(office) == 1
    with pytest.raises(Conflict, match="took no letter"):
        digests(office)


def test_a_letter_sent_again_has_the_same_message_id(office: Desk) -> None:
    case(office, "Call", "max")
    digests(office)
    notices_row = office.workspace.database
    from wald.records import models

    models.NoticeChoice.objects.using(notices_row).all().delete()  # as if it had not been noted
    digests(office)
    ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_letter_carries_a_signed_way_out(office: Desk) -> None:
    case(office, "Call", "max")
    digests(office)
    [letter] = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = letter.extra_headers["List-Unsubscribe"].rstrip("/>").rpartition("/")[2]
    assert name_of(token) == "max"
    assert name_of(token_for("max")[:-1]) is None
    notices.unsubscribe(actor=person(office, "max"), workspace=office.workspace, at=office.at)
    office.at += timedelta(days=1)
    assert digests(office) == 0


def test_a_letter_says_the_same_as_text_and_as_html() -> None:
    sections = (Section("Notices", (Line("<b>5</b> & more", "/cases/5/"), Line("No page"))),)
    letter = Letter("max", "max@example.org", "Wald", "m", sections)
    with override_settings(WALD_URL="https://wald.example.org"):
        text, html = as_text(letter, "https://out/"), as_html(letter, "https://out/")
    assert "* <b>5</b> & more\n  https://wald.example.org/cases/5/" in text
    assert '<a href="https://wald.example.org/cases/5/">&lt;b&gt;5&lt;/b&gt; &amp; more</a>' in html


def test_choices_are_refused_with_every_problem(office: Desk) -> None:
    with pytest.raises(BadInput) as refusal:
        chosen(office, "max", "hourly", zone="Mars/Base", digest_at="7", quiet_from="25:00")
    places = [one.where for one in refusal.value.problems]
    assert places == ["by_mail", "zone", "digest_at", "quiet_from", "quiet_until"]


def test_without_a_mail_server_nothing_is_queued(desk: Desk) -> None:
    def worked() -> list[str]:
        at = desk.tick()
        work(workspace=desk.workspace, worker="w1", clock=lambda: at, until_idle=True)
        from wald.records.stores.work import list_jobs

        return [job.kind for job in list_jobs(database=desk.workspace.database)]

    assert "send_digests" not in worked()
    desk.at += timedelta(minutes=5)
    with override_settings(EMAIL_HOST="mail.example.org"):
        assert "send_digests" in worked()
