"""The special points and kinds of numbers of the conventions, row by row: kinks, ties, zeros, infinities, nan.

At a kink the derivative is the symmetric one, what a central difference converges to; ties share equally; and a zero
tangent wins over an infinite or undefined slope, entry by entry.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dualdiff as dd
from dualdiff.tangents import current, is_zero

pytestmark = pytest.mark.filterwarnings("error")

Array = NDArray[Any]
Function = Callable[..., Any]


def slopes(function: Function, x: float) -> dict[str, float]:
    """The derivative of a function at a number by every first-order route: scalar, array, k directions, gradient."""
    many = dd.jvp(function, (np.array([x]),), (np.array([[1.0], [-2.0]]),))[1]
    return {
        "scalar": dd.derivative(function)(x),
        "array": dd.jvp(function, (np.array([x]),), (np.ones(1),))[1].item(),
        "first of k": many[0].item(),
        "second of k": many[1].item() / -2.0,
        "gradient": dd.grad(lambda t: np.sum(function(t)))(np.array([x])).item(),
    }


def inner_slopes(function: Function, x: float) -> dict[str, float]:
    """The same derivative through the numbers of second order: hyper-dual, and nested."""
    hyper = function(dd.HyperDual(np.array([x]), np.ones(1), np.full(1, 3.0), np.zeros(1)))
    inner = dd.jvp(lambda t: dd.jvp(function, (t,), (np.ones(1),))[0], (np.array([x]),), (np.ones(1),))[1]
    return {"eps1": part(hyper, "eps1"), "eps2": part(hyper, "eps2") / 3.0, "through an inner level": inner.item()}


def curvatures(function: Function, x: float) -> dict[str, float]:
    """The second derivative of a function at a number by every route: scalar, array, Hessian, hyper-dual."""
    hyper = function(dd.HyperDual(np.array([x]), np.ones(1), np.ones(1), np.zeros(1)))
    one = np.ones(1)
    return {
        "scalar": dd.derivative(dd.derivative(function))(x),
        "array": dd.jvp(lambda t: dd.jvp(function, (t,), (one,))[1], (np.array([x]),), (one,))[1].item(),
        "gradient of gradient": dd.jacobian(dd.grad(lambda t: np.sum(function(t))))(np.array([x])).item(),
        "hessian": dd.hessian(lambda t: np.sum(function(t)))(np.array([x])).item(),
        "eps12": part(hyper, "eps12"),
        "eps12 of a scalar": part(function(dd.HyperDual(x, 1.0, 1.0, 0.0)), "eps12"),
    }


def part(result: Any, name: str) -> float:
    """One part of a hyper-dual result with one entry; a plain result, or a symbolic zero, is zero."""
    entry = current(getattr(result, name, 0.0))
    return float(np.asarray(0.0 if is_zero(entry) else entry).item())


def assert_close(got: Any, exact: Any, rtol: float = 0.0, atol: float = 0.0) -> None:
    """Shapes are equal and entries agree; nan and inf count as numbers here."""
    assert np.shape(got) == np.shape(exact), f"shape {np.shape(got)}, not {np.shape(exact)}"
    np.testing.assert_allclose(np.asarray(got), np.asarray(exact), rtol=rtol, atol=atol)


def assert_all(got: dict[str, float], exact: float) -> None:
    """Every route gives the exact number; nan and inf count as numbers here."""
    wrong = {route: given for route, given in got.items() if not np.allclose(given, exact, rtol=1e-14, atol=0, equal_nan=True)}
    assert not wrong, f"exact is {exact}"


# --- kinks ------------------------------------------------------------------------------------------------------------

KINKS: dict[str, tuple[Function, float, float]] = {
    "abs": (abs, 0.0, 0.0),
    "abs, -0.0": (abs, -0.0, 0.0),
    "absolute": (np.absolute, 0.0, 0.0),
    "fabs": (np.fabs, 0.0, 0.0),
    "maximum": (lambda x: np.maximum(x, 0.0), 0.0, 0.5),
    "maximum, right": (lambda x: np.maximum(1.0, x), 1.0, 0.5),
    "minimum": (lambda x: np.minimum(x, 0.0), 0.0, 0.5),
    "fmax": (lambda x: np.fmax(x, 2.0), 2.0, 0.5),
    "fmin": (lambda x: np.fmin(2.0, x), 2.0, 0.5),
    "maximum, both": (lambda x: np.maximum(x, x), 0.0, 1.0),
    "maximum, opposed": (lambda x: np.maximum(x, -x), 0.0, 0.0),
    "maximum, steeper": (lambda x: np.maximum(3 * x, x), 0.0, 2.0),
    "relu": (lambda x: (x + abs(x)) / 2, 0.0, 0.5),
    "clip at the lower bound": (lambda x: np.clip(x, 0.0, 1.0), 0.0, 0.5),
    "clip at the upper bound": (lambda x: np.clip(x, 0.0, 1.0), 1.0, 0.5),
    "clip, one bound": (lambda x: np.clip(x, 0.0, None), 0.0, 0.5),
    "clip of the bound": (lambda x: np.clip(0.25, x, 1.0), 0.25, 0.5),
    "clip, upper bound": (lambda x: np.clip(0.25, 0.0, x), 0.25, 0.5),
    "sign": (np.sign, 0.0, 0.0),
    "floor": (np.floor, 1.0, 0.0),
    "ceil": (np.ceil, 1.0, 0.0),
    "trunc": (np.trunc, -1.0, 0.0),
    "rint": (np.rint, 0.5, 0.0),
    "round": (np.round, 0.5, 0.0),
    "floor_divide": (lambda x: x // 0.5, 1.0, 0.0),
    "heaviside": (lambda x: np.heaviside(x, 0.5), 0.0, 0.0),
    "heaviside, away": (lambda x: np.heaviside(x, 0.5), 1.0, 0.0),
    "hypot with 0": (lambda x: np.hypot(x, 0.0), 0.0, 0.0),
    "hypot, both": (lambda x: np.hypot(x, x), 0.0, 0.0),
    "spacing": (np.spacing, 1.0, 0.0),
    "remainder": (lambda x: x % 1.0, 2.0, 1.0),
    "fmod": (lambda x: np.fmod(x, 1.0), 0.0, 1.0),
    "modf, smooth at 0": (lambda x: np.modf(x)[0], 0.0, 1.0),
    "modf at a jump": (lambda x: np.modf(x)[0], 2.0, 1.0),
    "modf, whole part": (lambda x: np.modf(x)[1], 2.0, 0.0),
}


@pytest.mark.parametrize("name", KINKS)
def test_kink_has_the_symmetric_derivative(name: str) -> None:
    """At a kink or jump every route gives the symmetric derivative, which a central difference converges to."""
    function, x, exact = KINKS[name]
    assert_all(slopes(function, x), exact)
    if "abs" not in name and "relu" not in name and "hypot" not in name:
        assert_all(inner_slopes(function, x), exact)
    if exact != 0.0 and name not in {"remainder", "modf at a jump"}:  # these jump, with this slope on both sides
        assert (function(x + 0.125) - function(x - 0.125)) / 0.25 == exact


@pytest.mark.parametrize("function", [abs, np.absolute, np.fabs], ids=["abs()", "absolute", "fabs"])
def test_second_order_numbers_take_abs_as_signbit_does(function: Function) -> None:
    """At zero a hyper-dual or nested number is on the side that its sign bit says, so that squares of abs are exact."""
    assert_all(inner_slopes(function, 0.0), 1.0)
    assert_all(inner_slopes(function, -0.0), -1.0)


@pytest.mark.parametrize("name", [name for name in KINKS if "hypot" not in name])
def test_kink_has_no_second_derivative_to_add(name: str) -> None:
    """The functions with a kink here are straight on both sides of it: their second derivative at it is 0."""
    function, x, _ = KINKS[name]
    assert_all(curvatures(function, x), 0.0)


TIES: dict[str, tuple[Function, list[float], list[float]]] = {
    "max of two": (np.max, [3.0, 3.0, 1.0], [1 / 2, 1 / 2, 0]),
    "max of three": (np.max, [2.0, 2.0, 2.0], [1 / 3, 1 / 3, 1 / 3]),
    "max, no tie": (np.max, [1.0, 3.0, 2.0], [0, 1, 0]),
    "min of two": (np.min, [3.0, 1.0, 1.0], [0, 1 / 2, 1 / 2]),
    "amax": (np.amax, [3.0, 3.0, 1.0], [1 / 2, 1 / 2, 0]),
    "method max": (lambda x: x.max(), [3.0, 3.0, 3.0], [1 / 3, 1 / 3, 1 / 3]),
    "method min": (lambda x: x.min(), [3.0, 3.0, 3.0], [1 / 3, 1 / 3, 1 / 3]),
    "maximum.reduce": (np.maximum.reduce, [2.0, 2.0, 2.0, 1.0], [1 / 3, 1 / 3, 1 / 3, 0]),
    "minimum.reduce": (np.minimum.reduce, [2.0, 2.0, 2.0, 3.0], [1 / 3, 1 / 3, 1 / 3, 0]),
    "ptp": (np.ptp, [3.0, 3.0, 1.0], [1 / 2, 1 / 2, -1]),
    "median of two in the middle": (np.median, [1.0, 2.0, 2.0, 3.0], [0, 1 / 2, 1 / 2, 0]),
    "median of a tie": (np.median, [5.0, 2.0, 2.0], [0, 1 / 2, 1 / 2]),
    "median of three": (np.median, [2.0, 2.0, 2.0], [1 / 3, 1 / 3, 1 / 3]),
    "infinity norm": (lambda x: np.linalg.norm(x, np.inf), [3.0, -3.0, 1.0], [1 / 2, -1 / 2, 0]),
    "smallest entry norm": (lambda x: np.linalg.norm(x, -np.inf), [3.0, -1.0, 1.0], [0, -1 / 2, 1 / 2]),
    "first of sort": (lambda x: np.sort(x)[0], [2.0, 1.0, 1.0], [0, 1 / 2, 1 / 2]),
    "second of sort": (lambda x: np.sort(x)[1], [2.0, 1.0, 1.0], [0, 1 / 2, 1 / 2]),
    "last of sort": (lambda x: np.sort(x)[2], [2.0, 1.0, 1.0], [1, 0, 0]),
}


@pytest.mark.parametrize("name", TIES)
def test_ties_share_equally(name: str) -> None:
    """Entries that tie share the derivative equally, in one pass, along each unit vector, and hyper-dual."""
    function, entries, exact = TIES[name]
    x = np.array(entries)
    assert_close(dd.grad(function)(x), exact, rtol=1e-15)
    unit = np.eye(x.size)
    assert_close([dd.jvp(function, (x,), (e,))[1] for e in unit], exact, rtol=1e-15)
    assert_close([function(dd.HyperDual(x, e, e, 0 * x)).eps1 for e in unit], exact, rtol=1e-15)
    np.testing.assert_array_equal(dd.hessian(function)(x), np.zeros((x.size, x.size)))


def test_ties_along_an_axis() -> None:
    """Ties are shared within each row, not across rows."""
    x = np.array([[1.0, 1.0, 0.0], [2.0, 5.0, 5.0]])
    exact = np.zeros((2, 2, 3))
    exact[0, 0, :2] = exact[1, 1, 1:] = 0.5
    for function in (
        lambda t: np.max(t, axis=1),
        lambda t: np.max(t, axis=1, keepdims=True)[:, 0],
        lambda t: t.max(-1),
    ):
        np.testing.assert_array_equal(dd.jacobian(function)(x), exact)


def test_sort_keeps_the_sum_of_tangents() -> None:
    """Sharing ties moves no derivative elsewhere: the tangents of sorted entries add up to those of the entries."""
    x, v = np.array([2.0, 1.0, 2.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    value, tangent = dd.jvp(np.sort, (x,), (v,))
    np.testing.assert_array_equal(value, [1.0, 1.0, 2.0, 2.0, 2.0])
    assert_close(tangent, [5.0, 5.0, 7.0, 7.0, 7.0], rtol=1e-15)


NORMS: dict[str, Function] = {
    "norm": np.linalg.norm,
    "norm 2": lambda x: np.linalg.norm(x, 2),
    "norm 1": lambda x: np.linalg.norm(x, 1),
    "norm inf": lambda x: np.linalg.norm(x, np.inf),
    "norm 3": lambda x: np.linalg.norm(x, 3),
    "norm 1.5": lambda x: np.linalg.norm(x, 1.5),
    "norm along an axis": lambda x: np.linalg.norm(x, axis=0),
    "vector_norm": np.linalg.vector_norm,
    "hypot": lambda x: np.hypot(x[0], x[1]),
    "hypot.reduce": np.hypot.reduce,
    "std": np.std,
    "std, ddof": lambda x: np.std(x, ddof=1),
    "method std": lambda x: x.std(),
    "by hand": lambda x: np.sqrt(np.sum(x**2)),
    "by hand, product": lambda x: np.sqrt(x @ x),
}


@pytest.mark.parametrize("name", NORMS)
def test_norm_at_its_zero(name: str) -> None:
    """A norm, hypot and std have derivative 0 at their zero, in every direction, without a warning."""
    function, x = NORMS[name], np.zeros(3)
    np.testing.assert_array_equal(dd.grad(function)(x), x)
    assert dd.jvp(function, (x,), (np.array([1.0, -2.0, 3.0]),))[1] == 0.0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.hypot(x[0], x[1]) ** 2,
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: np.abs(x[0] + 1j * x[1]) ** 2,
        lambda x: np.hypot.reduce(x) ** 2,
        lambda x: (np.std(x - x[::-1]) ** 2 + (x[0] + x[1]) ** 2) / 2,
    ],
    ids=["hypot", "norm", "complex abs", "hypot.reduce", "std"],
)
def test_square_of_a_norm_is_never_silently_wrong(function: Function) -> None:
    """The square of a norm has Hessian 2 I at its zero: that is the answer, or nan, but not another number."""
    with np.errstate(all="ignore"):
        for hessian in (dd.hessian(function)(np.zeros(2)), dd.jacobian(dd.grad(function))(np.zeros(2))):
            assert np.isnan(np.diagonal(hessian)).all() or np.allclose(hessian, 2 * np.eye(2))


@pytest.mark.parametrize("level", [1.0, -3.5])
def test_std_of_equal_entries(level: float) -> None:
    """std has derivative 0 where all entries are equal, wherever that is."""
    np.testing.assert_array_equal(dd.grad(np.std)(np.full(4, level)), np.zeros(4))


def test_rows_with_norm_zero_do_not_disturb_others() -> None:
    """Only the rows whose norm is zero get derivative zero."""
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    jacobian = dd.jacobian(lambda t: np.linalg.norm(t, axis=1))(x)
    assert_close(jacobian[:, :, :], [[[0, 0], [0, 0]], [[0, 0], [0.6, 0.8]]], rtol=1e-15)
    jacobian = dd.jacobian(lambda t: np.hypot(t[:, 0], t[:, 1]))(x)
    assert_close(jacobian, [[[0, 0], [0, 0]], [[0, 0], [0.6, 0.8]]], rtol=1e-15)
    jacobian = dd.jacobian(lambda t: np.std(t, axis=1))(np.array([[7.0, 7.0], [1.0, 3.0]]))
    assert_close(jacobian, [[[0, 0], [0, 0]], [[0, 0], [-0.5, 0.5]]], rtol=1e-15)


# --- a zero tangent wins ----------------------------------------------------------------------------------------------

STEEP: dict[str, tuple[Function, float, float]] = {
    "sqrt": (np.sqrt, 0.0, np.inf),
    "cbrt": (np.cbrt, 0.0, np.inf),
    "power 0.5": (lambda x: x**0.5, 0.0, np.inf),
    "np.power 0.25": (lambda x: np.power(x, 0.25), 0.0, np.inf),
    "float_power 0.5": (lambda x: np.float_power(x, 0.5), 0.0, np.inf),
    "arcsin": (np.arcsin, 1.0, np.inf),
    "arcsin, left": (np.arcsin, -1.0, np.inf),
    "arccos": (np.arccos, 1.0, -np.inf),
    "arccosh": (np.arccosh, 1.0, np.inf),
}


@pytest.mark.parametrize("name", STEEP)
def test_zero_tangent_wins_entry_by_entry(name: str) -> None:
    """Where the slope is infinite an entry with tangent zero has derivative zero, without a warning."""
    function, end, _ = STEEP[name]
    inside = 1.25 if name == "arccosh" else 0.25
    x = np.array([end, inside])
    slope = dd.derivative(function)(inside)
    assert_close(dd.jvp(function, (x,), (np.array([0.0, 2.0]),))[1], [0.0, 2 * slope], rtol=1e-15)
    many = dd.jvp(function, (x,), (np.array([[0.0, 2.0], [0.0, 0.0], [-0.0, 1.0]]),))[1]
    assert_close(many, [[0.0, 2 * slope], [0.0, 0.0], [0.0, slope]], rtol=1e-15)
    assert dd.jvp(function, (end,), (0.0,))[1] == 0.0
    zero = np.zeros(2)
    hyper = function(dd.HyperDual(x, zero, np.array([0.0, 1.0]), zero))
    np.testing.assert_array_equal(np.broadcast_to(hyper.eps1, (2,)), zero)
    assert_close(hyper.eps2, [0.0, slope], rtol=1e-15)
    np.testing.assert_array_equal(np.broadcast_to(hyper.eps12, (2,)), zero)
    nested = dd.jvp(lambda t: dd.jvp(function, (t,), (np.array([0.0, 1.0]),))[1], (x,), (np.array([0.0, 1.0]),))[1]
    second = dd.derivative(dd.derivative(function))(inside)
    assert_close(nested, [0.0, second], rtol=1e-14)


@pytest.mark.parametrize("name", STEEP)
def test_infinite_slope_warns(name: str) -> None:
    """Along anything but zero the derivative is infinite, with NumPy's RuntimeWarning."""
    function, end, exact = STEEP[name]
    with pytest.warns(RuntimeWarning):
        assert dd.jvp(function, (np.array([end]),), (np.array([2.0]),))[1].item() == exact
    with pytest.warns(RuntimeWarning):
        assert dd.jvp(function, (np.array([end]),), (np.array([[-2.0]]),))[1].item() == -exact
    with pytest.warns(RuntimeWarning):
        assert dd.jvp(function, (np.array([end, end]),), (np.array([[0.0, 1.0], [1.0, 0.0]]),))[1][0, 1] == exact
    with pytest.warns(RuntimeWarning):
        assert dd.derivative(function)(end) == exact
    with pytest.warns(RuntimeWarning):
        assert part(function(dd.HyperDual(np.array([end]), np.ones(1), np.zeros(1), np.zeros(1))), "eps1") == exact


