"""A back-test is made once, and each sees of it the units all of whose people they see."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.forecast_world import rows
from tests.serving import loaded, served, signed, workspace
from wald.actions.backtest import run_backtest
from wald.actions.forecast import NewSubmission, submit
from wald.actions.work.kinds.forecast_backtest import JOB
from wald.actions.work.queue import queue
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed
from wald.queries.forecast_jobs import Computing, computing
from wald.queries.forecasts import forecast_of, forecast_page
from wald.queries.track_record import track_record
from wald.records.models import Job, JournalEntry
from wald.records.stores.users import create_user

WORDS = "four quiet words here"
ANA = everything("ana")
AT = datetime(2024, 11, 15, tzinfo=UTC)
TABLES = ("person", "stage", "opportunity", "opportunity_change", "booking", "quota",
          "forecast_submission")  # fmt: skip
BACK = 3


def write_export(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in TABLES:
        given = rows()[name]
        columns = list(dict.fromkeys(key for row in given for key in row))
        lines = [",".join(columns)]
        for row in given:
            lines.append(",".join("" if row.get(c) is None else str(row[c]) for c in columns))
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    folder = write_export(tmp_path_factory.mktemp("forecast") / "export")
    with served(folder, django_db_blocker, AT):
        for name, role, person in (
            ("mia", Role.MANAGER, "M1"), ("max", Role.REP, "R1"), ("lena", Role.SALES_LEADER, "L1"),
        ):  # fmt: skip
            create_user(name, WORDS, role, person_id=person, database="default")
        assert forecast_page(actor=ANA, workspace=workspace()) is None
        assert "Back-test now" in text_of(visitor("ana").get("/forecast/model/"))
        assert "Back-test now" not in text_of(visitor("rae").get("/forecast/track-record/"))
        assert signed("rae").get("/api/v1/forecast/model").status_code == 404
        run_backtest(actor=ANA, workspace=workspace(), at=AT, back=BACK)
        yield


def page(name: str, address: str) -> str:
    response = visitor(name).get(address)
    assert response.status_code == 200, address
    return text_of(response)


def test_everybody_is_told_with_every_method_and_why_one_is_used() -> None:
    found = page("ana", "/forecast/model/")
    for words in ("Everybody will book", "Closed over linearity", "Rep commit", "is used", "used",
                  "The chance to make the quota", "deals not yet created"):  # fmt: skip
        assert words in found, words


def test_a_manager_sees_the_team_and_not_everybody() -> None:
    found = page("mia", "/forecast/model/")
    assert "North will book" in found
    assert "South" not in found
    assert "Everybody" not in found
    assert "Name of R3" not in page("mia", "/forecast/track-record/")


def test_a_rep_sees_themselves() -> None:
    found = page("max", "/forecast/model/")
    assert "Name of R1 will book" in found
    assert "Name of R2" not in found
    told = signed("max").get("/api/v1/forecast/model").json()
    assert [one["unit"] for one in told["units"]] == ["rep:R1"]
    assert visitor("max").get("/forecast/model/?unit=all").status_code == 400


def test_a_leader_sees_everybody_below() -> None:
    told = signed("lena").get("/api/v1/forecast/model").json()
    assert told["shown"]["unit"] == "all"
    assert told["total_units"] == 6


def test_the_track_record_has_every_week_and_a_band() -> None:
    found = track_record(actor=ANA, workspace=workspace())
    assert found is not None
    assert len(found.periods) == BACK
    used = found.methods[0]
    assert list(used.weeks) == list(range(13, 0, -1))
    assert {cover.share for cover in used.cover} == {0.5, 0.8, 0.95}
    assert used.cover[0].tries == BACK * 13
    text = page("ana", "/forecast/track-record/?level=team")
    assert "How often intervals held what came" in text
    assert "Did managers' numbers help?" in text.replace("&#x27;", "'")


def test_who_always_says_half_is_found_to_say_too_little() -> None:
    found = track_record(actor=ANA, workspace=workspace())
    assert found is not None
    leans = {one.lean.person_id: one.lean for one in found.people}
    assert leans["R3"].shrunken.estimate < leans["R1"].shrunken.estimate
    assert leans["R3"].raw < 0


def test_the_parts_add_up_to_the_forecast() -> None:
    found = forecast_page(actor=ANA, workspace=workspace())
    assert found is not None
    for unit in found.units:
        if unit.parts is not None:
            own = next(one for one in unit.said if one.title == unit.parts_of)
            mean = unit.closed + unit.parts.open + unit.parts.new
            # Means against a median of the same draws.
            assert own.bounds[2][0] <= mean <= own.bounds[2][1]


def test_the_same_facts_are_back_tested_once_and_others_again() -> None:
    assert not run_backtest(actor=ANA, workspace=workspace(), at=AT).is_new
    entries = JournalEntry.objects.filter(action="forecast.backtest")
    assert entries.count() == 1


def test_what_is_kept_does_not_hang_on_a_kill_in_the_middle() -> None:
    """Without the last file a run goes on: periods kept are read, and the answer is the same."""
    (folder,) = (workspace().home / "forecast").iterdir()
    before = (folder / "today.arrow").read_bytes()
    (folder / "meta.json").unlink()
    (folder / "period-2024-Q3.arrow").unlink()
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("period-*.arrow")}
    assert run_backtest(actor=ANA, workspace=workspace(), at=AT, back=BACK).is_new
    assert (folder / "today.arrow").read_bytes() == before
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_past_period_can_be_asked_as_of_a_day() -> None:
    found = forecast_of(
        actor=ANA, workspace=workspace(), at=AT, period="2024-Q2",
        as_of=datetime(2024, 5, 19, tzinfo=UTC).date(),
    )  # fmt: skip
    assert (found.period, str(found.day), found.weeks_left) == ("2024-Q2", "2024-05-19", 6)


def test_a_job_is_queued_from_the_page_by_who_may() -> None:
    answer = visitor("ana").post("/forecast/backtest/", {"grain": "month"}, follow=True)
    assert "waits for a worker" in text_of(answer)
    answer = visitor("rae").post("/forecast/backtest/", {"grain": "quarter"}, follow=True)
    assert "needs the permission" in text_of(answer)
    assert JOB.key == "forecast_backtest"


def test_readers_cannot_start_one() -> None:
    rae = Actor("rae", GRANTS[Role.READ_ONLY], Role.READ_ONLY)
    with pytest.raises(NotAllowed):
        run_backtest(actor=rae, workspace=workspace(), at=AT)


def test_bad_input_is_named() -> None:
    for address in ("/forecast/model/?grain=day", "/forecast/track-record/?level=x"):
        response = visitor("ana").get(address)
        assert response.status_code == 400
        assert "write " in text_of(response)
    assert signed("rae").get("/api/v1/forecast/model?grain=x").status_code == 422


def test_json_is_the_same_at_every_door() -> None:
    told = json.loads(signed("ana").get("/api/v1/forecast/track-record").content)
    found = track_record(actor=ANA, workspace=workspace())
    assert found is not None
    assert told["methods"][0]["trials"] == found.methods[0].overall.trials
    assert {one["key"] for one in signed("ana").get("/api/v1/forecast/methods").json()} >= {
        "closed_linearity", "same_period_growth", "stage_weighted", "category_weighted",
        "rep_commit", "manager_commit", "seasonal_series",
    }  # fmt: skip


def roll_up(name: str) -> dict[str, Any]:
    told: dict[str, Any] = signed(name).get("/api/v1/forecast?period=2024-Q4").json()
    return told


def test_the_roll_up_adds_up_to_the_cent_and_says_how() -> None:
    told = roll_up("ana")
    lines = {one["person"]: one for one in told["lines"]}
    for person, line in lines.items():
        own = [one for one in lines.values() if one["parent"] == person]
        if own and line["reconciled"]:
            parts = sum(Decimal(one["reconciled"]["amount"]) for one in own)
            others = Decimal(line["reconciled"]["others"])
            assert Decimal(line["reconciled"]["amount"]) == parts + others
    whole = lines["L1"]["reconciled"]
    assert Decimal(whole["low"]) < Decimal(whole["amount"]) < Decimal(whole["high"])
    assert 0 <= Decimal(whole["chance_of_quota"]) <= 1
    assert told["reconciled"]["method"] == "bottom_up"
    assert "3 earlier periods" in told["reconciled"]["why"]
    found = page("ana", "/forecast/?period=2024-Q4")
    for words in ("How the model adds up", "3 earlier periods", "Reps added up", "Makes it"):
        assert words in found, words


def test_nobody_sees_what_adds_up_for_others() -> None:
    told = roll_up("max")
    assert [one["person"] for one in told["lines"]] == ["R1"]
    assert told["lines"][0]["reconciled"] is not None
    assert told["everybody"] is None
    mia = roll_up("mia")
    assert {one["person"] for one in mia["lines"]} == {"M1", "R1", "R2"}
    assert mia["lines"][0]["reconciled"]["amount"] != roll_up("ana")["lines"][0]["reconciled"]
    assert mia["everybody"] is None
    assert "Name of R3" not in page("mia", "/forecast/?period=2024-Q4")


def test_what_is_said_in_wald_reaches_the_methods_and_the_record() -> None:
    """R1 says 777 on the last day of the data, and 888 the day after, which is not known yet."""
    home, max_ = workspace(), Actor("max", GRANTS[Role.REP], Role.REP, "R1")
    before = forecast_page(actor=ANA, workspace=home)
    assert before is not None
    last = datetime.combine(before.day, time(15), UTC)
    for amount, said_at in (("777", last), ("888", last + timedelta(days=1))):
        new = NewSubmission("2024-Q4", {"commit": amount})
        submit(actor=max_, workspace=home, new=new, at=said_at)
    assert "facts have changed since" in page("ana", "/forecast/model/")
    (folder,) = (one for one in (home.home / "forecast").iterdir() if (one / "meta.json").exists())
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("period-*.arrow")}
    assert run_backtest(actor=ANA, workspace=home, at=AT, back=BACK).is_new
    assert {path: path.stat().st_mtime_ns for path in kept} == kept  # nothing of the past moves
    shown = forecast_page(actor=ANA, workspace=home, unit="rep:R1")
    assert shown is not None
    assert shown.is_fresh
    assert shown.shown is not None
    commit = next(one for one in shown.shown.said if one.method == "rep_commit")
    assert commit.point == 777


def test_a_forecast_that_is_being_computed_says_so() -> None:
    with transaction.atomic():
        Job.objects.all().delete()
        assert computing(actor=ANA, workspace=workspace()) is None
        queue(actor=ANA, workspace=workspace(), kind="forecast_backtest", at=AT)
        told = computing(actor=ANA, workspace=workspace())
        assert told == Computing(is_running=False, words="", done=0, total=None)
        found = page("ana", "/forecast/model/?grain=month")
        assert "waits for a worker" in found
        assert "Back-test now" not in found
        transaction.set_rollback(True)


def test_facts_that_change_later_leave_the_forecast_and_say_so(tmp_path: Path) -> None:
    """Last of this file: it loads more."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "booking.csv").write_text(
        "booking_id,owner_id,booked_on,amount,currency\nBX,R1,2024-11-15,5,EUR\n"
    )
    loaded(folder, datetime(2024, 11, 16, tzinfo=UTC))
    assert "facts have changed since" in page("ana", "/forecast/model/")


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get("/forecast/model/").status_code == 302
