"""Bulk to be forecast: deals that move through stages, are pushed and end, over nine quarters.

Every column is a function of the row number alone. Deals that move fast win more often, and what
is due soon ends sooner: there is something to learn, and all of it can be read from changes.
"""

from datetime import date
from pathlib import Path

import duckdb

DEALS = 100_000
REPS, TEAMS = 200, 20
FIRST, LAST = date(2022, 10, 15), date(2025, 2, 10)
BOOKED_FROM = date(2023, 1, 1)  # the first quarter that the data hold
QUARTERS = 8  # over by LAST, from BOOKED_FROM on

# hash(i, 'x') % n is the dice. `lasts` is the whole course in days, `steps` how many stages a
# deal comes through, `due` the day first expected.
_DEAL = """
CREATE TABLE deal AS
SELECT *, opened_on + lasts AS ends_on, opened_on + lasts <= DATE '{last}' AS is_over,
       CASE WHEN quick AND hash(i, 'w') % 10 < 6 OR NOT quick AND hash(i, 'w') % 10 < 2
            THEN 'won' ELSE 'lost' END AS result,
       CAST(1000 + exp((hash(i, 'm') % 4000) / 1000.0) * 1500 AS DECIMAL(18, 4)) AS amount,
       'p' || (1 + {teams} + hash(i, 'p') % {reps}) AS owner_id
  FROM (SELECT i, hash(i, 'q') % 3 = 0 AS quick,
               DATE '{first}' + CAST(hash(i, 't') % {days} AS INT) AS opened_on,
               CAST(15 + (hash(i, 'l') % 100) * (1 + hash(i, 'k') % 100 / 100.0)
                    * CASE WHEN hash(i, 'q') % 3 = 0 THEN 0.6 ELSE 1 END AS INT) AS lasts
          FROM range({deals}) AS r(i))"""
_STEP = """
CREATE TABLE step AS
SELECT *, CASE WHEN on_day = ends_on THEN CASE result WHEN 'won' THEN 'Won' ELSE 'Lost' END
               ELSE ['Discovery', 'Proposal', 'Negotiation', 'Contract'][n + 1] END AS stage,
       CASE WHEN n > 0 THEN ['Discovery', 'Proposal', 'Negotiation', 'Contract'][n] END AS was
  FROM (SELECT deal.*, n,
               CASE WHEN result = 'lost' AND n > 1 + hash(i, 's') % 3 OR n = 4 THEN ends_on
                    ELSE opened_on + CAST(lasts * n / 4 AS INT) END AS on_day,
               result = 'lost' AND n > 2 + hash(i, 's') % 3 AS is_beyond
          FROM deal, range(5) AS s(n))
 WHERE NOT is_beyond AND on_day <= DATE '{last}'"""
_PUSH = """
CREATE TABLE push AS
SELECT deal.*, n, opened_on + 60 + CAST(45 * n AS INT) AS due_on,
       opened_on + 60 + CAST(45 * (n - 1) AS INT) AS was_due_on
  FROM deal, range(6) AS s(n)
 WHERE n = 0 OR opened_on + 60 + CAST(45 * (n - 1) AS INT)
                < least(ends_on, DATE '{last}' + 1)"""
