"""Workers for the campaign that kills them: started from nothing, or forked from a warm process.

Usage: python -m tests.reliability.worker_nest HOME. The job that waits in HOME is done by a first
child, which tells what it imported; the nest imports the same, says "ready", and then forks a
worker for each home that stands on a line of its input: "worker PID", and "ended" when it is gone.
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Protocol, TypeAlias

Nest: TypeAlias = subprocess.Popen[bytes]
_WORDS = ("worker", "--until-idle", "--home")


class Worker(Protocol):
    """A `wald worker` that is at work; `usual` is how many seconds it needs, about."""

    usual: float

    def is_over(self) -> bool: ...

    def kill(self) -> bool:
        """Kill -9, and wait until it is gone; False if it was gone before."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait until it ends by itself. Raises TimeoutError."""
        ...


@contextmanager
def nested(home: Path) -> Iterator[Nest]:
    """Give a warm process; `home` is a workspace in which a job waits."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.worker_nest", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,  # so that what was said and not read yet is seen by select
    ) as nest:
        assert _said(nest) == "ready"
        yield nest
        _stream(nest.stdin).close()


@contextmanager
def started(home: Path, nest: Nest | None) -> Iterator[Worker]:
    """Give a worker of `home`, from nothing or out of the nest; afterwards it is gone."""
    worker = _Cold(home) if nest is None else _Forked(home, nest)
    try:
        yield worker
    finally:
        worker.kill()


class _Cold:
    usual = 2.0

    def __init__(self, home: Path) -> None:
        environment = {**os.environ, "WALD_HOME": str(home)}
        words = [sys.executable, "-m", "wald", *_WORDS, str(home)]
        self._process = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)

    def is_over(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> bool:
        was_there = not self.is_over()
        self._process.kill()
        return self._process.wait() == -signal.SIGKILL and was_there

    def wait(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError from error


class _Forked:
    usual = 0.6

    def __init__(self, home: Path, nest: Nest) -> None:
        self._nest, self._end = nest, ""
        _stream(nest.stdin).write(f"{home}\n".encode())
        self._pid = int(_said(nest).removeprefix("worker "))

    def is_over(self) -> bool:
        """Has the nest said that it is gone?"""
        with suppress(TimeoutError):
            self.wait(0)
        return bool(self._end)

    def kill(self) -> bool:
        if self.is_over():
            return False
        os.kill(self._pid, signal.SIGKILL)  # still the nest's child, which nobody has waited for
        self._end = _said(self._nest)
        return self._end == "ended -9"

    def wait(self, seconds: float) -> None:
        if self._end:
            return
        if not select.select([_stream(self._nest.stdout)], [], [], seconds)[0]:
            raise TimeoutError
        self._end = _said(self._nest)


def _said(nest: Nest) -> str:
    return _stream(nest.stdout).readline().decode().strip()


def _stream(given: IO[bytes] | None) -> IO[bytes]:
    assert given is not None
    return given


def main() -> None:
    names = Path(sys.argv[1]) / "imported"
    os.waitpid(_forked(Path(sys.argv[1]), names), 0)
    for name in names.read_text().split():
        with suppress(ImportError):  # some are made while others are imported
            import_module(name)
    _tell("ready")
    for line in sys.stdin:
        child = _forked(Path(line.strip()))
        _tell(f"worker {child}")
        _, status = os.waitpid(child, 0)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


def _forked(home: Path, names: Path | None = None) -> int:
    """Fork a worker of `home`, which may write down what it has imported; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        from wald.cli.main import app

        os.environ["WALD_HOME"] = str(home)
        app([*_WORDS, str(home)], standalone_mode=False)
        if names is not None:
            names.write_text("\n".join(sorted(sys.modules)))
        code = 0
    finally:
        os._exit(code)


def _tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    from tests.reliability.desk import prepared

    prepared()
    main()
