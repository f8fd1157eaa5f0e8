"""Second, third and higher derivatives of every elementwise rule against mpmath, by Taylor series and by nesting.

The oracle is that of test_ufuncs_against_mpmath.py with more orders: forward differences of the function itself with steps of
10^-50 times the size of the point, at 1000 digits. Errors are measured relative to the coefficient, or to what rounding
the point changes in it: a coefficient c[j] that crosses zero is known to (j + 1) c[j + 1] x only. At the hard points of two
arguments a small coefficient is what is left of large ones, and measured by those of other directions.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dualdiff as dd
from dualdiff.rules.elementwise import ELEMENTWISE
from dualdiff.rules.kinds import Elementwise

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp

Array = NDArray[Any]
ORDER = 8


def _module(path: Path) -> Any:
    """Return a test file as a module: tests are no package."""
    spec = importlib.util.spec_from_file_location(f"reused_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tables = _module(Path(__file__).parent / "test_ufuncs_against_mpmath.py")
#: Products, quotients and compositions have a limit on the range of the numbers: coefficients of x^-9 leave float64.
MODERATE = (1e-12, 1e20)


def points_of(row: Any) -> list[Any]:
    """Return the points of a row: the generic ones, and the hard ones whose eighth derivative float64 can hold."""
    low, high = MODERATE
    return [
        *row.points[::5],
        *(p for p in row.hard if all(abs(q) < high and (q == 0 or abs(q) > low) for q in np.atleast_1d(p))),
    ]


@cache
def coefficients(g: Callable[[Any], Any], size: float, order: int) -> tuple[list[float], list[float]]:
    """Return the Taylor coefficients of g at 0, and the sizes that their errors are measured by, from differences."""
    with mp.workdps(1000):
        h = mp.mpf(size) * mp.mpf(10) ** -50
        row = [g(i * h) for i in range(order + 2)]
        found, rounding = [], mp.mpf(10) ** -980 * max(map(abs, row))
        for j in range(order + 2):
            found.append((row[0] if abs(row[0]) > rounding else 0) / (mp.factorial(j) * h**j))
            row = [b - a for a, b in pairwise(row)]
        # A coefficient that is zero comes out as its neighbour times the step.
        noise = [abs(c) * h for c in found[1:]]
        exact = [float(c) if abs(c) > 10**10 * n else 0.0 for c, n in zip(found, noise, strict=False)]
        return exact, [float(max(abs(c), (j + 1) * abs(found[j + 1]) * size)) for j, c in enumerate(found[:-1])]


def assert_coefficients(found: Any, exact: list[float], sizes: list[float], where: str, tolerance: float = 1e-12) -> None:
    """Assert that every coefficient is right relative to its size."""
    assert np.shape(found) == np.shape(exact)
    for j, (c, right, size) in enumerate(zip(found, exact, sizes, strict=True)):
        if size < 1e290:
            assert abs(c - right) <= tolerance * size + 1e-300, f"{where}: c[{j}] is {c!r}, exact {right!r}"


def unary_exact(row: Any, x: float, order: int = ORDER) -> tuple[list[float], list[float]]:
    """Return the coefficients of a function of one argument along 1."""
    size = (abs(x) if row.relative else min(1.0, abs(x))) or 1.0
    if row.name == "log1p":
        size = min(1.0, 1.0 + x)
    if row.name in {"arcsin", "arccos", "arctanh"}:
        size = 1.0 - abs(x)
    if row.name == "arccosh":
        size = min(1.0, x - 1.0)
    return _unary(row.exact, x, max(size, 1e-18), order)


@cache
def _unary(exact: Callable[[Any], Any], x: float, size: float, order: int) -> tuple[list[float], list[float]]:
    found, _ = coefficients(lambda t: exact(mp.mpf(x) + t), size, order + 1)
    sizes = [max(abs(c), (j + 1) * abs(found[j + 1] * x)) for j, c in enumerate(found[:-1])]
    return found[:-1], sizes


unary = pytest.mark.parametrize("row", tables.UNARY, ids=lambda row: row.name)
binary = pytest.mark.parametrize("row", tables.BINARY, ids=lambda row: row.name)


@unary
def test_second_and_third_order(row: Any) -> None:
    """The second and third derivatives of a function of one argument are exact to 1e-12, by every route."""
    for x in points_of(row):
        exact, sizes = unary_exact(row, x)
        one = dd.derivative
        routes = {
            "nested": [one(row.function)(x), one(one(row.function))(x) / 2, one(one(one(row.function)))(x) / 6],
            "directional": [dd.directional_derivative(row.function, x, 1.0, order=k) / math.factorial(k) for k in (1, 2, 3)],
            "Taylor": dd.taylor(row.function, x, 1.0, 3)[1:],
            "Taylor of an array": dd.taylor(row.function, np.array([x, x]), np.array([1.0, 0.5]), 3)[1:, 0],
            "derivative of hyper-duals": [
                one(row.function)(x),
                dd.second_directional_derivative(row.function, x, 1.0, 1.0) / 2,
                one(lambda t: dd.second_directional_derivative(row.function, t, 1.0, 1.0))(x) / 6,
            ],
        }
        for route, found in routes.items():
            assert_coefficients(found, exact[1:4], sizes[1:4], f"{route} at {x}")


@unary
def test_eighth_order(row: Any) -> None:
    """The Taylor coefficients of a function of one argument are exact up to order 8."""
    for x in points_of(row):
        exact, sizes = unary_exact(row, x)
        assert_coefficients(dd.taylor(row.function, x, 1.0, ORDER), exact, sizes, f"at {x}")


@unary
def test_eighth_order_of_arrays(row: Any) -> None:
    """Arrays and several directions have the coefficients of their entries, scaled by the powers of the direction."""
    x = np.array(points_of(row))
    v = np.stack([np.ones_like(x), np.full_like(x, -0.5)])
    series = dd.taylor(row.function, x, v, ORDER)
    for i, point in enumerate(x.tolist()):
        exact, sizes = unary_exact(row, point)
        for k, scale in enumerate((1.0, -0.5)):
            powers = [scale**j for j in range(ORDER + 1)]
            assert_coefficients(
                series[:, k, i],
                [c * p for c, p in zip(exact, powers, strict=True)],
                [s * abs(p) for s, p in zip(sizes, powers, strict=True)],
                f"direction {k} at {point}",
            )


@unary
def test_series_at_extreme_points(row: Any) -> None:
    """The first two coefficients are exact near overflow and underflow as well, of scalars and of arrays."""
    x, first, second = tables.unary_oracle(row)
    sizes = tables.unary_sizes(row, x)
    single = np.array([dd.taylor(row.function, point, 1.0, 2) for point in x.tolist()])
    for found in (single.T, dd.taylor(row.function, x, np.ones_like(x), 2)):
        tables.assert_close(found[1], first, 1e-13, x, sizes[0])
        tables.assert_close(2 * found[2], second, 1e-12, x, sizes[1])


@binary
@pytest.mark.parametrize("argnum", [0, 1])
def test_series_of_two_arguments_at_extreme_points(row: Any, argnum: int) -> None:
    """The same for functions of two arguments, with one of them moving."""
    points, gradients, hessians = tables.binary_oracle(row)
    along = tuple(float(i == argnum) for i in range(2))
    count = len(points) - len(row.extreme)
    found = np.array([dd.taylor(lambda p: row.function(*p), tuple(point), along, 2) for point in points.tolist()])
    tables.assert_close(found[:, 1], gradients[:, argnum], 1e-13, points)
    sizes = tables.second_sizes(row, points[:count], hessians[:count])[:, argnum, argnum]
    tables.assert_close(2 * found[:count, 2], hessians[:count, argnum, argnum], 1e-12, points[:count], sizes)


@pytest.mark.skipif(bool(np.finfo(np.longdouble).eps > 1e-18), reason="longdouble is float64 on this platform")
# NumPy's sinc multiplies longdouble numbers by a float64 pi, so its values have no more than float64's accuracy.
@pytest.mark.parametrize("row", [row for row in tables.UNARY if row.name != "sinc"], ids=lambda row: row.name)
def test_series_of_long_doubles_have_their_accuracy(row: Any) -> None:
    """With longdouble numbers the coefficients have longdouble's accuracy, so no constant in a recurrence is a float64."""
    points = row.points[::7]
    x = np.array(points, np.longdouble)
    found = dd.taylor(row.function, x, np.ones_like(x), 3)
    assert found.dtype == np.longdouble
    with mp.workdps(600):
        for i, point in enumerate(points):
            h = mp.mpf(10) ** -100
            values = [row.exact(mp.mpf(point) + j * h) for j in (-2, -1, 0, 1, 2)]
            a, b, c, d, e = values
            right = [(d - b) / (2 * h), (d - 2 * c + b) / (2 * h * h), (e - 2 * d + 2 * b - a) / (12 * h**3)]
            size = max(abs(r) for r in right)
            for j in range(3):
                exact = np.longdouble(mp.nstr(right[j], 30))
                assert abs(found[j + 1, i] - exact) <= 100 * np.finfo(np.longdouble).eps * float(size), f"c[{j + 1}] at {point}"