_FILES = {
    "person": """
        SELECT 'p' || i AS person_id, DATE '1900-01-01' AS valid_from, 'Person ' || i AS name,
               CASE WHEN i = 0 THEN NULL WHEN i <= {teams} THEN 'p0'
                    ELSE 'p' || (1 + i % {teams}) END AS manager_id,
               'Team ' || CASE WHEN i <= {teams} THEN i ELSE 1 + i % {teams} END AS team,
               CASE WHEN i = 0 THEN 'leader' WHEN i <= {teams} THEN 'manager'
                    ELSE 'rep' END AS role
          FROM range({people}) AS r(i)""",
    "account": """
        SELECT 'a' || i AS account_id, 'Account ' || i AS name,
               ['SMB', 'Mid-Market', 'Enterprise'][CAST(1 + hash(i, 's') % 3 AS BIGINT)] AS segment
          FROM range(5000) AS r(i)""",
    "stage": """
        SELECT * FROM (VALUES ('Discovery', 1, 'open', 0.1, 'pipeline'),
                              ('Proposal', 2, 'open', 0.3, 'pipeline'),
                              ('Negotiation', 3, 'open', 0.5, 'best_case'),
                              ('Contract', 4, 'open', 0.8, 'commit'),
                              ('Won', 5, 'won', 1.0, 'closed'), ('Lost', 6, 'lost', 0.0, 'omitted'))
                      AS s(stage, position, outcome, probability, forecast_category)""",
    "opportunity": """
        SELECT 'o' || i AS opportunity_id, 'a' || (hash(i, 'a') % 5000) AS account_id, owner_id,
               CASE WHEN hash(i, 'y') % 3 = 0 THEN 'expansion' ELSE 'new_business' END AS type,
               ['web', 'partner', 'event'][CAST(1 + hash(i, 'u') % 3 AS BIGINT)] AS lead_source,
               stood.stage, CASE WHEN is_over THEN result ELSE 'open' END AS outcome, amount,
               'EUR' AS currency, CASE WHEN is_over THEN ends_on ELSE due.due_on END AS close_on,
               CAST(opened_on AS TIMESTAMP) + INTERVAL 8 HOUR AS created_at,
               CASE WHEN is_over THEN ends_on END AS closed_on
          FROM deal JOIN (SELECT i, arg_max(stage, n) AS stage FROM step GROUP BY 1) stood USING (i)
          JOIN (SELECT i, max(due_on) AS due_on FROM push GROUP BY 1) due USING (i)""",
    "opportunity_change": """
        SELECT 'c' || row_number() OVER (ORDER BY i, field, changed_at) AS change_id, *
                 EXCLUDE (i)
          FROM (SELECT i, 'o' || i AS opportunity_id, 'stage' AS field, was AS old, stage AS new,
                       CAST(on_day AS TIMESTAMP) + INTERVAL 9 HOUR AS changed_at
                  FROM step WHERE n > 0
                UNION ALL
                SELECT i, 'o' || i, 'outcome', 'open', result,
                       CAST(ends_on AS TIMESTAMP) + INTERVAL 9 HOUR FROM deal WHERE is_over
                UNION ALL
                SELECT i, 'o' || i, 'closed_on', NULL, CAST(ends_on AS VARCHAR),
                       CAST(ends_on AS TIMESTAMP) + INTERVAL 9 HOUR FROM deal WHERE is_over
                UNION ALL
                SELECT i, 'o' || i, 'close_on', CAST(due_on AS VARCHAR), CAST(ends_on AS VARCHAR),
                       CAST(ends_on AS TIMESTAMP) + INTERVAL 9 HOUR
                  FROM deal JOIN (SELECT i, max(due_on) AS due_on FROM push GROUP BY 1) USING (i)
                 WHERE is_over AND due_on <> ends_on
                UNION ALL
                SELECT i, 'o' || i, 'close_on', CAST(was_due_on AS VARCHAR),
                       CAST(due_on AS VARCHAR), CAST(was_due_on AS TIMESTAMP) + INTERVAL 9 HOUR
                  FROM push WHERE n > 0
                UNION ALL
                SELECT i, 'o' || i, 'amount', CAST(amount + 500 AS VARCHAR),
                       CAST(amount AS VARCHAR),
                       CAST(opened_on AS TIMESTAMP) + INTERVAL 249 HOUR
                  FROM deal WHERE hash(i, 'x') % 3 = 0 AND opened_on + 10 < DATE '{last}')""",
    "activity": """
        SELECT 'v' || i || '-' || n AS activity_id, 'o' || i AS opportunity_id, 'call' AS kind,
               owner_id AS person_id,
               CAST(opened_on + CAST(n * 14 AS INT) AS TIMESTAMP) + INTERVAL 10 HOUR AS happened_at
          FROM deal, range(4) AS s(n)
         WHERE opened_on + CAST(n * 14 AS INT) < least(ends_on, DATE '{last}' + 1)""",
    "booking": """
        SELECT 'b' || i AS booking_id, 'o' || i AS opportunity_id,
               'a' || (hash(i, 'a') % 5000) AS account_id, owner_id, ends_on AS booked_on,
               CAST(amount * (90 + hash(i, 'z') % 20) / 100 AS DECIMAL(18, 4)) AS amount,
               'EUR' AS currency
          FROM deal WHERE is_over AND result = 'won' AND ends_on >= DATE '{booked}'""",
    "quota": """
        SELECT 'q' || i || '-' || n AS quota_id, 'p' || (1 + {teams} + i) AS person_id,
               DATE '{booked}' + to_months(CAST(3 * n AS INT)) AS starts_on,
               DATE '{booked}' + to_months(CAST(3 * n + 3 AS INT)) AS ends_on,
               CAST(400000 AS DECIMAL(18, 4)) AS amount, 'EUR' AS currency
          FROM range({reps}) AS r(i), range({quarters} + 1) AS s(n)""",
    "forecast_submission": """
        SELECT 's' || i || '-' || n || '-' || w AS submission_id, 'p' || (1 + i) AS person_id,
               DATE '{booked}' + to_months(CAST(3 * n AS INT)) AS starts_on,
               DATE '{booked}' + to_months(CAST(3 * n + 3 AS INT)) AS ends_on,
               'commit' AS category,
               CAST(DATE '{booked}' + to_months(CAST(3 * n AS INT)) AS TIMESTAMP)
                   + to_days(CAST(7 * w + 2 AS INT)) AS submitted_at,
               CAST(CASE WHEN i < {teams} THEN 10 ELSE 1 END
                    * (250000 + hash(i, n) % 100000 + 5000 * w) AS DECIMAL(18, 4)) AS amount,
               'EUR' AS currency
          FROM range({teams} + {reps}) AS r(i), range({quarters}) AS s(n), range(13) AS t(w)""",
}


def write_forecast_world(folder: Path, deals: int = DEALS) -> None:
    """Write the tables below `folder` as Parquet files."""
    folder.mkdir(parents=True)
    words = {
        "deals": deals,
        "reps": REPS,
        "teams": TEAMS,
        "people": 1 + TEAMS + REPS,
        "first": FIRST,
        "last": LAST,
        "booked": BOOKED_FROM,
        "days": (LAST - FIRST).days,
        "quarters": QUARTERS,
    }
    with duckdb.connect() as connection:
        for text in (_DEAL, _STEP, _PUSH):
            connection.execute(text.format(**words))
        for name, text in _FILES.items():
            path = folder / f"{name}.parquet"
            connection.execute(f"COPY ({text.format(**words)}) TO '{path}' (FORMAT parquet)")