INFINITE: dict[str, tuple[Function, float]] = {
    "log": (np.log, 0.0), "log2": (np.log2, 0.0), "log10": (np.log10, 0.0), "log1p": (np.log1p, -1.0),
    "arctanh": (np.arctanh, 1.0), "arctanh, left": (np.arctanh, -1.0), "reciprocal": (np.reciprocal, 0.0),
    "1 / x": (lambda x: 1 / x, 0.0), "x ** -1": (lambda x: x**-1, 0.0), "x ** -0.5": (lambda x: x**-0.5, 0.0),
}  # fmt: skip


@pytest.mark.parametrize("name", INFINITE)
def test_zero_tangent_wins_at_a_pole(name: str) -> None:
    """A zero tangent stays zero where value and slope are infinite; the warning about the value is NumPy's."""
    function, pole = INFINITE[name]
    x, v = np.array([pole, 0.5]), np.array([0.0, 1.0])
    slope = dd.derivative(function)(0.5)
    with np.errstate(all="ignore"):
        assert_close(dd.jvp(function, (x,), (v,))[1], [0.0, slope], rtol=1e-15)
        many = dd.jvp(function, (x,), (np.array([v, 2 * v]),))[1]
        assert_close(many, [[0.0, slope], [0.0, 2 * slope]], rtol=1e-15)
        hyper = function(dd.HyperDual(x, v, v, 0 * v))
        assert_close(hyper.eps12, [0.0, dd.derivative(dd.derivative(function))(0.5)], rtol=1e-14)


