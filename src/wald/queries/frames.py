"""Answers as Arrow tables: typed columns, and in the schema what must be said beside them."""

import json

import pyarrow as pa

from wald.facts.question import Answer
from wald.kernel.money import minor_units
from wald.kernel.unit import Unit
from wald.queries.measure import RowsBehind
from wald.queries.plain import answer_json

_PRECISION = 38
_SCALES = {Unit.RATIO: 6, Unit.DAYS: 2, Unit.HOURS: 2, Unit.AVERAGE: 2}


def answer_frame(answer: Answer) -> pa.Table:
    """Return one column of text per dimension, and `value`: int64 for counts, else a decimal.

    The schema's metadata hold metric, unit, currency, as_of, known_at, period and notes.
    """
    columns = {
        name: pa.array([row.key[place] for row in answer.rows], pa.string())
        for place, name in enumerate(answer.by)
    }
    columns["value"] = pa.array([row.value for row in answer.rows], _value_type(answer))
    return pa.table(columns).replace_schema_metadata(_told(answer))


def rows_frame(found: RowsBehind) -> pa.Table:
    """Return the rows behind a number as the engine typed them, with the answer's metadata."""
    return found.rows.replace_schema_metadata(_told(found.answer))


def _value_type(answer: Answer) -> pa.DataType:
    if answer.unit is Unit.COUNT:
        return pa.int64()
    if answer.unit is Unit.MONEY:
        return pa.decimal128(_PRECISION, minor_units(answer.currency or ""))
    return pa.decimal128(_PRECISION, _SCALES[answer.unit])


def _told(answer: Answer) -> dict[str, str]:
    told = answer_json(answer)
    told.pop("rows")
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in told.items()
        if value is not None
    }
