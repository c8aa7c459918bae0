"""`wald pay` on plain files, and `wald plan`: exact amounts, who is left out, what differs."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.plan_texts import PLAN
from tests.terminal import Ended, wald

MANAGERS = """\
document: compensation_plan
name: managers
starts_on: 2026-01-01
content:
  currency: EUR
  eligible: {roles: [manager]}
  credits: [{name: team, kind: roll_up}]
  measures: [{key: team_revenue}]
  components:
    - {key: override, measure: team_revenue, flat_rate: {rate: 0.01}}
"""
CREDITS = """\
payee,credited_on,amount,deal
ana,2026-01-15,60000,d1
ana,2026-02-15,80000,d2
ben,2026-01-20,10000.10,d3
"""
QUOTAS = """\
payee,starts_on,ends_on,amount
ana,2026-01-01,2027-01-01,120000
ben,2026-01-01,2026-12-31,120000
cid,2026-01-01,2026-12-31,120000
"""
PEOPLE = """\
payee,name,role,manager
ana,Ana,rep,mia
ben,Ben,rep,mia
cid,Cid,rep,
mia,Mia,manager,
"""


def run(folder: Path, *words: str, **texts: str) -> Ended:
    """Run `wald pay` with files of these texts; credits and quotas are there anyway."""
    given = []
    for kind, text in ({"plan": PLAN, "credits": CREDITS, "quotas": QUOTAS} | texts).items():
        if text:
            end = "yaml" if kind == "plan" else "csv"
            path = folder / f"{kind}.{end}"
            path.write_text(text)
            given += [f"--{kind}", str(path)]
    return wald("pay", *given, *words)


def paid(ended: Ended) -> dict[str, str]:
    return {one["payee"]: one["total"] for one in ended.json["payees"]}


def test_a_plan_pays_credits_to_the_cent(tmp_path: Path) -> None:
    """Ana: 120,000 x 5 % + 20,000 x 8 % = 7,600; Ben: 10,000.10 x 5 % = 500.005, up to 500.01."""
    ended = run(tmp_path, "--json")
    assert ended.code == 0
    assert paid(ended) == {"ana": "7600.00", "ben": "500.01", "cid": "0.00"}
    ana = ended.json["payees"][0]
    assert ana["currency"] == "EUR"
    assert ana["lines"] == [
        {"component": "commission", "period": "2026-01", "reason": "from 0 % of quota",
         "base": "60000", "rate": "0.05", "amount": "3000.00", "kind": ""},
        {"component": "commission", "period": "2026-02", "reason": "from 0 % of quota",
         "base": "60000", "rate": "0.05", "amount": "3000.00", "kind": ""},
        {"component": "commission", "period": "2026-02", "reason": "from 100 % of quota",
         "base": "20000", "rate": "0.08", "amount": "1600.00", "kind": ""},
    ]  # fmt: skip
    assert [(one["period"], one["total"]) for one in ana["periods"]] == [
        ("2026-01", "3000.00"),
        ("2026-02", "4600.00"),
    ]


def test_lines_and_periods_add_up_to_the_total(tmp_path: Path) -> None:
    for payee in run(tmp_path, "--json").json["payees"]:
        lines = sum((Decimal(one["amount"]) for one in payee["lines"]), Decimal(0))
        periods = sum((Decimal(one["total"]) for one in payee["periods"]), Decimal(0))
        assert lines == periods == Decimal(payee["total"])


def test_a_period_shows_what_it_paid_and_counts_what_came_before(tmp_path: Path) -> None:
    ended = run(tmp_path, "--period", "2026-02", "--json")
    assert paid(ended) == {"ana": "4600.00", "ben": "0.00", "cid": "0.00"}
    assert ended.json["period"] == "2026-02"


def test_the_table_is_for_people(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert "ana: 7600.00 EUR by reps" in ended.out
    assert "from 100 % of quota" in ended.out


@pytest.mark.parametrize("end", ["json", "parquet"])
def test_json_and_parquet_pay_the_same(tmp_path: Path, end: str) -> None:
    rows = [dict(zip(CREDITS.splitlines()[0].split(","), line.split(","), strict=True))
            for line in CREDITS.splitlines()[1:]]  # fmt: skip
    path = tmp_path / f"rows.{end}"
    if end == "json":
        path.write_text(json.dumps(rows))
    else:
        exact = [row | {"amount": Decimal(row["amount"])} for row in rows]
        pq.write_table(pa.Table.from_pylist(exact), path)
    (tmp_path / "p.yaml").write_text(PLAN)
    (tmp_path / "q.csv").write_text(QUOTAS)
    words = ("--plan", str(tmp_path / "p.yaml"), "--quotas", str(tmp_path / "q.csv"))
    assert paid(wald("pay", *words, "--credits", str(path), "--json"))["ana"] == "7600.00"


def test_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    head, *rows = CREDITS.splitlines()
    turned = "\n".join([head, *reversed(rows)])
    assert paid(run(tmp_path, "--json", credits=turned)) == paid(run(tmp_path, "--json"))


def test_managers_are_paid_on_what_rolls_up_to_them(tmp_path: Path) -> None:
    """1 % of 60,000 + 80,000 + 10,000.10 = 1,500.00 (600.00 + 100.00 in January, 800.00)."""
    (tmp_path / "m.yaml").write_text(MANAGERS)
    ended = run(tmp_path, "--plan", str(tmp_path / "m.yaml"), "--json", people=PEOPLE)
    assert ended.code == 0
    assert paid(ended)["mia"] == "1500.00"


@pytest.mark.parametrize(
    ("texts", "left_out", "told"),
    [
        ({"credits": CREDITS + "eve,2026-01-15,1,d9\n", "people": PEOPLE}, ["eve"],
         "row 5 of eve: nobody of that name is among the people"),
        ({"people": PEOPLE.replace("ben,Ben,rep", "ben,Ben,analyst")}, ["ben"],
         "row 4 of ben: ben is in no plan: no plan is for the role analyst"),
        ({"credits": CREDITS.replace("ben,2026-01-20,10000.10", "ben,2026-01-20,ten")}, ["ben"],
         "row 4 of ben, amount: 'ten' is not a number"),
        ({"credits": CREDITS.replace("ben,2026-01-20", "ben,2026-02-30")}, ["ben"],
         "row 4 of ben, credited_on: '2026-02-30' is not a day"),
        ({"credits": CREDITS.replace("ben,2026", ",2026")}, [],
         "row 4, payee: nobody is named for this credit"),
        ({"quotas": QUOTAS.replace("ben,2026-01-01,2026-12-31,120000",
                                   "ben,2026-01-01,2026-12-31,0")}, ["ben"],
         "row 3 of ben, amount: a quota of 0 gives no attainment"),
        ({"quotas": QUOTAS.replace("ben", "bob")}, ["ben"],
         "commission needs a quota for revenue in 2026, and there is none"),
        ({"people": PEOPLE + "ana,Ana,rep,\n"}, ["ana"], "row 6 of ana, payee: stands twice"),
        ({"people": PEOPLE.replace("mia,Mia,manager,", "mia,Mia,manager,cid").replace(
            "cid,Cid,rep,", "cid,Cid,rep,mia")}, [],
         "the hierarchy is a ring: cid reports to mia reports to cid"),
    ],
)  # fmt: skip
def test_who_cannot_be_paid_rightly_is_left_out_and_told(
    tmp_path: Path, texts: dict[str, str], left_out: list[str], told: str
) -> None:
    ended = run(tmp_path, "--json", **texts)
    assert ended.code == 3
    assert ended.json["left_out"] == left_out
    problems = [f"{one['where']}: {one['what']}" for one in ended.json["problems"]]
    assert any(told in one for one in problems), problems
    assert all(one["fix"] for one in ended.json["problems"])
    assert set(paid(ended)) & set(left_out) == set()
    if "ana" not in left_out:
        assert paid(ended)["ana"] == "7600.00", "the others are paid as ever"


SPLIT = """\
payee,credited_on,amount,deal,share
ana,2026-01-15,1000,d1,0.5
ben,2026-01-15,1000,d1,{share}
cid,2026-01-15,1000,d2,
"""


def test_a_split_of_101_percent_pays_nobody_on_it(tmp_path: Path) -> None:
    ended = run(tmp_path, "--json", credits=SPLIT.format(share="0.51"))
    assert ended.code == 3
    assert ended.json["left_out"] == ["ana", "ben"]
    assert "come to 101 %" in ended.json["problems"][0]["what"]
    assert paid(ended) == {"cid": "50.00"}
    fair = run(tmp_path, "--json", credits=SPLIT.format(share="0.50"))
    assert paid(fair) == {"ana": "25.00", "ben": "25.00", "cid": "50.00"}


def test_a_manager_above_a_row_that_cannot_be_read_is_left_out_too(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MANAGERS)
    bad = CREDITS.replace("10000.10", "ten")
    ended = run(tmp_path, "--plan", str(tmp_path / "m.yaml"), "--json", people=PEOPLE, credits=bad)
    assert ended.json["left_out"] == ["ben", "mia"]


def test_a_ring_leaves_its_members_out_where_credits_roll_up(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MANAGERS)
    ring = PEOPLE.replace("mia,Mia,manager,", "mia,Mia,manager,ana")
    ended = run(tmp_path, "--plan", str(tmp_path / "m.yaml"), "--json", people=ring)
    assert ended.json["left_out"] == ["ana", "mia"]
    assert set(paid(ended)) == {"ben", "cid"}


RATES = (
    "from_currency,to_currency,starts_on,rate\nUSD,EUR,2026-01-01,0.90\nUSD,EUR,2026-02-01,0.80\n"
)


def test_another_currency_needs_a_rate(tmp_path: Path) -> None:
    """1,000 USD of 20 January at 0.90 is 900 EUR, of which 5 % is 45."""
    usd = "payee,credited_on,amount,deal,currency\nben,2026-01-20,1000,d1,USD\n"
    usd += "ana,2026-01-20,100,d2,\n"
    without = run(tmp_path, "--json", credits=usd)
    assert without.json["left_out"] == ["ben"]
    assert "no exchange rate from USD to EUR" in without.json["problems"][0]["what"]
    assert paid(without)["ana"] == "5.00"
    assert paid(run(tmp_path, "--json", credits=usd, rates=RATES))["ben"] == "45.00"


def test_the_same_person_in_two_plans_is_left_out_unless_they_allow_it(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(PLAN.replace("name: reps", "name: others"))
    ended = run(tmp_path, "--plan", str(other), "--json", people=PEOPLE)
    assert ended.json["payees"] == []
    assert "is in 2 plans at once: reps, others" in ended.json["problems"][0]["what"]
    beside = PLAN.replace("  eligible", "  beside_others: true\n  eligible")
    other.write_text(beside.replace("name: reps", "name: others"))
    both = run(tmp_path, "--plan", str(other), "--json", people=PEOPLE, plan=beside)
    assert [one["plan"] for one in both.json["payees"] if one["payee"] == "ana"] == [
        "others",
        "reps",
    ]


def test_versions_of_a_plan_hold_one_after_the_other(tmp_path: Path) -> None:
    """A new version from February: its counter goes on, its rate is 10 % for what comes now."""
    new = tmp_path / "new.yaml"
    new.write_text(PLAN.replace("2026-01-01", "2026-02-01").replace("rate: 0.05", "rate: 0.10"))
    ended = run(tmp_path, "--plan", str(new), "--json")
    assert paid(ended)["ana"] == "10600.00"  # 3,000 + 60,000 x 10 % + 20,000 x 8 %


def test_each_day_is_credited_by_the_rules_of_its_version(tmp_path: Path) -> None:
    """From February only renewals are credited: of January's 60,000 and February's, the first."""
    new = tmp_path / "new.yaml"
    only = "  credits: [{name: direct, where: type = 'renewal'}]\n  measures:"
    new.write_text(PLAN.replace("2026-01-01", "2026-02-01").replace("  measures:", only))
    ended = run(tmp_path, "--plan", str(new), "--json")
    assert paid(ended)["ana"] == "3000.00"


PAYMENTS = "deal,paid_on,amount\nd1,2026-02-10,15000\nd1,2026-03-10,45000\n"


@pytest.mark.parametrize(
    ("credited", "months"),
    [("collected", {"2026-02": "750.00", "2026-03": "2250.00"}), ("paid", {"2026-03": "3000.00"})],
)
def test_payments_bring_credits_in(tmp_path: Path, credited: str, months: dict[str, str]) -> None:
    """60,000 at 5 % is 3,000: as a quarter and three quarters of it, or when all is there."""
    plan = PLAN.replace(
        "  measures:", f"  credits: [{{name: cash, credited: {credited}}}]\n  measures:"
    )
    without = run(tmp_path, "--json", plan=plan)
    assert without.code == 2
    assert "no payments are given" in without.err
    ended = run(tmp_path, "--json", plan=plan, payments=PAYMENTS)
    ana = next(one for one in ended.json["payees"] if one["payee"] == "ana")
    paid_in = {one["period"]: one["total"] for one in ana["periods"] if one["total"] != "0.00"}
    assert paid_in == months


HELD = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
content:
  currency: EUR
  credits: [{name: deals}, {name: cash, credited: collected}]
  measures: [{key: sales, rules: [deals]}, {key: collected, where: event = 'paid'}]
  components:
    - {key: commission, measure: sales, flat_rate: {rate: 0.10}}
    - {key: hold, measure: sales, hold: {collected: collected}}
"""


