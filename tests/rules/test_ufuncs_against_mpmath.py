"""Every differentiable NumPy ufunc against mpmath, by every route that a derivative can take.

The oracle knows no calculus: it takes central differences of the function itself at 600 digits with a step of 10^-120,
so that well over 40 digits of the first and second derivatives are right, at any point. Each row holds 20 points of the
function's domain and the hard points: near zero, near the ends of the domain, near overflow and underflow.

Tolerances are relative: 1e-13 for first and 1e-12 for second derivatives, entry by entry, which leaves NumPy's own
values the 1-4 units in the last place that they may be off. `conditioning` names the few entries that no formula in
float64 can give to that accuracy, with the size that their error is measured by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dualdiff as dd

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp
pytestmark = pytest.mark.filterwarnings("error")

Array = NDArray[Any]
FIRST, SECOND = 1e-13, 1e-12
TINY = 1e-307  # underflow: below the normal numbers float64 has no relative accuracy
GOLDEN, PLASTIC = 0.6180339887498949, 0.7548776662466927


def spread(low: float, high: float, ratio: float = GOLDEN) -> tuple[float, ...]:
    """Twenty well spread points of an interval, the same in every run."""
    return tuple(low + (high - low) * ((0.6 * ratio + ratio * k) % 1.0) for k in range(20))


def pairs(first: tuple[float, float], second: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Twenty well spread points of a rectangle, the same in every run."""
    return tuple(zip(spread(*first), spread(*second, PLASTIC), strict=True))


@dataclass(frozen=True)
class Unary:
    """A function of one argument, its definition for mpmath, and where to look.

    `relative`: singular at 0, so that the oracle's step must shrink with x. `conditioning(x)`: the sizes that the
    errors of the first and second derivative are measured by, when these are not the derivatives themselves.
    """

    name: str
    function: Callable[..., Any]
    exact: Callable[[Any], Any]
    points: tuple[float, ...]
    hard: tuple[float, ...] = ()
    relative: bool = False
    conditioning: Callable[[Array], tuple[Array, Array]] | None = None


@dataclass(frozen=True)
class Binary:
    """A function of two arguments, its definition for mpmath, and where to look.

    `steps(x, y)` scales the oracle's steps. `conditioning(x, y)`: the sizes that the errors of the mixed second partial
    are measured by. `extreme`: points where second partials leave the range of float64, for first partials only.
    """

    name: str
    function: Callable[..., Any]
    exact: Callable[[Any, Any], Any]
    points: tuple[tuple[float, float], ...]
    hard: tuple[tuple[float, float], ...] = ()
    extreme: tuple[tuple[float, float], ...] = ()
    steps: Callable[[Any, Any], tuple[Any, Any]] = lambda x, y: (max(1, abs(x)), max(1, abs(y)))
    conditioning: Callable[[Array, Array], Array] | None = None


def sinc(x: Any) -> Any:
    """NumPy's sinc for mpmath."""
    return mp.sin(mp.pi * x) / (mp.pi * x) if x else mp.mpf(1)


def cbrt(x: Any) -> Any:
    """The real cube root for mpmath."""
    return mp.sign(x) * mp.cbrt(abs(x))


def trunc(x: Any) -> Any:
    """Rounding towards zero for mpmath."""
    return mp.sign(x) * mp.floor(abs(x))


def sinc_conditioning(x: Array) -> tuple[Array, Array]:
    """sinc rounds pi * x before anything else, so for abs(x) > 1 its derivatives are known relative to 1/x and pi/x."""
    size = 1.0 / np.maximum(np.abs(x), 1.0)
    far = np.abs(x) > 0.5
    return np.where(far, size, 0.0), np.where(far, np.pi * np.pi * size, 0.0)


NEAR_ONE = (1.0 - 2.0**-10, 1.0 - 1e-10, 2.0**-40 - 1.0, 1.0 - 2.0**-50)
SMALL = (0.0, 1e-8, -1e-6, 1e-3)
POSITIVE = (1e-150, 1e-20, 1.0 - 1e-10, 1.0, 1.0 + 1e-10, 1e20, 1e150)

