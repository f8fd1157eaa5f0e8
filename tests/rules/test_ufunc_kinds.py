"""What each NumPy ufunc is to calculus, and that its keywords, methods and operators keep the derivative.

The oracle is a central difference of order six in longdouble arithmetic: good to about 1e-13 where longdouble has 64
bits or more, and to about 1e-11 where it is float64. Accuracy itself is the subject of test_ufuncs_against_mpmath.py.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dualdiff as dd
from dualdiff.tangents import current, is_zero

pytestmark = pytest.mark.filterwarnings("error")

Array = NDArray[Any]
Function = Callable[..., Any]

WIDE = {"float16": 3e-2, "float32": 3e-6, "float64": 1e-14, "longdouble": 1e-14}  # tolerance by dtype


def name_of(part: Any) -> str:
    """A readable test id."""
    return getattr(part, "__name__", None) or (part if isinstance(part, str) else repr(part))


# --- the oracle -------------------------------------------------------------------------------------------------------


def slope(function: Function, numbers: Any, directions: Any) -> Array:
    """The directional derivative of a function, by a central difference of order six in longdouble."""
    step = np.longdouble(1) / 8192
    wide = [np.asarray(x).astype(np.result_type(np.asarray(x), np.longdouble)) for x in numbers]

    def along(distance: Any) -> Any:
        moved = [(x + distance * np.asarray(v))[()] for x, v in zip(wide, directions, strict=True)]
        return np.asarray(function(*moved))

    differences = [weight * (along(k * step) - along(-k * step)) for k, weight in ((1, 45), (2, -9), (3, 1))]
    return np.asarray(sum(differences) / (60 * step))


def curvature(function: Function, numbers: Any, first: Any, second: Any) -> Array:
    """The second directional derivative of a function, by a difference of differences."""
    return slope(lambda *moved: slope(function, moved, first), numbers, second)


def directions_for(numbers: Any, *directions: int, seed: int = 1) -> tuple[Any, ...]:
    """A direction for each argument, of its shape and kind of number, `directions` in front."""
    rng = np.random.default_rng(seed)
    return tuple(_direction(rng, x, directions) for x in numbers)


def _direction(rng: np.random.Generator, x: Any, directions: tuple[int, ...]) -> Any:
    """Numbers of both signs, with imaginary parts for complex arguments."""
    v = np.asarray(rng.uniform(-1.5, 1.5, directions + np.shape(x)))
    if np.iscomplexobj(x):
        v = v + 1j * rng.uniform(-1.5, 1.5, v.shape)
    return v[()] if v.ndim else v.item()


def part(result: Any, name: str, shape: tuple[int, ...]) -> Array:
    """One part of a dual result at its full shape; a plain result, or a symbolic zero, is an array of zeros."""
    entry = current(getattr(result, name, 0.0))
    return np.asarray(np.broadcast_to(np.asarray(0.0 if is_zero(entry) else entry), shape))


def assert_close(got: Any, exact: Any, tolerance: float = 1e-9) -> None:
    """Shapes are equal and entries agree to the accuracy of the oracle."""
    assert np.shape(got) == np.shape(exact), f"shape {np.shape(got)}, not {np.shape(exact)}"
    np.testing.assert_allclose(np.asarray(got), np.asarray(exact), rtol=tolerance, atol=tolerance)


def check(function: Function, *numbers: Any, fold: bool = False) -> None:
    """The derivatives of a function are right in one direction, k directions, nested and hyper-dual.

    `fold`: the value is compared with that of longdouble arithmetic, since np.power.reduce and np.arctan2.reduce of
    float64 arrays (and reduceat) are wrong in NumPy 2.4 on machines with AVX-512: they skip entries.
    """
    exact = function(*numbers) if not fold else function(*(np.asarray(x, np.longdouble) for x in numbers)).astype(float)
    shape = np.shape(exact)
    u, v, w = (directions_for(numbers, seed=seed) for seed in (1, 2, 3))
    value, tangent = dd.jvp(function, numbers, u)
    np.testing.assert_allclose(value, exact, rtol=1e-14 if fold else 2e-15, strict=isinstance(exact, np.ndarray))
    assert_close(tangent, slope(function, numbers, u))
    for k in (2, 3):  # both, for they may equal a dimension of the arguments
        many = directions_for(numbers, k)
        tangents = dd.jvp(function, numbers, many)[1]
        assert np.shape(tangents) == (k, *shape), f"shape {np.shape(tangents)}, not {(k, *shape)}"
        for i in range(k):
            assert_close(tangents[i], slope(function, numbers, [direction[i] for direction in many]))
    second = curvature(function, numbers, u, v)
    nested = dd.jvp(lambda *moved: dd.jvp(function, moved, u)[1], numbers, v)[1]
    assert_close(nested, second, 1e-8)
    hyper = function(*(dd.HyperDual(*parts) for parts in zip(numbers, u, v, w, strict=True)))
    assert_close(part(hyper, "eps1", shape), slope(function, numbers, u))
    assert_close(part(hyper, "eps2", shape), slope(function, numbers, v))
    assert_close(part(hyper, "eps12", shape), second + slope(function, numbers, w), 1e-8)
    check_hyperdual_directions(function, numbers, shape)


def check_hyperdual_directions(function: Function, numbers: Any, shape: tuple[int, ...]) -> None:
    """Two directions in eps1 and three in eps2 give the six second derivatives, those of eps1 first."""
    u, v = directions_for(numbers, 2, seed=4), directions_for(numbers, 3, seed=5)
    hyper = function(*(dd.HyperDual(*parts) for parts in zip(numbers, u, v, strict=True)))
    eps1, eps12 = part(hyper, "eps1", (2, *shape)), part(hyper, "eps12", (2, 3, *shape))
    for i in range(2):
        first = [direction[i] for direction in u]
        assert_close(eps1[i], slope(function, numbers, first))
        for j in range(3):
            second = curvature(function, numbers, first, [direction[j] for direction in v])
            assert_close(eps12[i, j], second, 1e-8)


def numbers_in(low: float, high: float, *shape: int, seed: int = 5) -> Array:
    """Random numbers of an interval, the same in every run."""
    return np.random.default_rng(seed).uniform(low, high, shape)


def test_oracle_knows_closed_forms() -> None:
    """The oracle itself agrees with derivatives known in closed form, so agreement with it means something."""
    x, u, v = np.array([0.3, -1.2]), np.array([2.0, -0.5]), np.array([0.25, 3.0])
    assert_close(slope(np.sin, (x,), (u,)), np.cos(x) * u, 1e-11)
    assert_close(curvature(np.exp, (x,), (u,), (v,)), np.exp(x) * u * v, 1e-9)
    with pytest.raises(AssertionError):
        check(lambda t: np.sin(t) if isinstance(t, dd.Dual) else 1.0005 * np.sin(t), x)


# --- kinds ------------------------------------------------------------------------------------------------------------

UNARY: dict[Any, tuple[float, float]] = {
    np.positive: (-2, 2), np.negative: (-2, 2), np.conjugate: (-2, 2), np.absolute: (0.2, 2), np.fabs: (-2, -0.2),
    np.square: (-2, 2), np.reciprocal: (0.5, 2), np.sqrt: (0.5, 3), np.cbrt: (0.5, 3), np.exp: (-1, 1),
    np.exp2: (-1, 1), np.expm1: (-1, 1), np.log: (0.5, 3), np.log2: (0.5, 3), np.log10: (0.5, 3), np.log1p: (-0.4, 2),
    np.sin: (-2, 2), np.cos: (-2, 2), np.tan: (-1, 1), np.arcsin: (-0.7, 0.7), np.arccos: (-0.7, 0.7),
    np.arctan: (-2, 2), np.sinh: (-1, 1), np.cosh: (-1, 1), np.tanh: (-1, 1), np.arcsinh: (-2, 2),
    np.arccosh: (1.5, 3), np.arctanh: (-0.7, 0.7), np.deg2rad: (-2, 2), np.radians: (-2, 2), np.rad2deg: (-2, 2),
    np.degrees: (-2, 2),
}  # fmt: skip
BINARY: dict[Any, tuple[float, float]] = {
    np.add: (-2, 2), np.subtract: (-2, 2), np.multiply: (-2, 2), np.divide: (0.5, 2), np.power: (0.5, 2),
    np.float_power: (0.5, 2), np.arctan2: (0.5, 2), np.hypot: (0.5, 2), np.logaddexp: (-1, 1), np.logaddexp2: (-1, 1),
    np.maximum: (-2, 2), np.minimum: (-2, 2), np.fmax: (-2, 2), np.fmin: (-2, 2), np.copysign: (0.5, 2),
    np.remainder: (0.5, 2), np.fmod: (0.5, 2), np.heaviside: (0.5, 2),
}  # fmt: skip
PRODUCTS = tuple(getattr(np, name) for name in ("matmul", "matvec", "vecmat", "vecdot") if hasattr(np, name))
SEVERAL_OUTPUTS = (np.modf, np.frexp, np.divmod, np.ldexp)  # ldexp: its second argument is an integer
CONSTANT = (np.floor, np.ceil, np.trunc, np.rint, np.sign, np.spacing, np.floor_divide)
PREDICATES = (np.isfinite, np.isinf, np.isnan, np.signbit, np.logical_not)
COMPARISONS = (
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_xor,
)  # fmt: skip
REFUSED = (
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.bitwise_count, np.left_shift, np.right_shift,
    np.gcd, np.lcm, np.nextafter, np.isnat,
)  # fmt: skip


def test_every_ufunc_has_one_kind() -> None:
    """Each ufunc that NumPy exports is in exactly one of the tables of this file."""
    tables = (*UNARY, *BINARY, *PRODUCTS, *SEVERAL_OUTPUTS, *CONSTANT, *PREDICATES, *COMPARISONS, *REFUSED)
    exported = {entry for entry in vars(np).values() if isinstance(entry, np.ufunc)}
    assert len(tables) == len(set(tables))
    assert set(tables) == exported


@pytest.mark.parametrize("ufunc", UNARY, ids=name_of)
def test_unary_ufunc(ufunc: np.ufunc) -> None:
    """A differentiable ufunc of one argument is right for arrays of any ndim, 0 included, and for Python floats."""
    low, high = UNARY[ufunc]
    check(ufunc, numbers_in(low, high, 3))
    check(ufunc, numbers_in(low, high, 3, 2))
    check(ufunc, numbers_in(low, high, 3).tolist()[0])
    check(ufunc, np.array(0.6 * high + 0.4 * low))


@pytest.mark.parametrize("ufunc", BINARY, ids=name_of)
def test_binary_ufunc(ufunc: np.ufunc) -> None:
    """A differentiable ufunc of two arguments is right with either argument dual, or both."""
    x, y = numbers_in(*BINARY[ufunc], 2, 3)
    check(ufunc, x, y)
    check(lambda t: ufunc(t, y), x)
    check(lambda t: ufunc(x, t), y)
    check(ufunc, *(t.item() for t in (x[0], y[0])))
    check(lambda t: ufunc(t, y.tolist()[1]), x.tolist()[1])
    check(lambda t: ufunc(x.tolist()[1], t), y.tolist()[1])


OUTPUTS = {
    "modf, fraction": (lambda x, y: np.modf(x)[0], 1.0, 0.0),
    "modf, whole part": (lambda x, y: np.modf(x)[1], 0.0, 0.0),
    "frexp, mantissa": (lambda x, y: np.frexp(x)[0], 0.25, 0.0),
    "divmod, quotient": (lambda x, y: np.divmod(x, y)[0], 0.0, 0.0),
    "divmod, remainder": (lambda x, y: np.divmod(x, y)[1], 1.0, -1.0),
    "ldexp": (lambda x, y: np.ldexp(x, 3), 8.0, 0.0),
    "ldexp of an array": (lambda x, y: np.ldexp(x, np.array([3])), 8.0, 0.0),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_each_output_has_its_derivative(name: str) -> None:
    """Of the ufuncs with several outputs each output has its own derivative."""
    function, by_x, by_y = OUTPUTS[name]
    x, y, u, v = np.array([2.75]), np.array([1.5]), np.array([0.5]), np.array([-2.0])
    check(function, x, y)
    assert_close(dd.jvp(function, (x, y), (u, v))[1], by_x * u + by_y * v, 1e-15)
    if "array" not in name:
        check(function, 2.75, 1.5)


def test_frexp_exponent_is_a_plain_integer() -> None:
    """The exponent from frexp is an integer as NumPy's own, with nothing attached."""
    for given in (
        dd.Dual(np.array([2.75, -0.3]), np.ones(2)),
        dd.HyperDual(np.array([2.75, -0.3]), np.ones(2), np.ones(2)),
    ):
        exponent = np.frexp(given)[1]
        assert type(exponent) is np.ndarray and exponent.dtype == np.intc
        np.testing.assert_array_equal(exponent, [2, -1])


