"""In which encoding a text file is written: stated, checked to the last byte, made UTF-8.

A file that is nearly UTF-8 is called broken, not Latin-1: reading it as Latin-1 would turn
every good accent of it into two wrong letters.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO

from charset_normalizer import from_bytes

from wald.kernel.problem import BadInput, Problem

_CHUNK = 8 * 1024 * 1024
_SAMPLE = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What exports of the western world come in; charset-normalizer chooses among them.
_SINGLE_BYTE = ["cp1252", "cp1250", "cp1251", "cp1254", "iso8859_15", "mac_roman", "cp437"]
_CLEARLY = 0.1  # more coherent by less than this may be chance
_UTF8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True, slots=True)
class Checked:
    """A text file that is known to decode: `path` holds it in UTF-8, `lines` line ends."""

    path: Path
    encoding: str
    lines: int


def open_bytes(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def open_text(path: Path, encoding: str) -> IO[str]:
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, newline="")


def sample(path: Path) -> bytes:
    with open_bytes(path) as stream:
        return stream.read(_SAMPLE)


def guess(start: bytes) -> str:
    """Name the encoding of a file that begins with `start`; `check` has the last word."""
    marked = _marked(start)
    if marked:
        return marked
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return _single_byte(start)
    return "utf-8"


def _marked(start: bytes) -> str:
    """Return the encoding that a byte order mark tells, or zeros at every second place."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return ""


def _single_byte(start: bytes) -> str:
    """Choose among encodings of one byte a letter: Windows' western one unless it reads badly."""
    matches = from_bytes(start, cp_isolation=_SINGLE_BYTE)
    best = matches.best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    western = next((match for match in matches if match.encoding == "cp1252"), None)
    if western is None or western.chaos > best.chaos:
        return best.encoding
    # Coherence is how much a text looks like a language; short texts look like none.
    return best.encoding if best.coherence > western.coherence + _CLEARLY else "cp1252"


def check(path: Path, given: str | None, scratch: Path) -> Checked:
    """Decode all of the file, and write it as UTF-8 into `scratch` if it is anything else.

    Raises BadInput that names the line of the first byte nobody can read.
    """
    encoding = given or _marked(sample(path)) or "utf-8"
    if encoding in _UTF8:
        lines = _scan(path, encoding)
        if isinstance(lines, int):
            return Checked(path, encoding, lines)
        if given or lines.is_mostly_utf8:
            raise _broken(path, encoding, lines.line)
        encoding = _single_byte(lines.around)
    return _transcoded(path, encoding, scratch)


@dataclass(frozen=True, slots=True)
class _Failure:
    line: int
    had_accents: bool  # were there good letters of several bytes before?
    around: bytes

    @property
    def is_mostly_utf8(self) -> bool:
        """Are there more good letters of several bytes than bytes that are no letter?"""
        decoded = self.around.decode("utf-8", errors="replace")
        bad = decoded.count("\ufffd")
        return self.had_accents or sum(letter > "\x7f" for letter in decoded) - bad > bad


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with open_bytes(path) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (EOFError, zlib.error, OSError) as error:
        problem = Problem(path.name, f"cannot be unpacked or read: {error}", "copy the file again")
        raise BadInput(f"{path.name} cannot be read.", [problem]) from error


def _scan(path: Path, encoding: str) -> _Failure | int:
    """Return the number of lines, or the first failure to decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    ends, last, had_accents = 0, b"\n", False
    for chunk in chain(_chunks(path), [b""]):
        try:
            decoded = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            around = error.object[max(0, error.start - _SAMPLE // 2) : error.start + _SAMPLE // 2]
            line = ends + good.count(b"\n") + 1
            return _Failure(line, had_accents or not good.isascii(), around)
        had_accents = had_accents or not decoded.isascii()
        ends += chunk.count(b"\n")
        last = chunk[-1:] or last
    return ends + (last != b"\n")


def _transcoded(path: Path, encoding: str, scratch: Path) -> Checked:
    target = scratch / f"{path.name}.utf8.csv"
    ends, last = 0, "\n"
    decoder = codecs.getincrementaldecoder(encoding)()
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in chain(_chunks(path), [b""]):
            try:
                decoded = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise _broken(path, encoding, ends + 1) from error
            out.write(decoded)
            ends += decoded.count("\n")
            last = decoded[-1:] or last
    return Checked(target, encoding, ends + (last != "\n"))


def _broken(path: Path, encoding: str, line: int) -> BadInput:
    problem = Problem(
        f"{path.name}:{line}",
        f"holds a byte that is not {encoding}",
        "save the file again as UTF-8, or name its encoding (--encoding cp1252)",
    )
    return BadInput(f"{path.name} cannot be read as {encoding}.", [problem])
