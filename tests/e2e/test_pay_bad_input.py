"""Pay from bad input, by the command: who and what is wrong, the cure; all others are paid."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ingesting import write
from tests.paying_runs import FILES, MANAGERS, PERSON, QUOTA, REPS
from tests.terminal import Ended, wald

BOOKING = FILES["booking__csv"]
# What the company of `paying_runs` is paid when nothing is wrong.
PAID = {"M1": "750", "R1": "6000", "R2": "1500"}


@pytest.fixture
def here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(here: Path, **files: str) -> Ended:
    return wald("load", str(write(here / "export", **FILES | files)), "--json")


def file(here: Path, text: str, *words: str) -> Ended:
    path = here / "plan.yaml"
    path.write_text(text)
    return wald(*(words or ("documents", "apply")), str(path), "--json")


def agree(here: Path, monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    """File, submit and approve plans, each with two persons."""
    for text in texts:
        filed = file(here, text)
        assert filed.code == 0, filed.err
        version = str(filed.json["id"])
        assert wald("documents", "submit", version).code == 0
        with monkeypatch.context() as other:
            other.setenv("LOGNAME", "fin")
            done = wald("documents", "approve", version, "--revision", "1")
        assert done.code == 0, done.err


def run(*words: str) -> Ended:
    return wald("pay", "run", "--period", "2026-Q1", "--json", *words)


def paid(ended: Ended) -> dict[str, str]:
    page = wald("pay", "show", str(ended.json["run"]), "--json").json
    return {one["person_id"]: one["paid"] for one in page["persons"]}


def told(ended: Ended) -> list[tuple[str, str, str]]:
    return [(one["where"], one["what"], one["fix"]) for one in ended.json["problems"]]


def refused(ended: Ended) -> Any:
    return json.loads(ended.err.strip().splitlines()[-1])


def test_with_good_input_everybody_is_paid(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(here).code == 0
    agree(here, monkeypatch, REPS, MANAGERS)
    ended = run()
    assert (ended.code, told(ended), ended.json["left_out"]) == (0, [], [])
    assert paid(ended) == PAID


@pytest.mark.parametrize(
    ("spoiled", "where", "what", "fix"),
    [
        (
            REPS.replace("starts_at: 0,", "starts_at: 0.2,"),
            "components[0].tiered_rate.tiers[0]",
            "no band covers the first sale",
            "start the first at 0",
        ),
        (
            REPS.replace("rate: 0.10", "rate: 8"),
            "components[0].tiered_rate.tiers[0].rate",
            "8 pays more than was sold",
            "write a share: 0.08 for 8 %",
        ),
    ],
    ids=["gap", "800 %"],
)
def test_a_plan_with_a_gap_or_a_rate_of_800_percent_is_never_in_force(
    here: Path, spoiled: str, where: str, what: str, fix: str
) -> None:
    for words in (("documents", "apply"), ("documents", "plan"), ("plan", "show")):
        ended = file(here, spoiled, *words)
        assert ended.code == 2, words
        text = ended.err if words != ("documents", "plan") else ended.out + ended.err
        for part in (where, what, fix):
            assert part in text, (words, part)
    assert wald("documents", "list", "--json").json == []


def test_a_quota_of_zero_leaves_its_person_out(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(here, quota__csv=QUOTA.replace(",60000,", ",0,")).code == 0
    agree(here, monkeypatch, REPS, MANAGERS)
    ended = run()
    assert (ended.code, ended.json["left_out"]) == (3, ["R2"])
    [(where, what, fix)] = told(ended)
    assert where == "person R2"
    assert "R2 has no quota above zero for revenue" in what
    assert "which commission needs" in what
    assert "mend it and compute the run again" in fix
    assert paid(ended) == {"M1": "750", "R1": "6000"}


def test_a_payee_without_a_plan_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alpha = REPS.replace("{roles: [rep]}", "{roles: [rep], where: team = 'Alpha'}")
    assert load(here, person__csv=PERSON.replace("Moe,M1,Alpha", "Moe,M1,Beta")).code == 0
    agree(here, monkeypatch, alpha, MANAGERS)
    ended = run()
    assert (ended.code, ended.json["left_out"]) == (3, ["R2"])
    assert told(ended) == [
        (
            "plan of R2",
            "rep, and in no plan on 2026-03-31",
            "let a plan name them, or their role, team or region; or correct their row",
        )
    ]
    assert paid(ended) == {"M1": "750", "R1": "6000"}
    shown = wald("pay", "show", str(ended.json["run"]))
    assert "Left out: R2." in shown.err
    assert "plan of Moe (R2): rep, and in no plan on 2026-03-31" in shown.err


def test_who_is_in_two_plans_at_once_is_left_out(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = REPS.replace("name: reps", "name: more").replace("{roles: [rep]}", "{people: [R1]}")
    assert load(here).code == 0
    agree(here, monkeypatch, REPS, MANAGERS, second)
    ended = run()
    assert (ended.code, ended.json["left_out"]) == (3, ["R1"])
    assert told(ended) == [
        (
            "person R1",
            "two plans at once from 2026-01-01 on: more, version 1 and reps, version 1",
            "let one end, change who is eligible, or declare one to stand beside others",
        )
    ]
    assert paid(ended) == {"M1": "750", "R2": "1500"}


@pytest.mark.parametrize(
    ("files", "loads", "where", "what", "fix"),
    [
        (
            {"booking__csv": f"{BOOKING}B7,A1,R1,new_business,1000,GBP,2026-02-03\n"},
            3,
            "booking B7 of Max (R1)",
            "no rate from GBP into EUR is known on 2026-02-03: it is not credited",
            "load the exchange rate of that day",
        ),
        (
            {"booking__csv": f"{BOOKING}B7,A1,,new_business,1000,EUR,2026-02-03\n"},
            0,
            "booking B7",
            "booked on 2026-02-03, and nobody owns or shares it: nobody is paid on it",
            "give it an owner in the source, or load its split",
        ),
    ],
    ids=["no rate", "no owner"],
)
def test_a_deal_that_credits_nobody_is_named_and_all_are_paid_on_the_others(
    here: Path, monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str], loads: int, where: str, what: str, fix: str,
) -> None:  # fmt: skip
    assert load(here, **files).code == loads
    agree(here, monkeypatch, REPS, MANAGERS)
    ended = run()
    assert (ended.code, told(ended), ended.json["left_out"]) == (3, [(where, what, fix)], [])
    assert paid(ended) == PAID


def test_a_split_of_101_percent_is_told_twice_and_pays_nobody(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    splits = (
        "booking_split_id,booking_id,person_id,share,kind\n"
        "S1,B3,R1,0.50,split\nS2,B3,R2,0.51,split\n"
    )
    loaded = load(here, booking_split__csv=splits)
    assert loaded.code == 3
    assert "B3" in loaded.out
    agree(here, monkeypatch, REPS, MANAGERS)
    ended = run()
    assert ended.code == 3
    assert told(ended) == [
        (
            "booking B3 of Max (R1), Moe (R2)",
            "its shares come to 101.00 %: nobody is paid on it",
            "correct the shares, or call what goes beyond 100 % an overlay",
        )
    ]
    # Without the 30,000 of March: 10 % of 30,000, of 15,000, and 1 % of both.
    assert paid(ended) == {"M1": "450", "R1": "3000", "R2": "1500"}


def test_a_closed_period_is_not_paid_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(here).code == 0
    agree(here, monkeypatch, REPS, MANAGERS)
    number = str(run().json["run"])
    with monkeypatch.context() as other:
        other.setenv("LOGNAME", "fin")
        assert wald("pay", "release", number).code == 0
    ended = run()
    assert ended.code == 2
    said = refused(ended)["error"]
    assert f"2026-Q1 is closed: pay run {number} of 2026-Q1 was released on" in said
    assert "What has become known since is paid in the next run, from 2026-04-01 on." in said
    late = wald("pay", "run", "--period", "2026-05", "--json")
    assert "2026-05 leaves a gap" in refused(late)["error"]


def test_a_ring_in_the_hierarchy_is_told_and_everybody_is_paid_once(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = PERSON.replace("M1,1900-01-01,Mia,,", "M1,1900-01-01,Mia,R1,")
    load(here, person__csv=ring)
    agree(here, monkeypatch, REPS, MANAGERS)
    ended = run()
    assert (ended.code, ended.json["left_out"]) == (3, [])
    assert told(ended) == [
        (
            "manager of M1",
            "a ring from 2026-01-01: M1 reports to R1 reports to M1",
            "correct the manager of one of them; until then credits go round it once",
        )
    ]
    assert paid(ended) == PAID