def test_square_root_of_a_square_sum() -> None:
    """sqrt of something that is zero to second order has derivative zero: its tangent is zero there."""
    assert_all(slopes(lambda x: np.sqrt(x * x), 0.0), 0.0)
    assert_all(slopes(lambda x: np.sqrt(x**4), 0.0), 0.0)


# --- powers -----------------------------------------------------------------------------------------------------------

POWERS: dict[str, tuple[Function, float, float, float]] = {
    "x ** 0.0": (lambda x: x**0.0, 0.0, 0.0, 0.0),
    "x ** 0": (lambda x: x**0, 0.0, 0.0, 0.0),
    "power(x, 0.0)": (lambda x: np.power(x, 0.0), 0.0, 0.0, 0.0),
    "power(x, [0.0])": (lambda x: np.power(x, np.zeros(1)), 0.0, 0.0, 0.0),
    "float_power(x, 0)": (lambda x: np.float_power(x, 0), 0.0, 0.0, 0.0),
    "x ** 1": (lambda x: x**1, 0.0, 1.0, 0.0),
    "x ** 1.0": (lambda x: x**1.0, 0.0, 1.0, 0.0),
    "power(x, [1.0])": (lambda x: np.power(x, np.ones(1)), 0.0, 1.0, 0.0),
    "x ** 2": (lambda x: x**2, 0.0, 0.0, 2.0),
    "x ** 2.0": (lambda x: x**2.0, 0.0, 0.0, 2.0),
    "power(x, [2.0])": (lambda x: np.power(x, np.full(1, 2.0)), 0.0, 0.0, 2.0),
    "float_power(x, 2)": (lambda x: np.float_power(x, 2), 0.0, 0.0, 2.0),
    "x ** 3": (lambda x: x**3, 0.0, 0.0, 0.0),
    "x ** 3.0": (lambda x: x**3.0, 0.0, 0.0, 0.0),
    "power(x, [3.0])": (lambda x: np.power(x, np.full(1, 3.0)), 0.0, 0.0, 0.0),
    "x ** 2.5": (lambda x: x**2.5, 0.0, 0.0, 0.0),
    "power(x, [2.5])": (lambda x: np.power(x, np.full(1, 2.5)), 0.0, 0.0, 0.0),
    "0 ** x": (lambda x: 0**x, 2.0, 0.0, 0.0),
    "0.0 ** x": (lambda x: 0.0**x, 2.0, 0.0, 0.0),
    "power(0.0, x)": (lambda x: np.power(0.0, x), 2.0, 0.0, 0.0),
    "power([0.0], x)": (lambda x: np.power(np.zeros(1), x), 0.5, 0.0, 0.0),
    "1 ** x": (lambda x: 1.0**x, -2.0, 0.0, 0.0),
    "negative base, int": (lambda x: x**3, -2.0, 12.0, -12.0),
    "negative base, float": (lambda x: x**3.0, -2.0, 12.0, -12.0),
    "negative base, array": (lambda x: x ** np.array([3.0]), -2.0, 12.0, -12.0),
    "negative base, -2": (lambda x: x**-2, -2.0, 0.25, 0.375),
    "negative base, np.power": (lambda x: np.power(x, 2.0), -3.0, -6.0, 2.0),
    "negative base, float_power": (lambda x: np.float_power(x, 2), -3.0, -6.0, 2.0),
    "-0.0 ** 2": (lambda x: x**2, -0.0, 0.0, 2.0),
    "inf ** 1": (lambda x: x**1, np.inf, 1.0, 0.0),
    "inf ** 1.0": (lambda x: x**1.0, np.inf, 1.0, 0.0),
}


