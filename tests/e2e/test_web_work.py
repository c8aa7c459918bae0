"""Work, notices and channels on their pages and over REST: what each person may, and bad input."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.serving import WORDS, signed, workspace
from wald.actions.work.worker import work
from wald.kernel.policy import Role
from wald.messages.mail import token_for
from wald.records.stores import notices as notice_store
from wald.records.stores import outbox
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

JSON = "application/json"


@pytest.fixture
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ana is sales operations, Rae may read; afterwards nothing is left."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        create_user("rae", WORDS, Role.READ_ONLY, database="default")
        create_user("ana", WORDS, Role.SALES_OPERATIONS, database="default", email="a@example.org")
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def ana(people: None) -> Client:
    return visitor("ana")


@pytest.fixture
def rae(people: None) -> Client:
    return visitor("rae")


@pytest.fixture
def imports(tmp_path: Path) -> Iterator[Path]:
    """A folder of exports that this server may load."""
    folder = tmp_path / "imports" / "june"
    folder.mkdir(parents=True)
    rows = "opportunity_id,name,outcome,amount,currency,created_at\nO1,Big,open,9,EUR,2024-01-02\n"
    (folder / "opportunity.csv").write_text(rows)
    with override_settings(IMPORT_ROOT=str(tmp_path / "imports")):
        yield folder


def worked() -> None:
    work(workspace=workspace(), worker="w1", clock=lambda: datetime.now(UTC), until_idle=True)


def posted(person: Client, address: str, **fields: object) -> str:
    return text_of(person.post(address, fields, follow=True))


def sent(person: Client, address: str, **body: object) -> tuple[int, dict[str, object]]:
    response = person.post(address, json.dumps(body), content_type=JSON)
    return response.status_code, json.loads(response.content or b"{}")


def test_a_folder_is_loaded_from_the_page_and_who_asked_is_told(ana: Client, imports: Path) -> None:
    assert "june" in text_of(ana.get("/data/loads/new/"))
    page = posted(ana, "/data/loads/new/", folder="june")
    assert "It waits for a worker" in page
    assert "No worker runs" in text_of(ana.get("/work/"))
    worked()
    assert "june is load 1" in text_of(ana.get("/notices/"))
    assert "Load a folder" in text_of(ana.get("/work/"))


@pytest.mark.parametrize("folder", ["..", "/etc", "july", "june/../..", "\0", "a" * 5000])
def test_a_folder_elsewhere_is_refused_beside_its_field(
    ana: Client, imports: Path, folder: str
) -> None:
    response = ana.post("/data/loads/new/", {"folder": folder})
    assert response.status_code == 400
    assert sent(signed("ana"), "/api/v1/loads", folder=folder, background=True)[0] == 422
    assert not ana.get("/work/").context["groups"][1][2]


def test_a_folder_elsewhere_is_refused_however_it_is_asked_for(ana: Client, imports: Path) -> None:
    status, told = sent(
        signed("ana"), "/api/v1/work", kind="load_folder", arguments={"folder": "/etc"}
    )
    assert status == 202
    worked()
    job = json.loads(signed("ana").get(f"/api/v1/work/{told['job']}").content)
    assert job["state"] == "failed"
    assert "below the import folder" in job["error"]


def test_work_over_rest(ana: Client, imports: Path) -> None:
    robot = signed("ana")
    status, told = sent(robot, "/api/v1/loads", folder="june", background=True)
    assert status == 202
    address = f"/api/v1/work/{told['job']}"
    assert json.loads(robot.get(address).content)["state"] == "waiting"
    assert sent(robot, f"{address}/stop")[1]["state"] == "stopped"
    assert sent(robot, f"{address}/stop")[0] == 409
    assert sent(robot, f"{address}/repeat") == (202, {"job": told["job"]})
    worked()
    job = json.loads(robot.get(address).content)
    assert (job["state"], job["steps_done"], job["kept"]["load"]["load_id"]) == ("done", 3, 1)
    listed = json.loads(robot.get("/api/v1/work?state=done&kind=load_folder").content)
    assert [one["job"] for one in listed] == [told["job"]]
    assert robot.get("/api/v1/work/999999").status_code == 404
    assert robot.get("/api/v1/work/99999999999999999999999").status_code == 404
    assert robot.get("/api/v1/work?state=odd").status_code == 422
    assert sent(robot, "/api/v1/work", kind="fly")[0] == 422
    assert "deliver" in robot.get("/api/v1/work/schedule").content.decode()
    assert sent(robot, "/api/v1/loads", folder="june", background=True, dry_run=True)[0] == 422


def test_a_job_is_stopped_and_goes_on_from_its_page(ana: Client, imports: Path) -> None:
    posted(ana, "/data/loads/new/", folder="june")
    job = ana.get("/work/").context["groups"][1][2][0].record.job_id
    assert "is stopped" in posted(ana, f"/work/{job}/stop/")
    assert "nothing to stop" in posted(ana, f"/work/{job}/stop/")
    assert "waits for a worker" in posted(ana, f"/work/{job}/repeat/")
    assert ana.get("/work/404/").status_code == 404


def test_who_may_only_read_sees_no_work_and_no_channel(rae: Client) -> None:
    for address in ("/work/", "/channels/", "/data/loads/new/"):
        assert rae.get(address).status_code == 403
    for address in ("/work/1/stop/", "/channels/1/test/"):
        assert "needs the permission" in posted(rae, address)
    assert rae.post("/channels/", {"form": "webhook"}).status_code == 403
    for address in ("/api/v1/work", "/api/v1/channels"):
        assert signed("rae").get(address).status_code == 403


def test_notices_are_read_one_by_one_and_all(ana: Client) -> None:
    for title in ("First", "Second", "Third"):
        outbox.tell(
            ["ana"], title=title, address="/cases/1/", at=datetime.now(UTC), database="default"
        )
    page = text_of(ana.get("/notices/"))
    assert page.index("Third") < page.index("First")
    first = notice_store.list_notices("ana", database="default")[-1].notice_id
    posted(ana, "/notices/read/", notice=first)
    assert "First" not in text_of(ana.get("/notices/?unread=1"))
    assert "2 marked as read" in posted(ana, "/notices/read/")
    assert ana.post("/notices/read/", {"notice": "x"}).status_code == 404


def test_nobody_reads_or_marks_notices_of_others(ana: Client, rae: Client) -> None:
    outbox.tell(["ana"], title="Hers", address="", at=datetime.now(UTC), database="default")
    number = notice_store.list_notices("ana", database="default")[0].notice_id
    assert "Hers" not in text_of(rae.get("/notices/"))
    assert sent(signed("rae"), "/api/v1/notices/read", notices=[number]) == (200, {"read": 0})
    assert json.loads(signed("rae").get("/api/v1/notices").content) == []
    assert len(json.loads(signed("ana").get("/api/v1/notices?unread=true").content)) == 1


def test_choices_are_kept_and_bad_ones_shown_beside_their_fields(ana: Client) -> None:
    good = {
        "by_mail": "each",
        "zone": "Europe/Berlin",
        "digest_at": "06:45",
        "quiet_from": "20:00",
        "quiet_until": "07:00",
    }
    assert "Your choices are kept" in posted(ana, "/notices/choose/", **good)
    assert 'value="Europe/Berlin"' in text_of(ana.get("/notices/"))
    bad = ana.post("/notices/choose/", {**good, "zone": "Mars", "quiet_until": ""})
    assert bad.status_code == 400
    assert "&#x27;Mars&#x27; is no time zone" in text_of(bad)
    assert 'value="Mars"' in text_of(bad)
    assert json.loads(signed("ana").get("/api/v1/notices/choice").content) == good
    status, told = sent(signed("ana"), "/api/v1/notices/choice", **{**good, "zone": "Mars"})
    assert (status, told["problems"][0]["where"]) == (422, "zone")  # type: ignore[index]


def test_the_link_of_a_letter_ends_the_mail_without_signing_in(people: None) -> None:
    anybody = Client(enforce_csrf_checks=True)
    address = f"/notices/unsubscribe/{token_for('ana')}/"
    assert "End the mail to ana?" in text_of(anybody.get(address))
    assert notice_store.choice_of("ana", database="default").by_mail.value == "daily"
    answer = anybody.post(address, {"List-Unsubscribe": "One-Click"})
    assert "gets no more mail" in text_of(answer)
    assert notice_store.choice_of("ana", database="default").by_mail.value == "none"
    assert anybody.get("/notices/unsubscribe/ana:x:y/").status_code == 404


def test_a_channel_from_its_first_day_to_its_last(ana: Client) -> None:
    added = ana.post(
        "/channels/",
        {"name": "crm", "form": "webhook", "url": "https://example.org/T0/x", "events": "case.*"},
    )
    page = text_of(added)
    assert "whsec_" in page
    assert added["Cache-Control"] == "no-store"
    assert "whsec_" not in text_of(ana.get("/channels/"))
    shown = text_of(ana.get("/channels/1/"))
    assert "https://example.org" in shown
    assert "T0/x" not in shown
    assert "on its way" in posted(ana, "/channels/1/test/")
    assert "channel.test" in text_of(ana.get("/channels/1/"))
    version = ana.get("/channels/1/").context["channel"].version
    stale = posted(ana, "/channels/1/change/", events="load.published", version="1")
    assert "Somebody changed" in stale
    assert "is changed" in posted(
        ana, "/channels/1/change/", events="load.published", version=version
    )
    assert "whsec_" in text_of(ana.post("/channels/1/rotate/"))
    assert "is stopped" in posted(ana, "/channels/1/stop/")
    assert "stopped" in posted(ana, "/channels/1/test/")
    assert "runs" in posted(ana, "/channels/1/start/")
    assert "Remove the channel crm?" in text_of(ana.get("/channels/1/remove/"))
    assert "is removed" in posted(ana, "/channels/1/remove/")
    assert ana.get("/channels/1/").status_code == 404


def test_a_bad_channel_is_refused_beside_its_fields_and_nothing_is_kept(ana: Client) -> None:
    bad = {"name": "x", "form": "webhook", "url": "https://169.254.169.254/", "events": "A B"}
    response = ana.post("/channels/", bad)
    assert response.status_code == 400
    page = text_of(response)
    assert "it is not on the public internet" in page.lower()
    assert "https://169.254.169.254/" in page, "what was typed is kept"
    assert not ana.get("/channels/").context["channels"]
    robot = signed("ana")
    for url in ("https://127.1/", "http://example.org/", "x", "https://[::1]/", "a" * 2001):
        status, _ = sent(robot, "/api/v1/channels", name="x", url=url)
        assert status == 422
    assert sent(robot, "/api/v1/channels", name="x", url="https://a.b/", more="x")[0] == 422


def test_channels_over_rest(ana: Client) -> None:
    robot = signed("ana")
    made = robot.post(
        "/api/v1/channels",
        json.dumps({"name": "crm", "url": "https://example.org/T0/x", "events": ["case.*"]}),
        content_type=JSON,
    )
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    assert json.loads(made.content)["secret"].startswith("whsec_")
    one = json.loads(robot.get("/api/v1/channels/1").content)
    assert (one["host"], one["events"]) == ("https://example.org", ["case.*"])
    assert sent(robot, "/api/v1/channels", name="crm", url="https://example.org/")[0] == 409
    change = {"events": [], "version": one["version"]}
    assert sent(robot, "/api/v1/channels/1", **change)[1]["events"] == []
    assert sent(robot, "/api/v1/channels/1", **change)[0] == 409
    status, told = sent(robot, "/api/v1/channels/1/test")
    assert status == 202
    log = json.loads(robot.get("/api/v1/channels/1/deliveries").content)
    assert [(one["delivery"], one["state"]) for one in log] == [(told["delivery"], "waiting")]
    replay = f"/api/v1/channels/1/deliveries/{told['delivery']}/replay"
    assert sent(robot, replay)[0] == 409, "it still waits"
    assert sent(robot, "/api/v1/channels/1/deliveries/999/replay")[0] == 404
    assert (
        sent(robot, "/api/v1/channels/1/stop", why="for a test")[1]["why_stopped"] == "for a test"
    )
    assert sent(robot, replay)[0] == 409, "it is stopped"
    assert sent(robot, "/api/v1/channels/1/start")[1]["stopped_at"] is None
    assert sent(robot, replay)[0] == 202
    assert sent(robot, "/api/v1/channels/1/rotate")[0] == 201
    assert robot.delete("/api/v1/channels/1").status_code == 204
    assert robot.get("/api/v1/channels/1").status_code == 404
