"""Single bytes of the journal altered, one after the other: each is found, and where.

A journal of real entries stands in memory as the record database has it. A byte of a body, a
hash or a column is set to another value, `wald_verify` reads everything, the byte is put back.
Every tenth time an entry is gone, doubled, swapped with the next one, or the end is cut off.
"""

import random
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection, connect

import wald_verify
from tests.reliability.desk import served
from tests.reliability.result import Result

ENTRIES = 12
COLUMNS = ("body", "previous", "hash", "at", "who", "door", "action", "about")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
_MOST_WORDS = 20
_Entries = list[wald_verify.Entry]


def run(count: int, seed: int) -> Result:
    """Alter `count` times. `failed` counts what was not found, or found at another entry."""
    started, chance, faults = time.monotonic(), random.Random(seed), []  # noqa: S311  # a seed
    with closing(_journal()) as records:
        sound = [*wald_verify.read_records(records)]
        heads = wald_verify.gathered([(len(sound), sound[-1].hash or "")])
        for number in range(count):
            if number % 10 == 9:
                entries, seq, how = _moved(sound, chance)
            else:
                entries, seq, how = _altered(records, chance)
            fault = wald_verify.verify(entries, heads).fault
            if fault is None or fault.seq != seq:
                faults.append(f"{how} at entry {seq}: found {fault}")
        assert wald_verify.verify(wald_verify.read_records(records), heads).is_sound
    words = [f"a journal of {len(sound)} entries, any byte of it", *faults[:_MOST_WORDS]]
    return Result(count, len(faults), "\n".join(words), time.monotonic() - started)


def _altered(records: Connection, chance: random.Random) -> tuple[_Entries, int, str]:
    """Set one byte of the database to another value, read it, and put the byte back."""
    seq, column = chance.randint(1, ENTRIES), chance.choice(COLUMNS)
    where = f"SET {column} = CAST(? AS TEXT) WHERE seq = ?"
    read = f"SELECT CAST({column} AS BLOB) FROM records_journalentry WHERE seq = ?"
    (before,) = records.execute(read, (seq,)).fetchone()
    place = chance.randrange(len(before))
    byte = (before[place] + chance.randint(1, 255)) % 256
    after = before[:place] + bytes([byte]) + before[place + 1 :]
    records.execute(f"UPDATE records_journalentry {where}", (after, seq))
    entries = [*wald_verify.read_records(records)]
    records.execute(f"UPDATE records_journalentry {where}", (before, seq))
    return entries, seq, f"byte {place} of {column}, {before[place]} to {byte}"


def _moved(sound: _Entries, chance: random.Random) -> tuple[_Entries, int, str]:
    """Leave out, double or swap entries, or cut off the end."""
    place = chance.randrange(len(sound) - 1)
    how = chance.choice(("gone", "doubled", "swapped", "cut off"))
    made = {
        "gone": sound[:place] + sound[place + 1 :],
        "doubled": sound[: place + 1] + sound[place:],
        "swapped": [*sound[:place], sound[place + 1], sound[place], *sound[place + 2 :]],
        "cut off": sound[:place],
    }
    return made[how], place + 1, how


def _journal() -> Connection:
    """Return a copy in memory of records with entries of several people, about several things."""
    copy = connect(":memory:", isolation_level=None)
    with served() as home:
        from wald.actions.act import act
        from wald.kernel.actor import everything
        from wald.kernel.workspace import Workspace

        for number in range(ENTRIES):
            with act(
                actor=everything(f"person {number % 3}"),
                workspace=Workspace(home, "default"),
                at=AT + timedelta(seconds=number, microseconds=number % 2),
                permission="cases.work",
                action="test.note",
                about=f"case:{number} Ünïcode",
            ) as entry:
                entry.after = {"note": "x" * number}
        with closing(connect(home / "records.sqlite3")) as kept:
            kept.backup(copy)
    return copy
