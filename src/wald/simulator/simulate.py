"""A whole invented company from one seed: every canonical table, and what is planted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.facts.tables import TABLES
from wald.simulator.agreed import agreed
from wald.simulator.blocks import TOUCHED, Chunk, chunks, drawn
from wald.simulator.days import day_of, number
from wald.simulator.late import told
from wald.simulator.markets import exchange_rate_table, product_table, stage_table
from wald.simulator.people import BLOCK_TEAMS, Staff, staff, team_count
from wald.simulator.persons import person_table, top_rows
from wald.simulator.plans import plans
from wald.simulator.planted import Planted, answers, plant
from wald.simulator.request import Request, requested
from wald.simulator.streams import Streams
from wald.simulator.windows import found_by

ANSWERS = "answers.json"  # says what is planted, and that all of it is invented
INVENTED = "Everything here is invented."
ENDS_ON = date(2026, 9, 30)  # last day of a history unless the caller says otherwise
_TOP = 1_000_000  # the block of what all blocks share
_MOST_KEYS = 10_000  # touched deals listed per problem; the count is always exact


@dataclass(frozen=True, slots=True)
class Simulated:
    """Tables by canonical name; answers and plans as plain JSON values."""

    tables: Mapping[str, pa.Table]
    answers: dict[str, object]
    plans: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class World:
    """A history that is fixed but not yet told: `chunks` tells it, block by block."""

    request: Request
    house: Staff  # the people of the first block
    planted: Planted

    def chunks(self) -> Iterator[Chunk]:
        """Yield (table name, rows); a table comes in many chunks, `touched` among them.

        `touched` is no canonical table: problem and opportunity_id, for `answers`.
        """
        request = self.request
        top = Streams(request.seed, _TOP)
        yield "stage", stage_table()
        yield "product", product_table()
        rates = exchange_rate_table(top, request.dawn, request.last, request.cut)
        yield "exchange_rate", rates
        rows = top_rows(request.dawn)
        yield "person", person_table(rows, request.company, request.seed, request.cut)
        for index in range(-(-team_count(request.reps) // BLOCK_TEAMS)):
            streams = Streams(request.seed, index)
            people = self.house if index == 0 else _staff(request, index)
            yield from chunks(drawn(streams, request, people, self.planted), request, self.planted)

    def answers(self, touched: Sequence[pa.Table]) -> dict[str, object]:
        """Return what is planted: where, from when, how strong, which deals it touched.

        `touched` are the chunks of that name.
        """
        request = self.request
        deals = pa.concat_tables(touched)
        found = self.problems
        for answer in found:
            mine = deals.filter(pc.field("problem") == answer["problem"])
            ids = mine["opportunity_id"].drop_null()
            answer["opportunities"] = {"count": len(ids), "ids": ids[:_MOST_KEYS].to_pylist()}
            answer["found_by"] = self._found_by(answer, mine["seen_on"])
        return {
            "notice": INVENTED,
            "company": request.company.key,
            "title": request.company.title,
            "seed": request.seed,
            "years": request.years,
            "scale": request.scale,
            "starts_on": day_of(request.first).isoformat(),
            "ends_on": day_of(request.cut).isoformat(),
            "problems": found,
            "late": told(deals, self.house, request),
        }

    @property
    def problems(self) -> list[dict[str, object]]:
        """Return what is planted and had begun by the day of the export."""
        return answers(self.planted, self.house, self.request.cut)

    def _found_by(self, answer: Mapping[str, object], seen_on: pa.ChunkedArray) -> str | None:
        starts = number(date.fromisoformat(str(answer["from"])))
        seen = seen_on.to_numpy().astype(np.int64)
        day = found_by(str(answer["problem"]), starts, seen, self.request.cut)
        return None if day is None else day_of(day).isoformat()

    @property
    def agreed(self) -> dict[str, object]:
        """Return what is agreed of stages and discounts on the day of the export; see `agreed`."""
        return agreed(self.planted.further, self.request.cut)

    @property
    def plans(self) -> list[dict[str, object]]:
        request = self.request
        problem = self.planted.plan_pays_margin_away
        return plans(request.company, request.first, problem, request.cut)


def world(
    *,
    company: str,
    seed: int,
    years: int,
    scale: float,
    planted: tuple[str, ...] | None = None,
    until: date | None = None,
    ends_on: date = ENDS_ON,
) -> World:
    """Return the history of a company; `planted` None means the company's own problems.

    `scale` 1 is 30 reps: in three years about 6,000 opportunities with 76,000 changes. Scale
    134 tells 10 million changes of 830,000 opportunities, scale 161 a million opportunities.
    `until` gives the export as it would have been taken at the end of that day. The same
    arguments give the same bytes. Raises BadInput, with every Problem, for what cannot be made.
    """
    request = requested(company, seed, years, scale, planted, until, ends_on)
    house = _staff(request, 0)
    return World(request, house, plant(request.switches, house, request.first, request.last))


def simulate_chunks(
    *,
    company: str,
    seed: int,
    years: int,
    scale: float,
    planted: tuple[str, ...] | None = None,
    until: date | None = None,
    ends_on: date = ENDS_ON,
) -> Iterator[Chunk]:
    """Yield (canonical table name, rows) in chunks that fit in memory; see `world`."""
    told = world(
        company=company,
        seed=seed,
        years=years,
        scale=scale,
        planted=planted,
        until=until,
        ends_on=ends_on,
    )
    return (chunk for chunk in told.chunks() if chunk[0] != TOUCHED)


def simulate(
    *,
    company: str,
    seed: int,
    years: int,
    scale: float,
    planted: tuple[str, ...] | None = None,
    until: date | None = None,
    ends_on: date = ENDS_ON,
) -> Simulated:
    """Return the whole company in memory; see `world`."""
    told = world(
        company=company,
        seed=seed,
        years=years,
        scale=scale,
        planted=planted,
        until=until,
        ends_on=ends_on,
    )
    parts: dict[str, list[pa.Table]] = {name: [] for name in (*TABLES, TOUCHED)}
    for name, rows in told.chunks():
        parts[name].append(rows)
    touched = parts.pop(TOUCHED)
    tables = {name: pa.concat_tables(rows).combine_chunks() for name, rows in parts.items()}
    return Simulated(tables, told.answers(touched), told.plans)


def _staff(request: Request, block: int) -> Staff:
    streams = Streams(request.seed, block)
    return staff(streams, request.company, request.reps, request.first, request.last)