def test_ldexp_refuses_a_dual_exponent() -> None:
    """ldexp is differentiable in its first argument only; NumPy itself takes only integers for the second."""
    with pytest.raises(TypeError):
        np.ldexp(2.0, dd.Dual(np.array([1.0]), np.ones(1)))
    with pytest.raises(TypeError):
        np.ldexp(dd.Dual(2.0, 1.0), dd.Dual(1.0, 1.0))


CONSTANTS: dict[str, Function] = {
    "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint, "sign": np.sign, "spacing": np.spacing,
    "floor_divide": lambda x: np.floor_divide(x, 0.7), "floor_divide by": lambda x: np.floor_divide(7.3, x),
    "operator //": lambda x: x // 0.7, "reflected //": lambda x: 7.3 // x, "divmod": lambda x: np.divmod(x, 0.7)[0],
    "modf": lambda x: np.modf(x)[1], "heaviside": lambda x: np.heaviside(x, 0.5), "round": np.round, "fix": np.fix,
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTANTS)
def test_step_function_is_constant(name: str) -> None:
    """A step function has derivative zero between its jumps, first and second."""
    function = CONSTANTS[name]
    for x in (2.6, -1.3):
        assert dd.derivative(function)(x) == 0.0
        assert dd.derivative(dd.derivative(function))(x) == 0.0
        assert dd.derivative(lambda t: t * function(t))(x) == function(x)
    check(function, np.array([2.6, -1.3, 1.7]))
    np.testing.assert_array_equal(dd.jacobian(function)(np.array([2.6, -1.3])), np.zeros((2, 2)))


@pytest.mark.parametrize("name", CONSTANTS)
def test_step_function_converts_freely(name: str) -> None:
    """Nothing is lost when the result of a step function becomes a plain number, so it may."""
    function, x = CONSTANTS[name], np.array([2.6, -1.3])
    for scalar in (dd.Dual(2.6, 1.0), dd.HyperDual(2.6, 1.0, 1.0, 0.0), dd.Dual(2.6, np.ones(3))):
        assert float(function(scalar)) == function(2.6)
    for array in (
        dd.Dual(x, np.ones(2)),
        dd.HyperDual(x, np.ones(2), np.ones(2), np.zeros(2)),
        dd.Dual(x, np.ones((3, 2))),
    ):
        np.testing.assert_array_equal(np.asarray(function(array), dtype=float), function(x))
        plain = np.zeros(2)
        plain[0] = function(array)[0]
        assert plain[0] == function(x)[0]
    cubic = dd.derivative(dd.derivative(lambda t: t * t * float(function(t))))
    assert cubic(2.6) == pytest.approx(2 * function(2.6), rel=1e-15)


def test_sign_of_complex_numbers_is_not_constant() -> None:
    """The sign z/abs(z) of a complex number turns with z: its derivative is right, or an error."""
    z, v = np.array([0.6 + 0.8j, -1.0 + 2.0j]), np.array([1.0 - 0.5j, 2.0j])
    exact = slope(np.sign, (z,), (v,))
    assert np.abs(exact).min() > 0.1
    try:
        tangent = dd.jvp(np.sign, (z,), (v,))[1]
    except dd.DualDiffError:
        return
    assert_close(tangent, exact)


DUALS: dict[str, Function] = {
    "one direction": lambda x: dd.Dual(x, np.ones_like(x)),
    "three directions": lambda x: dd.Dual(x, np.ones((3, *np.shape(x)))),
    "nested": lambda x: dd.Dual(dd.Dual(x, np.ones_like(x)), dd.Dual(np.ones_like(x), np.zeros_like(x))),
    "hyper-dual": lambda x: dd.HyperDual(x, np.ones_like(x), np.ones_like(x), np.zeros_like(x)),
}
SPECIAL = np.array([-2.0, -0.0, 0.0, 1.0, 3.5, np.inf, -np.inf, np.nan])