UNARY = (
    Unary("positive", np.positive, lambda x: x, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("negative", np.negative, lambda x: -x, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("conjugate", np.conjugate, lambda x: x, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("absolute", np.absolute, abs, spread(-2.5, 2.5), (1e-300, -1e-300, -1e300), relative=True),
    Unary("fabs", np.fabs, abs, spread(-2.5, 2.5), (1e-300, -1e-300, -1e300), relative=True),
    Unary("square", np.square, lambda x: x * x, spread(-2.5, 2.5), (0.0, 1e-150, -1e150)),
    Unary("reciprocal", np.reciprocal, lambda x: 1 / x, spread(0.2, 4), (1e-100, -1e-8, 1e100), relative=True),
    Unary("sqrt", np.sqrt, lambda x: mp.sqrt(x), spread(0.2, 4), POSITIVE, relative=True),
    Unary("cbrt", np.cbrt, cbrt, spread(0.2, 4), (1e-100, -1e-3, -1.0, 1e100), relative=True),
    Unary("exp", np.exp, lambda x: mp.exp(x), spread(-2.5, 2.5), (*SMALL, -700.0, 700.0)),
    Unary("exp2", np.exp2, lambda x: mp.mpf(2) ** x, spread(-2.5, 2.5), (*SMALL, -1000.0, 1000.0)),
    Unary("expm1", np.expm1, lambda x: mp.expm1(x), spread(-2.5, 2.5), (*SMALL, -40.0, -700.0, 700.0)),
    Unary("log", np.log, lambda x: mp.log(x), spread(0.2, 4), POSITIVE, relative=True),
    Unary("log2", np.log2, lambda x: mp.log(x) / mp.log(2), spread(0.2, 4), POSITIVE, relative=True),
    Unary("log10", np.log10, lambda x: mp.log(x) / mp.log(10), spread(0.2, 4), POSITIVE, relative=True),
    Unary("log1p", np.log1p, lambda x: mp.log(1 + x), spread(0.2, 4), (*SMALL, *(-x for x in NEAR_ONE), 1e150)),
    Unary("sin", np.sin, lambda x: mp.sin(x), spread(-2.5, 2.5), (*SMALL, 10.0, -1e5)),
    Unary("cos", np.cos, lambda x: mp.cos(x), spread(-2.5, 2.5), (*SMALL, 10.0, -1e5)),
    Unary("tan", np.tan, lambda x: mp.tan(x), spread(-1.3, 1.3), (*SMALL, 1.5707, -1.57079632, 100.0)),
    Unary("arcsin", np.arcsin, lambda x: mp.asin(x), spread(-0.9, 0.9), (*SMALL, *NEAR_ONE)),
    Unary("arccos", np.arccos, lambda x: mp.acos(x), spread(-0.9, 0.9), (*SMALL, *NEAR_ONE)),
    Unary("arctan", np.arctan, lambda x: mp.atan(x), spread(-2.5, 2.5), (*SMALL, 1e4, -1e8, 1e100)),
    Unary("sinh", np.sinh, lambda x: mp.sinh(x), spread(-2.5, 2.5), (*SMALL, 20.0, -700.0, 700.0)),
    Unary("cosh", np.cosh, lambda x: mp.cosh(x), spread(-2.5, 2.5), (*SMALL, 20.0, -700.0, 700.0)),
    Unary("tanh", np.tanh, lambda x: mp.tanh(x), spread(-2.5, 2.5), (*SMALL, 5.0, -20.0, 40.0, -300.0, 400.0, 800.0)),
    Unary("arcsinh", np.arcsinh, lambda x: mp.asinh(x), spread(-2.5, 2.5), (*SMALL, -1e10, 1e100, 1e200)),
    Unary("arccosh", np.arccosh, lambda x: mp.acosh(x), spread(1.1, 4), (1 + 2.0**-40, 1 + 1e-3, 1e10, 1e100, 1e200)),
    Unary("arctanh", np.arctanh, lambda x: mp.atanh(x), spread(-0.9, 0.9), (*SMALL, *NEAR_ONE)),
    Unary("deg2rad", np.deg2rad, lambda x: x * mp.pi / 180, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("radians", np.radians, lambda x: x * mp.pi / 180, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("rad2deg", np.rad2deg, lambda x: x * 180 / mp.pi, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("degrees", np.degrees, lambda x: x * 180 / mp.pi, spread(-2.5, 2.5), (0.0, 1e300)),
    Unary("modf", lambda x: np.modf(x)[0], lambda x: x - trunc(x), spread(0.2, 4), (-0.5, -2.75, 1e6 + 0.5)),
    Unary("frexp", lambda x: np.frexp(x)[0], lambda x: mp.frexp(x)[0], spread(0.2, 4), (-3.0, 3e-300, 3e300), True),
    Unary("ldexp", lambda x: np.ldexp(x, -3), lambda x: x / 8, spread(-2, 2), (0.0, 1e300)),
    # Not a ufunc, but elementwise, and the one with a removable singularity.
    Unary("sinc", np.sinc, sinc, spread(0.2, 4), (*SMALL, 1e-2, -0.1, 0.05, 0.5, -50.3), False, sinc_conditioning),
)


def radial(x: Any, y: Any) -> tuple[Any, Any]:
    """Steps for a function whose one singular point is the origin."""
    size = max(abs(x), abs(y))
    return size, size


def arctan2_conditioning(x: Array, y: Array) -> Array:
    """(x^2 - y^2) / r^4 changes sign at abs(x) = abs(y): known relative to 1 / r^2 only."""
    return np.asarray(np.hypot(x, y) ** -2.0)


def power_conditioning(x: Array, y: Array) -> Array:
    """x^(y-1) (1 + y log x) changes sign: known relative to the sum of its terms' sizes only."""
    return np.asarray(np.abs(x) ** (y - 1) * (1 + np.abs(y * np.log(np.abs(x)))))


ANY, RIGHT = (-2.0, 2.0), (0.3, 3.0)
QUADRANTS = ((0.0, 1.5), (-1.5, 0.0), (1e-3, -0.2), (2.0, 1e-4), (-1e-4, -3.0), (1e100, 1e100), (1e-100, -1e-100))
FAR = ((1e200, 1e200), (-1e200, 1e180), (1e-200, 1e-200), (1e-170, -1e-160), (1e308, 1e308))
SIGNED = ((-2.5, 1.2), (2.5, -1.2), (-2.5, -1.2), (1e6 + 0.5, 3.0))
REMAINDER = (*SIGNED, (0.3, 1e10), (-0.3, 1e10))

BINARY = (
    Binary("add", np.add, lambda x, y: x + y, pairs(ANY, ANY), ((0.0, 0.0), (1e300, -1e300))),
    Binary("subtract", np.subtract, lambda x, y: x - y, pairs(ANY, ANY), ((0.0, 0.0), (1e300, 1e300))),
    Binary("multiply", np.multiply, lambda x, y: x * y, pairs(ANY, ANY), ((0.0, 0.0), (1e-200, 1e300))),
    Binary(
        "divide",
        np.divide,
        lambda x, y: x / y,
        pairs(RIGHT, RIGHT),
        (*SIGNED, (0.0, 2.0), (3.0, 1e-100), (1e150, 1e100)),
        steps=lambda x, y: (max(1, abs(x)), abs(y)),
    ),
    Binary(
        "power",
        np.power,
        lambda x, y: mp.exp(y * mp.log(x)),
        pairs(RIGHT, ANY),
        ((2.0, 0.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1e-100, 1.5), (1e100, 1.5), (1 + 1e-8, 1e6), (3.0, 1e-12)),
        steps=lambda x, y: (abs(x), max(1, abs(y))),
        conditioning=power_conditioning,
    ),
    Binary(
        "float_power",
        np.float_power,
        lambda x, y: mp.exp(y * mp.log(x)),
        pairs(RIGHT, ANY),
        ((2.0, 0.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1e-100, 1.5), (1e100, 1.5), (1 + 1e-8, 1e6), (3.0, 1e-12)),
        steps=lambda x, y: (abs(x), max(1, abs(y))),
        conditioning=power_conditioning,
    ),
    Binary(
        "arctan2",
        np.arctan2,
        lambda x, y: mp.atan2(x, y),
        pairs(RIGHT, RIGHT),
        QUADRANTS,
        FAR,
        radial,
        arctan2_conditioning,
    ),
    Binary("hypot", np.hypot, lambda x, y: mp.hypot(x, y), pairs(RIGHT, RIGHT), QUADRANTS, FAR[:-1], radial),
    Binary(
        "logaddexp",
        np.logaddexp,
        lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
        pairs(ANY, ANY),
        ((0.0, 0.0), (700.0, 699.25), (-700.3, -699.1), (700.0, 700.0), (-20.0, 20.0), (1e4, 1e4 - 3.0)),
        ((300.0, -300.0), (700.0, -700.0), (-700.0, 700.0), (0.0, 1e4)),
    ),
    Binary(
        "logaddexp2",
        np.logaddexp2,
        lambda x, y: mp.log(mp.mpf(2) ** x + mp.mpf(2) ** y) / mp.log(2),
        pairs(ANY, ANY),
        ((0.0, 0.0), (1000.0, 999.25), (-1000.3, -999.1), (700.0, 700.0), (-20.0, 20.0), (1e4, 1e4 - 3.0)),
        ((300.0, -300.0), (700.0, -700.0), (-700.0, 700.0), (0.0, 1e4)),
    ),
    Binary("maximum", np.maximum, max, pairs(ANY, ANY), ((1.0, 1 + 1e-15), (0.0, -1e-300)), steps=radial),
    Binary("minimum", np.minimum, min, pairs(ANY, ANY), ((1.0, 1 + 1e-15), (0.0, -1e-300)), steps=radial),
    Binary("fmax", np.fmax, max, pairs(ANY, ANY), ((1.0, 1 + 1e-15), (0.0, -1e-300)), steps=radial),
    Binary("fmin", np.fmin, min, pairs(ANY, ANY), ((1.0, 1 + 1e-15), (0.0, -1e-300)), steps=radial),
    Binary("copysign", np.copysign, lambda x, y: abs(x) * mp.sign(y), pairs(RIGHT, RIGHT), SIGNED),
    Binary("remainder", np.remainder, lambda x, y: x - y * mp.floor(x / y), pairs(RIGHT, RIGHT), REMAINDER),
    Binary("fmod", np.fmod, lambda x, y: x - y * trunc(x / y), pairs(RIGHT, RIGHT), REMAINDER),
    Binary(
        "divmod",
        lambda x, y: np.divmod(x, y)[1],
        lambda x, y: x - y * mp.floor(x / y),
        pairs(RIGHT, RIGHT),
        REMAINDER,
    ),
    Binary(
        "heaviside",
        np.heaviside,
        lambda x, y: mp.mpf(x > 0),
        pairs(ANY, ANY),
        ((1e-300, 0.5), (-5.0, 0.5)),
        steps=lambda x, y: (abs(x), 1),
    ),
)

unary = pytest.mark.parametrize("row", UNARY, ids=lambda row: row.name)
binary = pytest.mark.parametrize("row", BINARY, ids=lambda row: row.name)


@cache
def unary_oracle(row: Unary) -> tuple[Array, Array, Array]:
    """The points of a row with the first and second derivatives there, rounded once to float64."""
    x = np.array(row.points + row.hard)
    with mp.workdps(600):
        derivatives = [_differences(row.exact, mp.mpf(t), row.relative) for t in x.tolist()]
    return (
        x,
        np.array([float(first) for first, _ in derivatives]),
        np.array([float(second) for _, second in derivatives]),
    )


def _differences(exact: Callable[[Any], Any], x: Any, relative: bool) -> tuple[Any, Any]:
    """First and second central difference of a function."""
    step = (abs(x) if relative else max(1, abs(x))) * mp.mpf(10) ** -120
    below, centre, above = exact(x - step), exact(x), exact(x + step)
    return (above - below) / (2 * step), (above - 2 * centre + below) / step**2


@cache
def binary_oracle(row: Binary) -> tuple[Array, Array, Array]:
    """The points of a row (n, 2) with gradients (n, 2) and Hessians (n, 2, 2) there; `extreme` points come last."""
    points = np.array(row.points + row.hard + row.extreme)
    gradients, hessians = [], []
    with mp.workdps(600):
        for x, y in points.tolist():
            gradient, hessian = _partials(row, mp.mpf(x), mp.mpf(y))
            gradients.append([float(entry) for entry in gradient])
            hessians.append([[float(entry) for entry in line] for line in hessian])
    return points, np.array(gradients), np.array(hessians)


def _partials(row: Binary, x: Any, y: Any) -> tuple[list[Any], list[list[Any]]]:
    """Gradient and Hessian from the central differences on a 3 x 3 stencil."""
    a, b = (scale * mp.mpf(10) ** -120 for scale in row.steps(x, y))
    f = {(i, j): row.exact(x + i * a, y + j * b) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    xx = (f[1, 0] - 2 * f[0, 0] + f[-1, 0]) / a**2
    yy = (f[0, 1] - 2 * f[0, 0] + f[0, -1]) / b**2
    xy = (f[1, 1] - f[1, -1] - f[-1, 1] + f[-1, -1]) / (4 * a * b)
    return [(f[1, 0] - f[-1, 0]) / (2 * a), (f[0, 1] - f[0, -1]) / (2 * b)], [[xx, xy], [xy, yy]]


def assert_close(got: Any, exact: Array, tolerance: float, where: Array, size: Array | float = 0.0) -> None:
    """Every entry is within tolerance of the exact one, relative to it (or to `size`, where that is larger)."""
    got = np.asarray(got)
    assert got.shape == exact.shape, f"shape {got.shape}, not {exact.shape}"
    with np.errstate(invalid="ignore"):
        error = np.abs(got - exact)
    wrong = ~(error <= tolerance * np.maximum(np.abs(exact), size) + TINY) & (got != exact)
    report = "\n".join(
        f"at {where[i[0]]}: {got[i]!r}, exact {exact[i]!r}, relative error {error[i] / max(abs(exact[i]), TINY):.2g}"
        for i in map(tuple, np.argwhere(wrong))
    )
    assert not wrong.any(), "\n" + report


def unary_sizes(row: Unary, x: Array) -> tuple[Array | float, Array | float]:
    """What the errors of the two derivatives of a row are measured by, at least."""
    return row.conditioning(x) if row.conditioning else (0.0, 0.0)


def weights(*shape: int) -> Array:
    """Directions without zeros, of both signs, the same in every run."""
    return np.random.default_rng(1).choice([-1.75, -0.5, 0.625, 1.5], shape)


@unary
def test_oracle_agrees_with_the_function(row: Unary) -> None:
    """The definition given to mpmath is that of the NumPy function, so the oracle differentiates the right thing."""
    x, first, second = unary_oracle(row)
    with mp.workdps(40):
        exact = np.array([float(row.exact(mp.mpf(t))) for t in x.tolist()])
    np.testing.assert_allclose(row.function(x), exact, rtol=1e-14, atol=1e-16)
    assert len(row.points) == 20 and np.isfinite(first).all() and np.isfinite(second).all()


@binary
def test_oracle_agrees_with_the_binary_function(row: Binary) -> None:
    """The definition given to mpmath is that of the NumPy function, so the oracle differentiates the right thing."""
    points, gradients, hessians = binary_oracle(row)
    with mp.workdps(40):
        exact = np.array([float(row.exact(mp.mpf(x), mp.mpf(y))) for x, y in points.tolist()])
    np.testing.assert_allclose(row.function(*points.T), exact, rtol=1e-14, atol=1e-16)
    regular = len(points) - len(row.extreme)
    assert len(row.points) == 20 and np.isfinite(gradients).all() and np.isfinite(hessians[:regular]).all()


def test_oracle_reproduces_known_derivatives() -> None:
    """Differences at 600 digits give 40 digits of derivatives that are known in closed form."""
    with mp.workdps(600):
        for x in (mp.mpf("0.3"), mp.mpf("1e-9"), mp.mpf("123.25")):
            first, second = _differences(lambda t: mp.sin(t), x, relative=False)
            assert abs(first - mp.cos(x)) < mp.mpf(10) ** -40 * abs(mp.cos(x))
            assert abs(second + mp.sin(x)) < mp.mpf(10) ** -40 * abs(mp.sin(x))
            first, second = _differences(lambda t: mp.log(t), x, relative=True)
            assert abs(first * x - 1) < mp.mpf(10) ** -40 and abs(second * x * x + 1) < mp.mpf(10) ** -40


@unary
def test_first_derivative_of_a_python_float(row: Unary) -> None:
    """`derivative` of a function of a Python float is the derivative."""
    x, first, _ = unary_oracle(row)
    assert_close([dd.derivative(row.function)(t) for t in x.tolist()], first, FIRST, x, unary_sizes(row, x)[0])


@unary
def test_second_derivative_of_a_python_float(row: Unary) -> None:
    """The derivative of the derivative is the second derivative."""
    x, _, second = unary_oracle(row)
    got = [dd.derivative(dd.derivative(row.function))(t) for t in x.tolist()]
    assert_close(got, second, SECOND, x, unary_sizes(row, x)[1])


@unary
def test_one_direction_on_an_array(row: Unary) -> None:
    """`jvp` scales the derivative by the direction entry by entry, and hands NumPy's own value back."""
    x, first, _ = unary_oracle(row)
    v = weights(x.size)
    value, tangent = dd.jvp(row.function, (x,), (v,))
    np.testing.assert_array_equal(value, row.function(x))
    assert_close(tangent / v, first, FIRST, x, unary_sizes(row, x)[0])


@unary
def test_many_directions_on_an_array(row: Unary) -> None:
    """A tangent with k directions in front gives k directional derivatives at once."""
    x, first, _ = unary_oracle(row)
    v = weights(3, x.size)
    value, tangent = dd.jvp(row.function, (x,), (v,))
    np.testing.assert_array_equal(value, row.function(x))
    assert tangent.shape == (3, x.size)
    for direction, given in zip(tangent, v, strict=True):
        assert_close(direction / given, first, FIRST, x, unary_sizes(row, x)[0])


@unary
def test_dual_made_by_hand(row: Unary) -> None:
    """A Dual array made by hand comes out with the value and the tangent of the function."""
    x, first, _ = unary_oracle(row)
    v = weights(x.size)
    result = row.function(dd.Dual(x, v))
    assert isinstance(result, dd.Dual)
    np.testing.assert_array_equal(result.value, row.function(x))
    assert_close(np.broadcast_to(result.tangent, x.shape) / v, first, FIRST, x, unary_sizes(row, x)[0])


@unary
def test_nested_arrays(row: Unary) -> None:
    """The directional derivative of a directional derivative is the second derivative times both directions."""
    x, _, second = unary_oracle(row)
    u, v = weights(2, x.size)
    _, tangent = dd.jvp(lambda t: dd.jvp(row.function, (t,), (u,))[1], (x,), (v,))
    assert_close(tangent / (u * v), second, SECOND, x, unary_sizes(row, x)[1])


@unary
def test_nested_arrays_with_many_directions(row: Unary) -> None:
    """k directions differentiated along m directions give all m x k second derivatives."""
    x, _, second = unary_oracle(row)
    u, v = weights(2, x.size), weights(3, x.size)
    _, tangent = dd.jvp(lambda t: dd.jvp(row.function, (t,), (u,))[1], (x,), (v,))
    assert tangent.shape == (3, 2, x.size)
    for i in range(3):
        for j in range(2):
            assert_close(tangent[i, j] / (u[j] * v[i]), second, SECOND, x, unary_sizes(row, x)[1])


@unary
def test_hyperdual_of_a_python_float(row: Unary) -> None:
    """A scalar hyper-dual number carries both first derivatives and the second one."""
    x, first, second = unary_oracle(row)
    results = [row.function(dd.HyperDual(t, 1.0, 1.0, 0.0)) for t in x.tolist()]
    sizes = unary_sizes(row, x)
    assert_close([y.eps1 for y in results], first, FIRST, x, sizes[0])
    assert_close([y.eps2 for y in results], first, FIRST, x, sizes[0])
    assert_close([y.eps12 for y in results], second, SECOND, x, sizes[1])


@unary
def test_hyperdual_array(row: Unary) -> None:
    """A hyper-dual array obeys f'' e1 e2 + f' e12 in its last part."""
    x, first, second = unary_oracle(row)
    u, v = weights(2, x.size)
    y = row.function(dd.HyperDual(x, u, v, np.zeros_like(x)))
    sizes = unary_sizes(row, x)
    np.testing.assert_array_equal(y.value, row.function(x))
    assert_close(np.broadcast_to(y.eps1, x.shape) / u, first, FIRST, x, sizes[0])
    assert_close(np.broadcast_to(y.eps2, x.shape) / v, first, FIRST, x, sizes[0])
    assert_close(np.broadcast_to(y.eps12, x.shape) / (u * v), second, SECOND, x, sizes[1])
    carried = row.function(dd.HyperDual(x, np.zeros_like(x), np.zeros_like(x), v))
    assert_close(np.broadcast_to(carried.eps12, x.shape) / v, first, FIRST, x, sizes[0])


@unary
def test_hessian_is_diagonal(row: Unary) -> None:
    """The Hessian of the sum of an elementwise function is diagonal, with the second derivatives on it."""
    x, _, second = unary_oracle(row)
    hessian = dd.hessian(lambda t: np.sum(row.function(t)))(x)
    assert_close(np.diagonal(hessian), second, SECOND, x, unary_sizes(row, x)[1])
    np.testing.assert_array_equal(hessian - np.diag(np.diagonal(hessian)), np.zeros((x.size, x.size)))


@unary
def test_second_directional_derivative(row: Unary) -> None:
    """`second_directional_derivative` of a sum adds up f'' u v."""
    x, _, second = unary_oracle(row)
    for i in range(x.size):
        got = dd.second_directional_derivative(lambda t: np.sum(row.function(t)), x[i : i + 1], np.ones(1), np.ones(1))
        assert_close([got], second[i : i + 1], SECOND, x[i : i + 1], _at(unary_sizes(row, x)[1], i))


def _at(size: Array | float, i: int) -> Array | float:
    """The size that belongs to one point."""
    return size[i : i + 1] if isinstance(size, np.ndarray) else size


# NumPy's sinc multiplies longdouble numbers by a float64 pi, so its values have no more than float64's accuracy.
@pytest.mark.parametrize("row", [row for row in UNARY if row.name != "sinc"], ids=lambda row: row.name)
def test_longdouble_derivative_has_longdouble_accuracy(row: Unary) -> None:
    """With longdouble numbers the derivative has longdouble's accuracy, so no constant in a rule is a float64."""
    accuracy = 200 * float(np.finfo(np.longdouble).eps)
    x = np.array(row.points)
    with mp.workdps(600):
        derivatives = [_differences(row.exact, mp.mpf(t), row.relative)[0] for t in x.tolist()]
        exact = np.array([np.longdouble(mp.nstr(entry, 30)) for entry in derivatives])
    value, tangent = dd.jvp(row.function, (x.astype(np.longdouble),), (np.ones(x.size, np.longdouble),))
    assert value.dtype == np.longdouble and tangent.dtype == np.longdouble
    assert_close(tangent, exact, accuracy, x, unary_sizes(row, x)[0])


@binary
def test_partials_of_python_floats(row: Binary) -> None:
    """`derivative` by one argument is the partial derivative, with the other one a plain number."""
    points, gradients, _ = binary_oracle(row)
    for argnum in (0, 1):
        got = [dd.derivative(row.function, argnums=argnum)(x, y) for x, y in points.tolist()]
        assert_close(got, gradients[:, argnum], FIRST, points)


@binary
def test_partials_of_arrays(row: Binary) -> None:
    """`jvp` along either argument scales its partial derivative, with the other one a plain array."""
    points, gradients, _ = binary_oracle(row)
    x, y = points.T
    v = weights(len(points))
    value, along_x = dd.jvp(lambda t: row.function(t, y), (x,), (v,))
    np.testing.assert_array_equal(value, row.function(x, y))
    assert_close(along_x / v, gradients[:, 0], FIRST, points)
    value, along_y = dd.jvp(lambda t: row.function(x, t), (y,), (v,))
    np.testing.assert_array_equal(value, row.function(x, y))
    assert_close(along_y / v, gradients[:, 1], FIRST, points)


@binary
def test_both_arguments_at_once(row: Binary) -> None:
    """With both arguments dual the tangent is the sum of the partials times the directions."""
    points, gradients, _ = binary_oracle(row)
    u, v = weights(2, len(points))
    value, tangent = dd.jvp(row.function, tuple(points.T), (u, v))
    np.testing.assert_array_equal(value, row.function(*points.T))
    size = np.abs(gradients[:, 0] * u) + np.abs(gradients[:, 1] * v)
    assert_close(tangent, gradients[:, 0] * u + gradients[:, 1] * v, FIRST, points, size)


@binary
def test_many_directions_of_both_arguments(row: Binary) -> None:
    """k directions through both arguments give k directional derivatives."""
    points, gradients, _ = binary_oracle(row)
    u, v = weights(2, 3, len(points))
    _, tangent = dd.jvp(row.function, tuple(points.T), (u, v))
    size = np.abs(gradients[:, 0] * u) + np.abs(gradients[:, 1] * v)
    assert tangent.shape == u.shape
    for i in range(3):
        assert_close(tangent[i], gradients[:, 0] * u[i] + gradients[:, 1] * v[i], FIRST, points, size[i])


def second_sizes(row: Binary, points: Array, hessians: Array) -> Array:
    """What errors of second partials are measured by, at least: the largest entry of the Hessian at hard points.

    There the entries differ by many orders of magnitude, and a small one is what is left of large terms.
    """
    sizes = np.zeros_like(hessians)
    if row.conditioning:
        sizes[:, 0, 1] = sizes[:, 1, 0] = row.conditioning(*points.T)
    hard = slice(len(row.points), None)
    sizes[hard] = np.maximum(sizes[hard], np.abs(hessians[hard]).max(axis=(1, 2), keepdims=True))
    return sizes


def regular(row: Binary) -> tuple[Array, Array, Array]:
    """The points of a row where second partials are numbers, the Hessians there, and the sizes for their errors."""
    points, _, hessians = binary_oracle(row)
    count = len(points) - len(row.extreme)
    return points[:count], hessians[:count], second_sizes(row, points[:count], hessians[:count])


@binary
def test_hessian_of_two_numbers(row: Binary) -> None:
    """`hessian` gives all second partials, the mixed ones exactly equal."""
    points, hessians, sizes = regular(row)
    got = np.array([dd.hessian(lambda p: row.function(p[0], p[1]))(point) for point in points])
    np.testing.assert_array_equal(got, np.swapaxes(got, 1, 2))
    assert_close(got, hessians, SECOND, points, sizes)


@binary
def test_nested_second_partials(row: Binary) -> None:
    """A derivative by one argument of a derivative by another is the second partial, in either order."""
    points, hessians, sizes = regular(row)
    for i in (0, 1):
        for j in (0, 1):
            second = dd.derivative(dd.derivative(row.function, argnums=i), argnums=j)
            got = [second(x, y) for x, y in points.tolist()]
            assert_close(got, hessians[:, i, j], SECOND, points, sizes[:, i, j])


@binary
def test_nested_second_partials_of_arrays(row: Binary) -> None:
    """Nested directional derivatives of arrays give the second partials entry by entry, in either order."""
    points, hessians, sizes = regular(row)
    one, zero = np.ones(len(points)), np.zeros(len(points))
    axes = ((one, zero), (zero, one))
    for i in (0, 1):
        for j in (0, 1):
            got = dd.jvp(lambda x, y, i=i: dd.jvp(row.function, (x, y), axes[i])[1], tuple(points.T), axes[j])[1]
            assert_close(got, hessians[:, i, j], SECOND, points, sizes[:, i, j])


@binary
def test_hyperdual_second_partials(row: Binary) -> None:
    """Hyper-dual numbers with eps1 in one argument and eps2 in another give the mixed second partial; pure ones too."""
    points, hessians, sizes = regular(row)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        scalars, (x, y) = [], points.T
        for point in points.tolist():
            arguments = [dd.HyperDual(t, float(i == n), float(j == n), 0.0) for n, t in enumerate(point)]
            scalars.append(row.function(*arguments).eps12)
        assert_close(scalars, hessians[:, i, j], SECOND, points, sizes[:, i, j])
        one, zero = np.ones_like(x), np.zeros_like(x)
        arrays = [dd.HyperDual(t, (zero, one)[i == n], (zero, one)[j == n], zero) for n, t in enumerate((x, y))]
        got = np.broadcast_to(row.function(*arrays).eps12, x.shape)
        assert_close(got, hessians[:, i, j], SECOND, points, sizes[:, i, j])


@binary
def test_longdouble_partials_have_longdouble_accuracy(row: Binary) -> None:
    """With longdouble numbers the partials are right to longdouble's accuracy."""
    accuracy = 200 * float(np.finfo(np.longdouble).eps)
    points = np.array(row.points)
    with mp.workdps(600):
        gradients = [_partials(row, mp.mpf(x), mp.mpf(y))[0] for x, y in points.tolist()]
        exact = np.array([[np.longdouble(mp.nstr(entry, 30)) for entry in gradient] for gradient in gradients])
    arguments = tuple(points.T.astype(np.longdouble))
    one, zero = np.ones(len(points), np.longdouble), np.zeros(len(points), np.longdouble)
    for argnum, directions in enumerate(((one, zero), (zero, one))):
        value, tangent = dd.jvp(row.function, arguments, directions)
        assert value.dtype == np.longdouble and tangent.dtype == np.longdouble
        assert_close(tangent, exact[:, argnum], accuracy, points)


@pytest.mark.parametrize("base", [-2.0, -0.3, -1e-50])
@pytest.mark.parametrize("exponent", [-2.0, -1.0, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("ufunc", [np.power, np.float_power], ids=lambda ufunc: ufunc.__name__)
def test_negative_base_with_a_whole_exponent(ufunc: np.ufunc, exponent: float, base: float) -> None:
    """A whole power of a negative number has the derivatives of the power rule, first and second."""

    def power(x: Any) -> Any:
        return ufunc(x, exponent)

    with mp.workdps(600):
        first, second = _differences(lambda x: x ** int(exponent), mp.mpf(base), relative=True)
    where = np.array([base])
    assert_close([dd.derivative(power)(base)], np.array([float(first)]), FIRST, where)
    assert_close([dd.derivative(dd.derivative(power))(base)], np.array([float(second)]), SECOND, where)
    y = power(dd.HyperDual(np.array([base]), np.ones(1), np.ones(1), np.zeros(1)))
    assert_close(y.eps1, np.array([float(first)]), FIRST, where)
    assert_close(y.eps12, np.array([float(second)]), SECOND, where)


PRODUCTS: tuple[tuple[Any, tuple[int, ...], tuple[int, ...]], ...] = (
    (np.matmul, (3, 4), (4, 2)),
    (np.matmul, (4,), (4,)),
    (np.matmul, (4,), (4, 2)),
    (np.matmul, (3, 4), (4,)),
    (np.matmul, (2, 1, 3, 4), (5, 4, 2)),
    (getattr(np, "matvec", None), (3, 4), (4,)),
    (getattr(np, "matvec", None), (2, 3, 4), (5, 1, 4)),
    (getattr(np, "vecmat", None), (4,), (4, 2)),
    (getattr(np, "vecmat", None), (5, 1, 4), (2, 4, 3)),
    (np.vecdot, (4,), (4,)),
    (np.vecdot, (2, 4), (3, 1, 4)),
)
# matvec and vecmat are there since NumPy 2.2.
PRODUCTS = tuple(row for row in PRODUCTS if row[0] is not None)


def product_oracle(ufunc: np.ufunc, numbers: list[Array], directions: list[Array]) -> Array:
    """The exact derivative of a product along a direction, from its central difference in mpmath."""
    with mp.workdps(100):
        exact = np.frompyfunc(mp.mpf, 1, 1)
        step = mp.mpf(10) ** -20
        ends = []
        for sign in (1, -1):
            moved = [exact(x) + sign * step * exact(v) for x, v in zip(numbers, directions, strict=True)]
            ends.append(ufunc(*moved))
        return np.asarray((ends[0] - ends[1]) / (2 * step)).astype(float)


@pytest.mark.parametrize("ufunc, left, right", PRODUCTS, ids=lambda part: getattr(part, "__name__", str(part)))
@pytest.mark.parametrize("directions", [(), (3,)], ids=["one direction", "three directions"])
def test_products(ufunc: np.ufunc, left: tuple[int, ...], right: tuple[int, ...], directions: tuple[int, ...]) -> None:
    """matmul, matvec, vecmat and vecdot have the product rule, with broadcasting, for one and for k directions."""
    rng = np.random.default_rng(2)
    a, b = rng.uniform(0.5, 2, left), rng.uniform(0.5, 2, right)
    da, db = rng.uniform(0.5, 2, directions + left), rng.uniform(0.5, 2, directions + right)
    value, tangent = dd.jvp(ufunc, (a, b), (da, db))
    np.testing.assert_allclose(value, ufunc(a, b), rtol=1e-14)
    assert np.shape(tangent) == directions + np.shape(ufunc(a, b))
    for k in np.ndindex(directions):
        np.testing.assert_allclose(np.asarray(tangent)[k], product_oracle(ufunc, [a, b], [da[k], db[k]]), rtol=FIRST)
    along_a = dd.jvp(lambda x: ufunc(x, b), (a,), (da,))[1]
    along_b = dd.jvp(lambda x: ufunc(a, x), (b,), (db,))[1]
    for k in np.ndindex(directions):
        np.testing.assert_allclose(np.asarray(along_a)[k], product_oracle(ufunc, [a, b], [da[k], 0 * b]), rtol=FIRST)
        np.testing.assert_allclose(np.asarray(along_b)[k], product_oracle(ufunc, [a, b], [0 * a, db[k]]), rtol=FIRST)


@pytest.mark.parametrize("ufunc, left, right", PRODUCTS, ids=lambda part: getattr(part, "__name__", str(part)))
def test_second_order_of_products(ufunc: np.ufunc, left: tuple[int, ...], right: tuple[int, ...]) -> None:
    """The second derivative of a product along (da, db) twice is 2 product(da, db), hyper-dual and nested."""
    rng = np.random.default_rng(3)
    a, b, da, db = (rng.uniform(0.5, 2, shape) for shape in (left, right, left, right))
    exact = 2 * ufunc(da, db)
    y = ufunc(dd.HyperDual(a, da, da, 0 * a), dd.HyperDual(b, db, db, 0 * b))
    np.testing.assert_allclose(y.eps12, exact, rtol=SECOND)
    np.testing.assert_allclose(y.eps1, ufunc(da, b) + ufunc(a, db), rtol=FIRST)
    nested = dd.jvp(lambda s, t: dd.jvp(ufunc, (s, t), (da, db))[1], (a, b), (da, db))[1]
    np.testing.assert_allclose(nested, exact, rtol=SECOND)


ALIASES = {
    "abs": "absolute", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "conj": "conjugate", "mod": "remainder", "pow": "power",
    "true_divide": "divide",
}  # fmt: skip


def test_every_differentiable_ufunc_is_in_a_table() -> None:
    """All 70 names of NumPy ufuncs that have a derivative are rows here, by name or as an alias of a row."""
    rows = {row.name for row in UNARY} | {row.name for row in BINARY} | {row[0].__name__ for row in PRODUCTS}
    assert len((rows | ALIASES.keys()) - {"sinc"}) == (70 if hasattr(np, "matvec") else 68)
    for alias, name in ALIASES.items():
        assert getattr(np, alias) is getattr(np, name) and name in rows
