"""Pipeline hygiene at the terminal: what is wrong with open deals, and what each rule is worth."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsCsv,
    AsJson,
    EngineUrl,
    Home,
    KnownText,
    read_day_option,
    read_known,
)
from wald.cli.output import console, put_csv, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.queries.fix_values import FixValues
    from wald.queries.hygiene import FindingLine, HygienePage
    from wald.queries.hygiene_record import HygieneRecord, RuleFared

HYGIENE_EXAMPLES = """\b
Examples:
  wald hygiene show                                  what is wrong with open deals, worst first
  wald hygiene show --rule stale_for_stage --on 2026-06-30
  wald hygiene show --owner P001015 --severity high --json
  wald hygiene show --deal O000002931
  wald hygiene show --by-value                       what makes the forecast surer first
  wald hygiene rules                                 what each rule measures, and how it fared
"""
OnText = Annotated[
    str,
    typer.Option("--on", metavar="DAY", help="[default: last in the data, not after the load]"),
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("show", epilog=HYGIENE_EXAMPLES)
def show(
    on: OnText = "",
    rule: Annotated[str, typer.Option(metavar="RULE", help="Only what this rule finds.")] = "",
    severity: Annotated[
        str, typer.Option(metavar="SEVERITY", help="Only low, medium or high findings.")
    ] = "",
    owner: Annotated[
        str, typer.Option(metavar="KEY", help="Only deals of this person, by key.")
    ] = "",
    team: Annotated[str, typer.Option(metavar="TEAM", help="Only deals of this team.")] = "",
    deal: Annotated[str, typer.Option(metavar="KEY", help="Only this deal.")] = "",
    by_value: Annotated[
        bool, typer.Option("--by-value", help="What most narrows the forecast first.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many findings.")] = 25,
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show what is wrong with open deals, and the money at risk: each deal once in every sum."""
    if as_json and as_csv:
        raise BadInput("Choose one form.", [Problem("--json --csv", "both are given", "drop one")])
    day, instant = read_day_option(on, "--on"), read_known(known)
    workspace = opened(home)
    from wald.queries.hygiene import BY_VALUE, HygieneAsk, hygiene
    from wald.queries.plain_hygiene import hygiene_json, line_json

    order = BY_VALUE if by_value else ""
    ask = HygieneAsk(day, instant, rule, severity, owner, team, deal, order)
    page = hygiene(actor=person(), workspace=workspace, ask=ask, limit=limit, engine=engine)
    if page is None:
        say("No deals are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(hygiene_json(page))
    elif as_csv:
        rows = [line_json(one) for one in page.lines]
        names = [name for name in (rows[0] if rows else {}) if name != "proposal"]
        put_csv(names, [tuple(row[name] for name in names) for row in rows])
    else:
        _show(page)


@app.command("rules", epilog=HYGIENE_EXAMPLES)
def rules(
    on: OnText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what each rule measures, and how often deals it found were won, beside others."""
    day = read_day_option(on, "--on")
    workspace = opened(home)
    from wald.queries.hygiene_record import hygiene_record
    from wald.queries.plain_hygiene import record_json

    found = hygiene_record(actor=person(), workspace=workspace, on=day, engine=engine)
    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(record_json(found))
    else:
        _show_rules(found)


def _show(page: "HygienePage") -> None:
    from wald.cli.figures import shown
    from wald.kernel.unit import Unit

    out = console()

    def money(amount: Decimal | None) -> str:
        return shown(amount, Unit.MONEY, page.currency)

    total = page.total
    out.print(
        f"Hygiene, as of {page.on}: {total.deals:,} of {page.open_deals:,} open deals, "
        f"{money(total.amount)} of {money(page.open_amount)}\n"
    )
    put_records(
        [
            {
                "Rule": one.rule.key,
                "Deals": f"{one.part.deals:,}",
                "At risk": money(one.part.amount),
                "Narrows": _whole(one.part.narrows),
                "Cannot tell": f"{sum(each.deals for each in one.unjudged):,}",
            }
            for one in page.rules
        ],
        numbers=("Deals", "At risk", "Narrows", "Cannot tell"),
    )
    if page.lines:
        out.print()
        put_records(
            [_record(one, money(one.deal.amount)) for one in page.lines],
            numbers=("Amount", "Narrows"),
        )
    if len(page.lines) < total.findings:
        say(f"{len(page.lines):,} of {total.findings:,} findings; --limit N shows more.")
    out.print(_told(page.values))
    for part in page.rules:
        for why in part.unjudged:
            deals = f"{why.deals:,} deal{'' if why.deals == 1 else 's'}"
            out.print(f"Note: {part.rule.title} cannot tell of {deals}: {why.why}")
    for doubt in page.doubts:
        out.print(f"Note: {doubt.sentence}")


def _told(values: "FixValues") -> str:
    if values.why:
        return f"Note: What a fix narrows cannot be told. {values.why}"
    return f"Narrows: by so much the 80 % range of the forecast of {values.period} would shrink."


def _whole(amount: float | None) -> str:
    return "–" if amount is None else f"{amount:,.0f}"


def _record(line: "FindingLine", amount: str) -> dict[str, object]:
    return {
        "Deal": line.deal.deal_id,
        "Owner": line.deal.owner or "nobody",
        "Amount": amount,
        "Narrows": _whole(line.value.width if line.value else None),
        "Severity": line.finding.severity.word,
        "Rule": line.finding.rule,
        "Finding": line.finding.words,
    }


def _show_rules(found: "HygieneRecord") -> None:
    out = console()
    if found.days:
        days = ", ".join(str(one) for one in found.days)
        out.print(
            f"{found.deals:,} deals as they stood on {days}; won within {found.ahead_days} days.\n"
        )
    else:
        out.print(f"The data do not reach back {found.ahead_days} days: no rule was measured.\n")
    put_records(
        [_fared(one) for one in found.rules],
        numbers=("Found", "Won of found", "Others", "Won of others"),
    )
    for one in found.rules:
        out.print(f"{one.rule.title}: {one.rule.what} {one.record.verdict}")


def _fared(one: "RuleFared") -> dict[str, object]:
    record = one.record
    shares = [
        "–" if group.share is None else f"{group.share.estimate * 100:.0f} %"
        for group in (record.found, record.others)
    ]
    difference = record.difference
    told = "–"
    if difference is not None:
        low, high = f"{difference.low * 100:+.0f}", f"{difference.high * 100:+.0f}"
        told = f"{difference.estimate * 100:+.0f} ({low} to {high})"
    return {
        "Rule": one.rule.key,
        "Found": f"{record.found.deals:,}",
        "Won of found": shares[0],
        "Others": f"{record.others.deals:,}",
        "Won of others": shares[1],
        "Points (95 %)": told,
    }