@pytest.mark.parametrize("name", POWERS)
def test_power_at_its_corners(name: str) -> None:
    """Powers follow the power rule at zero and for negative bases: never nan, first and second, without a warning."""
    function, x, first, second = POWERS[name]
    assert_all(slopes(function, x), first)
    assert_all(inner_slopes(function, x), first)
    assert_all(curvatures(function, x), second)


@pytest.mark.parametrize("exponent", [1.875, 1.5])
def test_power_between_one_and_two_at_zero(exponent: float) -> None:
    """x ** 1.875 has slope 0 at 0 and an infinite second derivative there, never nan."""
    for function in (lambda x: x**exponent, lambda x: np.power(x, np.full(1, exponent))):
        assert_all(slopes(function, 0.0), 0.0)
        with np.errstate(all="ignore"):
            assert_all(curvatures(function, 0.0), np.inf)


def test_power_with_a_dual_exponent_that_does_not_move() -> None:
    """x ** y for x < 0, with y dual but of tangent zero, is the power rule: the log term is skipped."""
    x, y = np.array([-2.0, 0.0, 3.0]), np.array([3.0, 2.0, 2.0])
    zero, one = np.zeros(3), np.ones(3)
    value, tangent = dd.jvp(lambda a, b: a**b, (x, y), (one, zero))
    np.testing.assert_array_equal(value, x**y)
    assert_close(tangent, [12.0, 0.0, 6.0], rtol=1e-15)
    many = dd.jvp(lambda a, b: a**b, (x, y), (np.stack([one, 2 * one]), np.stack([zero, zero])))[1]
    assert_close(many, [[12.0, 0.0, 6.0], [24.0, 0.0, 12.0]], rtol=1e-15)
    hyper = dd.HyperDual(x, one, one, zero) ** dd.HyperDual(y, zero, zero, zero)
    assert_close(hyper.eps12, [-12.0, 2.0, 2.0], rtol=1e-15)
    assert dd.jvp(lambda a, b: a**b, (-2.0, 3.0), (1.0, 0.0))[1] == 12.0
    nested = dd.jvp(lambda a, b: dd.jvp(lambda s, t: s**t, (a, b), (one, zero))[1], (x, y), (one, zero))[1]
    assert_close(nested, [-12.0, 2.0, 2.0], rtol=1e-15)


def test_moving_exponents_entry_by_entry() -> None:
    """Where one exponent moves and another does not, only the moving one needs a logarithm."""
    x, y = np.array([-2.0, 2.0]), np.array([3.0, 3.0])
    tangent = dd.jvp(lambda a, b: a**b, (x, y), (np.ones(2), np.array([0.0, 1.0])))[1]
    assert_close(tangent, [12.0, 12.0 + 8.0 * np.log(2.0)], rtol=1e-15)
    many = dd.jvp(lambda a, b: a**b, (x, y), (np.ones((2, 2)), np.array([[0.0, 0.0], [0.0, 1.0]])))[1]
    assert_close(many, [[12.0, 12.0], [12.0, 12.0 + 8.0 * np.log(2.0)]], rtol=1e-15)


@pytest.mark.parametrize("base", [-2.0, np.array([-2.0])], ids=["number", "array"])
def test_negative_number_to_a_moving_power_is_nan(base: Any) -> None:
    """(-2.0) ** x has nan for its derivative, as NumPy has nan for its values around x; the value at x is right."""
    with np.errstate(invalid="ignore"):
        value, tangent = dd.jvp(lambda x: base**x, (np.array([2.0]),), (np.ones(1),))
        assert value.item() == 4.0 and np.isnan(tangent).all()
        assert np.isnan(dd.derivative(lambda x: np.sum(base**x))(2.0))
        assert np.isnan(dd.derivative(lambda x: np.sum(np.power(base, x)))(2.0))


# --- functions with removable singularities, scaling and zeros --------------------------------------------------------


def test_sinc_at_zero() -> None:
    """sinc has slope 0 and second derivative -pi^2/3 at 0, and the power series' values near it."""
    assert_all(slopes(np.sinc, 0.0), 0.0)
    assert_all(inner_slopes(np.sinc, 0.0), 0.0)
    assert_all(curvatures(np.sinc, 0.0), -(np.pi**2) / 3)
    for x in (1e-160, 1e-9, -1e-5):
        assert_all(slopes(np.sinc, x), -(np.pi**2) / 3 * x * (1 - np.pi**2 * x * x / 10))
    assert_all(slopes(np.sinc, 1.0), -1.0)
    third = dd.derivative(dd.derivative(dd.derivative(np.sinc)))
    assert third(0.0) == 0.0
    assert dd.derivative(third)(0.0) == pytest.approx(np.pi**4 / 5, rel=1e-12)


ANGLES = (
    (1.0, 0.0), (-2.0, 0.0), (0.0, 1.0), (0.0, -2.0), (1e-200, 1e-200), (1e200, -1e200), (1e308, 1e308),
    (3e-308, -1e-308), (3.0, 4.0), (-3.0, -4.0), (1e300, 1.0), (1.0, 1e300),
)  # fmt: skip


