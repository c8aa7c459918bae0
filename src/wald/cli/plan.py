"""Plans as files: what they say, what is wrong with them, and whether they pay as they should."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import person
from wald.cli.ending import Code
from wald.cli.options import AsJson
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.heart.compensation.lint.finding import Finding

PLAN_EXAMPLES = """\b
Examples:
  wald plan show plan.yaml                       every switch, defaults too
  wald plan lint plan.yaml                       gaps, cliffs, wrong incentives, cost
  wald plan lint plan.yaml --quota 1200000 --margin 0.35 --json
  wald plan lint plan.yaml --margin 0.35 --margin services=0.15
  wald plan test plan.yaml                       the worked cases written beside it

\b
`lint` ends with 0 without warnings, 3 with some; `test` with 0 where every case is as expected, 3
where one differs. A text that is no sound plan, or cases that cannot be read, end with 2.
"""

PlanFile = Annotated[Path, typer.Argument(metavar="FILE", help="A compensation plan in YAML.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("show", epilog=PLAN_EXAMPLES)
def show(file: PlanFile, as_json: AsJson = False) -> None:
    """Say a plan in words: every switch, also those that nobody wrote."""
    from wald.queries import plan_texts

    found = plan_texts.show(actor=person(), path=file)
    if as_json:
        put_json([{"of": one.of, "label": one.label, "words": one.words} for one in found.words])
        return
    put_records([{"of": one.of, "what": one.label, "is": one.words} for one in found.words])


@app.command("lint", epilog=PLAN_EXAMPLES)
def lint(
    file: PlanFile,
    quota: Annotated[
        str,
        typer.Option(
            "--quota", metavar="N", help="Quota of a year. [default: where 100 % pays the target]"
        ),
    ] = "",
    margin: Annotated[
        list[str] | None,
        typer.Option(
            "--margin",
            metavar="[MEASURE=]SHARE",
            help="Margin of a sale, or of what one measure counts. [default: 0.30]",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove or refute what a plan should do, with a counterexample in numbers."""
    from wald.queries import plan_texts

    margins = dict(_margin(one) for one in margin or ())
    found = plan_texts.findings_in(
        actor=person(),
        path=file,
        quota=_number(quota, "--quota") if quota else None,
        margin=margins.pop("", None),
        margins=margins,
    )
    if as_json:
        findings = [plan_texts.finding_json(one) for one in found]
        put_json({"plan": str(file), "findings": findings})
    else:
        for one in found:
            where = f"  [{one.where}]" if one.where else ""
            console().print(f"{told(one)}: {one.sentence}{where}")
            if one.is_warning and one.fix:
                console().print(f"  cure: {one.fix}")
    warnings = sum(one.is_warning for one in found)
    say(f"{warnings} warning{'' if warnings == 1 else 's'}.")
    if any(one.rule == "terms" for one in found):
        raise typer.Exit(Code.UNUSABLE)
    if warnings:
        raise typer.Exit(Code.QUALITY)


def told(one: "Finding") -> str:
    """Say the verdict, and how sure it is where the verdict does not."""
    noted = one.verdict.value == "noted"
    how = f"noted, {one.certainty}" if noted else one.certainty
    return f"{one.verdict.value if one.is_warning else how}, {one.rule}"


def _margin(text: str) -> tuple[str, Decimal]:
    """Read a margin: of one measure, or of all others."""
    measure, _, share = text.rpartition("=")
    return measure.strip(), _number(share, "--margin")


@app.command("test", epilog=PLAN_EXAMPLES)
def run_cases(
    file: PlanFile,
    plan: Annotated[
        list[Path] | None,
        typer.Option("--plan", metavar="FILE", help="Against other plans than the one in FILE."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the worked cases that are written beside a plan."""
    from wald.queries import plan_texts

    found = plan_texts.tried_cases(actor=person(), path=file, plans=plan or ())
    if as_json:
        cases = [
            {"case": one.case.name, "at": one.case.at, "differences": list(one.differences)}
            for one in found
        ]
        put_json({"plan": str(file), "cases": cases})
    else:
        for one in found:
            told = "differs" if one.differences else "as expected"
            console().print(f"{one.case.name}: {told}")
            for difference in one.differences:
                console().print(f"  {difference}")
    off = sum(bool(one.differences) for one in found)
    say(f"{len(found)} cases, {off} differ.")
    if off:
        raise typer.Exit(Code.QUALITY)


def _number(text: str, where: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise BadInput(
            f"{where} cannot be read.",
            [Problem(where, f"{text!r} is not a number", "write it like 0.30 or 1200000")],
        )
    return found