@binary
@pytest.mark.parametrize("along", [(1.0, 0.0), (0.0, 1.0), (0.75, -0.5)], ids=["x", "y", "both"])
def test_two_arguments(row: Any, along: tuple[float, float]) -> None:
    """The Taylor coefficients of a function of two arguments are exact along either of them and along both."""
    for x, y in points_of(row):
        if row.name in {"maximum", "minimum", "fmax", "fmin"} and abs(x - y) < 1e-12:
            continue
        exact, sizes = binary_exact(row, x, y, along)
        for found in (
            dd.taylor(lambda p: row.function(*p), (x, y), along, ORDER),
            dd.taylor(lambda p: row.function(*p), singles(x, y), singles(*along), ORDER)[:, 0],
        ):
            assert_coefficients(found, exact, sizes, f"at {(x, y)}")


@binary
@pytest.mark.parametrize("along", [(1.0, 0.0), (0.0, 1.0), (0.75, -0.5)], ids=["x", "y", "both"])
def test_two_arguments_nested(row: Any, along: tuple[float, float]) -> None:
    """The second and third derivatives of a function of two arguments are exact by hyper-duals and by nesting."""
    for x, y in points_of(row):
        if row.name in {"maximum", "minimum", "fmax", "fmin"} and abs(x - y) < 1e-12:
            continue
        exact, sizes = binary_exact(row, x, y, along)

        def moved(t: Any, x: float = x, y: float = y) -> Any:
            return row.function(x + along[0] * t, y + along[1] * t)

        second, third = dd.derivative(dd.derivative(moved)), dd.derivative(dd.derivative(dd.derivative(moved)))
        assert_coefficients([second(0.0) / 2, third(0.0) / 6], exact[2:4], sizes[2:4], f"nested at {(x, y)}")
        mixed = dd.second_directional_derivative(lambda p: row.function(*p), (x, y), along, along)
        assert_coefficients([mixed / 2], exact[2:3], sizes[2:3], f"hyper-dual at {(x, y)}")