@pytest.mark.parametrize("y, x", ANGLES)
def test_arctan2_is_scaled(y: float, x: float) -> None:
    """arctan2 has partials x/(x^2+y^2) and -y/(x^2+y^2), right on the axes, and without overflow or underflow."""
    size = max(abs(x), abs(y))
    radius = (x / size) ** 2 + (y / size) ** 2
    exact = (x / size / radius / size, -y / size / radius / size)
    for i in (0, 1):
        got = dd.derivative(np.arctan2, argnums=i)(y, x)
        assert got == pytest.approx(exact[i], rel=1e-14, abs=1e-307)
        unit = [np.ones(1) * (i == j) for j in (0, 1)]
        got = dd.jvp(np.arctan2, (np.array([y]), np.array([x])), tuple(unit))[1]
        assert got.item() == pytest.approx(exact[i], rel=1e-14, abs=1e-307)


def test_arctan2_second_order_on_the_axes() -> None:
    """The Hessian of arctan2 is right where one argument is zero."""
    for y, x in ((1.0, 0.0), (0.0, 1.0), (-2.0, 0.0), (0.0, -0.5)):
        r = x * x + y * y
        exact = np.array([[-2 * x * y, y * y - x * x], [y * y - x * x, 2 * x * y]]) / r**2
        assert_close(dd.hessian(lambda p: np.arctan2(p[0], p[1]))(np.array([y, x])), exact, rtol=1e-15, atol=1e-15)


def leave_out(x: Array, *positions: int) -> float:
    """The product of all entries but some: a derivative of a product, with no division."""
    return float(np.prod(np.delete(x, positions))) if len(set(positions)) == len(positions) else 0.0


PRODUCTS: dict[str, Function] = {
    "prod": np.prod, "multiply.reduce": np.multiply.reduce, "method": lambda x: x.prod(),
    "last of cumprod": lambda x: np.cumprod(x)[-1],
    "last of multiply.accumulate": lambda x: np.multiply.accumulate(x)[-1],
    "last of method": lambda x: x.cumprod()[-1], "matrix": lambda x: np.prod(np.reshape(x, (2, 2))),
    "two axes": lambda x: np.prod(np.prod(np.reshape(x, (2, 2)), axis=1)),
}  # fmt: skip


@pytest.mark.parametrize("zeros", [(), (1,), (0, 3), (0, 1, 2), (0, 1, 2, 3)], ids=lambda zeros: f"{len(zeros)} zeros")
@pytest.mark.parametrize("name", PRODUCTS)
def test_product_with_zeros_is_exact(name: str, zeros: tuple[int, ...]) -> None:
    """Products with any number of zeros have exact first and second derivatives: there is no division by the value."""
    function, x = PRODUCTS[name], np.array([2.0, -3.0, 0.5, 1.25])
    x[list(zeros)] = 0.0
    gradient = np.array([leave_out(x, i) for i in range(4)])
    hessian = np.array([[leave_out(x, i, j) for j in range(4)] for i in range(4)])
    assert_close(dd.grad(function)(x), gradient, rtol=1e-15)
    assert_close([dd.jvp(function, (x,), (e,))[1] for e in np.eye(4)], gradient, rtol=1e-15)
    assert_close(dd.hessian(function)(x), hessian, rtol=1e-15)
    assert_close(dd.jacobian(dd.grad(function))(x), hessian, rtol=1e-15)
    u, v = np.array([1.0, -2.0, 0.5, 3.0]), np.array([-1.0, 0.25, 2.0, 1.0])
    y = function(dd.HyperDual(x, u, v, v))
    assert_close(y.eps12, u @ hessian @ v + gradient @ v, rtol=1e-14)


@pytest.mark.parametrize("zeros", [(), (1,), (0, 2), (0, 1, 2)], ids=lambda zeros: f"{len(zeros)} zeros")
def test_cumprod_with_zeros_is_exact(zeros: tuple[int, ...]) -> None:
    """Every partial product with zeros has an exact gradient and Hessian, along an axis too."""
    x = np.array([2.0, -3.0, 0.5])
    x[list(zeros)] = 0.0
    jacobian, hessian = np.zeros((3, 3)), np.zeros((3, 3, 3))
    for n in range(3):
        for i in range(n + 1):
            jacobian[n, i] = leave_out(x[: n + 1], i)
            for j in range(n + 1):
                hessian[n, i, j] = leave_out(x[: n + 1], i, j)
    for function in (np.cumprod, np.multiply.accumulate, lambda t: np.cumprod(t[:, None], axis=0)[:, 0]):
        assert_close(dd.jacobian(function)(x), jacobian, rtol=1e-15)
        assert_close(dd.hessian(function)(x), hessian, rtol=1e-15)


def test_prod_of_infinite_entries() -> None:
    """A product with an infinite entry has its other entries' product as slope in that entry."""
    np.testing.assert_array_equal(dd.grad(np.prod)(np.array([np.inf, 2.0, 3.0])), [6.0, np.inf, np.inf])


def leibniz(a: Array) -> float:
    """The determinant by its definition, a polynomial in the entries."""
    n = len(a)
    signs = [round(float(np.linalg.det(np.eye(n)[list(order)]))) for order in permutations(range(n))]
    terms = [np.prod([a[i, j] for i, j in enumerate(order)]) for order in permutations(range(n))]
    return float(np.dot(signs, terms))


def det_derivatives(a: Array) -> tuple[Array, Array]:
    """Gradient and Hessian of the determinant: exact differences, since it is affine in every single entry."""
    n = len(a)

    def at(*changes: tuple[int, float]) -> float:
        moved = a.astype(float).ravel()
        for position, entry in changes:
            moved[position] = entry
        return leibniz(moved.reshape(n, n))

    cells = range(n * n)
    gradient = np.array([at((i, 1.0)) - at((i, 0.0)) for i in cells])
    hessian = np.zeros((n * n, n * n))
    for i in cells:
        for j in cells:
            if i != j:
                corners = ((1.0, 1.0, 1), (1.0, 0.0, -1), (0.0, 1.0, -1), (0.0, 0.0, 1))
                hessian[i, j] = sum(sign * at((i, p), (j, q)) for p, q, sign in corners)
    return gradient.reshape(n, n), hessian.reshape(n, n, n, n)


MATRICES = {
    "regular": [[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, 2.0, 1.0]],
    "rank 2": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
    "rank 2, a zero row": [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [7.0, 8.0, 1.0]],
    "rank 2, triangular": [[1.0, 2.0, 3.0], [0.0, 0.0, 6.0], [0.0, 0.0, 9.0]],
    "rank 1": [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]],
    "rank 0": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
    "2 x 2, rank 1": [[1.0, 2.0], [2.0, 4.0]],
    "2 x 2, rank 0": [[0.0, 0.0], [0.0, 0.0]],
    "1 x 1": [[0.0]],
    "4 x 4, rank 2": [[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 2.0], [1.0, 1.0, 2.0, 2.0], [2.0, 1.0, 4.0, 2.0]],
    "4 x 4, rank 3": [[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 2.0], [1.0, 1.0, 2.0, 2.0], [2.0, 1.0, 4.0, 5.0]],
    "permuted": [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
}  # fmt: skip