def test_pay_is_held_until_the_customer_pays(tmp_path: Path) -> None:
    """1,000 earned on 10,000 in two bookings; 4,000 come in in February, 6,000 in March."""
    credits = "payee,credited_on,amount,deal\nana,2026-01-15,7000,d1\nana,2026-01-16,3000,d1\n"
    payments = "deal,paid_on,amount\nd1,2026-02-10,4000\nd1,2026-03-10,6000\n"
    ended = run(tmp_path, "--json", plan=HELD, credits=credits, payments=payments, quotas="")
    (ana,) = ended.json["payees"]
    assert {one["period"]: one["total"] for one in ana["periods"]} == {
        "2026-01": "0.00",
        "2026-02": "400.00",
        "2026-03": "600.00",
    }
    assert ana["total"] == "1000.00"


def test_own_rates_targets_and_days_come_from_people(tmp_path: Path) -> None:
    plan = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
content:
  currency: EUR
  measures: [{key: revenue}]
  components:
    - {key: commission, measure: revenue, flat_rate: {rate: 0.05}}
"""
    people = "payee,starts_on,ends_on,rates\nana,,,commission=0.10\nben,2026-02-01,,\n"
    ended = run(tmp_path, "--json", plan=plan, people=people, quotas="")
    assert paid(ended) == {"ana": "14000.00", "ben": "0.00"}
    assert "when ben is not in the plan" in ended.json["problems"][0]["what"]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"plan": PLAN.replace("starts_at: 0,", "starts_at: 0.2,")}, "no band covers"),
        ({"plan": PLAN.replace("rate: 0.08", "rate: 8")}, "8 pays more than was sold"),
        ({"plan": PLAN.replace("compensation_plan", "working_hours")}, "is no type of document"),
        (
            {"credits": CREDITS.replace("amount", "sum")},
            '"where": "credits.csv, amount"',
        ),
        ({"credits": ""}, "--credits"),
    ],
)
def test_what_cannot_be_used_at_all_pays_nobody(
    tmp_path: Path, texts: dict[str, str], told: str
) -> None:
    ended = run(tmp_path, "--json", **texts)
    assert ended.code == 2
    assert told in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'payee,"amount\n', b"a,b\n1,2,3\n"])
@pytest.mark.parametrize("end", ["csv", "json", "parquet"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes, end: str) -> None:
    path = tmp_path / f"bad.{end}"
    path.write_bytes(content)
    (tmp_path / "p.yaml").write_text(PLAN)
    ended = wald("pay", "--plan", str(tmp_path / "p.yaml"), "--credits", str(path))
    assert ended.code == 2
    assert "cannot be read" in ended.err
