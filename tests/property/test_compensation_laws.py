"""Laws of pay, over every component with random sound terms, credits, people and days."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pay_scenes import TERMS, Scene, credit, scenes
from wald.heart.compensation.component import components
from wald.heart.compensation.components import cap, draw, floor, gate, guarantee, hold
from wald.heart.compensation.credit import Event
from wald.heart.compensation.figure import Figure, How, figures_of
from wald.heart.compensation.fold import ComponentPay, PeriodPay
from wald.heart.compensation.plan import Step

T = TypeVar("T")
EVERY_COMPONENT = pytest.mark.parametrize("key", components())
SOME = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
FIFTY = Context(prec=50, rounding=ROUND_HALF_EVEN)


def test_every_component_has_a_strategy() -> None:
    assert set(TERMS) == set(components())


@EVERY_COMPONENT
@SOME
@given(data=st.data())
def test_nothing_pays_nothing_unless_it_says_so(key: str, data: st.DataObject) -> None:
    scene = data.draw(scenes(key))
    if components()[key].pays_on_nothing(scene.terms):
        return
    bare = replace(scene.known, all_credits=(), all_scores=(), field_of={})
    of_zero = [replace(one, amount=Decimal(0)) for one in bare.quotas]
    for known in (bare, replace(bare, quotas=()), replace(bare, quotas=of_zero)):
        pays = replace(scene, known=known).folded()
        assert [line for pay in pays for line in pay.lines] == []


@EVERY_COMPONENT
@SOME
@given(data=st.data())
def test_pay_is_the_same_however_credits_arrive_and_explains_itself(
    key: str, data: st.DataObject
) -> None:
    """Several laws on one scene: drawing and folding one costs more than all of them."""
    scene = data.draw(scenes(key))
    pays, again = scene.folded(), scene.folded()
    shuffled = data.draw(st.permutations(scene.known.all_credits))
    assert _told(scene.with_credits(shuffled).folded()) == _told(pays), "order of arrival"
    assert _told(again) == _told(pays)
    assert _derivations(again) == _derivations(pays)
    _lines_sum_to_what_is_earned_and_that_to_the_pay(pays)
    _each_line_is_its_base_times_its_rate(pays)
    _every_figure_can_be_computed_again_from_its_parts(pays)


def _lines_sum_to_what_is_earned_and_that_to_the_pay(pays: list[PeriodPay]) -> None:
    for pay in pays:
        for one in pay.components:
            assert _sum(line.amount.value for line in one.lines) == one.earned.value
        assert _sum(one.earned.value for one in pay.components) == pay.total.value
        assert pay.total.value == pay.total.value.quantize(Decimal("0.01")), "whole cents"


def _each_line_is_its_base_times_its_rate(pays: list[PeriodPay]) -> None:
    for pay in pays:
        rounding = pay.stretch.plan.rounding
        for line in pay.lines:
            exact = FIFTY.multiply(line.base.value, line.rate.value)
            if rounding.step is Step.LINE:
                exact = _to_cents(exact, half_even=rounding.half_even)
            assert line.amount.value == exact


def _every_figure_can_be_computed_again_from_its_parts(pays: list[PeriodPay]) -> None:
    for figure in figures_of(_roots(pays)):
        if figure.parts:
            assert _again(figure) == figure.value, figure.how
        else:
            assert figure.how in (How.GIVEN, How.SUM)
            assert figure.source or not figure.label or not figure.value, figure.label


@EVERY_COMPONENT
@SOME
@given(data=st.data())
def test_one_more_sale_never_pays_less_unless_the_component_says_so(
    key: str, data: st.DataObject
) -> None:
    scene = data.draw(scenes(key, only_sales=True, step=Step.PAYMENT))
    if components()[key].may_lower(scene.terms):
        return
    sale = data.draw(st.composite(lambda d: credit(d, "more", "E", Event.BOOKED))())
    more = scene.with_credits([*scene.known.all_credits, sale])
    assert _earned(more) >= _earned(scene)


@SOME
@given(data=st.data())
def test_what_a_draw_advances_is_recovered_forgiven_or_owed(data: st.DataObject) -> None:
    scene = data.draw(scenes("draw"))
    advanced = recovered = forgiven = Decimal(0)
    for one in _of(scene.folded(), "draw"):
        for line in one.lines:
            advanced += line.amount.value if line.kind == "advance" else 0
            recovered -= line.amount.value if line.kind == "recovery" else 0
            forgiven += line.base.value if line.kind == "forgiven" else 0
        sign = -1 if _terms(scene, draw.Draw).sign is draw.Sign.BALANCE else 1
        owed = [sign * figure.value for figure in one.balance.values()]
        assert all(amount >= 0 for amount in owed)
        if _terms(scene, draw.Draw).recoverable and _rounds_lines(scene):
            assert advanced == recovered + forgiven + sum(owed)


@SOME
@given(data=st.data())
def test_pay_with_a_draw_or_guarantee_never_falls_below_it(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(["draw", "guarantee", "floor"]))
    scene = data.draw(scenes(key))
    terms = scene.terms
    assert isinstance(terms, draw.Draw | guarantee.Guarantee | floor.Floor)
    if terms.prorated or terms.of or not _rounds_lines(scene):
        return
    for i, (one, earned) in enumerate(_with_others(scene)):
        ended = not isinstance(terms, floor.Floor) and terms.lasts is not None and i >= terms.lasts
        if not ended:
            assert earned + one.earned.value >= terms.amount


@SOME
@given(data=st.data())
def test_what_a_cap_carries_is_what_it_withheld(data: st.DataObject) -> None:
    scene = data.draw(scenes("cap"))
    terms = _terms(scene, cap.Cap)
    if terms.excess is cap.Excess.LOST or not _rounds_lines(scene):
        return
    withheld = Decimal(0)
    for one in _of(scene.folded(), "cap"):
        withheld -= one.earned.value
        assert withheld == one.balance["carried"].value if one.balance else withheld == 0
        assert withheld >= 0


@SOME
@given(data=st.data())
def test_a_cap_of_a_period_is_never_exceeded(data: st.DataObject) -> None:
    scene = data.draw(scenes("cap"))
    terms = _terms(scene, cap.Cap)
    if terms.per is not cap.Per.PERIOD or terms.amount is None or terms.of:
        return
    for one, earned in _with_others(scene):
        assert earned + one.earned.value <= terms.amount


@SOME
@given(data=st.data())
def test_a_cap_of_a_window_is_never_exceeded(data: st.DataObject) -> None:
    scene = data.draw(scenes("cap"))
    terms = _terms(scene, cap.Cap)
    if terms.per is not cap.Per.WINDOW or terms.amount is None or terms.of:
        return
    paid: dict[object, Decimal] = {}
    for one, earned in _with_others(scene):
        paid[one.window] = paid.get(one.window, Decimal(0)) + earned + one.earned.value
        assert paid[one.window] <= terms.amount


@SOME
@given(data=st.data())
def test_what_a_floor_carries_is_what_it_raised(data: st.DataObject) -> None:
    scene = data.draw(scenes("floor"))
    if not _rounds_lines(scene):
        return
    raised = Decimal(0)
    for one in _of(scene.folded(), "floor"):
        raised += one.earned.value
        if _terms(scene, floor.Floor).shortage is floor.Shortage.CARRIED:
            assert raised == one.balance["carried"].value
            assert raised >= 0


@SOME
@given(data=st.data())
def test_what_a_gate_or_hold_holds_is_what_was_not_paid(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(["gate", "hold"]))
    scene = data.draw(scenes(key))
    if key == "gate" and _terms(scene, gate.Gate).below is gate.Below.LOST:
        return
    held = Decimal(0)
    for one in _of(scene.folded(), key):
        lost = sum(line.base.value for line in one.lines if line.kind == "lost")
        held -= one.earned.value + lost
        if _rounds_lines(scene):
            assert held == one.balance["held"].value
        if key == "gate":
            assert one.balance["held"].value >= 0


@SOME
@given(data=st.data())
def test_what_is_paid_for_in_full_is_released_in_full(data: st.DataObject) -> None:
    scene = data.draw(scenes("hold", only_sales=True, step=Step.LINE))
    terms = replace(_terms(scene, hold.Hold), of=("commission",))
    assert terms == scene.terms
    sales = scene.known.all_credits
    paid = [replace(one, credit_id=f"{one.credit_id}p", event=Event.PAID) for one in sales]
    assert sum(_amounts(scene.with_credits([*sales, *paid]), "hold")) == 0
    assert sum(_amounts(scene, "hold")) == -sum(_amounts(scene, "commission"))


@SOME
@given(data=st.data())
def test_a_clawback_takes_back_no_more_than_was_paid(data: st.DataObject) -> None:
    scene = data.draw(scenes("clawback", step=Step.PAYMENT))
    taken = paid = Fraction(0)
    for pay in scene.folded():
        for line in pay.lines:
            exact = Fraction(line.amount.value) if line.kind != "rounding" else 0
            taken -= exact if line.component == "clawback" else 0
            paid += exact if line.component == "commission" else 0
        assert taken <= paid + Fraction(1, 10**30)  # quotients have fifty digits


def _earned(scene: Scene) -> Decimal:
    lines = (line for pay in scene.folded() for line in pay.lines if line.kind != "rounding")
    return _sum(line.amount.value for line in lines)


def _sum(values: Iterable[Decimal]) -> Decimal:
    found = Decimal(0)
    for value in values:
        found = FIFTY.add(found, value)
    return found


def _amounts(scene: Scene, key: str) -> Iterator[Decimal]:
    return (one.earned.value for one in _of(scene.folded(), key))


def _terms(scene: Scene, kind: type[T]) -> T:
    assert isinstance(scene.terms, kind)
    return scene.terms


def _rounds_lines(scene: Scene) -> bool:
    return scene.stretches[0].plan.rounding.step is not Step.PAYMENT


def _of(pays: list[PeriodPay], key: str) -> Iterator[ComponentPay]:
    return (one for pay in pays for one in pay.components if one.key == key)


def _with_others(scene: Scene) -> Iterator[tuple[ComponentPay, Decimal]]:
    """Yield each payout of the component, with what the others earned since the one before."""
    earned = Decimal(0)
    for pay in scene.folded():
        for one in pay.components:
            if one.key == scene.entry.key:
                yield one, earned
                earned = Decimal(0)
            else:
                earned += one.earned.value


def _told(pays: list[PeriodPay]) -> list[object]:
    return [
        [
            (one.key, line.reason, line.base.value, line.rate.value, line.amount.value)
            for one in pay.components
            for line in one.lines
        ]
        + [
            (one.key, sorted((k, v.value) for k, v in one.balance.items()))
            for one in pay.components
        ]
        for pay in pays
    ]


def _derivations(pays: list[PeriodPay]) -> list[object]:
    return [(f.how, f.value, f.label, f.source) for f in figures_of(_roots(pays))]


def _roots(pays: list[PeriodPay]) -> Iterator[Figure]:
    for pay in pays:
        yield pay.total
        for one in pay.components:
            yield from one.balance.values()


def _again(figure: Figure) -> Decimal:
    """Compute a figure from its parts in other words than the product's."""
    values = [part.value for part in figure.parts]
    if figure.how is How.SUM:
        return _sum(values)
    if figure.how in (How.ROUND, How.ROUND_EVEN):
        assert values[1] == Decimal("0.01")
        return _to_cents(values[0], half_even=figure.how is How.ROUND_EVEN)
    if figure.how in (How.IF_REACHED, How.IF_PASSED):
        value, bound, then, otherwise = values
        is_met = value >= bound if figure.how is How.IF_REACHED else value > bound
        return then if is_met else otherwise
    plain = {
        How.MINUS: FIFTY.subtract,
        How.TIMES: FIFTY.multiply,
        How.OVER: FIFTY.divide,
        How.LEAST: lambda *found: sorted(found)[0],
        How.MOST: lambda *found: sorted(found)[-1],
    }
    return plain[figure.how](*values)


def _to_cents(value: Decimal, *, half_even: bool) -> Decimal:
    """Round with whole numbers: half away from zero, or to the even cent."""
    cents = abs(Fraction(value)) * 100
    whole, rest = divmod(cents, 1)
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (not half_even or whole % 2)):
        whole += 1
    return Decimal(int(whole) * (-1 if value < 0 else 1)) / 100