@pytest.mark.parametrize("name", MATRICES)
def test_det_of_a_singular_matrix_is_exact(name: str) -> None:
    """The gradient of the determinant is the cofactor matrix and its Hessian the minors, also of a singular matrix."""
    a = np.array(MATRICES[name])
    gradient, hessian = det_derivatives(a)
    scale = 1e-13 * max(1.0, np.abs(hessian).max(), np.abs(gradient).max())
    assert_close(dd.grad(np.linalg.det)(a), gradient, atol=scale)
    assert_close(dd.hessian(np.linalg.det)(a), hessian, atol=scale)
    assert_close(dd.jacobian(dd.grad(np.linalg.det))(a), hessian, atol=scale)
    rng = np.random.default_rng(4)
    u, v, w = rng.integers(-2, 3, (3, *a.shape)).astype(float)
    assert dd.jvp(np.linalg.det, (a,), (u,))[1] == pytest.approx(np.sum(gradient * u), abs=10 * scale)
    assert_close(
        dd.jvp(np.linalg.det, (a,), (np.stack([u, v, w]),))[1],
        [np.sum(gradient * t) for t in (u, v, w)],
        atol=10 * scale,
    )
    exact = np.einsum("ijkl,ij,kl", hessian, u, v) + np.sum(gradient * w)
    y = np.linalg.det(dd.HyperDual(a, u, v, w))
    assert y.eps12 == pytest.approx(exact, abs=100 * scale)
    assert dd.second_directional_derivative(np.linalg.det, a, u, v) == pytest.approx(
        exact - np.sum(gradient * w), abs=100 * scale
    )


def test_det_of_a_stack_with_a_singular_matrix() -> None:
    """Each matrix of a stack has its own derivative, singular or not."""
    stack = np.array([MATRICES["regular"], MATRICES["rank 1"], MATRICES["rank 2"]])
    v = np.random.default_rng(5).integers(-2, 3, stack.shape).astype(float)
    exact = [np.sum(det_derivatives(a)[0] * t) for a, t in zip(stack, v, strict=True)]
    assert_close(dd.jvp(np.linalg.det, (stack,), (v,))[1], exact, atol=1e-12)
    many = dd.jvp(np.linalg.det, (stack,), (np.stack([v, -v]),))[1]
    assert_close(many, [exact, np.negative(exact)], atol=1e-12)
    second = [np.einsum("ijkl,ij,kl", det_derivatives(a)[1], t, t) for a, t in zip(stack, v, strict=True)]
    nested = dd.jvp(lambda s: dd.jvp(np.linalg.det, (s,), (v,))[1], (stack,), (v,))[1]
    assert_close(nested, second, atol=1e-11)


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2], ids=lambda ufunc: ufunc.__name__)
def test_logaddexp_of_minus_infinity(ufunc: np.ufunc) -> None:
    """logaddexp(-inf, -inf) shares equally; where only one argument is -inf the other has slope 1."""
    low = -np.inf
    assert dd.derivative(ufunc, argnums=0)(low, low) == 0.5
    assert dd.derivative(ufunc, argnums=1)(low, low) == 0.5
    x, y = np.array([low, low, 1.0, 2.0]), np.array([low, 3.0, low, 2.0])
    one, zero = np.ones(4), np.zeros(4)
    assert_close(dd.jvp(ufunc, (x, y), (one, zero))[1], [0.5, 0.0, 1.0, 0.5], rtol=1e-15)
    assert_close(dd.jvp(ufunc, (x, y), (zero, one))[1], [0.5, 1.0, 0.0, 0.5], rtol=1e-15)
    assert_close(dd.jvp(ufunc, (x, y), (one, one))[1], one, rtol=1e-15)
    assert_close(dd.jvp(lambda t: ufunc(t, -np.inf), (y,), (one,))[1], [0.5, 1.0, 0.5, 1.0], rtol=1e-15)
    np.testing.assert_array_equal(dd.grad(ufunc.reduce)(np.array([low, 1.0, low])), [0.0, 1.0, 0.0])


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2], ids=lambda ufunc: ufunc.__name__)
def test_logaddexp_of_plus_infinity(ufunc: np.ufunc) -> None:
    """An argument of +inf takes the whole slope, and two of them share equally."""
    high = np.inf
    assert dd.derivative(ufunc, argnums=0)(high, 0.0) == 1.0
    assert dd.derivative(ufunc, argnums=1)(high, 0.0) == 0.0
    assert dd.derivative(ufunc, argnums=0)(high, high) == 0.5


# --- branches ---------------------------------------------------------------------------------------------------------

BRANCHES: dict[str, Function] = {
    "where, sqrt": lambda x: np.where(x > 0, np.sqrt(x), 0.0),
    "where, log": lambda x: np.where(x > 0, np.log(x), 0.0),
    "where, division": lambda x: np.where(x != 0, np.sin(x) / x, 1.0),
    "where, power": lambda x: np.where(x > 0, x**0.5, 0.0),
    "select": lambda x: np.select([x > 0, x <= 0], [np.sqrt(x), 0 * x]),
    "select with default": lambda x: np.select([x > 0], [np.log(x)], 0.0),
    "piecewise": lambda x: np.piecewise(x, [x > 0, x <= 0], [np.sqrt, 0.0]),
    "choose": lambda x: np.choose((dd.value_of(x) > 0).astype(int), [0 * x, np.sqrt(x)]),
    "mask": lambda x: np.sqrt(x, where=x > 0, out=np.zeros_like(x)),
}
TAKEN: dict[str, Function] = {
    "where, sqrt": np.sqrt, "where, log": np.log, "where, division": lambda x: np.sin(x) / x, "where, power": np.sqrt,
    "select": np.sqrt, "select with default": np.log, "piecewise": np.sqrt, "choose": np.sqrt, "mask": np.sqrt,
}  # fmt: skip


@pytest.mark.parametrize("name", BRANCHES)
def test_branch_not_taken_leaves_no_nan(name: str) -> None:
    """where, select and piecewise take the tangent of the branch taken, whatever the other one became."""
    function, x = BRANCHES[name], np.array([0.0, 0.25, 4.0])
    first = np.array([0.0, *(dd.derivative(TAKEN[name])(t) for t in (0.25, 4.0))])
    second = np.array([0.0, *(dd.derivative(dd.derivative(TAKEN[name]))(t) for t in (0.25, 4.0))])
    one = np.ones(3)
    with np.errstate(all="ignore"):
        assert_close(dd.jvp(function, (x,), (one,))[1], first, rtol=1e-14)
        assert_close(dd.jvp(function, (x,), (np.stack([one, -one]),))[1], [first, -first], rtol=1e-14)
        assert_close(dd.jacobian(function)(x), np.diag(first), rtol=1e-14)
        assert_close(np.diagonal(dd.hessian(lambda t: np.sum(function(t)))(x)), second, rtol=1e-14)
        nested = dd.jvp(lambda t: dd.jvp(function, (t,), (one,))[1], (x,), (one,))[1]
        assert_close(nested, second, rtol=1e-14)
        assert_close(current(function(dd.HyperDual(x, one, one, 0 * x)).eps12), second, rtol=1e-14)


IDENTITIES: dict[str, Function] = {
    "x + 0": lambda x: x + 0, "0 + x": lambda x: 0 + x, "x - 0": lambda x: x - 0, "x * 1": lambda x: x * 1,
    "1 * x": lambda x: 1 * x, "x / 1": lambda x: x / 1, "x ** 1": lambda x: x**1, "x ** 1.0": lambda x: x**1.0,
    "+x": lambda x: +x, "multiply": lambda x: np.multiply(x, 1.0), "divide": lambda x: np.divide(x, 1.0),
    "power": lambda x: np.power(x, 1.0), "array": lambda x: x * np.ones(1), "add array": lambda x: x + np.zeros(1),
    "power array": lambda x: x ** np.ones(1), "maximum": lambda x: np.maximum(x, x), "conjugate": np.conjugate,
    "plus 3": lambda x: x + 3,
}  # fmt: skip