every_dual = pytest.mark.parametrize("dual", DUALS.values(), ids=DUALS)


def assert_plain(got: Any, exact: Any) -> None:
    """The result is NumPy's own, of a plain type."""
    assert isinstance(got, (np.ndarray, np.generic, bool, int)), type(got)
    np.testing.assert_array_equal(got, exact)
    assert np.asarray(got).dtype == np.asarray(exact).dtype


@every_dual
@pytest.mark.parametrize("ufunc", PREDICATES, ids=name_of)
def test_predicate_looks_at_values(ufunc: np.ufunc, dual: Function) -> None:
    """A predicate gives plain booleans, those of the values."""
    assert_plain(ufunc(dual(SPECIAL)), ufunc(SPECIAL))
    for x in (2.5, 0.0, -1.0):
        assert_plain(ufunc(dual(x)), ufunc(x))
    out = np.zeros(SPECIAL.shape, bool)
    assert ufunc(dual(SPECIAL), out=out) is out
    assert_plain(out, ufunc(SPECIAL))


@every_dual
@pytest.mark.parametrize("ufunc", COMPARISONS, ids=name_of)
def test_comparison_looks_at_values(ufunc: np.ufunc, dual: Function) -> None:
    """A comparison gives plain booleans, those of the values, whichever side is dual."""
    x, y = (np.array([a for a, _ in product(SPECIAL, SPECIAL)]), np.array([b for _, b in product(SPECIAL, SPECIAL)]))
    exact = ufunc(x, y)
    for left, right in ((dual(x), dual(y)), (dual(x), y), (x, dual(y))):
        assert_plain(ufunc(left, right), exact)
    assert_plain(ufunc(dual(x), 0.0), ufunc(x, 0.0))
    assert_plain(ufunc(dual(1.5), 2), ufunc(1.5, 2))
    assert_plain(ufunc.outer(dual(x[:5]), y[:3]), ufunc.outer(x[:5], y[:3]))


@every_dual
@pytest.mark.parametrize("ufunc", [np.logical_and, np.logical_or, np.logical_xor], ids=name_of)
def test_logical_reduction_looks_at_values(ufunc: np.ufunc, dual: Function) -> None:
    """Reductions and accumulations of logical ufuncs give plain booleans, those of the values."""
    x = np.array([[1.0, 0.0, -2.0], [3.0, 0.5, 0.0]])
    assert_plain(ufunc.reduce(dual(x)), ufunc.reduce(x))
    assert_plain(ufunc.reduce(dual(x), axis=1, keepdims=True), ufunc.reduce(x, axis=1, keepdims=True))
    assert_plain(ufunc.accumulate(dual(x), axis=1), ufunc.accumulate(x, axis=1))


@every_dual
@pytest.mark.parametrize("symbol", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_comparison_operators_look_at_values(symbol: str, dual: Function) -> None:
    """Comparison operators give plain booleans, those of the values, against duals, arrays, lists and numbers."""
    compare = getattr(operator, symbol)
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])
    for left, right in ((dual(x), dual(y)), (dual(x), y), (x, dual(y)), (dual(x), 2), (dual(x), np.float64(2.0))):
        assert_plain(compare(left, right), compare(x, y))
    assert_plain(compare(dual(x), [2, 2, 2]), compare(x, y))
    assert_plain(compare(2.0, dual(x)), compare(2.0, x))
    assert_plain(compare(np.float64(2.0), dual(x)), compare(2.0, x))
    for a, b in ((1.0, 2.0), (2.0, 2.0), (3.0, 2.0)):
        for left, right in ((dual(a), dual(b)), (dual(a), b), (a, dual(b)), (np.float64(a), dual(b))):
            result = compare(left, right)
            assert isinstance(result, (bool, np.bool_)) and result == compare(a, b)


@every_dual
def test_truth_is_that_of_the_value(dual: Function) -> None:
    """A scalar dual is true where its value is; an array of several has no truth value, as in NumPy."""
    assert bool(dual(2.0)) is True and bool(dual(0.0)) is False
    assert bool(dual(np.array([0.0]))) is False
    with pytest.raises(ValueError, match="ambiguous"):
        bool(dual(np.array([1.0, 2.0])))


@every_dual
@pytest.mark.parametrize("ufunc", REFUSED, ids=name_of)
def test_refused_ufunc_names_itself(ufunc: np.ufunc, dual: Function) -> None:
    """A ufunc without a derivative raises an error of this library that is a TypeError and names the ufunc."""
    for x in (np.array([1.0, 2.0]), 3.0):
        operands = ([dual(x)], [dual(x)]) if ufunc.nin == 1 else ([dual(x), x], [x, dual(x)])
        for given in operands:
            with pytest.raises(dd.DualDiffError, match=ufunc.__name__) as caught:
                ufunc(*given)
            assert isinstance(caught.value, TypeError)


@every_dual
def test_unknown_ufunc_is_refused(dual: Function) -> None:
    """A ufunc that the library does not know is refused, not run on the values."""
    unknown = np.frompyfunc(lambda x: x * x, 1, 1)
    with pytest.raises(dd.NoRuleError):
        unknown(dual(np.array([1.0, 2.0])))


def test_parts_are_numbers() -> None:
    """The public parts of a number can be computed with, whether they are zero, written into, or neither."""
    x, v = np.array([1.5, 2.5]), np.array([1.0, -2.0])
    written: Any = np.zeros_like(dd.Dual(x, v))
    written[1] = dd.Dual(3.0, 4.0)
    floor: Function = np.floor
    cases: tuple[tuple[Any, Any], ...] = (
        (dd.Dual(x, v).tangent, v),
        (floor(dd.Dual(x, v)).tangent, [0.0, 0.0]),
        (written.tangent, [0.0, 4.0]),
        (floor(dd.Dual(1.5, 1.0)).tangent, 0.0),
        (dd.HyperDual(x, v, v, 0 * x).eps12, [0.0, 0.0]),
        ((3 * dd.HyperDual(x, v, v)).eps12, [0.0, 0.0]),
        (dd.HyperDual(1.5, 1.0, 1.0, 0.0).eps12, 0.0),
        ((3 * dd.HyperDual(1.5, 1.0, 1.0, 0.0)).eps12, 0.0),
    )
    for got, exact in cases:
        assert np.shape(got) == np.shape(exact)
        np.testing.assert_array_equal(np.asarray(got, dtype=float), exact)
        np.testing.assert_array_equal(got + 1.0, np.asarray(exact) + 1.0)


# --- dtypes -----------------------------------------------------------------------------------------------------------


def dtype_cases() -> list[Any]:
    """Every differentiable elementwise ufunc with arguments for it."""
    cases = [pytest.param(ufunc, numbers_in(*UNARY[ufunc], 1, 4), id=name_of(ufunc)) for ufunc in UNARY]
    return cases + [pytest.param(ufunc, numbers_in(*BINARY[ufunc], 2, 4), id=name_of(ufunc)) for ufunc in BINARY]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("ufunc, numbers", dtype_cases())
def test_dtype_in_is_dtype_out(ufunc: np.ufunc, numbers: Array, dtype: str) -> None:
    """Value and every derivative have the dtype that NumPy gives the value."""
    numbers = numbers.astype(dtype)
    expected, tolerance = ufunc(*numbers).dtype, WIDE[dtype]
    ones = np.ones_like(numbers)
    exact = slope(ufunc, numbers, ones)
    for k in ((), (3,)):
        value, tangent = dd.jvp(ufunc, tuple(numbers), tuple(np.broadcast_to(one, k + one.shape) for one in ones))
        assert value.dtype == expected and tangent.dtype == expected
        np.testing.assert_array_equal(value, ufunc(*numbers))
        np.testing.assert_allclose(tangent, np.broadcast_to(exact, tangent.shape), rtol=tolerance, atol=tolerance)
    hyper = ufunc(*(dd.HyperDual(x, one, one, 0 * x) for x, one in zip(numbers, ones, strict=True)))
    for name in ("value", "eps1", "eps2"):
        assert np.asarray(getattr(hyper, name)).dtype == expected, name
    assert hyper.dtype == expected
    np.testing.assert_allclose(part(hyper, "eps1", exact.shape), exact, rtol=tolerance, atol=tolerance)
    second = part(hyper, "eps12", exact.shape)
    if second.any():
        assert second.dtype == expected
    nested = dd.jvp(lambda *moved: dd.jvp(ufunc, moved, tuple(ones))[1], tuple(numbers), tuple(ones))[1]
    assert nested.dtype == expected
    # Second derivatives of half precision numbers may lose most of their few digits to cancellation.
    if dtype != "float16":
        exact = curvature(ufunc, numbers, ones, ones)
        np.testing.assert_allclose(second, exact, rtol=20 * tolerance + 1e-9, atol=20 * tolerance + 1e-9)
        np.testing.assert_allclose(nested, exact, rtol=20 * tolerance + 1e-9, atol=20 * tolerance + 1e-9)


