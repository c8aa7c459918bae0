"""A million deals with ten million changes as canonical Parquet or CSV files, made by SQL.

The simulator makes a company that behaves; this makes bulk, in seconds and the same each time.
"""

from pathlib import Path

import duckdb

DEALS = 1_000_000
CHANGES_PER_DEAL = 10
PEOPLE = 2_000
ACCOUNTS = 100_000

# hash(i, 'x') % n is the dice; every column below is a function of the row number alone.
_FILES = {
    "person": f"""
        SELECT 'p' || i AS person_id, DATE '1900-01-01' AS valid_from, 'Person ' || i AS name,
               CASE WHEN i >= 50 THEN 'p' || (i % 50) END AS manager_id,
               'Team ' || (i % 50) AS team,
               'Region ' || (i % 5) AS region, 'rep' AS role
          FROM range({PEOPLE}) AS r(i)""",
    "account": f"""
        SELECT 'a' || i AS account_id, 'Account ' || i AS name,
               ['SMB', 'Mid-Market', 'Enterprise'][CAST(1 + hash(i, 's') % 3 AS BIGINT)] AS segment,
               'Industry ' || (hash(i, 'n') % 12) AS industry, 'Country ' || (i % 20) AS country
          FROM range({ACCOUNTS}) AS r(i)""",
    "product": """
        SELECT 'd' || i AS product_id, 'Product ' || i AS name, 'Family ' || (i % 4) AS family
          FROM range(20) AS r(i)""",
    "stage": """
        SELECT * FROM (VALUES ('Discovery', 1, 'open', 0.1), ('Proposal', 2, 'open', 0.4),
                              ('Negotiation', 3, 'open', 0.7), ('Won', 4, 'won', 1.0),
                              ('Lost', 5, 'lost', 0.0))
                      AS s(stage, position, outcome, probability)""",
    "opportunity": f"""
        SELECT 'o' || i AS opportunity_id, 'Deal ' || i AS name,
               'a' || (hash(i, 'a') % {ACCOUNTS}) AS account_id,
               'p' || (hash(i, 'p') % {PEOPLE}) AS owner_id,
               'd' || (hash(i, 'd') % 20) AS product_id,
               CASE dice WHEN 0 THEN 'Negotiation' WHEN 1 THEN 'Won' ELSE 'Lost' END AS stage,
               CASE dice WHEN 0 THEN 'open' WHEN 1 THEN 'won' ELSE 'lost' END AS outcome,
               CAST(1000 + hash(i, 'm') % 900000 / 10.0 AS DECIMAL(18, 4)) AS amount,
               'EUR' AS currency,
               CAST([0.7, 1.0, 0.0][CAST(1 + dice AS BIGINT)] AS DECIMAL(9, 6)) AS probability,
               CAST(opened_on AS DATE) + 120 AS close_on, opened_on AS created_at,
               CASE WHEN dice > 0
                    THEN CAST(opened_on AS DATE) + CAST(20 + hash(i, 'c') % 100 AS INT)
               END AS closed_on
          FROM (SELECT i, hash(i, 'o') % 3 AS dice,
                       TIMESTAMP '2023-01-01'
                           + INTERVAL (CAST(hash(i, 't') % 900 AS INT)) DAY AS opened_on
                  FROM range({DEALS}) AS r(i))""",
    "opportunity_change": f"""
        SELECT 'c' || i || '-' || n AS change_id, 'o' || i AS opportunity_id,
               CASE WHEN n % 3 = 0 THEN 'stage' WHEN n % 3 = 1 THEN 'amount'
                    ELSE 'close_on' END AS field,
               CASE WHEN n % 3 = 0 THEN ['Discovery', 'Proposal', 'Negotiation'][1 + n // 3 % 3]
                    WHEN n % 3 = 1 THEN CAST(1000 + n * 10 AS VARCHAR) || '.5000'
                    ELSE CAST(DATE '2023-03-01' + CAST(n AS INT) AS VARCHAR) END AS old,
               CASE WHEN n % 3 = 0 THEN ['Proposal', 'Negotiation', 'Won'][1 + n // 3 % 3]
                    WHEN n % 3 = 1 THEN CAST(1000 + (n + 1) * 10 AS VARCHAR) || '.5000'
                    ELSE CAST(DATE '2023-03-01' + CAST(n + 5 AS INT) AS VARCHAR) END AS new,
               TIMESTAMP '2023-01-01' + INTERVAL (CAST(hash(i, 't') % 900 AS INT)) DAY
                   + INTERVAL (n * 200) HOUR + INTERVAL (i % 3600) SECOND AS changed_at
          FROM range({DEALS}) AS r(i), range({CHANGES_PER_DEAL}) AS s(n)""",
    "booking": f"""
        SELECT 'b' || i AS booking_id, 'o' || i AS opportunity_id,
               'a' || (hash(i, 'a') % {ACCOUNTS}) AS account_id,
               'p' || (hash(i, 'p') % {PEOPLE}) AS owner_id,
               DATE '2023-01-01' + CAST(hash(i, 't') % 900 + 20 + hash(i, 'c') % 100 AS INT)
                   AS booked_on,
               CAST(1000 + hash(i, 'm') % 900000 / 10.0 AS DECIMAL(18, 4)) AS amount,
               'EUR' AS currency
          FROM range({DEALS}) AS r(i) WHERE hash(i, 'o') % 3 = 1""",
}


def write_big_world(folder: Path, *, form: str = "parquet") -> None:
    """Write the files below `folder`, as "parquet" or "csv"."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for name, select in _FILES.items():
            path = folder / f"{name}.{form}"
            rows = connection.sql(select)
            if form == "csv":
                rows.write_csv(str(path))
            else:
                rows.write_parquet(str(path), compression="zstd")