@pytest.mark.parametrize("x", [np.inf, -np.inf])
@pytest.mark.parametrize("name", IDENTITIES)
def test_identity_on_infinity_keeps_the_tangent(name: str, x: float) -> None:
    """Adding 0, multiplying by 1, dividing by 1 and the first power pass tangents of infinite numbers through."""
    assert_all(slopes(IDENTITIES[name], x), 1.0)
    assert_all(inner_slopes(IDENTITIES[name], x), 1.0)
    assert_all(curvatures(IDENTITIES[name], x), 0.0)


def test_scaling_infinity() -> None:
    """A factor scales the tangent of an infinite number; no 0 * inf arises from what does not move."""
    assert_all(slopes(lambda x: 2 * x, np.inf), 2.0)
    assert_all(slopes(lambda x: x / 4, -np.inf), 0.25)
    assert_all(curvatures(lambda x: 2 * x, np.inf), 0.0)
    assert_all(slopes(lambda x: 1 / x, np.inf), 0.0)
    assert_all(slopes(np.exp, -np.inf), 0.0)
    assert_all(slopes(np.tanh, np.inf), 0.0)
    assert_all(slopes(np.arctan, -np.inf), 0.0)


# --- second order at kinks --------------------------------------------------------------------------------------------

SQUARES: dict[str, Function] = {
    "abs(x) ** 2": lambda x: abs(x) ** 2, "np.abs(x) ** 2": lambda x: np.abs(x) ** 2,
    "fabs(x) ** 2": lambda x: np.fabs(x) ** 2, "abs(x) * abs(x)": lambda x: abs(x) * abs(x),
    "square(abs(x))": lambda x: np.square(np.abs(x)), "abs(x) ** 2.0": lambda x: np.abs(x) ** 2.0,
}  # fmt: skip


@pytest.mark.parametrize("x", [0.0, -0.0, 1.5, -1.5])
@pytest.mark.parametrize("name", SQUARES)
def test_square_of_abs_is_smooth(name: str, x: float) -> None:
    """The square of abs has second derivative 2 everywhere, at zero too, by every route."""
    function = SQUARES[name]
    assert_all(slopes(function, x), 2 * x)
    assert_all(curvatures(function, x), 2.0)


def test_hessian_of_a_sum_of_squared_abs_at_zero() -> None:
    """The Hessian of sum(abs(x) ** 2) is 2 I, also in the rows of zeros."""
    for x in (np.zeros(3), np.array([0.0, -2.0, 1.0]), np.array([-0.0, 0.0, 5.0])):
        np.testing.assert_array_equal(dd.hessian(lambda t: np.sum(np.abs(t) ** 2))(x), 2 * np.eye(3))
        np.testing.assert_array_equal(dd.hessian(lambda t: np.sum(abs(t) ** 2))(x), 2 * np.eye(3))
        np.testing.assert_array_equal(dd.jacobian(dd.grad(lambda t: np.sum(np.abs(t) ** 2)))(x), 2 * np.eye(3))
    np.testing.assert_array_equal(dd.hessian(lambda t: np.sum(np.abs(t)))(np.zeros(2)), np.zeros((2, 2)))


# --- nan --------------------------------------------------------------------------------------------------------------

CURVED = (
    np.sqrt, np.cbrt, np.square, np.reciprocal, np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sin,
    np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh,
    np.sinc, np.absolute, np.fabs,
)  # fmt: skip


@pytest.mark.parametrize("function", CURVED, ids=lambda function: function.__name__)
def test_nan_in_nan_out(function: Function) -> None:
    """nan in is nan out, in the value and in the derivative, with no effect on other entries."""
    x = np.array([np.nan, 1.5 if function is np.arccosh else 0.5])
    value, tangent = dd.jvp(function, (x,), (np.ones(2),))
    slope = dd.derivative(function)(x[1].item())
    assert_close(value, function(x), rtol=1e-15)
    assert_close(tangent, [np.nan, slope], rtol=1e-15)
    assert_close(dd.jvp(function, (x,), (np.ones((2, 2)),))[1], [[np.nan, slope]] * 2, rtol=1e-15)
    assert np.isnan(dd.derivative(function)(float("nan")))


@pytest.mark.parametrize(
    "ufunc", [np.multiply, np.divide, np.power, np.arctan2, np.hypot, np.logaddexp], ids=lambda u: u.__name__
)
def test_nan_in_either_argument(ufunc: np.ufunc) -> None:
    """nan in one argument is nan out, in the value and in the derivative by the other."""
    for x, y in ((np.nan, 2.0), (2.0, np.nan)):
        with np.errstate(invalid="ignore"):
            value, tangent = dd.jvp(ufunc, (x, y), (1.0, 1.0))
        assert np.isnan(value) and np.isnan(tangent)


def test_nan_in_a_comparison() -> None:
    """maximum and minimum hand nan on; fmax and fmin take the number, with its whole derivative."""
    for ufunc in (np.maximum, np.minimum):
        assert np.isnan(dd.jvp(lambda x, u=ufunc: u(x, 1.0), (np.array([np.nan]),), (np.ones(1),))[0]).all()
        assert np.isnan(dd.jvp(lambda x, u=ufunc: u(x, np.nan), (np.ones(1),), (np.ones(1),))[0]).all()
    for fused in (np.fmax, np.fmin):
        value, tangent = dd.jvp(lambda x, u=fused: u(x, np.nan), (np.ones(1),), (np.full(1, 3.0),))
        assert value.item() == 1.0 and tangent.item() == 3.0
        value, tangent = dd.jvp(lambda x, u=fused: u(x, 1.0), (np.array([np.nan]),), (np.full(1, 3.0),))
        assert value.item() == 1.0 and tangent.item() == 0.0


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, bool])
def test_integers_are_promoted(dtype: Any) -> None:
    """Integers and booleans are differentiated as float64 numbers, whatever the verb."""
    x = np.array([1, 0, 1], dtype)
    for got in (
        dd.grad(lambda t: np.sum(t**2))(x),
        dd.jvp(lambda t: t**2, (x,), (np.ones(3, dtype),))[1],
        np.diagonal(dd.jacobian(lambda t: t**2)(x)),
    ):
        assert got.dtype == np.float64
        np.testing.assert_array_equal(got, [2.0, 0.0, 2.0])
    assert dd.derivative(lambda t: t * t)(3) == 6.0
    assert dd.Dual(x, np.ones(3)).dtype == np.float64


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.complex64, np.complex128])
def test_dtype_stays(dtype: Any) -> None:
    """The other floating dtypes stay what they are, through every verb."""
    x = np.array([1.5, 0.5], dtype)
    holomorphic = bool(np.iscomplexobj(x))
    assert dd.grad(lambda t: np.sum(t * t), holomorphic=holomorphic)(x).dtype == dtype
    assert dd.jacobian(lambda t: 3 * t / (2 + t), holomorphic=holomorphic)(x).dtype == dtype
    value, tangent = dd.jvp(np.exp, (x,), (np.ones(2, dtype),))
    assert value.dtype == dtype and tangent.dtype == dtype
    scalar = dd.derivative(lambda t: 2 * np.sin(t), holomorphic=holomorphic)(dtype(0.5))
    assert np.asarray(scalar).dtype == dtype


