"""What the rail of every page counts, in one query: it is asked more often than anything else."""

from dataclasses import dataclass
from datetime import date

from django.db import connections

from wald.kernel.policy import GRANTS
from wald.records.stores.cases import ASKED


@dataclass(frozen=True, slots=True)
class Counts:
    """Open cases that wait for somebody, notices they have not read; is anything invented?"""

    waiting: int
    unread: int
    is_invented: bool


def counts_of(name: str, *, on: date, database: str) -> Counts:
    """Return what there is for a user on a day: theirs, and of those they stand in for."""
    connection = connections[database]
    invented = _INVENTED["sqlite" if connection.vendor == "sqlite" else "postgresql"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_COUNTS}, EXISTS ({invented})", [name, *_WORKERS, name, on, on, f"{ASKED}:", name]
        )
        had, asked, unread, is_invented = cursor.fetchone()
    return Counts(had + asked, unread, bool(is_invented))


_WORKERS = tuple(role.value for role, grants in GRANTS.items() if "cases.work" in grants)
# As in `delegations.owners_of` and in what `case_lists` calls mine; CROSS JOIN keeps SQLite from
# beginning with all open cases.
_COUNTS = f"""WITH own(name) AS (
    SELECT CAST(%s AS TEXT)
    UNION SELECT d.owner FROM records_delegation d
    JOIN auth_user u ON u.username = d.owner AND u.is_active
    JOIN records_profile p ON p.user_id = u.id AND p.role IN ({", ".join(["%s"] * len(_WORKERS))})
    WHERE d.delegate = %s AND d.ended_at IS NULL AND d.starts_on <= %s AND d.ends_on > %s
)
SELECT
    (SELECT count(*) FROM own CROSS JOIN records_case c
     WHERE c.is_open IN (TRUE) AND c.assignee = own.name),
    (SELECT count(DISTINCT c.id) FROM own CROSS JOIN records_caselink l CROSS JOIN records_case c
     WHERE l.target = CAST(%s AS TEXT) || own.name AND c.id = l.case_id
       AND c.is_open AND c.assignee NOT IN (SELECT name FROM own)),
    (SELECT count(*) FROM records_notice WHERE name = %s AND read_at IS NULL)"""  # noqa: S608  # parameters alone
_INVENTED = {
    "sqlite": """SELECT 1 FROM records_load WHERE state = 'published' AND undone_at IS NULL
        AND json_extract(report, '$.is_invented') = 1""",
    "postgresql": """SELECT 1 FROM records_load WHERE state = 'published' AND undone_at IS NULL
        AND report @> '{"is_invented": true}'""",
}
