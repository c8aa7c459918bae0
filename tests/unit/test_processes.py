"""Pieces are worked on by several processes, each once; what fails there is raised here."""

import os
import subprocess
import sys

import pytest

from wald.engine.processes import in_processes, made_in_processes

SCRIPT = """
from wald.engine.processes import in_processes
print("begun")
print(sorted(in_processes(abs, list(range(-9, 0)), processes=2)))
"""


def test_each_piece_is_done_once() -> None:
    assert sorted(in_processes(abs, list(range(-50, 0)), processes=3)) == list(range(1, 51))
    assert list(in_processes(abs, [-1, -2], processes=1)) == [1, 2]
    assert list(in_processes(abs, [], processes=4)) == []


def test_what_a_worker_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_processes(_inverse, [1, 0, 2, 4], processes=2))


def test_pieces_are_made_here_one_by_one() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return -number

    found = made_in_processes(abs, [1, 2, 3], make, processes=1)
    assert (next(found), made) == (1, [1])
    assert (list(found), made) == ([2, 3], [1, 2, 3])
    made.clear()
    assert sorted(made_in_processes(abs, [1, 2, 3, 4], make, processes=2)) == [1, 2, 3, 4]
    assert sorted(made) == [1, 2, 3, 4]


def test_a_piece_that_cannot_be_made_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(made_in_processes(abs, [1, 0, 2], lambda number: 1 // number, processes=2))


def test_what_cannot_be_sent_is_told() -> None:
    with pytest.raises(RuntimeError, match="has died"):
        list(in_processes(lambda piece: piece, [1, 2], processes=2))


def test_a_program_without_a_guard_is_not_run_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["begun", str(list(range(1, 10)))]


def test_workers_are_others() -> None:
    found = set(in_processes(_number, [1, 2, 3, 4], processes=2))
    assert os.getpid() not in found


def _inverse(piece: int) -> float:
    return 1 / piece


def _number(piece: int) -> int:
    return os.getpid()
