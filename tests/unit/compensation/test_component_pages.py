"""The plan on the page of each component is one that can be written, without a Problem."""

import re
from textwrap import indent

import pytest

from tests.house.tree import ROOT
from wald.documents.document import document_types
from wald.documents.reading import read
from wald.heart.compensation.component import components

_MEASURES = "revenue sales cancelled cash renewals new_product margin team items".split()


@pytest.mark.parametrize("key", components())
def test_its_example_is_a_sound_plan(key: str) -> None:
    page = (ROOT / components()[key].source).read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    measures, found, entries = example.partition("components:\n")
    if not found:
        measures, entries = "", indent(example, "  ")
    given = re.findall(r"- \{?key: (\w+)", measures)
    others = [name for name in _MEASURES if name not in given]
    text = "\n".join(
        [
            "document: compensation_plan",
            "name: trial",
            "starts_on: 2026-01-01",
            "content:",
            "  currency: EUR",
            "  target_incentive: 12000",
            "  measures:",
            *(f"    - {{key: {name}, yearly_quota: 12000}}" for name in others),
            *indent(measures.partition("measures:\n")[2], "  ").splitlines(),
            "  components:",
            *([] if "key: commission" in entries else
              ["    - {key: commission, measure: revenue, flat_rate: {rate: 0.1}}"]),
            indent(entries, "  "),
        ]
    )  # fmt: skip
    assert [str(one) for one in read(text, document_types()).problems] == []


@pytest.mark.parametrize(
    ("every", "of", "found"),
    [
        ("month", "", ["components[1].every"]),
        ("month", ", of: [commission]", ["components[1].every"]),
        ("quarter", "", []),
        ("year", "", []),
    ],
)
def test_what_looks_at_deals_pays_no_more_often_than_what_pays_on_them(
    every: str, of: str, found: list[str]
) -> None:
    text = f"""\
document: compensation_plan
name: trial
starts_on: 2026-01-01
content:
  currency: EUR
  measures:
    - {{key: sales, where: event <> 'cancelled'}}
    - {{key: cancelled, where: event = 'cancelled'}}
  components:
    - {{key: commission, measure: sales, every: quarter, flat_rate: {{rate: 0.1}}}}
    - key: clawback
      measure: sales
      every: {every}
      clawback: {{cancelled: cancelled{of}}}
"""
    problems = read(text, document_types()).problems
    assert [one.where.rpartition(", ")[2] for one in problems] == found