def singles(*numbers: float) -> tuple[Any, ...]:
    """Return each number as an array of one entry."""
    return tuple(np.array([number]) for number in numbers)


@cache
def binary_exact(row: Any, x: float, y: float, along: tuple[float, float]) -> tuple[list[float], list[float]]:
    """Return the coefficients of a function of two arguments along a direction."""
    size = float(min(row.steps(x, y)))
    if size > 1:
        size = min(abs(x) or 1.0, abs(y) or 1.0, 1.0)

    def exact_along(a: float, b: float) -> list[float]:
        return coefficients(lambda t: row.exact(mp.mpf(x) + a * t, mp.mpf(y) + b * t), size, ORDER + 1)[0]

    exact, reach = exact_along(*along), max(abs(x), abs(y), 0.01)
    # The terms of a sum may be larger than the sum.
    hard = (x, y) in row.hard
    others = [exact_along(1.0 if hard else along[0], 0.0), exact_along(0.0, 1.0 if hard else along[1])]
    if hard:
        others.append(exact_along(1.0, 1.0))
    sizes = [
        max(abs(c), (j + 1) * abs(exact[j + 1]) * reach, *(abs(other[j]) for other in others)) for j, c in enumerate(exact[:-1])
    ]
    return exact[:-1], sizes


EXPONENTS: tuple[Any, ...] = (
    0,
    1,
    2,
    3,
    7,
    64,
    65,
    100,
    -1,
    -2,
    -5,
    0.0,
    1.0,
    2.0,
    3.0,
    0.5,
    -0.5,
    1.5,
    1.875,
    2.5,
    1 / 3,
    -3.25,
    20.5,
)