WEAK: dict[str, Function] = {
    "x + 2": lambda x: x + 2, "2.5 - x": lambda x: 2.5 - x, "x * 2.5": lambda x: x * 2.5, "1 / x": lambda x: 1 / x,
    "x / 3": lambda x: x / 3, "x ** 2": lambda x: x**2, "x ** 2.5": lambda x: x**2.5, "x ** -1": lambda x: x**-1,
    "2 ** x": lambda x: 2**x, "2.5 ** x": lambda x: 2.5**x, "x % 0.7": lambda x: x % 0.7, "7.3 % x": lambda x: 7.3 % x,
    "maximum": lambda x: np.maximum(x, 1.0), "hypot": lambda x: np.hypot(1.0, x), "arctan2": lambda x: np.arctan2(x, 2),
    "where": lambda x: np.where(x > 1, x, 0.0), "clip": lambda x: np.clip(x, 0.7, 1.5), "sinc": np.sinc,
    "logaddexp": lambda x: np.logaddexp(x, 0.0), "copysign": lambda x: np.copysign(x, -1.0), "sum": np.sum,
    "mean": np.mean, "prod": np.prod, "add.reduce": np.add.reduce, "logaddexp.reduce": np.logaddexp.reduce,
}  # fmt: skip


@pytest.mark.parametrize("name", WEAK)
def test_python_numbers_are_weak(name: str) -> None:
    """A Python number beside a float32 array leaves value and derivatives in float32."""
    function, x = WEAK[name], np.array([0.75, 1.25, 1.75], np.float32)
    value, tangent = dd.jvp(function, (x,), (np.ones_like(x),))
    assert np.asarray(value).dtype == np.float32 and np.asarray(tangent).dtype == np.float32
    np.testing.assert_allclose(tangent, slope(function, (x,), (np.ones(3),)), rtol=1e-5)
    assert dd.jvp(function, (x,), (np.eye(3, dtype=np.float32),))[1].dtype == np.float32
    nested = dd.jvp(lambda t: dd.jvp(function, (t,), (np.ones_like(x),))[1], (x,), (np.ones_like(x),))[1]
    assert np.asarray(nested).dtype == np.float32
    assert dd.hessian(lambda t: np.sum(function(t)))(x).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, bool])
def test_integers_become_float64(dtype: Any) -> None:
    """Integers and booleans are promoted to float64 and differentiated as real numbers."""
    x = np.array([1, 0, 1], dtype)
    gradient = dd.grad(lambda t: np.sum(t * t + 3 * t))(x)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, [5.0, 3.0, 5.0])
    assert dd.derivative(lambda t: t**3)(2) == 12.0
    np.testing.assert_array_equal(x, np.array([1, 0, 1], dtype))


HOLOMORPHIC = (
    np.positive, np.negative, np.square, np.reciprocal, np.sqrt, np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10,
    np.log1p, np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh,
    np.arccosh, np.arctanh,
)  # fmt: skip
PLANE = np.array([0.45 + 0.4j, -0.6 + 0.5j, 0.3 - 0.7j, -0.5 - 0.45j])


def cauchy(function: Function, z: Array, order: int) -> Array:
    """A derivative of a holomorphic function by Cauchy's integral over a circle of 32 points: exact to rounding."""
    radius, roots = 0.1, np.exp(2j * np.pi * np.arange(32) / 32)
    integral = np.mean([function(z + radius * root) * root**-order for root in roots], axis=0)
    return np.asarray(integral * order / radius**order)  # order! is order for orders 1 and 2


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("ufunc", HOLOMORPHIC, ids=name_of)
def test_complex_derivative(ufunc: np.ufunc, dtype: Any) -> None:
    """A holomorphic ufunc has its complex derivative, first and second, in the dtype of its argument."""
    z = PLANE.astype(dtype)
    tolerance = 1e-11 if dtype == np.complex128 else 2e-5
    u, v = (direction.astype(dtype) for (direction,) in (directions_for((PLANE,), seed=seed) for seed in (1, 2)))
    first, second = (cauchy(ufunc, PLANE, order) for order in (1, 2))
    value, tangent = dd.jvp(ufunc, (z,), (u,))
    assert value.dtype == dtype and tangent.dtype == dtype
    np.testing.assert_array_equal(value, ufunc(z))
    np.testing.assert_allclose(tangent, first * u, rtol=tolerance, atol=tolerance)
    nested = dd.jvp(lambda t: dd.jvp(ufunc, (t,), (u,))[1], (z,), (v,))[1]
    np.testing.assert_allclose(nested, second * u * v, rtol=20 * tolerance, atol=20 * tolerance)
    hyper = ufunc(dd.HyperDual(z, u, v, 0 * z))
    np.testing.assert_allclose(part(hyper, "eps12", z.shape), second * u * v, rtol=20 * tolerance, atol=20 * tolerance)
    scalar = dd.derivative(ufunc, holomorphic=True)(complex(PLANE[1]))
    np.testing.assert_allclose(scalar, first[1], rtol=1e-11)
    jacobian = dd.jacobian(ufunc, holomorphic=True)(z)
    assert jacobian.dtype == dtype
    np.testing.assert_allclose(jacobian, np.diag(first), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.divide, np.power, np.float_power], ids=name_of)
def test_complex_partials(ufunc: np.ufunc) -> None:
    """A holomorphic ufunc of two arguments has its complex partial derivatives, mixed with real arguments too."""
    z, w, x = PLANE, PLANE[::-1] + 0.25, np.array([0.5, 1.5, 2.0, 0.75])
    for left, right in ((z, w), (z, x), (x, z)):
        by_left = cauchy(lambda t, b=right: ufunc(t, b), left, 1)
        by_right = cauchy(lambda t, a=left: ufunc(a, t), right, 1)
        u, v = directions_for((left, right))
        np.testing.assert_allclose(dd.jvp(ufunc, (left, right), (u, v))[1], by_left * u + by_right * v, rtol=1e-11)
        np.testing.assert_allclose(dd.jvp(lambda t, b=right: ufunc(t, b), (left,), (u,))[1], by_left * u, rtol=1e-11)
        np.testing.assert_allclose(dd.jvp(lambda t, a=left: ufunc(a, t), (right,), (v,))[1], by_right * v, rtol=1e-11)


REAL_LINEAR: dict[str, tuple[Function, Function]] = {
    "absolute": (np.absolute, lambda z, v: (np.conj(z) * v).real / np.abs(z)),
    "abs()": (abs, lambda z, v: (np.conj(z) * v).real / np.abs(z)),
    "angle": (np.angle, lambda z, v: (v / z).imag),
    "conjugate": (np.conjugate, lambda z, v: np.conj(v)),
    ".conj()": (lambda z: z.conj(), lambda z, v: np.conj(v)),
    "real": (np.real, lambda z, v: v.real),
    "imag": (np.imag, lambda z, v: v.imag),
    ".real": (lambda z: z.real, lambda z, v: v.real),
    ".imag": (lambda z: z.imag, lambda z, v: v.imag),
    "squared modulus": (lambda z: (z * np.conj(z)).real, lambda z, v: 2 * (np.conj(z) * v).real),
    "modulus squared": (lambda z: np.abs(z) ** 2, lambda z, v: 2 * (np.conj(z) * v).real),
}


