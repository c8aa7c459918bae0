"""The glossary holds the words that the product uses, in order, one sentence each."""

import re

from tests.house.tree import ROOT
from wald.facts.metric import metrics
from wald.facts.tables import TABLES

_ENTRIES = re.findall(
    r"^- \*\*(.+?)\*\*: (.+?)$",
    (ROOT / "GLOSSARY.md").read_text().replace("\n  ", " "),
    re.MULTILINE,
)
_WORDS = [word for word, _ in _ENTRIES]


def test_stands_in_the_order_of_the_alphabet() -> None:
    assert sorted(_WORDS, key=str.casefold) == _WORDS


def test_each_word_has_one_sentence() -> None:
    assert [
        word
        for word, sentence in _ENTRIES
        if not re.fullmatch(r"[^.]*(\.json`?)?[^.]*\.", sentence)
    ] == []


def test_every_table_has_its_word() -> None:
    assert {name.replace("_", " ").capitalize() for name in TABLES} - set(_WORDS) == set()


def test_every_metric_has_its_word() -> None:
    assert {metric.title for metric in metrics().values()} - set(_WORDS) == set()