def test_holomorphic_must_be_asked_for() -> None:
    """derivative, grad and jacobian of a complex function of complex numbers need holomorphic=True; jvp does not."""
    z = np.array([0.5 + 0.25j, -1.0 + 2.0j])
    with pytest.raises((dd.DualDiffError, TypeError), match="holomorphic"):
        dd.derivative(np.exp)(0.5 + 0.25j)
    with pytest.raises((dd.DualDiffError, TypeError), match="holomorphic"):
        dd.grad(lambda t: np.sum(t * t))(z)
    with pytest.raises((dd.DualDiffError, TypeError), match="holomorphic"):
        dd.jacobian(np.exp)(z)
    assert_close(dd.grad(lambda t: np.sum(t * t), holomorphic=True)(z), 2 * z, rtol=1e-15)
    assert_close(dd.jvp(np.exp, (z,), (1j * z,))[1], 1j * z * np.exp(z), rtol=1e-14)


def test_jvp_of_a_complex_function_is_real_linear() -> None:
    """jvp of a function that is not holomorphic is its real-linear differential."""
    z, v = np.array([3.0 + 4.0j]), np.array([1.0 - 2.0j])
    assert_close(dd.jvp(np.abs, (z,), (v,))[1], [(3.0 * 1.0 + 4.0 * -2.0) / 5.0], rtol=1e-15)
    np.testing.assert_array_equal(dd.jvp(np.conj, (z,), (v,))[1], [1.0 + 2.0j])
    np.testing.assert_array_equal(dd.jvp(lambda t: t.real * t.imag, (z,), (v,))[1], [1.0 * 4.0 + 3.0 * -2.0])


def test_complex_abs_at_zero() -> None:
    """abs of a complex number has derivative 0 at 0, and its squared modulus is smooth there."""
    z, v = np.zeros(1, complex), np.array([1.0 - 2.0j])
    assert dd.jvp(np.abs, (z,), (v,))[1].item() == 0.0
    assert dd.jvp(lambda t: (t * np.conj(t)).real, (z,), (v,))[1].item() == 0.0
    nested = dd.jvp(lambda t: dd.jvp(lambda s: (s * np.conj(s)).real, (t,), (v,))[1], (z,), (v,))[1]
    assert_close(nested, [10.0], rtol=1e-15)


@pytest.mark.parametrize("function", [lambda t: 3.0, lambda t: np.ones(2), lambda t: np.floor(t), lambda t: np.zeros_like(t)])
def test_function_that_does_not_depend_on_its_input(function: Function) -> None:
    """A function that does not depend on its input has derivative zero, of the right shape."""
    x = np.array([0.5, 1.5])
    shape = np.shape(function(x))
    np.testing.assert_array_equal(dd.jacobian(function)(x), np.zeros((*shape, 2)))
    np.testing.assert_array_equal(dd.jvp(function, (x,), (x,))[1], np.zeros(shape))
    np.testing.assert_array_equal(dd.jvp(function, (x,), (np.ones((3, 2)),))[1], np.zeros((3, *shape)))
    np.testing.assert_array_equal(dd.hessian(function)(x), np.zeros((*shape, 2, 2)))
    np.testing.assert_array_equal(dd.grad(lambda t: np.sum(function(t)))(x), np.zeros(2))
    assert dd.derivative(lambda t: 3.0)(1.0) == 0.0
    assert dd.second_directional_derivative(lambda t: 3.0, x, x, x) == 0.0


def test_empty_input_gives_an_empty_gradient() -> None:
    """An empty input is no error: its gradient, Jacobian and Hessian are empty, or zeros where an output remains."""
    empty = np.zeros((0,))
    assert dd.grad(np.sum)(empty).shape == (0,)
    assert dd.grad(lambda t: np.prod(t) + 1.0)(empty).shape == (0,)
    assert dd.jacobian(np.exp)(empty).shape == (0, 0)
    assert dd.jacobian(lambda t: np.zeros(3) + np.sum(t))(empty).shape == (3, 0)
    assert dd.hessian(np.sum)(empty).shape == (0, 0)
    assert dd.grad(np.sum)(np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert dd.jvp(np.sum, (empty,), (empty,))[1] == 0.0
    assert dd.jvp(np.exp, (empty,), (np.zeros((3, 0)),))[1].shape == (3, 0)


CHANGES: dict[str, Function] = {
    "assigns": lambda x: _assign(x, 0, x[1] * 2),
    "scales in place": lambda x: _scale(x),
    "sorts in place": lambda x: x.sort() or x,
    "fills": lambda x: x.fill(3.0) or x,
    "writes with out": lambda x: np.exp(x, out=x),
    "adds at": lambda x: _add_at(x),
}


def _assign(x: Any, index: int, entry: Any) -> Any:
    """Change one entry of the argument itself."""
    x[index] = entry
    return x


def _add_at(x: Any) -> Any:
    """Change one entry of the argument itself twice."""
    np.add.at(x, [0, 0], 1.0)
    return x


def _scale(x: Any) -> Any:
    """Change the whole argument itself, and a view of it."""
    x *= 2.0
    view = x[1:]
    view += 1.0
    return x


@pytest.mark.parametrize("name", CHANGES)
def test_inputs_are_never_modified(name: str) -> None:
    """A function that changes its argument changes neither the caller's numbers nor the caller's directions."""
    function, x, v = CHANGES[name], np.array([2.0, 0.5, 1.0]), np.array([1.0, -1.0, 0.25])
    many = np.stack([v, v + 1])
    kept = copy.deepcopy((x, v, many))
    dd.jvp(function, (x,), (v,))
    dd.jvp(function, (x,), (many,))
    dd.jacobian(function)(x)
    dd.grad(lambda t: np.sum(function(t)))(x)
    dd.hessian(lambda t: np.sum(function(t)))(x)
    dd.second_directional_derivative(lambda t: np.sum(function(t)), x, v, v)
    for got, before in zip((x, v, many), kept, strict=True):
        np.testing.assert_array_equal(got, before)


@pytest.mark.parametrize(
    ("function", "outside", "inside"),
    [(np.log, -1.0, 2.0), (np.sqrt, -1.0, 4.0), (np.arcsin, 2.0, 0.5), (np.arccosh, 0.5, 2.0), (np.log1p, -2.0, 1.0)],
)
def test_outside_its_domain_a_function_has_no_derivative_of_any_order(function: Any, outside: float, inside: float) -> None:
    """Where the value is nan all derivatives are, by every route; other entries are not touched."""
    x = np.array([outside, inside])
    with np.errstate(invalid="ignore"):
        second, undefined = (dd.derivative(dd.derivative(function))(v) for v in (inside, outside))
        nested = dd.jacobian(lambda x: np.diagonal(dd.jacobian(function)(x)))(x)
        hessian = dd.hessian(lambda x: np.sum(function(x)))(x)
        hyper = function(dd.HyperDual(x, np.ones(2), np.ones(2), np.zeros(2))).eps12
        series = function(dd.Taylor(np.array([x, np.ones(2), np.zeros(2)]))).coefficients
    for found in (np.diagonal(nested), np.diagonal(hessian), hyper, 2 * series[2]):
        assert np.isnan(found[0]) and found[1] == pytest.approx(second)
    assert np.isnan(series[1, 0]) and np.isnan(undefined)
