"""What a run says of deals that credit nobody: deal, people, cure; all others are paid."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from tests.paying_runs import ANA, BOOKING, MANAGERS, REPS, Payroll, page_of, paid, payroll
from tests.plain_crediting import credits as looped
from wald.engine.layers import read_layer
from wald.facts.tables import TABLES
from wald.kernel.workspace import Workspace
from wald.queries.pay import pay_of
from wald.queries.pay_basis import basis_of, pinned
from wald.queries.pay_people import plans_in
from wald.records.stores.pay import KeptRun

BAD = BOOKING + "\n".join(
    (
        "X1,A1,R1,new_business,100,EUR,2026-01-04",
        "X2,A1,,new_business,100,EUR,2026-02-02",
        "X3,A1,R2,new_business,100,GBP,2026-02-03",
        "X4,A1,,new_business,100,EUR,2026-02-05",
        "X5,A1,R1,new_business,100,GBP,2026-02-05",
        "",
    )
)
SPLITS = """\
booking_split_id,booking_id,person_id,share,kind
S1,X1,R1,0.5,split
S2,X1,R2,0.51,split
S3,X4,R1,1,split
S4,X2,R1,0.1,overlay
"""
CANCELLED = """\
cancellation_id,booking_id,cancelled_on,amount,currency
C1,B1,2026-03-01,100,USD
"""
RATES = "from_currency,to_currency,valid_from,rate\nGBP,EUR,2026-02-04,1.2\n"
WRONG = {
    "booking__csv": BAD,
    "booking_split__csv": SPLITS,
    "cancellation__csv": CANCELLED,
    "exchange_rate__csv": RATES,
}


def told(run: KeptRun) -> list[str]:
    return [f"{one.where}: {one.what}" for one in run.problems]


def test_deals_that_credit_nobody_are_named_and_everybody_is_paid(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, **WRONG)
    run = desk.run("2026-Q1")
    assert told(run) == [
        "booking B1 of Max (R1): a cancellation of it is in USD, the booking in EUR: not counted",
        "booking X1 of Max (R1), Moe (R2): its shares come to 101.00 %: nobody is paid on it",
        "booking X2: booked on 2026-02-02, and nobody owns or shares it: nobody is paid on it",
        "booking X3 of Moe (R2): no rate from GBP into EUR is known on 2026-02-03: "
        "it is not credited",
    ]
    assert {one.where: one.fix for one in run.problems}["booking X2"] == (
        "give it an owner in the source, or load its split"
    )
    # Max: 10 % of 60,000 + 100 shared + 120 in pounds; Mia 1 % of his and of the 15,000 of Moe.
    assert paid(desk, run) == {"R1": 6022, "R2": 1500, "M1": Decimal("752.2")}
    assert page_of(desk, run).problems == run.problems


def test_a_fault_of_a_closed_period_is_told_until_it_is_mended(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, **WRONG)
    desk.paid("2026-Q1")
    assert len(desk.run("2026-04").problems) == 4
    desk.until(2026, 5, 1).load(
        booking__csv=BAD.replace("X2,A1,,", "X2,A1,R2,"),
        booking_split__csv=SPLITS.replace("0.51", "0.5"),
        cancellation__csv=CANCELLED.replace("USD", "EUR"),
        exchange_rate__csv=RATES.replace("2026-02-04", "2026-02-01"),
    )
    run = desk.run("2026-04")
    assert told(run) == []
    # Max: half of X1, 100 of B1 cancelled; Moe: the other half, X2 and 120 of X3.
    assert paid(desk, run) == {"R1": -5, "R2": 27, "M1": Decimal("2.2")}


def test_of_many_deals_twenty_are_named_the_newest_and_the_others_counted(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    many = "".join(
        f"N{number:02},A1,,new_business,1,EUR,2026-01-{number:02}\n" for number in range(1, 26)
    )
    run = payroll(tmp_path, sqlite_home, booking__csv=BOOKING + many).run("2026-Q1")
    assert [one.where for one in run.problems] == [
        *(f"booking N{number:02}" for number in range(6, 26)),
        "bookings",
    ]
    assert run.problems[-1].what == "5 more bookings have no owner"


def test_two_plans_of_one_currency_tell_a_fault_once_and_of_two_each(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    dollars = MANAGERS.replace("currency: EUR", "currency: USD")
    files = {"booking__csv": BAD, "exchange_rate__csv": RATES}
    run = payroll(tmp_path, sqlite_home, REPS, dollars, **files).run("2026-Q1")
    rates = Counter(one.what.partition(" is known")[0] for one in run.problems)
    owners = "booked on 2026-02-0{}, and nobody owns or shares it: nobody is paid on it"
    assert rates == {
        "no rate from EUR into USD": 9,
        "no rate from GBP into EUR": 1,
        "no rate from GBP into USD": 2,
        owners.format(2): 1,
        owners.format(5): 1,
    }


def test_who_is_paid_for_what_they_own_cares_for_no_share(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    owners = REPS.replace("kind: split", "kind: direct")
    run = payroll(tmp_path, sqlite_home, owners, **WRONG).run("2026-Q1")
    assert [one.split(" ")[1].strip(":") for one in told(run)] == ["B1", "X2", "X3", "X4"]


def test_the_credits_of_a_run_are_those_of_a_plain_loop(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, **WRONG)
    run = desk.run("2026-Q1")
    world = world_of(desk, run)
    paid_by = {"R1": "reps", "R2": "reps", "M1": "managers"}
    for plan in (one.plan for one in plans_in(sqlite_home, basis_of(run.inputs))):
        wanted = [
            row
            for row in looped(world, plan, run.starts_on, run.ends_on)
            if paid_by.get(row["person_id"]) == plan.key
        ]
        path = sqlite_home.home / "pay" / "runs" / str(run.run_id) / "credit.parquet"
        found = [row for row in read_layer(path).to_pylist() if row["plan"] == plan.version]
        assert len(found) > 5
        columns = [name for name in found[0] if name != "plan"]
        assert [{name: row[name] for name in columns} for row in found] == [
            {name: row[name] for name in columns}
            for row in sorted(wanted, key=lambda row: (
                row["person_id"], row["credited_on"], row["credit_id"]))
        ]  # fmt: skip


def test_the_credits_of_a_statement_are_those_of_the_run(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, **WRONG)
    run = desk.run("2026-Q1")
    found = pay_of(actor=ANA, workspace=sqlite_home, run_id=run.run_id, person_id="R1").credits
    told = {one.deal_id: (one.amount, one.is_held) for one in found.values()}
    assert told == {
        "B1": (10000, False), "B2": (20000, False), "B3": (30000, False),
        "X1": (50, True), "X4": (100, False), "X5": (120, False),
    }  # fmt: skip
    one = found["deals/X4/booked/R1/S3"]
    assert (one.kind.value, one.event.value, str(one.booked_on)) == (
        "split",
        "booked",
        "2026-02-05",
    )


def world_of(desk: Payroll, run: KeptRun) -> dict[str, list[dict[str, object]]]:
    """Return what is stored, table by table, read past the SELECTs."""
    stored = pinned(
        basis_of(run.inputs), database=desk.workspace.database, root=desk.workspace.facts
    )
    return {
        name: [
            row
            for part in stored.parts(name)
            for row in pq.read_table(desk.workspace.facts / part.path).to_pylist()
        ]
        for name in TABLES
    }
