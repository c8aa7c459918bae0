"""Bulk to be paid: 5,000 people, bookings, splits and quotas of a year, as canonical Parquet.

Half of the reps have three levels above them and half one, and every twentieth booking is shared
by two, so a million bookings give about three million credits. Every column is a function of the
row number alone.
"""

from pathlib import Path

import duckdb

PAYEES = 5_000
MANAGERS = 401  # one above all, 20 below, 380 below those
BOOKINGS = 1_000_000

REPS = """\
document: compensation_plan
name: reps
starts_on: 2025-01-01
owner: bench
reason: To be measured
content:
  currency: EUR
  target_incentive: 60000
  eligible: {{roles: [rep]}}
  credits:
    - {{name: deals, kind: split}}
{components}"""
MANAGERS_PLAN = """\
document: compensation_plan
name: managers
starts_on: 2025-01-01
owner: bench
reason: To be measured
content:
  currency: EUR
  target_incentive: 90000
  eligible: {{roles: [manager]}}
  credits:
    - {{name: team, kind: roll_up, levels: 3}}
{components}"""
COMPONENTS = """\
  measures:
    - {key: revenue, quota: bookings}
    - {key: new_business, where: type = 'new_business'}
  components:
    - key: commission
      measure: revenue
      tiered_rate:
        tiers:
          - {starts_at: 0, rate: 0.01}
          - {starts_at: 1, rate: 0.015}
    - key: kicker
      measure: new_business
      attainment_by: revenue
      accelerator:
        rate: 0.002
        steps:
          - {starts_at: 1, times: 1.5}
    - key: base
      measure: new_business
      flat_rate: {rate: 0.001}
    - key: curve
      measure: revenue
      payout_curve:
        points:
          - {attainment: 0.5, payout: 0.25}
          - {attainment: 1, payout: 1}
          - {attainment: 1.5, payout: 2}
    - key: bonus
      measure: revenue
      every: quarter
      resets: quarter
      goal_bonus: {amount: 2000}
    - key: ceiling
      cap: {amount: 25000}
"""
# The same people and rules; each deal is looked at, and held until the customer has paid.
CASH = """\
    - {{name: cash, kind: {kind}, credited: collected, events: [paid]{more}}}
"""
DEAL_COMPONENTS = """\
  measures:
    - {key: sales, rules: [deals], where: event <> 'cancelled'}
    - {key: cancelled, rules: [deals], where: event = 'cancelled'}
    - {key: margin, value: amount * 0.25, rules: [deals], where: event <> 'cancelled'}
    - {key: cash, rules: [cash]}
  components:
    - key: commission
      measure: sales
      margin_rate:
        margin: margin
        pays_on: credit
        bands:
          - {starts_at: 0.1, rate: 0.01}
          - {starts_at: 0.2, rate: 0.015}
    - key: bonus
      measure: sales
      spiff: {amount: 50, per: deal, at_least: 9000}
    - key: clawback
      measure: sales
      clawback: {cancelled: cancelled, method: pro_rata, within: 365, of: [commission]}
    - key: hold
      measure: sales
      hold: {collected: cash, of: [commission]}
"""
PLANS = (
    REPS.format(components=COMPONENTS),
    MANAGERS_PLAN.format(components=COMPONENTS),
)


DEAL_PLANS = (
    REPS.format(components=CASH.format(kind="split", more="") + DEAL_COMPONENTS),
    MANAGERS_PLAN.format(
        components=CASH.format(kind="roll_up", more=", levels: 3") + DEAL_COMPONENTS
    ).replace("name: team", "name: deals"),
)


def payments_of(bookings: int) -> dict[str, str]:
    """Return the SELECTs of what customers paid, in full and later, and of what they cancelled."""
    return {
        "payment": f"""
            SELECT 'y' || i AS payment_id, 'b' || i AS booking_id,
                   DATE '2025-01-01' + CAST(hash(i, 'd') % 365 AS INT) + 30 AS paid_on,
                   CAST(1000 + hash(i, 'm') % 900000 / 100.0 AS DECIMAL(18, 4)) AS amount,
                   'EUR' AS currency
              FROM range({bookings}) AS r(i)""",
        "cancellation": f"""
            SELECT 'c' || i AS cancellation_id, 'b' || i AS booking_id,
                   DATE '2025-01-01' + CAST(hash(i, 'd') % 365 AS INT) + 60 AS cancelled_on,
                   CAST(1000 + hash(i, 'm') % 900000 / 100.0 AS DECIMAL(18, 4)) AS amount,
                   'EUR' AS currency
              FROM range({bookings}) AS r(i) WHERE i % 100 = 7""",
    }


def files_of(bookings: int, payees: int = PAYEES) -> dict[str, str]:
    """Return the SELECT of each table."""
    reps = payees - MANAGERS
    return {
        "person": f"""
            SELECT 'p' || i AS person_id, DATE '1900-01-01' AS valid_from, 'Person ' || i AS name,
                   CASE WHEN i = 0 THEN NULL WHEN i <= 20 THEN 'p0'
                        WHEN i < {MANAGERS} THEN 'p' || (1 + i % 20)
                        WHEN i % 2 = 0 THEN 'p' || (21 + i % {MANAGERS - 21})
                        ELSE 'p0' END AS manager_id,
                   'Team ' || (i % 50) AS team, 'Region ' || (i % 5) AS region,
                   CASE WHEN i < {MANAGERS} THEN 'manager' ELSE 'rep' END AS role
              FROM range({payees}) AS r(i)""",
        "account": """
            SELECT 'a' || i AS account_id, 'Account ' || i AS name, 'SMB' AS segment
              FROM range(1000) AS r(i)""",
        "booking": f"""
            SELECT 'b' || i AS booking_id, 'a' || (i % 1000) AS account_id,
                   'p' || ({MANAGERS} + hash(i, 'p') % {reps}) AS owner_id,
                   CASE WHEN hash(i, 't') % 3 = 0 THEN 'renewal' ELSE 'new_business' END AS type,
                   DATE '2025-01-01' + CAST(hash(i, 'd') % 365 AS INT) AS booked_on,
                   CAST(1000 + hash(i, 'm') % 900000 / 100.0 AS DECIMAL(18, 4)) AS amount,
                   'EUR' AS currency
              FROM range({bookings}) AS r(i)""",
        "booking_split": f"""
            SELECT 's' || i || '-' || n AS booking_split_id, 'b' || i AS booking_id,
                   'p' || ({MANAGERS} + hash(i, 'p', n) % {reps}) AS person_id,
                   CAST(0.5 AS DECIMAL(9, 6)) AS share, 'split' AS kind
              FROM range({bookings}) AS r(i), range(2) AS s(n) WHERE i % 20 = 0""",
        "quota": f"""
            SELECT 'q' || i AS quota_id, 'p' || i AS person_id, DATE '2025-01-01' AS starts_on,
                   DATE '2026-01-01' AS ends_on,
                   CAST(CASE WHEN i < {MANAGERS} THEN 20000000 ELSE 1100000 END
                        AS DECIMAL(18, 4)) AS amount,
                   'EUR' AS currency
              FROM range({payees}) AS r(i)""",
    }


def write_pay_world(
    folder: Path, bookings: int, payees: int = PAYEES, *, with_payments: bool = False
) -> None:
    """Write the files below `folder`."""
    folder.mkdir(parents=True)
    more = payments_of(bookings) if with_payments else {}
    with duckdb.connect() as connection:
        for name, text in (files_of(bookings, payees) | more).items():
            target = folder / f"{name}.parquet"
            connection.execute(f"COPY ({text}) TO '{target}' (FORMAT parquet)")
