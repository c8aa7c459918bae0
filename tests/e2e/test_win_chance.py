"""Health of deals at every door: kept once, read in a moment, cut to whom it concerns."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.forecast_world import LAST, deals, people
from tests.serving import served, signed, workspace
from tests.terminal import wald
from wald.actions.backtest import is_wanted
from wald.actions.work.schedule import WALD
from wald.brain.ground import known_on
from wald.documents.version import State, Version
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput
from wald.queries.chances_kept import find_chances, keep_chances
from wald.queries.deal_health import deal_health
from wald.queries.forecast_ground import Wanted, asked_period, read_ground
from wald.queries.measure import view
from wald.queries.win_chance import win_chance_page
from wald.records.stores.users import create_user

ANA = everything("ana")
DEAL, OF_ANOTHER = "O348", "O349"  # open renewals of R1 and R2
AT = datetime(2024, 11, 15, 0, 41, tzinfo=UTC)  # of no other company of this process


def write_export(folder: Path) -> Path:
    """Write deals of which renewals mostly win, six alike of each."""
    folder.mkdir(parents=True)
    opportunities, changes, bookings = [], [], []
    for place, (row, own) in enumerate(deals()):
        if str(row["created_at"]) > str(LAST):
            break
        would_win = int(str(row["opportunity_id"])[1:]) * 7 % 11 < 5
        kind = "renewal" if would_win != (place % 6 == 0) else "new_business"
        for twin in "OPQRST":
            key = f"{twin}{place}"
            opportunities.append({**row, "opportunity_id": key, "type": kind})
            changes += [
                {**one, "opportunity_id": key, "change_id": f"{twin}{one['change_id']}"}
                for one in own
            ]
            if row["outcome"] == "won":
                bookings.append(
                    {"booking_id": f"B{key}", "opportunity_id": key, "owner_id": row["owner_id"],
                     "booked_on": row["closed_on"], "amount": row["amount"], "currency": "EUR"}
                )  # fmt: skip
    tables = {"person": people(), "opportunity": opportunities, "booking": bookings,
              "opportunity_change": changes}  # fmt: skip
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(_csv(rows))
    return folder


def _csv(rows: list[Mapping[str, object]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [",".join("" if row.get(c) is None else str(row[c]) for c in columns) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    folder = write_export(tmp_path_factory.mktemp("chances") / "export")
    with served(folder, django_db_blocker, AT):
        for name, role, person in (("mia", Role.MANAGER, "M1"), ("max", Role.REP, "R1")):
            create_user(name, "four quiet words here", role, person_id=person, database="default")
        # The home is that of all tests of this process: what others kept is not of this company.
        shutil.rmtree(workspace().facts.parent / "chances", ignore_errors=True)
        _before_anything_is_kept()
        seen = view(actor=ANA, workspace=workspace())
        wanted = Wanted(back=2)
        day, period = asked_period(seen, wanted)
        known = known_on(read_ground(seen, wanted, lambda *_: None, ()), day, period)
        keep_chances(seen, wanted.grain, known, 40_000.0, AT, np.random.default_rng(0))
        yield


def _before_anything_is_kept() -> None:
    """Said so with the way to get it, at once: nothing is learned while somebody waits."""
    assert "Back-test now" in text_of(visitor("ana").get("/forecast/win-chance/"))
    text = text_of(visitor("mia").get("/forecast/win-chance/"))
    assert "No chances are kept yet" in text
    assert "wald forecast backtest" in text
    assert "Back-test now" not in text
    told = signed("mia").get("/api/v1/forecast/win-chance").json()
    assert (told["deals"], told["judgement"], told["made_at"]) == ([], None, None)
    assert told["how"] == "wald forecast backtest"
    deal = text_of(visitor("ana").get(f"/deals/{DEAL}/"))
    assert "No chances are kept yet" in deal
    assert is_wanted(actor=WALD, workspace=workspace())


def test_open_deals_are_listed_with_what_would_move_them() -> None:
    text = text_of(visitor("ana").get("/forecast/win-chance/"))
    for words in ("Better than the base rate", "as of 14 Nov 2024", "computed 15 Nov 2024",
                  "What would move it most", "Type renewal"):  # fmt: skip
        assert words in text, words


def test_a_deal_shows_its_health_with_reasons_and_doubt() -> None:
    text = text_of(visitor("ana").get(f"/deals/{DEAL}/"))
    for words in ("Health", "to be won in the end", "later deals with about this chance",
                  "95 % interval", "Were it otherwise", "as new business",
                  "As of 14 Nov 2024"):  # fmt: skip
        assert words in text, words
    assert "Were it otherwise" not in text_of(visitor("ana").get("/deals/O0/"))  # closed long ago
    assert "Were it otherwise" not in text_of(
        visitor("ana").get(f"/deals/{DEAL}/?as_of=2024-11-01")
    )


def test_interface_and_page_say_the_same() -> None:
    found = win_chance_page(actor=ANA, workspace=workspace(), deal=DEAL)
    assert found is not None
    (line,) = found.lines
    told = signed("ana").get(f"/api/v1/forecast/win-chance?deal={DEAL}").json()
    (deal,) = told["deals"]
    assert deal["chance"] == f"{line.chance:.4f}"
    assert deal["in_period"] == f"{line.in_period:.4f}"
    assert [one["fact"] for one in deal["reasons"]] == [one.fact for one in line.reasons]
    renewed = next(one for one in deal["reasons"] if one["fact"] == "type")
    assert renewed["edit"] == {"type": "new_business"}
    assert float(renewed["moves"]) < -0.2
    health = deal_health(actor=ANA, workspace=workspace(), opportunity_id=DEAL)
    assert health is not None
    assert health.line == line


def test_a_rep_sees_their_own_deals_alone() -> None:
    told = signed("max").get("/api/v1/forecast/win-chance?limit=1000").json()
    assert 0 < told["total"] < win_total()
    others = {one["opportunity_id"] for one in told["deals"] if one["rep"] != "Name of R1"}
    assert others == set()
    assert visitor("max").get(f"/forecast/win-chance/?deal={OF_ANOTHER}").status_code == 400
    assert told["judgement"] is not None  # how good chances are is nobody's secret


def win_total() -> int:
    found = win_chance_page(actor=ANA, workspace=workspace())
    assert found is not None
    return found.total


def test_an_unknown_deal_and_an_unknown_question_are_refused() -> None:
    with pytest.raises(BadInput, match="no chance of this deal"):
        win_chance_page(actor=ANA, workspace=workspace(), deal="nobody's")
    assert deal_health(actor=ANA, workspace=workspace(), opportunity_id="nobody's") is None
    assert visitor("mia").get("/api/v1/forecast/win-chance?deels=1").status_code == 422


def test_what_is_kept_is_of_the_facts_as_they_are() -> None:
    found = find_chances(view(actor=ANA, workspace=workspace()))
    assert found is not None
    assert (found.is_fresh, found.day, found.made_at) == (True, date(2024, 11, 14), AT)
    agreed = Version(
        1, "sales_process", "company", "", 1, 1, State.APPROVED, "", {}, 1, "", "", (), "ana",
        ("ana",), AT, date(2024, 1, 1), None,
    )  # fmt: skip
    other = find_chances(replace(view(actor=ANA, workspace=workspace()), agreed=(agreed,)))
    assert other == found, "what was agreed of stages decides no chance"


def test_findings_are_worth_something_to_the_forecast() -> None:
    told = signed("ana").get("/api/v1/hygiene?as_of=2024-11-14&order=value&limit=1000").json()
    assert told["narrows"] == {"period": "2024-Q4", "unable": ""}
    values = [float(one["narrows"]) for one in told["findings"] if one["narrows"] is not None]
    assert values
    assert values == sorted(values, reverse=True)
    assert values[0] > 0
    other = signed("ana").get("/api/v1/hygiene?as_of=2024-11-01").json()
    assert other["narrows"]["unable"].endswith("of 2024-11-14.")
    text = text_of(visitor("ana").get("/hygiene/?as_of=2024-11-14"))
    assert "Fix narrows by" in text
    assert signed("ana").get("/api/v1/hygiene?order=luck").status_code in (400, 422)


def test_the_terminal_tells_one_deal_with_its_doubt() -> None:
    home = ("--home", str(workspace().home))
    told = wald("forecast", "win-chance", "--deal", DEAL, *home).out
    for words in ("to be won; of its segment", "later deals told about", "Type renewal",
                  "as new business"):  # fmt: skip
        assert words in told, words
    listed = wald("forecast", "win-chance", "--limit", "2", "--json", *home).json
    assert len(listed["deals"]) == 2
    assert listed["day"] == "2024-11-14"
    first = wald("forecast", "win-chance", "--limit", "2", *home).out
    assert "would move most" in first


def test_strangers_are_sent_to_sign_in() -> None:
    assert Client().get("/forecast/win-chance/").status_code == 302


def test_spoilt_files_count_as_none_and_new_facts_are_told() -> None:
    """Last of the file: what is kept is of older facts once another file is the only one there."""
    home = workspace().facts.parent / "chances"
    (kept,) = home.glob("*.json")
    rows = kept.with_suffix(".arrow")
    older = home / "quarter-older.json"
    kept.rename(older)
    rows.rename(older.with_suffix(".arrow"))
    text = text_of(visitor("ana").get("/forecast/win-chance/"))
    assert "the facts have changed since" in text
    assert "Compute again" in text
    plain = json.loads(older.read_text())
    del plain["model"]["learned"]["columns"]
    older.write_text(json.dumps(plain))
    assert "No chances are kept yet" in text_of(visitor("mia").get("/forecast/win-chance/"))
