"""The first wall: what a text may be made of, checked without recursion before it is parsed.

Whatever the grammar has no use for stops here with its place: comments, semicolons, brackets
within brackets without end, unknown functions, words of SQL that belong to whole statements.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wald.kernel.problem import Problem
from wald.language.place import character, unknown_column, unknown_function, unknown_parameter
from wald.language.types import SqlType
from wald.language.vocabulary import FUNCTIONS, KEYWORDS, MEASURE_KEYWORDS, MEASURES, RESERVED

LONGEST = 4_000  # characters; a page of conditions
DEEPEST = 16  # brackets within brackets; the parser needs some thirty frames for each

_PIECE = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<comment>--|/\*)
  | (?P<text>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")+")
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
  | (?P<word>[^\W\d]\w*)
  | (?P<parameter>:[^\W\d]\w*)
  | (?P<sign>::|<=|>=|<>|!=|\|\||[=<>+\-*/(),])
    """,
    re.VERBOSE,
)

_CURES = {
    "comment": "leave comments out",
    ";": "write one expression, without a semicolon",
    "'": "close the text with '; write '' for a quote within it",
    '"': 'close the name with "',
    ".": "name the column alone, and write numbers as 0.5",
    "%": "leave it out, or put it into a text for LIKE",
    **dict.fromkeys(
        "`\u2018\u2019\u201a\u201c\u201d\u201e", "write ' around texts and \" around names"
    ),
}
_STATEMENTS = RESERVED | MEASURE_KEYWORDS | MEASURES  # words of more than one row's value
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Piece:
    kind: str  # the group of _PIECE it matched
    text: str
    start: int  # offset from 0


@dataclass(frozen=True, slots=True)
class Names:
    """What a text may name."""

    columns: Mapping[str, SqlType]
    parameters: Mapping[str, SqlType]
    measures: bool  # may it aggregate?

    @property
    def known_columns(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.columns)

    @property
    def functions(self) -> frozenset[str]:
        return FUNCTIONS | MEASURES if self.measures else FUNCTIONS

    @property
    def keywords(self) -> frozenset[str]:
        return KEYWORDS | MEASURE_KEYWORDS if self.measures else KEYWORDS


def walls(text: str) -> Iterator[Problem]:
    """Yield what forbids reading the text at all: length, characters, brackets."""
    if len(text) > LONGEST:
        what = f"the text has {len(text):,} characters, more than {LONGEST:,}"
        yield Problem(character(LONGEST), what, "split it, or use IN lists")
        return
    if not text.strip():
        yield Problem(character(0), "the text is empty", "write an expression")
        return
    if strange := _UNPRINTABLE.search(text):
        what = f"a character that cannot be printed ({ord(strange[0]):#06x})"
        yield Problem(character(strange.start()), what, "delete it")
        return
    pieces, problem = cut(text)
    if problem is not None:
        yield problem
    yield from _brackets(pieces, whole=problem is None)


def foreign(text: str, names: Names) -> Iterator[Problem]:
    """Yield a Problem for each function and word that has no place in a text within the walls."""
    pieces, _ = cut(text)
    columns = names.known_columns
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        upper, where = piece.text.upper(), character(piece.start)
        is_called = following is not None and following.text == "("
        if piece.kind != "word" or upper in names.keywords:
            continue
        if upper in _STATEMENTS and not (is_called and upper in names.functions):
            if is_called or piece.text.lower() not in columns:
                what = f"{upper} has no place in {'a measure' if names.measures else 'one row'}"
                yield Problem(where, what, "write one expression over columns")
        elif is_called and upper not in names.functions:
            yield unknown_function(piece.text, where, names.functions)


def unknown(text: str, names: Names) -> Iterator[Problem]:
    """Yield a Problem for each unknown column and parameter; reading on may find more."""
    pieces, _ = cut(text)
    columns = names.known_columns
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        where = character(piece.start)
        if piece.kind == "parameter" and piece.text[1:] not in names.parameters:
            yield unknown_parameter(piece.text[1:], where, names.parameters)
        elif piece.kind == "quoted" and _bare(piece.text).lower() not in columns:
            yield unknown_column(_bare(piece.text), where, names.columns)
        elif piece.kind == "word" and (following is None or following.text != "("):
            out = names.keywords | _STATEMENTS
            if piece.text.lower() not in columns and piece.text.upper() not in out:
                yield unknown_column(piece.text, where, names.columns)


def cut(text: str) -> tuple[list[Piece], Problem | None]:
    """Cut a text into pieces without the space between; stop at what is no piece."""
    pieces: list[Piece] = []
    offset = 0
    while offset < len(text):
        found = _PIECE.match(text, offset)
        if found is None or found.lastgroup == "comment":
            return pieces, _stray(text, offset, None if found is None else found.lastgroup)
        if found.lastgroup is not None and found.lastgroup != "space":
            pieces.append(Piece(found.lastgroup, found[0], offset))
        offset = found.end()
    return pieces, None


def _bare(quoted: str) -> str:
    return quoted[1:-1].replace('""', '"')


def _stray(text: str, offset: int, kind: str | None) -> Problem:
    sign = text[offset : offset + 2] if kind else text[offset]
    if kind is None and sign.isdigit():
        number = re.compile(r"[\w.]+").match(text, offset)
        what = f"{number[0] if number else sign} is not a number"
        return Problem(character(offset), what, "write numbers as 1500 or 0.5")
    cure = _CURES.get(kind or sign, "use letters, digits, quotes and the signs of SQL")
    return Problem(character(offset), f"{sign} has no place here", cure)


def _brackets(pieces: list[Piece], whole: bool) -> Iterator[Problem]:
    """Check nesting; a CASE counts as a bracket. `whole`: the end of the text was reached."""
    opened: list[Piece] = []
    for piece in pieces:
        sign = piece.text.upper() if piece.kind in ("sign", "word") else ""
        if sign in ("(", "CASE"):
            opened.append(piece)
        elif sign in (")", "END") and opened:
            opened.pop()
        elif sign == ")":
            yield Problem(character(piece.start), "this bracket closes nothing", "delete it")
            return
        if len(opened) > DEEPEST:
            what = f"more than {DEEPEST} brackets within brackets"
            yield Problem(character(piece.start), what, "write it flatter")
            return
    if opened and whole:
        what = f"{opened[-1].text} is never closed"
        cure = "add )" if opened[-1].text == "(" else "add END"
        yield Problem(character(opened[-1].start), what, cure)
