"""What people committed to half way through a window, beside what they booked by its end.

Source: docs/insights/commit_bias.md
"""

from sqlglot import exp

from wald.brain.detector import Night
from wald.brain.submitted import COMMIT
from wald.facts.as_of import day_literal
from wald.facts.reading import in_window, people_windows
from wald.facts.relations import converted, template

_SAID = ["submission_id", "person_id", "starts_on", "ends_on", "category", "submitted_at", "amount"]
_BOOKED = ["booking_id", "owner_id", "booked_on", "amount", "currency"]


def compose_windows(night: Night) -> exp.Select:
    """Return the SELECT of one row per person and window that is over: window_key, last_on,
    person_id, region, team, said, came (reporting currency), bias in hundredths of a per cent.

    Whoever others report to says it for them, and is left out; so is a window in which nothing was
    said and nothing came.
    """
    scene = night.scene
    submitted = scene.table("forecast_submission", [*_SAID, "currency"])
    said = template(
        """
        SELECT ranked.person_id, ranked.starts_on, ranked.ends_on, ranked.amount
          FROM (SELECT said.person_id, said.starts_on, said.ends_on, said.amount,
                       ROW_NUMBER() OVER (PARTITION BY said.person_id, said.starts_on, said.ends_on
                         ORDER BY said.submitted_at DESC, said.submission_id DESC) AS place
                  FROM said
                 WHERE said.category = :commit AND said.ends_on <= :day
                   AND DATE_DIFF('day', said.starts_on, CAST(said.submitted_at AS DATE)) * 2
                       <= DATE_DIFF('day', said.starts_on, said.ends_on)) AS ranked
         WHERE ranked.place = 1
        """,
        said=converted(submitted, ["amount"], exp.column("ends_on"), "forecast_submission", scene),
        commit=exp.Literal.string(COMMIT),
        day=day_literal(night.day),
    )
    bookings = scene.table("booking", _BOOKED)
    booked = converted(bookings, ["amount"], exp.column("booked_on"), "booking", scene)
    came = template(
        """
        SELECT said.person_id, said.starts_on, said.ends_on, said.amount AS said,
               CAST(COALESCE(SUM(booked.amount), 0) AS DECIMAL(18, 4)) AS came
          FROM said
          LEFT JOIN (SELECT DISTINCT manager_id FROM person) AS boss
            ON boss.manager_id = said.person_id
          LEFT JOIN booked ON booked.owner_id = said.person_id
           AND booked.booked_on >= said.starts_on AND booked.booked_on < said.ends_on
         WHERE boss.manager_id IS NULL
         GROUP BY said.person_id, said.starts_on, said.ends_on, said.amount
        """,
        said=said,
        person=scene.labels("person", ["manager_id"]),
        booked=booked,
    )
    told = template(
        """
        SELECT told.person_id, CAST(told.ends_on - 1 AS DATE) AS last_on, told.said, told.came,
               CONCAT(told.person_id, ' ', CAST(told.starts_on AS TEXT)) AS window_key,
               CAST(ROUND(20000 * CAST(told.said - told.came AS DOUBLE)
                    / CAST(told.said + told.came AS DOUBLE)) AS BIGINT) AS bias,
               person.region, person.team
          FROM told
        """,
        told=came,
    ).where(exp.column("said", "told") + exp.column("came", "told") > exp.Literal.number(0))
    person = exp.column("rep_id", "person").eq(exp.column("person_id", "told"))
    on = [person, *in_window(scene, exp.column("starts_on", "told"), "person")]
    people = people_windows(scene, ()).subquery("person", copy=False)
    return told.join(people, on=exp.and_(*on), join_type="left", copy=False)
