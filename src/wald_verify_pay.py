"""Verify a statement of pay without Wald: the standard library, this file, and nothing else.

    python -m wald_verify_pay statement.json

It recomputes every figure from its parts, compares every leaf with the plan, credit, quota or
delta it names, sees that lines, components, deltas and adjustments come to the payment, shares and
credits to their deals and days, and says what is wrong. Whether the inputs are true it cannot know.

Exit codes: 0 sound, 1 a fault was found, 2 it cannot be read.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from typing import Any

FORMAT = "wald-statement 1"
ARITHMETIC = {"digits": 50, "rounding": "half to even"}
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)
Json = dict[str, Any]
Figures = dict[str, Decimal]


class Wrong(Exception):
    """The first thing that is wrong, as one sentence."""


def fault_of(statement: Any) -> str:
    """Return the first thing that is wrong with a statement, "" for nothing."""
    try:
        verify(statement)
    except Wrong as wrong:
        return str(wrong)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        return f"It is no whole statement: {type(error).__name__} at {str(error)[:80]}."
    return ""


def verify(statement: Json) -> None:
    """Raise Wrong at the first fault; the seal comes last, as it cannot say where."""
    must(isinstance(statement, dict), "It is no statement: its outermost value is no object.")
    must(statement.get("format") == FORMAT, f"The format is not {FORMAT!r}.")
    must(statement.get("arithmetic") == ARITHMETIC, "Its rule of arithmetic is another one.")
    for name, credit in statement["credits"].items():
        amount = EXACT.multiply(number(credit["deal_amount"]), number(credit["share"]))
        same(number(credit["amount"]), amount, f"Credit {name} is not its share of its deal")
    figures: Figures = {}
    nodes: Json = {}
    for node in statement["nodes"]:
        must(node["id"] not in nodes, f"There are two figures {node['id']}.")
        value = number(node["value"])
        wanted = recomputed(node, figures) if node["how"] != "given" else leaf(node, statement)
        same(value, wanted, told(node))
        figures[node["id"]], nodes[node["id"]] = value, node
    sums(statement, figures)
    days(statement, nodes)
    rest = {key: value for key, value in statement.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    seal = statement.get("sha256") == hashlib.sha256(text.encode()).hexdigest()
    must(seal, "It was changed: its SHA-256 is another one.")


def recomputed(node: Json, figures: Figures) -> Decimal:
    for part in node["parts"]:
        must(part in figures, f"{told(node)}: its part {part} does not stand before it.")
    must(node["how"] in HOWS, f"{told(node)}: {node['how']!r} is no way to compute.")
    return HOWS[node["how"]](*(figures[one] for one in node["parts"]))


def added(*parts: Decimal) -> Decimal:
    value = Decimal(0)
    for part in parts:
        value = EXACT.add(value, part)
    return value


def rounded(value: Decimal, step: Decimal, mode: str = ROUND_HALF_UP) -> Decimal:
    return EXACT.multiply(EXACT.divide(value, step).to_integral_value(mode), step)


HOWS: dict[str, Callable[..., Decimal]] = {
    "sum": added,
    "minus": EXACT.subtract,
    "times": EXACT.multiply,
    "over": EXACT.divide,
    "least": min,
    "most": max,
    "round": rounded,
    "round_even": lambda value, step: rounded(value, step, ROUND_HALF_EVEN),
    "if_reached": lambda value, bound, then, other: then if value >= bound else other,
    "if_passed": lambda value, bound, then, other: then if value > bound else other,
}


def leaf(node: Json, statement: Json) -> Decimal:
    """Return what the source of a leaf says: where several may be meant, the one it has."""
    source = node.get("source", "")
    kind, _, rest = source.partition(":")
    place, _, side = rest.partition(".")
    if kind == "credit":
        return of_credit(rest, statement["credits"])
    if kind == "quota":
        return number(statement["quotas"][rest]["amount"])
    if kind == "delta":
        return number(statement["deltas"][int(place) - 1][side])
    if kind == "plan":
        path, _, version = rest.partition("@")
        plans = [version] if version else list(statement["plans"])
        found = [number(walk(statement["plans"][one], path)) for one in plans]
    elif kind == "adjustment":
        adjustments = statement["adjustments"]
        found = [number(one["value"]) for one in adjustments if str(one["id"]) == rest]
    else:
        found = [number(one) for one in statement["inputs"].get(source, [])]
    must(bool(found), f"{told(node)}: nothing in the statement says so.")
    return next((one for one in found if one == number(node["value"])), found[0])


def of_credit(rest: str, credits: Json) -> Decimal:
    """Return the amount of a credit's deal, or what follows its name: .share, #margin."""
    name = named(rest, credits)
    must(bool(name), f"Credit {rest} is not in the statement.")
    credit, asked = credits[name], rest[len(name) :]
    if asked in ("", ".share"):
        return number(credit["share" if asked else "deal_amount"])
    value, column = credit["values"][asked[1:]], credit["row"].get(asked[1:])
    must(column in (None, value), f"Credit {name}: {asked[1:]} is not so.")
    return number(value)