@pytest.mark.parametrize("name", REAL_LINEAR)
def test_real_linear_differential(name: str) -> None:
    """A function that is not holomorphic has its real-linear differential, first and second."""
    function, exact = REAL_LINEAR[name]
    check(function, PLANE)
    check(function, PLANE[0])
    check(lambda x: function(x * (0.6 - 0.3j) + 0.2j), np.float64(0.7))
    check(lambda x: function(x * (0.6 - 0.3j) + 0.2j), np.array([0.7, -1.2]))
    (v,) = directions_for((PLANE,))
    value, tangent = dd.jvp(function, (PLANE,), (v,))
    assert value.dtype == function(PLANE).dtype and tangent.dtype == value.dtype
    np.testing.assert_allclose(tangent, exact(PLANE, v), rtol=1e-14)
    slope = dd.derivative(lambda x: function(x * (3 + 4j)))(2.0)
    np.testing.assert_allclose(slope, exact(np.array(6 + 8j), np.array(3 + 4j)), rtol=1e-14)
    assert np.iscomplexobj(slope) == np.iscomplexobj(value)


def test_real_function_through_complex_numbers() -> None:
    """A real function of real numbers that takes a way through complex ones has real derivatives, without a warning."""

    def squared(p: Any) -> Any:
        return np.abs(p[0] + 1j * p[1]) ** 2

    p = np.array([3.0, 4.0])
    for gradient in (dd.grad(squared)(p), dd.jvp(squared, (p,), (np.eye(2),))[1]):
        assert gradient.dtype == np.float64
        np.testing.assert_allclose(gradient, [6.0, 8.0], rtol=1e-14)
    for hessian in (dd.hessian(squared)(p), dd.jacobian(dd.grad(squared))(p)):
        assert hessian.dtype == np.float64
        np.testing.assert_allclose(hessian, 2 * np.eye(2), rtol=1e-14, atol=1e-14)


def test_vecdot_conjugates_its_first_argument() -> None:
    """The tangent of the first argument of vecdot and vecmat is conjugated, as its value is."""
    check(np.vecdot, PLANE, PLANE[::-1] * 2)
    if hasattr(np, "vecmat"):
        check(np.vecmat, PLANE, PLANE.reshape(4, 1) * np.array([1.0, 2j]))
        check(np.matvec, PLANE.reshape(2, 2), PLANE[:2])
    check(np.matmul, PLANE.reshape(2, 2), PLANE.reshape(2, 2))


def test_real_to_complex() -> None:
    """A complex function of a real variable has a complex derivative, first and second."""
    x = 0.7
    assert dd.derivative(lambda t: np.exp(2j * t))(x) == pytest.approx(2j * np.exp(2j * x), rel=1e-14)
    assert dd.derivative(dd.derivative(lambda t: np.exp(2j * t)))(x) == pytest.approx(-4 * np.exp(2j * x), rel=1e-14)
    check(lambda t: np.exp(1j * t) * t, np.array([0.2, -0.4]))
    check(lambda t: np.abs(np.sin(t + 0.3j)), np.array([0.2, -0.4]))


# --- layouts and broadcasting -----------------------------------------------------------------------------------------

