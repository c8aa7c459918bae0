"""Arrow columns from whole numbers are exact, and -1 is null where it stands for nothing."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa

from wald.simulator.columns import NOTHING, blank, dates, decimals, instants, keys, money, words

EPOCH = datetime.combine(date(1970, 1, 1), time.min)


def test_keys_are_padded_and_joined_by_dashes() -> None:
    made = keys("C", (np.array([7, 123]), 4), (np.array([0, 19]), 2))
    assert made.to_pylist() == ["C0007-00", "C0123-19"]


def test_keys_of_no_rows_are_no_keys() -> None:
    assert keys("C", (np.zeros(0, dtype=np.int64), 4)).to_pylist() == []


def test_decimals_keep_every_digit_and_the_sign() -> None:
    units = np.array([1, -123456, 900719925474099312])
    made = decimals(units, 4)
    assert made.type == pa.decimal128(18, 4)
    assert made.to_pylist() == [
        Decimal("0.0001"),
        Decimal("-12.3456"),
        Decimal("90071992547409.9312"),
    ]


def test_nothing_is_null() -> None:
    codes = np.array([NOTHING, 1])
    assert money(codes).to_pylist() == [None, Decimal("0.01")]
    assert dates(codes).to_pylist() == [None, date(1970, 1, 2)]
    assert instants(codes).to_pylist() == [None, EPOCH + timedelta(seconds=1)]
    assert words(("a", "b"), codes).to_pylist() == [None, "b"]


def test_blank_empties_the_named_rows_only() -> None:
    assert blank(pa.array(["a", "b"]), np.array([True, False])).to_pylist() == [None, "b"]