def named(rest: str, credits: Json) -> str:
    while rest and rest not in credits:
        rest = rest[: max(rest.rfind("."), rest.rfind("#"), 0)]
    return rest


def walk(content: Any, path: str) -> Any:
    """Return what stands at `components.commission.terms.tiers[1].rate`."""
    for step in re.findall(r"[^.\[\]]+", path):
        content = content[int(step)] if isinstance(content, list) else content[step]
    return content


def come_to(whole: str, parts: list[str], figures: Figures, what: str) -> None:
    same(figures[whole], added(*(figures[one] for one in parts)), what)


def sums(statement: Json, figures: Figures) -> None:
    """Check that what is shown adds up to what is paid."""
    for stretch in [*statement["before"], *statement["pays"]]:
        name, parts = stretch["days"]["label"], [one["earned"] for one in stretch["components"]]
        come_to(stretch["total"], parts, figures, f"{name}: components do not come to the total")
    for stretch in statement["pays"]:
        lines(stretch, statement["plans"][stretch["plan"]], figures)
    for place, one in enumerate(statement["deltas"], start=1):
        change = EXACT.subtract(number(one["new"]), number(one["old"]))
        same(figures[one["amount"]], change, f"Delta {place} is not new less old")
    for one in statement["adjustments"]:
        same(figures[one["amount"]], number(one["value"]), f"Adjustment {one['id']}")
    parts = [one["total"] for one in statement["pays"]]
    for kind in ("deltas", "adjustments", "beside"):
        parts += [one["amount"] for one in statement[kind]]
    come_to(statement["paid"], parts, figures, "The payment is not the sum of its parts")
    year = [statement["paid_before"], statement["paid"]]
    come_to(statement["to_date"], year, figures, "The year is not what was paid before and now")


def lines(stretch: Json, plan: Json, figures: Figures) -> None:
    """Check that each line is base x rate, lines are the component, all rounded as planned."""
    whole = figures[stretch["total"]]
    same(whole, stepped(whole, "payment", plan), f"{stretch['days']['label']}: not rounded")
    for one in stretch["components"]:
        name, parts = one["key"], [line["amount"] for line in one["lines"]]
        earned = figures[one["earned"]]
        come_to(one["earned"], parts, figures, f"{name}: its lines do not come to what it earned")
        same(earned, stepped(earned, "component", plan), f"{name}: not rounded")
        for line in one["lines"]:
            exact = EXACT.multiply(figures[line["base"]], figures[line["rate"]])
            wanted = stepped(exact, "line", plan)
            same(figures[line["amount"]], wanted, f"{name}, {line['reason']}")


def stepped(value: Decimal, step: str, plan: Json) -> Decimal:
    """Round as the plan does, if this is the step that it rounds."""
    mode = ROUND_HALF_EVEN if plan["rounding"]["half_even"] else ROUND_HALF_UP
    return rounded(value, number(plan["unit"]), mode) if plan["rounding"]["step"] == step else value


def days(statement: Json, nodes: Json) -> None:
    """Check that each credit lies in the days of the measure that counts it."""
    paid = [one for stretch in statement["pays"] for one in stretch["components"]]
    for one, measure in ((each, measure) for each in paid for measure in each["measures"]):
        for root, span in ((measure["period"], one["period"]), (measure["before"], one["window"])):
            for name in credits_under(root, nodes, statement["credits"]):
                on = statement["credits"][name]["credited_on"]
                inside = span["start"] <= on < span["end"]
                must(inside, f"{one['key']}: credit {name} of {on} is not of {span['label']}.")


def credits_under(root: str, nodes: Json, credits: Json) -> Iterator[str]:
    waiting, seen = [root], {root}
    while waiting:
        node = nodes[waiting.pop()]
        new = [one for one in node.get("parts", []) if one not in seen]
        waiting += new
        seen.update(new)
        if node.get("source", "").startswith("credit:"):
            yield named(node["source"][7:], credits)


def number(text: object) -> Decimal:
    must(isinstance(text, str), f"{text!r} is no number written as a text.")
    return Decimal(str(text))


def told(node: Json) -> str:
    return f"Figure {node['id']}" + (f", {node['label']!r}" if node.get("label") else "")


def same(found: Decimal, wanted: Decimal, what: str) -> None:
    must(found == wanted, f"{what}: it says {found:f}, and {wanted:f} is right.")


def must(holds: bool, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


def main(words: list[str] | None = None) -> int:
    """Check one file; return the exit code."""
    given = sys.argv[1:] if words is None else words
    if len(given) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        statement = json.loads(Path(given[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"Error: {given[0]} cannot be read: {error}\n")
        return 2
    fault = fault_of(statement)
    sys.stdout.write(f"{fault or 'Sound: every figure was computed again.'}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