BLOCK = numbers_in(0.5, 1.5, 4, 6)
FROZEN = BLOCK[0].copy()
FROZEN.flags.writeable = False
LAYOUTS = {
    "every other": BLOCK[::2, 1::2], "transposed": BLOCK.T, "reversed": BLOCK[0, ::-1],
    "Fortran": np.asfortranarray(BLOCK),
    "column": BLOCK[:, 1], "read-only": FROZEN, "broadcast": np.broadcast_to(BLOCK[0], (3, 6)), "0-d": np.array(0.75),
    "empty": np.zeros(0), "empty rows": np.zeros((0, 3)), "empty columns": np.zeros((2, 0)), "one entry": BLOCK[:1, :1],
    "overlapping": np.lib.stride_tricks.sliding_window_view(BLOCK[0], 3),
    "byte-swapped": BLOCK[1].astype(BLOCK.dtype.newbyteorder()),
}  # fmt: skip
LAYOUT_FUNCTIONS: dict[str, Function] = {
    "exp": np.exp, "negative": np.negative, "polynomial": lambda x: x * x + 3 * x,
    "maximum": lambda x: np.maximum(x, 1.0),
    "arctan2": lambda x: np.arctan2(x, 1 + x), "sum": lambda x: np.add.reduce(x, axis=None),
    "row": lambda x: x + np.ones(1),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", LAYOUT_FUNCTIONS)
def test_memory_layout_does_not_matter(name: str, layout: str) -> None:
    """Non-contiguous, read-only, byte-swapped, zero-dimensional and empty inputs give right derivatives, untouched."""
    function, x = LAYOUT_FUNCTIONS[name], LAYOUTS[layout]
    before = x.copy()
    exact = np.asarray(function(x))
    (u,), (v,) = directions_for((x,)), directions_for((x,), 2)
    value, tangent = dd.jvp(function, (x,), (u,))
    np.testing.assert_allclose(value, exact, rtol=1e-15)
    assert_close(tangent, slope(function, (x,), (u,)))
    tangents = dd.jvp(function, (x,), (v,))[1]
    assert np.shape(tangents) == (2, *exact.shape)
    for i in (0, 1):
        assert_close(tangents[i], slope(function, (x,), (v[i],)))
    second = curvature(function, (x,), (u,), (v[0],))
    assert_close(dd.jvp(lambda t: dd.jvp(function, (t,), (u,))[1], (x,), (v[0],))[1], second, 1e-8)
    assert dd.jacobian(function)(x).shape == exact.shape + x.shape
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tangent_layout_does_not_matter(layout: str) -> None:
    """A tangent with any memory layout gives the same derivative as a contiguous copy of it."""
    v = LAYOUTS[layout]
    x = np.linspace(0.5, 1.5, v.size).reshape(v.shape)
    np.testing.assert_array_equal(dd.jvp(np.exp, (x,), (v,))[1], dd.jvp(np.exp, (x,), (np.array(v, float, order="C"),))[1])


SHAPES = (
    ((3,), (2, 3)), ((2, 1), (3,)), ((), (2, 3)), ((2, 3), ()), ((4, 1, 3), (2, 1)), ((1,), (3,)), ((3,), (1, 1)),
    ((2, 2), (2,)), ((3,), (3, 3)), ((0,), (2, 1)), ((1, 1, 1), (2,)),
)  # fmt: skip


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.arctan2, np.power], ids=name_of)
def test_broadcasting(ufunc: np.ufunc, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    """Operands of different shapes broadcast, in values and in tangents, with one direction and with k in front."""
    x, y = numbers_in(0.5, 0.9, *shapes[0], seed=1), numbers_in(1.1, 2.0, *shapes[1], seed=2)
    check(ufunc, x, y)
    check(lambda t: ufunc(t, y), x)
    check(lambda t: ufunc(x, t), y)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_broadcasting_of_duals_made_by_hand(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    """The directions of hand-made duals of different ndim stay in front of the shape that the values broadcast to."""
    x, y = numbers_in(0.5, 0.9, *shapes[0], seed=1), numbers_in(1.1, 2.0, *shapes[1], seed=2)
    for k in (2, 3):
        u, v = directions_for((x, y), k)
        result = dd.Dual(x, u) * dd.Dual(y, v) + dd.Dual(y, v)
        shape = np.broadcast_shapes(*shapes)
        tangent = part(result, "tangent", (k, *shape))
        assert result.shape == shape
        for i in range(k):
            np.testing.assert_allclose(tangent[i], u[i] * y + x * v[i] + v[i] + 0 * x, rtol=1e-14)


def test_directions_that_do_not_match() -> None:
    """Two and three directions cannot combine; one and three broadcast or are refused, never mixed up."""
    x = np.array([1.0, 2.0, 3.0])
    with pytest.raises((dd.ShapeError, ValueError)):
        dd.Dual(x, np.ones((2, 3))) * dd.Dual(x, np.ones((4, 3)))
    u, v = np.array([1.0, -1.0, 0.5]), np.arange(9.0).reshape(3, 3)
    try:
        tangent = (dd.Dual(x, u) * dd.Dual(2 * x, v)).tangent
    except dd.ShapeError:
        return
    np.testing.assert_allclose(tangent, u * 2 * x + x * v)


# --- keywords ---------------------------------------------------------------------------------------------------------

MASK = np.array([True, False, True])


def into(ufunc: np.ufunc, *arguments: Any, out: Any, **keywords: Any) -> Any:
    """Call with out=, and check that the result is that very object."""
    result = ufunc(*arguments, out=out, **keywords)
    assert result is out or (isinstance(out, tuple) and (result is out[0] or tuple(map(id, result)) == tuple(map(id, out))))
    return out


def unfilled(ufunc: np.ufunc, *arguments: Any, **keywords: Any) -> Any:
    """Call with where= and without out=, of which NumPy warns that it leaves entries unset."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'where' used without 'out'", UserWarning)
        return ufunc(*arguments, **keywords)


def augmented(symbol: str) -> Function:
    """An operator in place as a function: it changes arrays and rebinds scalars, as the statement does."""
    change: Function = getattr(operator, symbol)
    return change


def in_place(statement: Function) -> Function:
    """A function that changes a copy of its first argument and returns the copy."""

    def changed(x: Any, *others: Any) -> Any:
        y = x.copy()
        statement(y, *others)
        return y

    return changed


OUT: dict[str, Function] = {
    "unary": lambda x, y: into(np.exp, x, out=np.zeros_like(x)),
    "in a tuple": lambda x, y: into(np.exp, x, out=(np.zeros_like(x),))[0],
    "positional": lambda x, y: np.exp(x, np.zeros_like(x)),
    "binary": lambda x, y: into(np.multiply, x, y, out=np.zeros_like(x)),
    "plain operand": lambda x, y: into(np.multiply, 2.5, y, out=np.zeros_like(x)),
    "plain operands": lambda x, y: into(np.multiply, 2.5, np.array([1.0, 2.0, 3.0]), out=np.zeros_like(x)) + y,
    "aliased with both": in_place(lambda x, y: into(np.multiply, x, x, out=x)),
    "aliased with the left": in_place(lambda x, y: into(np.divide, x, y, out=x)),
    "aliased with the right": in_place(lambda x, y: into(np.divide, y, x, out=x)),
    "aliased, unary": in_place(lambda x, y: into(np.sqrt, x, out=x)),
    "aliased, power": in_place(lambda x, y: into(np.power, x, x, out=x)),
    "aliased, arctan2": in_place(lambda x, y: into(np.arctan2, y, x, out=x)),
    "overlapping": in_place(lambda x, y: into(np.multiply, x[:-1], y[1:], out=x[1:])),
    "overlapping itself": in_place(lambda x, y: into(np.multiply, x[:-1], x[1:], out=x[1:])),
    "reversed view": in_place(lambda x, y: into(np.subtract, x[::-1], y, out=x)),
    "larger than the operands": lambda x, y: into(np.add, x, y, out=np.zeros_like(x, shape=(2, 3))),
    "several outputs": lambda x, y: np.stack(into(np.modf, x, out=(np.zeros_like(x), np.zeros_like(x)))),
    "overwrites": lambda x, y: into(np.negative, y, out=x * x),
    "constant result overwrites": lambda x, y: into(np.floor, y, out=x * x) + x,
}
WHERE: dict[str, Function] = {
    "kept from out": in_place(lambda x, y: into(np.exp, y, out=x, where=MASK)),
    "aliased": in_place(lambda x, y: into(np.multiply, x, x, out=x, where=MASK)),
    "binary": in_place(lambda x, y: into(np.divide, x, y, out=x, where=MASK)),
    "scalar true": in_place(lambda x, y: into(np.sin, y, out=x, where=True)),
    "scalar false": in_place(lambda x, y: into(np.sin, y, out=x, where=False)),
    "mask of the values": in_place(lambda x, y: into(np.sqrt, y, out=x, where=x > y)),
    "broadcast": lambda x, y: into(np.add, x, y, out=np.zeros_like(x, shape=(2, 3)), where=np.array([[True], [False]])),
    "without out": lambda x, y: unfilled(np.exp, x, where=MASK)[MASK] * y[MASK],
    "plain operand": in_place(lambda x, y: into(np.multiply, 2.5, np.array([1.0, 2.0, 3.0]), out=x, where=MASK)),
}


@pytest.mark.parametrize("function", OUT.values(), ids=OUT)
def test_out(function: Function) -> None:
    """out= receives value and tangent, also when it is one of the operands or overlaps one."""
    check(function, np.array([1.2, 0.7, 1.9]), np.array([0.6, 1.4, 2.3]))


@pytest.mark.parametrize("function", WHERE.values(), ids=WHERE)
def test_where(function: Function) -> None:
    """where= leaves value and tangent of the other entries of out alone."""
    check(function, np.array([1.2, 0.7, 1.9]), np.array([0.6, 1.4, 2.3]))


@every_dual
def test_plain_out_would_lose_the_derivative(dual: Function) -> None:
    """A dual result cannot be written into a plain array, with out=, in place, or by a method."""
    d, plain = dual(np.array([1.0, 2.0])), np.zeros(2)
    writes: tuple[Function, ...] = (
        lambda: np.exp(d, out=plain),
        lambda: np.add(plain, d, out=plain),
        lambda: augmented("iadd")(plain, d),
        lambda: augmented("imul")(plain, d),
        lambda: np.add.at(plain, [0, 1], d),
        lambda: np.add.reduce(d, out=np.zeros(())),
        lambda: np.add.accumulate(d, out=plain),
        lambda: np.multiply.outer(d, d, out=np.zeros((2, 2))),
    )
    for write in writes:
        with pytest.raises(dd.DerivativeLostError):
            write()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("ufunc", [np.exp, np.sqrt, np.multiply, np.divide, np.arctan2, np.add], ids=name_of)
def test_dtype_keyword(ufunc: np.ufunc, dtype: Any) -> None:
    """dtype= sets the dtype of value and tangent alike."""
    numbers = (np.array([1.2, 0.7, 1.9]), np.array([0.6, 1.4, 2.3]))[: ufunc.nin]

    def function(*moved: Any) -> Any:
        return ufunc(*moved, dtype=dtype)

    for k in ((), (3,)):
        directions = directions_for(numbers, *k)
        value, tangent = dd.jvp(function, numbers, directions)
        assert value.dtype == dtype and tangent.dtype == dtype
        np.testing.assert_array_equal(value, function(*numbers))
        exact = dd.jvp(ufunc, numbers, directions)[1]
        np.testing.assert_allclose(tangent, exact, rtol=1e-5 if dtype == np.float32 else 1e-14)


def test_dtype_keyword_of_reductions() -> None:
    """dtype= of reduce and accumulate sets the dtype of value and tangent alike."""
    x = numbers_in(0.5, 2, 3, 4).astype(np.float32)
    for method in (
        np.add.reduce,
        np.multiply.reduce,
        np.add.accumulate,
        np.multiply.accumulate,
        np.sum,
        np.cumsum,
        np.prod,
    ):
        value, tangent = dd.jvp(lambda t, method=method: method(t, axis=1, dtype=np.float64), (x,), (np.ones_like(x),))
        assert value.dtype == np.float64 and tangent.dtype == np.float64
        exact = slope(lambda t, method=method: method(t, axis=1), (x,), (np.ones(x.shape),))
        np.testing.assert_allclose(tangent, exact, rtol=1e-12)


def test_other_keywords_are_passed_on() -> None:
    """casting=, order= and subok= mean what they mean to NumPy, and nonsense is refused."""
    x = np.array([[1.2, 0.7], [1.9, 0.4]])
    check(lambda t: np.multiply(t, t, order="F", casting="same_kind", subok=True), x)
    nonsense: dict[str, Any] = {"nonsense": 1}
    with pytest.raises(TypeError):
        np.exp(dd.Dual(x, x), **nonsense)


# --- methods ----------------------------------------------------------------------------------------------------------

REORDERABLE = (
    np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.hypot,
)  # fmt: skip
ORDERED = (
    np.subtract,
    np.divide,
    np.power,
    np.float_power,
    np.arctan2,
    np.remainder,
    np.fmod,
    np.copysign,
    np.heaviside,
)
CUBE = np.random.default_rng(6).permutation(np.linspace(0.5, 2, 24)).reshape(2, 3, 4)  # no two entries are close
CHOSEN = np.random.default_rng(7).random(CUBE.shape) < 0.6
REDUCTIONS: dict[str, dict[str, Any]] = {
    "default": {}, "axis 1": {"axis": 1}, "axis -1": {"axis": -1}, "every axis": {"axis": None},
    "two axes": {"axis": (0, 2)}, "two axes, negative": {"axis": (-1, 0), "keepdims": True}, "no axis": {"axis": ()},
    "keepdims": {"axis": 1, "keepdims": True}, "keepdims, every axis": {"axis": None, "keepdims": True},
    "initial": {"axis": 2, "initial": 1.25}, "initial, every axis": {"axis": None, "initial": 1.25},
    "where": {"axis": 1, "where": CHOSEN, "initial": 1.25}, "where, broadcast": {"where": CHOSEN[0], "initial": 1.25},
    "where, every axis": {"axis": None, "where": CHOSEN, "initial": 1.25, "keepdims": True},
    "where nothing": {"axis": 1, "where": False, "initial": 1.25},
}  # fmt: skip


@pytest.mark.parametrize("keywords", REDUCTIONS.values(), ids=REDUCTIONS)
@pytest.mark.parametrize("ufunc", REORDERABLE, ids=name_of)
def test_reduce(ufunc: np.ufunc, keywords: dict[str, Any]) -> None:
    """reduce has the derivative of the folded calls, along any axes, with keepdims, initial and where."""
    check(lambda x: ufunc.reduce(x, **keywords), CUBE, fold=True)


@pytest.mark.parametrize("keywords", [{}, {"axis": 1}, {"axis": -1, "keepdims": True}], ids=str)
@pytest.mark.parametrize("ufunc", ORDERED, ids=name_of)
def test_reduce_in_order(ufunc: np.ufunc, keywords: dict[str, Any]) -> None:
    """reduce of a ufunc that is not associative folds from the left, as NumPy does."""
    check(lambda x: ufunc.reduce(x, **keywords), CUBE, fold=True)


@pytest.mark.parametrize("ufunc", [*REORDERABLE, *ORDERED], ids=name_of)
def test_reduce_is_a_loop_of_calls(ufunc: np.ufunc) -> None:
    """reduce and accumulate are the loop of calls that NumPy documents, in value and derivative."""
    x, (v,) = numbers_in(0.5, 2, 4), directions_for((CUBE[0, 0],))

    def loop(t: Any) -> Any:
        result = [t[0]]
        for i in range(1, 4):
            result.append(ufunc(result[-1], t[i]))
        return np.stack(result)

    value, tangent = dd.jvp(loop, (x,), (v,))
    for method, given, moved in ((ufunc.accumulate, value, tangent), (ufunc.reduce, value[-1], tangent[-1])):
        got = dd.jvp(method, (x,), (v,))
        np.testing.assert_allclose(got[0], given, rtol=1e-14)
        np.testing.assert_allclose(got[1], moved, rtol=1e-12)


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.logaddexp, np.hypot], ids=name_of)
def test_dual_initial(ufunc: np.ufunc) -> None:
    """A dual given as initial= takes part in the derivative, beside a dual array."""
    check(lambda x, first: ufunc.reduce(x, axis=1, initial=first), CUBE[0], 1.75)
    check(lambda x, first: ufunc.reduce(x, axis=None, initial=first), CUBE[0], 2.25)


@pytest.mark.parametrize("ufunc", REORDERABLE, ids=name_of)
def test_reduce_of_nothing_and_of_one(ufunc: np.ufunc) -> None:
    """Reducing one entry passes its tangent through; reducing none gives NumPy's identity, or its error."""
    check(lambda x: ufunc.reduce(x, axis=1), CUBE[0, :, :1])
    nothing = dd.Dual(np.zeros((2, 0)), np.zeros((2, 0)))
    if ufunc.identity is None:
        with pytest.raises(ValueError, match="zero-size"):
            ufunc.reduce(nothing, axis=1)
    else:
        value, tangent = dd.jvp(lambda x: ufunc.reduce(x, axis=1), (np.zeros((2, 0)),), (np.zeros((2, 0)),))
        np.testing.assert_array_equal(value, [ufunc.identity] * 2)
        np.testing.assert_array_equal(tangent, [0.0, 0.0])


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("ufunc", [*REORDERABLE, *ORDERED], ids=name_of)
def test_accumulate(ufunc: np.ufunc, axis: int) -> None:
    """accumulate has the derivative of every partial fold, along any axis."""
    check(lambda x: ufunc.accumulate(x, axis=axis), CUBE, fold=True)


@pytest.mark.parametrize("ufunc", [*REORDERABLE, *ORDERED], ids=name_of)
@pytest.mark.parametrize("indices", [[0, 2], [0, 2, 1], [3, 0, 1], [1, 1]], ids=str)
def test_reduceat(ufunc: np.ufunc, indices: list[int]) -> None:
    """reduceat folds the slices between its indices; an index that is not less than the next takes one entry."""
    check(lambda x: ufunc.reduceat(x, indices, axis=-1), CUBE, fold=True)
    check(lambda x: ufunc.reduceat(x, indices), CUBE[0, 0], fold=True)


@pytest.mark.parametrize("ufunc", [*REORDERABLE, *ORDERED], ids=name_of)
def test_outer(ufunc: np.ufunc) -> None:
    """outer pairs every entry with every other, with either side dual, or both, of any ndim."""
    x, y = numbers_in(0.5, 0.9, 3), numbers_in(1.1, 2, 2, 2)
    check(ufunc.outer, x, y)
    check(ufunc.outer, y, x)
    check(lambda t: ufunc.outer(t, y), x)
    check(lambda t: ufunc.outer(x, t), y)
    check(lambda t: ufunc.outer(t, t * t), x)
    check(lambda t: ufunc.outer(1.25, t), y)
    check(lambda t: ufunc.outer(t, y), np.array(0.75))


@pytest.mark.parametrize("ufunc", [*REORDERABLE, *ORDERED], ids=name_of)
def test_at(ufunc: Any) -> None:
    """at changes entries in place, one after the other, so a repeated index counts twice."""
    x, y = numbers_in(1.1, 2, 4), numbers_in(0.5, 0.9, 3)
    check(in_place(lambda t, other: ufunc.at(t, [0, 2, 0], other)), x, y)
    check(in_place(lambda t: ufunc.at(t, [0, 2, 0], y)), x)
    check(in_place(lambda t: ufunc.at(t, [3, 3], 0.75)), x)
    check(in_place(lambda t: ufunc.at(t, slice(1, None), y)), x)
    check(in_place(lambda t, other: ufunc.at(t, ([0, 1, 0], [1, 0, 1]), other)), numbers_in(1.1, 2, 2, 2), y)
    check(in_place(lambda t, other: ufunc.at(t, [1, 0, 1], other)), numbers_in(1.1, 2, 2, 3), y)


@pytest.mark.parametrize("ufunc", [np.negative, np.exp, np.sqrt, np.sin, np.square, np.floor], ids=name_of)
def test_unary_at(ufunc: np.ufunc) -> None:
    """at of a ufunc of one argument applies it once for each time that an index occurs."""
    check(in_place(lambda t: ufunc.at(t, [0, 2])), numbers_in(0.5, 0.9, 4))
    check(in_place(lambda t: ufunc.at(t, [1, 1, 3])), numbers_in(0.5, 0.9, 4))


@every_dual
def test_methods_that_do_not_exist_are_refused(dual: Function) -> None:
    """A method that NumPy refuses for a ufunc is refused for duals too."""
    d = dual(np.array([1.0, 2.0]))
    for refused in (np.sin.reduce, np.exp.accumulate, np.divmod.reduce, np.matmul.reduce):
        with pytest.raises((TypeError, ValueError, RuntimeError)):
            refused(d)
    with pytest.raises((TypeError, ValueError)):
        np.subtract.reduce(dual(np.ones((2, 2))), axis=(0, 1))


# --- operators --------------------------------------------------------------------------------------------------------

OPERATORS: dict[str, Function] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y,
    "**": lambda x, y: x**y, "//": lambda x, y: x // y, "%": lambda x, y: x % y, "pow()": pow,
    "divmod, quotient": lambda x, y: divmod(x, y)[0], "divmod, remainder": lambda x, y: divmod(x, y)[1],
}  # fmt: skip


def rounded(x: Any, digits: int = 0) -> Any:
    """round(), which plain arrays lack."""
    return np.round(x, digits) if isinstance(x, np.ndarray) else round(x, digits)


UNARY_OPERATORS: dict[str, Function] = {
    "-x": operator.neg, "+x": operator.pos, "abs": abs, "round": rounded, "round to 1": lambda x: rounded(x, 1),
    "x ** 0": lambda x: x**0, "x ** 1": lambda x: x**1, "x ** 2": lambda x: x**2, "x ** 3": lambda x: x**3,
    "x ** -1": lambda x: x**-1, "x ** -2": lambda x: x**-2, "x ** 2.0": lambda x: x**2.0, "x ** 7": lambda x: x**7,
    "x ** np.int64": lambda x: x ** np.int64(3), "x * x * x": lambda x: x * x * x,
    "(x * 2 - 1) / x": lambda x: (x * 2 - 1) / x,
}  # fmt: skip
POINTS = (np.array([1.3, 0.6, 2.2]), np.array([0.7, 1.6, 0.45]))
PARTNERS: dict[str, Any] = {
    "int": 2, "float": 1.7, "bool": True, "np.float64": np.float64(1.7), "np.int32": np.int32(2), "list": [2, 1.5, 3],
    "tuple": (2, 1.5, 3), "integer array": np.array([2, 1, 3]), "float array": np.array([2.5, 1.5, 0.5]),
    "matrix": np.array([[2.5, 1.5, 0.5], [1.0, 2.0, 3.0]]), "0-d array": np.array(1.7),
    "float32 array": np.array([1.5, 0.35, 3.3], "f"),
}  # fmt: skip


@pytest.mark.parametrize("function", OPERATORS.values(), ids=OPERATORS)
def test_operator_of_two_duals(function: Function) -> None:
    """Every arithmetic operator differentiates in both operands, for arrays, Python floats and mixtures of them."""
    x, y = POINTS
    check(function, x, y)
    check(function, 1.3, 0.7)
    check(function, x, 0.7)
    check(function, 1.3, y)
    check(function, np.array(1.3), 0.7)


@pytest.mark.parametrize("other", PARTNERS.values(), ids=PARTNERS)
@pytest.mark.parametrize("function", OPERATORS.values(), ids=OPERATORS)
def test_operator_with_a_plain_operand(function: Function, other: Any) -> None:
    """Every arithmetic operator takes numbers, lists and arrays on either side."""
    x, plain = POINTS[0], other
    check(lambda t: function(t, plain), x)
    check(lambda t: function(plain, t), x)
    # The payload of a scalar dual is a float64, not a weak Python number, so beside float32 it gives float64.
    if not isinstance(other, (list, tuple)) and np.result_type(other) != np.float32:
        check(lambda t: function(t, plain), 1.3)
        check(lambda t: function(plain, t), 1.3)


@pytest.mark.parametrize("function", UNARY_OPERATORS.values(), ids=UNARY_OPERATORS)
def test_unary_operator(function: Function) -> None:
    """Signs, abs, round and whole powers, of positive and negative numbers."""
    check(function, np.array([1.3, -0.6, 2.21]))
    check(function, 1.32)
    check(function, -0.63)
    check(function, np.array(-0.63))


@pytest.mark.parametrize("exponent", [np.array([2, 3, 0, 1, -1]), np.array([2.0, 3.0, 0.0, 1.0, -1.0])], ids=["int", "float"])
def test_power_of_negative_numbers_by_an_array(exponent: Array) -> None:
    """An array of whole exponents has the power rule entry by entry, for negative bases too."""
    x = np.array([-1.3, -0.6, -2.2, -0.4, -1.7])
    v = np.array([1.0, -2.0, 0.5, 1.5, 3.0])
    np.testing.assert_allclose(dd.jvp(lambda t: t**exponent, (x,), (v,))[1], exponent * x ** (exponent - 1.0) * v, rtol=1e-14)
    second = exponent * (exponent - 1.0) * x ** (exponent - 2.0)
    hyper = dd.HyperDual(x, np.ones(5), np.ones(5), np.zeros(5)) ** exponent
    np.testing.assert_allclose(part(hyper, "eps12", (5,)), second, rtol=1e-14, atol=1e-300)
    nested = dd.jvp(lambda t: dd.jvp(lambda s: s**exponent, (t,), (np.ones(5),))[1], (x,), (np.ones(5),))[1]
    np.testing.assert_allclose(nested, second, rtol=1e-14, atol=1e-300)


INPLACE = ("iadd", "isub", "imul", "itruediv", "ipow", "ifloordiv", "imod")


@pytest.mark.parametrize("symbol", INPLACE)
def test_operator_in_place(symbol: str) -> None:
    """An operator in place changes the dual itself, value and tangent, and views of it."""
    change = getattr(operator, symbol)
    x, y = POINTS

    def checked(t: Any, other: Any) -> None:
        assert change(t, other) is t

    check(in_place(checked), x, y)
    check(in_place(lambda t: checked(t, 2)), x)
    check(in_place(lambda t: checked(t, 1.7)), x)
    check(in_place(lambda t: checked(t, [2, 1.5, 3])), x)
    check(in_place(lambda t: checked(t, np.array([2, 1, 3]))), x)
    check(in_place(lambda t: checked(t, t)), x)
    check(in_place(lambda t, other: checked(t[1:], other)), x, y[1:])
    check(in_place(lambda t: checked(t[1:], t[:-1])), x)
    check(in_place(lambda t, other: checked(t, other)), x, 0.7)


@pytest.mark.parametrize("symbol", INPLACE)
def test_augmented_assignment_of_numbers(symbol: str) -> None:
    """Augmented assignment of scalar duals rebinds the name and leaves the operands as they were."""
    check(augmented(symbol), 1.3, 0.7)
    check(lambda y: augmented(symbol)(1.3, y), 0.7)
    check(lambda x: augmented(symbol)(x, 2), 1.3)
    x = dd.Dual(1.3, 1.0)
    kept = x
    kept = augmented(symbol)(kept, 2.0)
    assert x.value == 1.3 and x.tangent == 1.0


def test_matrix_product_operators() -> None:
    """@ and @= have the product rule with either side dual, or both."""
    a, b, v = numbers_in(-1, 1, 3, 3), numbers_in(-1, 1, 3, 3, seed=6), numbers_in(-1, 1, 3)
    check(lambda x, y: x @ y, a, b)
    check(lambda x, y: x @ y, a, v)
    check(lambda x, y: y @ x, a, v)
    check(lambda x: x @ b, a)
    check(lambda x: a @ x, b)
    check(lambda x: x @ x, v)
    check(lambda x: v.tolist() @ x, b)
    check(in_place(lambda x, y: augmented("imatmul")(x, y)), a, b)


def test_in_place_cannot_broadcast_the_target() -> None:
    """An operand larger than the target of an operator in place is NumPy's error, and nothing has changed."""
    d = dd.Dual(np.array([1.0, 2.0, 3.0]), np.ones(3))
    with pytest.raises(ValueError, match="broadcast"):
        d += np.ones((2, 3))
    np.testing.assert_array_equal(d.value, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(d.tangent, [1.0, 1.0, 1.0])


def test_in_place_with_a_dual_in_a_constant_target() -> None:
    """A target that has no derivative yet, from zeros_like, takes up the one that it is given."""
    check(lambda x: augmented("iadd")(np.zeros_like(x), x * x), POINTS[0])
    check(lambda x: augmented("imul")(np.ones_like(x), x), POINTS[0])


def test_operands_are_never_modified() -> None:
    """No operator or ufunc changes its operands, not even through a shared tangent."""
    x, v = np.array([1.3, 0.6, 2.2]), np.array([1.0, -2.0, 0.5])
    d = dd.Dual(x.copy(), v.copy())
    results = [+d, d + 0, d * 1, d / 1, d**1, np.positive(d), d - 0.0, np.conjugate(d), d.copy()]
    for result in results:
        np.multiply(result, 5.0, out=result)
        result[0] = 7.0
    np.testing.assert_array_equal(d.value, x)
    np.testing.assert_array_equal(d.tangent, v)


def test_strings_and_none_are_refused() -> None:
    """Operands that are no numbers raise TypeError from either side."""
    for d in (dd.Dual(np.ones(2), np.ones(2)), dd.Dual(1.0, 1.0)):
        for other in ("a", None, object(), {}):
            with pytest.raises(TypeError):
                d + other
            with pytest.raises(TypeError):
                other * d
            with pytest.raises(TypeError):
                d < other  # noqa: B015
