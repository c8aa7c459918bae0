"""Texts as plain words: small letters without marks, so that two spellings are one."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 64  # letters of a word; longer ones are no words of anybody
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text` in their order: `Café win_rate` is cafe, win, rate."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(word[:_LONGEST] for word in _WORD.findall(kept))


def words_without_figures(text: str) -> tuple[str, ...]:
    """Return the words that hold no digit: what is left when dates and numbers have changed."""
    return tuple(word for word in words_of(text) if not _DIGIT.search(word))


def is_unwritable(text: str) -> bool:
    """Does the text hold a sign that a database or a file cannot keep: NUL, half a character?"""
    return _UNWRITABLE.search(text) is not None
