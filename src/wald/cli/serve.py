"""Serve the pages and the API to browsers and programs."""

import errno
import os
import socket
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from wald.cli.door import opened
from wald.cli.options import DEFAULT_HOME, Home
from wald.cli.output import say
from wald.cli.supervising import worker_beside
from wald.kernel.problem import Conflict, Refusal

SERVE_EXAMPLES = """\b
Examples:
  wald serve
  wald serve --port 8080 --home var/adventureworks
  wald serve --processes 2                        for many people at once, and more memory
  WALD_HOSTS=wald.example.org wald serve --host 0.0.0.0

\b
WALD_HOSTS names, with commas, under which names people may reach the pages; without it
only this machine's own. Ctrl-C ends it.
"""
LOCALHOST = "127.0.0.1"
DEFAULT_PORT = 8000
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound to
_THREADS = 4  # more only queue for the interpreter; the engine lets others run while it works
_PATIENCE = 60  # seconds to wait for the first answer before saying nothing

Host = Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")]
Port = Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Where to listen.")]


def serve(
    host: Host = LOCALHOST,
    port: Port = DEFAULT_PORT,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Others work: `wald worker` elsewhere.")
    ] = False,
    processes: Annotated[
        int,
        typer.Option(min=1, max=64, metavar="N", help="Processes that answer; each keeps its own."),
    ] = 1,
    home: Home = DEFAULT_HOME,
) -> None:
    """Serve the web pages and the REST API until Ctrl-C, and work in the background."""
    must_be_free(host, port)
    opened(home)
    with nullcontext() if no_worker else worker_beside(home):
        listen(host, port, home, processes)


def must_be_free(host: str, port: int) -> None:
    """Raise Conflict, naming a port that is free, if something listens already."""
    try:
        _bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                f"Port {port} of {host} is in use. Stop what uses it, or take another: "
                f"--port {_free_port(host)}"
            ) from error
        raise Refusal(f"Nothing can listen on {host} port {port}: {error.strerror}.") from error


def listen(host: str, port: int, home: Path, processes: int) -> None:
    """Serve the workspace in `home`, each process with several threads, until a signal."""
    import multiprocessing

    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    os.environ["WALD_HOME"] = str(home.expanduser().resolve())
    _let_answer(host)
    # A fresh process: a forked one would share this one's open database and its settings.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "wald.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )
    waiting = threading.Thread(target=_say_when_it_answers, args=(host, port), daemon=True)
    server.on_startup(waiting.start)
    server.serve()
    say("Wald has ended.")


def _let_answer(host: str) -> None:
    """Let the pages answer to the address they listen on, unless WALD_HOSTS says otherwise."""
    if "WALD_HOSTS" in os.environ:
        return
    if host in _EVERYWHERE:
        say("The pages answer only to this machine's own names; WALD_HOSTS gives them others.")
    elif host != LOCALHOST:
        shown = f"[{host}]" if ":" in host else host
        os.environ["WALD_HOSTS"] = f"127.0.0.1,localhost,[::1],{shown}"


def _bind(host: str, port: int) -> int:
    """Listen for a moment, and return the port: the one asked for, or for 0 a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def _free_port(host: str) -> int:
    for port in range(DEFAULT_PORT + 1, DEFAULT_PORT + 100):
        try:
            return _bind(host, port)
        except OSError:
            continue
    return _bind(host, 0)


def _say_when_it_answers(host: str, port: int) -> None:
    reached = LOCALHOST if host in _EVERYWHERE else host
    for _ in range(_PATIENCE * 10):
        try:
            socket.create_connection((reached, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            shown = f"[{reached}]" if ":" in reached else reached
            say(f"Wald is on http://{shown}:{port} until you press Ctrl-C.")
            return