@pytest.mark.parametrize("n", EXPONENTS)
def test_powers(n: Any) -> None:
    """A constant power has the binomial coefficients, for positive and negative numbers."""
    for x in (0.3, 1.7, 12.5, -0.8, -3.0):
        if x < 0 and n != int(n):
            continue
        exact = [float(mp.binomial(n, j) * mp.mpf(x) ** (mp.mpf(n) - j)) for j in range(ORDER + 1)]
        for found in (
            dd.taylor(lambda t: t**n, x, 1.0, ORDER),
            dd.taylor(lambda t: t**n, np.array([x]), np.array([1.0]), ORDER)[:, 0],
            dd.taylor(lambda t: np.power(t, float(n)), x, 1.0, ORDER),
        ):
            np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-300)
        second = dd.second_directional_derivative(lambda t: t**n, x, 1.0, 1.0)
        np.testing.assert_allclose(second, 2 * exact[2], rtol=1e-13)
        third = dd.derivative(dd.derivative(dd.derivative(lambda t: t**n)))(x)
        np.testing.assert_allclose(third, 6 * exact[3], rtol=1e-12)


#: Functions of a complex number, each holomorphic at the points below.
COMPLEX: dict[str, Callable[[Any], Any]] = {
    "exp": mp.exp, "log": mp.log, "sqrt": mp.sqrt, "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "sinh": mp.sinh,
    "cosh": mp.cosh, "tanh": mp.tanh, "arcsin": mp.asin, "arccos": mp.acos, "arctan": mp.atan, "arcsinh": mp.asinh,
    "arccosh": mp.acosh, "arctanh": mp.atanh, "log1p": lambda z: mp.log(1 + z), "expm1": lambda z: mp.exp(z) - 1,
    "exp2": lambda z: mp.mpf(2) ** z, "log2": lambda z: mp.log(z) / mp.log(2), "log10": lambda z: mp.log(z) / mp.log(10),
    "square": lambda z: z * z, "reciprocal": lambda z: 1 / z,
}  # fmt: skip


def thrice(f: Callable[[Any], Any], z: complex, v: complex) -> Any:
    """Return the third derivative along a direction by duals of duals of duals."""

    def second(x: Any) -> Any:
        return dd.jvp(lambda y: dd.jvp(f, y, v)[1], x, v)[1]

    return dd.jvp(second, z, v)[1]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_numbers(name: str) -> None:
    """The Taylor coefficients of a holomorphic function are those of mpmath, on either side of each cut."""
    f, exact = getattr(np, name), COMPLEX[name]
    for z in (0.6 + 0.8j, -0.7 + 1.1j, -1.3 - 0.4j, 1.9 - 0.6j, 2.5 + 0.3j, -2.5 + 0.2j, 0.1 - 2.3j, 0.2 + 1.7j, -0.2 - 0.3j):
        for v in (1.0 + 0j, 0.3 - 0.9j):
            h = mp.mpf(10) ** -60
            with mp.workdps(700):
                row = [exact(mp.mpc(z) + i * h * mp.mpc(v)) for i in range(ORDER + 1)]
                right = []
                for j in range(ORDER + 1):
                    right.append(complex(row[0] / (mp.factorial(j) * h**j)))
                    row = [b - a for a, b in pairwise(row)]
            for found in (
                dd.taylor(f, z, v, ORDER),
                dd.taylor(f, np.array([z, z]), np.array([v, 0j]), ORDER)[:, 0],
            ):
                np.testing.assert_allclose(found, right, rtol=2e-12, atol=1e-13, err_msg=f"{name} at {z} along {v}")
            nested = thrice(f, z, v)
            np.testing.assert_allclose(nested / 6, right[3], rtol=1e-11, atol=1e-12)
            mixed = dd.second_directional_derivative(f, z, v, v)
            np.testing.assert_allclose(mixed / 2, right[2], rtol=1e-12, atol=1e-13)


def test_every_elementwise_rule_is_tested() -> None:
    """Every elementwise rule of a ufunc is a row of the tables, by its function or by an expression of it."""
    names = {row.name for row in (*tables.UNARY, *tables.BINARY)}
    # The table itself: UFUNCS also holds those of modules that another test has imported.
    assert {f.__name__ for f, rule in ELEMENTWISE.items() if isinstance(rule, Elementwise)} <= names
