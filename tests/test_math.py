"""dualdiff.math: Python's own results and errors, and derivatives to third order.

The oracle is mpmath: central differences of the function itself at 700 digits, with steps of 10^-60. Functions of several
arguments are differentiated along directions, whose third derivatives hold every mixed partial.
"""

from __future__ import annotations

import importlib
import inspect
import math
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

dual_math: Any = importlib.import_module("dualdiff.math")

NAMES = [name for name in dir(math) if not name.startswith("_")]
FUNCTIONS = [name for name in NAMES if callable(getattr(math, name))]
CLOSE = 1e-12

# --------------------------------------------------------------------------------------------- floats
REALS: list[Any] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.5,
    -2.5,
    3.0,
    -3.0,
    1e-300,
    -1e300,
    1e308,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
    0,
    1,
    -7,
    10**400,
    True,
    Fraction(3, 4),
    np.float64(0.3),
    np.float32(0.3),
    np.int64(3),
]
ODD: list[Any] = ["1", None, 1j, [1.0], (1.0, 2.0), np.zeros(2), object()]
PAIRS = [(a, b) for a in [*REALS[:11], *REALS[14:20], "x"] for b in [*REALS[:11], *REALS[14:20], None]]
LISTS: list[Any] = [
    [],
    [1.0],
    [1.0, 1e100, 1.0, -1e100],
    [1, 2, 3],
    [0.1] * 10,
    (0.5, 2),
    [math.inf, -math.inf],
    [1e308, 1e308],
    [math.nan, 1.0],
    ["a"],
    3.0,
    None,
    range(5),
    [True, 2.5],
]
CALLS: dict[str, list[tuple[Any, ...]]] = {
    "dist": [(p, q) for p in LISTS for q in LISTS],
    "fsum": [(p,) for p in LISTS] + [(), ([1.0], [2.0])],
    "prod": [(p,) for p in LISTS],
    "sumprod": [(p, q) for p in LISTS for q in LISTS],
    "hypot": [
        (),
        (3,),
        (-0.0,),
        (3.0, 4.0),
        (1e200, 1e200, 1e200),
        (math.inf, math.nan),
        (0.0, 0.0, 0.0),
        ("a", 1.0),
        (1, 2, 3, 4.0),
    ],
    "fma": [
        (a, b, c)
        for a in (0.1, 1e308, math.inf, 0.0, "a")
        for b in (0.3, 10.0, 0, math.inf)
        for c in (-0.03, math.inf, 1, math.nan)
    ],
    "log": [(x,) for x in REALS + ODD] + PAIRS + [(), (2.0, 3.0, 4.0), (8, 2), (10**400, 10), (2.0, 1.0), (2.0, None)],
    "ldexp": [(x, n) for x in REALS for n in (0, 1, -3, 2000, -2000, 1.0, True)],
    "comb": [(a, b) for a in (0, 5, -1, 5.0, 60) for b in (0, 2, 7, -1, "a")],
    "perm": [(a, b) for a in (0, 5, -1, 5.0) for b in (0, 2, 7, -1, None)] + [(4,)],
    "gcd": [(), (4,), (4, 6), (4, 6, 0), (4.0, 6)],
    "lcm": [(), (4,), (4, 6), (4, 6, 0), (4.0, 6)],
}
TWO = ("atan2", "copysign", "fmod", "pow", "remainder", "isclose", "nextafter")


def calls(name: str) -> list[tuple[Any, ...]]:
    """Calls of one function, right ones and wrong ones."""
    if name in CALLS:
        return CALLS[name]
    if name in TWO:
        return [*PAIRS, (), (1.0,), (1.0, 2.0, 3.0, 4.0)]
    return [*[(x,) for x in REALS + ODD], (), (1.0, 2.0, 3.0)]


def outcome(f: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """What a call gives, bit for bit, or the error that it raises."""
    try:
        result = f(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - compared
        return type(error), str(error)
    parts = result if isinstance(result, tuple) else (result,)
    return type(result), *((type(x), struct.pack("d", x) if isinstance(x, float) else x) for x in parts)


def test_every_name_is_there() -> None:
    """The namespace has the names of math, of whatever version, and its constants."""
    assert set(NAMES) <= set(dir(dual_math))
    assert set(dual_math.__all__) == set(NAMES)
    for name in set(NAMES) - set(FUNCTIONS):
        assert getattr(dual_math, name) is getattr(math, name)
    with pytest.raises(AttributeError):
        dual_math.no_such_function  # noqa: B018


@pytest.mark.parametrize("name", FUNCTIONS)
def test_floats_have_pythons_results_and_errors(name: str) -> None:
    """Of floats, and of anything that is no number of ours, every function gives or raises what Python's does."""
    own, python = getattr(dual_math, name), getattr(math, name)
    for args in calls(name):
        expected = outcome(python, *args)
        found = outcome(own, *args)
        assert found[0] is expected[0], (args, found, expected)
        assert issubclass(expected[0], Exception) or found == expected, args


@pytest.mark.parametrize("name", FUNCTIONS)
def test_keywords_are_pythons(name: str) -> None:
    """Keywords work as in Python, and unknown ones raise."""
    own, python = getattr(dual_math, name), getattr(math, name)
    cases: list[tuple[tuple[Any, ...], dict[str, Any]]] = [((1.0,), {"x": 2.0}), ((), {"x": 2.0}), ((1.0,), {"unknown": 1})]
    if name == "isclose":
        cases += [((1.0, 1.1), {"rel_tol": 0.2}), ((1.0, 1.1), {"abs_tol": -1.0}), ((), {"a": 1.0, "b": 1.0})]
    if name == "prod":
        cases += [(([2.0],), {"start": 3}), (([2.0],), {"start": "a"}), (([],), {"start": 2.5})]
    if name == "nextafter":
        cases += [((1.0, 2.0), {"steps": 3})]
    for args, kwargs in cases:
        found, expected = outcome(own, *args, **kwargs), outcome(python, *args, **kwargs)
        assert found[0] is expected[0], (args, kwargs, found, expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_look_like_pythons(name: str) -> None:
    """Name, docstring and signature are Python's."""
    own, python = getattr(dual_math, name), getattr(math, name)
    assert (own.__name__, own.__doc__) == (python.__name__, python.__doc__)
    try:
        signature = inspect.signature(python)
    except ValueError:
        return
    assert inspect.signature(own) == signature


# ---------------------------------------------------------------------------------------- derivatives
class Case:
    """A function of the namespace at one point, along one direction, with its definition for mpmath."""

    def __init__(
        self,
        name: str,
        f: Callable[[Any, ModuleType], Any],
        exact: Callable[..., Any],
        point: Sequence[float],
        along: Sequence[float],
        scale: float | None = None,
    ) -> None:
        self.name, self.f, self.exact, self.point, self.along = name, f, exact, tuple(point), tuple(along)
        #: A length on which the function changes, for the oracle's step.
        self.scale = scale or max(abs(x) for x in point) or 1.0

    def __repr__(self) -> str:
        return f"{self.name}{self.point}" + (f"along{self.along}" if len(self.along) > 1 else "")

    def of(self, t: Any, functions: ModuleType = dual_math) -> Any:
        """The function along the line, t = 0 at the point."""
        return self.f([x if not v else x + v * t for x, v in zip(self.point, self.along, strict=True)], functions)

    @cache  # noqa: B019 - cases live as long as the tests
    def slopes(self) -> list[float]:
        """The first three derivatives along the line."""
        mpmath = pytest.importorskip("mpmath")
        with mpmath.workdps(700):
            h = mpmath.mpf(self.scale) * mpmath.mpf(10) ** -60
            f = [
                self.exact(*(mpmath.mpf(x) + k * h * mpmath.mpf(v) for x, v in zip(self.point, self.along, strict=True)))
                for k in range(-2, 3)
            ]
            first = (f[3] - f[1]) / (2 * h)
            second = (f[3] - 2 * f[2] + f[1]) / h**2
            third = (f[4] - 2 * f[3] + 2 * f[1] - f[0]) / (2 * h**3)
            # What rounding leaves of an exact zero is no derivative.
            noise = max(map(abs, f)) * mpmath.mpf(10) ** -400
            slopes = ((first, 1), (second, 2), (third, 3))
            return [float(slope) if abs(slope) * mpmath.mpf(self.scale) ** n > noise else 0.0 for slope, n in slopes]


def one(name: str, exact: str | Callable[..., Any], points: Sequence[float], near: Sequence[float] = ()) -> list[Case]:
    """Cases of a function of one argument; ``near`` points have a singularity at 0 and need small steps."""
    import_exact = (lambda *x: getattr(pytest.importorskip("mpmath"), exact)(*x)) if isinstance(exact, str) else exact
    return [
        Case(name, lambda x, m: getattr(m, name)(x[0]), import_exact, [x], [1.0], abs(x) if x in near else 1.0)
        for x in (*points, *near)
    ]


def several(
    name: str,
    exact: Callable[..., Any],
    points: Sequence[Sequence[float]],
    along: Sequence[Sequence[float]] | None = None,
    f: Callable[[Any, ModuleType], Any] | None = None,
) -> list[Case]:
    """Cases of a function of several arguments: along each, and along enough mixtures for every mixed partial."""
    cases = []
    for point in points:
        axes = np.eye(len(point)).tolist()
        lines = along or [*axes, *([[1.0, 1.0], [1.0, -1.0]] if len(point) == 2 else [[1.0, -0.5, 0.25, 2.0][: len(point)]])]
        cases += [
            Case(name, f or (lambda x, m: getattr(m, name)(*x)), exact, point, v, 1e-3 * min(abs(x) for x in point if x))
            for v in lines
        ]
    return cases


def mp() -> Any:
    """Multiple precision, where it is installed."""
    return pytest.importorskip("mpmath").mp


def sign(x: Any) -> Any:
    """The sign of a number of mpmath's."""
    return 1 if x > 0 else -1


def log_gamma(x: Any) -> Any:
    """log |gamma(x)|, as Python gives it for negative x."""
    return mp().re(mp().loggamma(x)) if x > 0 else mp().log(abs(mp().gamma(x)))


def truncated(a: Any, b: Any) -> Any:
    """C's fmod."""
    q = a / b
    return a - b * (mp().floor(abs(q)) * sign(q))


def nearest(a: Any, b: Any) -> Any:
    """The IEEE remainder."""
    return a - b * mp().nint(a / b)


SMALL, TINY = (1e-8, -1e-5, 0.0), (1e-150, -1e-20)
MIDDLE = (0.3, -0.7, 1.4, -2.6)
CASES: list[Case] = [
    *one("sin", "sin", (*MIDDLE, *SMALL, 10.0, -1e5)),
    *one("cos", "cos", (*MIDDLE, *SMALL, 10.0, -1e5)),
    *one("tan", "tan", (*MIDDLE, *SMALL, 1.57, 100.0)),
    *one("asin", "asin", (0.3, -0.7, 1e-8, 0.99, -0.999999)),
    *one("acos", "acos", (0.3, -0.7, 1e-8, 0.99, -0.999999)),
    *one("atan", "atan", (*MIDDLE, 1e-8), (1e4, -1e100)),
    *one("sinh", "sinh", (*MIDDLE, *SMALL, 20.0, 700.0)),
    *one("cosh", "cosh", (*MIDDLE, *SMALL, -20.0, 700.0)),
    *one("tanh", "tanh", (*MIDDLE, 1e-8, 5.0, -20.0, 300.0)),
    *one("asinh", "asinh", (*MIDDLE, 1e-8), (1e10, -1e90)),
    *one("acosh", "acosh", (1.001, 1.5, 3.0), (1e10, 1e90)),
    *one("atanh", "atanh", (0.3, -0.7, 1e-8, 0.99)),
    *one("exp", "exp", (*MIDDLE, *SMALL, 700.0, -700.0)),
    *one("expm1", "expm1", (*MIDDLE, *SMALL, -40.0, 700.0)),
    *one("log10", lambda x: mp().log(x) / mp().log(10), (0.3, 2.5, 1.0), (1e-90, 1e90)),
    *one("log2", lambda x: mp().log(x) / mp().log(2), (0.3, 2.5, 1.0), (1e-90, 1e90)),
    *one("log1p", lambda x: mp().log(1 + x), (0.3, -0.7, 1e-8, -1e-5, 0.0, -0.9999), (1e50,)),
    *one("sqrt", "sqrt", (0.3, 2.5, 1.0), (1e-90, 1e90)),
    *one("fabs", lambda x: abs(x), (0.3, -0.7, 1e300), (1e-300, -1e-300)),
    *one("degrees", lambda x: x * 180 / mp().pi, (*MIDDLE, 0.0, 1e300)),
    *one("radians", lambda x: x * mp().pi / 180, (*MIDDLE, 0.0)),
    *one("erf", "erf", (*MIDDLE, *SMALL, 1e-150, 3.5, -5.9, 7.0, -20.0, 26.0)),
    *one("erfc", "erfc", (*MIDDLE, *SMALL, 1e-150, 3.5, -5.9, 7.0, 20.0, 26.0)),
    *one(
        "gamma",
        "gamma",
        (0.3, 1.0, 2.0, 2.5, 7.5, 30.0, 150.25, -0.5, -1.5, -2.3, -10.7, -49.6, -100.5),
        (1e-3, -1e-3, 1e-8, 1e-70),
    ),
    *one("gamma", "gamma", (-0.999, -3.0001, -20.01)),
    *one("lgamma", log_gamma, (0.3, 1.0, 2.0, 2.5, 7.5, 30.0, 150.25, -0.5, -1.5, -2.3, -10.7, -49.6, -100.5, -300.25)),
    *one("lgamma", log_gamma, (-0.999, -3.0001), (1e-3, -1e-3, 1e-8, 1e-70, 1e3, 1e6, 1e10, 1e50)),
    *one("lgamma", log_gamma, (1e100,)),
    *one("log", "log", (0.3, 2.5, 1.0), (1e-90, 1e90)),
    *several("log", lambda x, b: mp().log(x) / mp().log(b), [(0.3, 2.5), (8.0, 2.0), (5.0, 0.4)]),
    *several(
        "atan2",
        lambda y, x: mp().atan2(y, x),
        [(0.3, 1.2), (0.3, -1.2), (-0.3, -1.2), (-0.3, 1.2), (1.0, 0.0), (-1.0, 0.0), (0.0, 2.0)],
    ),
    *several("pow", lambda x, y: x**y, [(0.3, 1.7), (2.5, -3.2), (1.0, 2.0), (10.0, 2.0)]),
    *several("pow", lambda x, y: x ** int(y), [(-2.5, 3.0), (-0.5, -2.0), (-1.5, 0.0)], [(1.0, 0.0)]),
    *several("fmod", truncated, [(5.3, 1.7), (-5.3, 1.7), (5.3, -1.7), (0.3, 1.7), (1e5, 0.3)]),
    *several("remainder", nearest, [(5.3, 1.7), (-5.3, 1.7), (5.3, -1.7), (0.3, 1.7), (1e5, 0.3)]),
    *several("copysign", lambda x, y: abs(x) * sign(y), [(0.3, 2.0), (0.3, -2.0), (-0.3, 2.0), (-0.3, -2.0)]),
    *several("hypot", lambda x: abs(x), [(0.3,), (-2.5,)], [(1.0,)]),
    *several("hypot", lambda x, y: mp().sqrt(x * x + y * y), [(0.3, 1.7), (-2.5, 0.0), (1e-9, 1.0), (3.0, -4.0)]),
    *several(
        "hypot", lambda x, y, z: mp().sqrt(x * x + y * y + z * z), [(0.3, 1.7, -0.4), (-2.5, 0.0, 0.0), (3.0, -4.0, 12.0)]
    ),
    *several(
        "dist",
        lambda a, b, c, d: mp().sqrt((a - c) ** 2 + (b - d) ** 2),
        [(0.3, 1.7, -0.4, 2.5), (1.0, 1.0, 1.0, 2.0)],
        f=lambda x, m: m.dist((x[0], x[1]), (x[2], x[3])),
    ),
    *several(
        "fsum", lambda x, y, z: x + x * y + z**3, [(0.3, 1.7, -0.4)], f=lambda x, m: m.fsum([x[0], 0.0, x[0] * x[1], x[2] ** 3])
    ),
    *several("prod", lambda x, y, z: 3 * x * y * z, [(0.3, 1.7, -0.4), (0.0, 2.0, 3.0)], f=lambda x, m: m.prod(x, start=3)),
    *several("prod", lambda x, y, z: x * y * z, [(0.3, 1.7, -0.4)], f=lambda x, m: m.prod([x[0], x[1]], start=x[2])),
    *several("ldexp", lambda x: x / 8, [(0.3,), (1e300,)], [(1.0,)], f=lambda x, m: m.ldexp(x[0], -3)),
    *several(
        "frexp",
        lambda x: mp().frexp(x)[0],
        [(0.3,), (-3.0,), (3e300,), (3e-300,)],
        [(1.0,)],
        f=lambda x, m: m.frexp(x[0])[0] * 1.0,
    ),
    *several(
        "modf",
        lambda x: x - (mp().floor(abs(x)) * sign(x)),
        [(0.3,), (-2.75,), (1e6 + 0.5,)],
        [(1.0,)],
        f=lambda x, m: m.modf(x[0])[0],
    ),
]
if hasattr(math, "cbrt"):
    CASES += one("cbrt", lambda x: sign(x) * mp().cbrt(abs(x)), (0.3, 2.5, -1.0), (1e-90, -1e90))
if hasattr(math, "exp2"):
    CASES += one("exp2", lambda x: mp().mpf(2) ** x, (*MIDDLE, *SMALL, 1000.0))
if hasattr(math, "sumprod"):
    CASES += several(
        "sumprod", lambda x, y, z: x * y + 2 * z, [(0.3, 1.7, -0.4)], f=lambda x, m: m.sumprod([x[0], 2.0], [x[1], x[2]])
    )
if hasattr(math, "fma"):
    CASES += several("fma", lambda x, y, z: x * y + z, [(0.3, 1.7, -0.4), (0.1, 10.0, -1.0)])

#: Functions whose answers are questions about values, or integers.
ASKED = ("ceil", "floor", "trunc", "isfinite", "isinf", "isnan", "ulp")
INTEGERS = ("comb", "factorial", "gcd", "isqrt", "lcm", "perm")
REFUSED = (*INTEGERS, "nextafter")


def test_every_function_is_tested() -> None:
    """Each name is in one of the tables of this file."""
    assert set(FUNCTIONS) == {case.name for case in CASES} | {*ASKED, *REFUSED, "isclose"}


def of_order(f: Callable[[Any], Any], n: int) -> Callable[[Any], Any]:
    """The n-th derivative by nesting."""
    for _ in range(n):
        f = dd.derivative(f)
    return f


def agree(found: Any, expected: float, close: float = CLOSE, size: float = 0.0) -> None:
    """Agree to a relative error, or to rounding beside a size; below 1e-300 floats have no relative accuracy."""
    assert abs(found - expected) <= close * max(abs(expected), size) + 1e-300, (found, expected)


def scale_of(case: Case, order: int) -> float:
    """What rounding errors of mixed partials of an exact zero are measured by: the mean of the neighbouring derivatives."""
    if len(case.along) == 1 and case.name != "hypot":
        return 0.0
    steps = max(abs(v) for v in case.along) / max(abs(x) for x in case.point if x)
    return max(abs(case.slopes()[0]) * steps ** (order - 1), max(map(abs, case.slopes()[: order - 1]), default=0.0))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("case", CASES, ids=repr)
def test_derivatives_agree_with_mpmath(case: Case, order: int) -> None:
    """The first three derivatives have twelve digits."""
    expected = case.slopes()[order - 1]
    if not math.isfinite(expected):
        pytest.skip("outside the range of floats")
    agree(of_order(case.of, order)(0.0), expected, CLOSE, scale_of(case, order))


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_values_are_pythons(case: Case) -> None:
    """The value of a number's function is that of its value, bit for bit, at every level and for every kind of number."""
    expected = outcome(lambda: case.of(0.0, math))
    for number in NUMBERS.values():
        found = outcome(lambda n=number: dd.value_of(case.of(n(0.0))))
        assert found[1:] == expected[1:] or found == expected, (found, expected)


NUMBERS: dict[str, Callable[[float], Any]] = {
    "dual": lambda x: dd.Dual(x, 1.0),
    "directions": lambda x: dd.Dual(x, np.array([1.0, -2.0, 0.0])),
    "nested": lambda x: dd.Dual(dd.Dual(x, 1.0), 1.0),
    "hyper-dual": lambda x: dd.HyperDual(x, 1.0, 1.0, 0.0),
    "hyper-dual of duals": lambda x: dd.HyperDual(dd.Dual(x, 1.0), 1.0, 1.0, 0.0),
}


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_kinds_of_numbers_agree(case: Case) -> None:
    """Several directions at once, nested duals and hyper-duals have the derivatives of one dual after another."""
    first, second, third = (of_order(case.of, n)(0.0) for n in (1, 2, 3))
    size = [scale_of(case, n) for n in (1, 2, 3)]
    directions = case.of(NUMBERS["directions"](0.0))
    if isinstance(directions, dd.Dual):
        np.testing.assert_allclose(np.broadcast_to(directions.tangent, (3,)), [first, -2 * first, 0.0 * first], rtol=1e-14)
    hyper = case.of(NUMBERS["hyper-dual"](0.0))
    agree(hyper.eps1, first, 1e-14)
    agree(hyper.eps2, first, 1e-14)
    agree(hyper.eps12, second, 1e-13, size[1])
    deep = case.of(NUMBERS["hyper-dual of duals"](0.0)).eps12
    agree(deep.tangent if isinstance(deep, dd.Dual) else 0.0, third, CLOSE, size[2])


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_arrays_of_one_entry_are_numbers(case: Case) -> None:
    """A dual array of one entry is taken as float() takes it: the value and the derivative of its entry."""
    if case.name in ("fsum", "prod", "dist", "sumprod") or len(case.along) > 1:
        pytest.skip("takes several numbers")
    number = case.of(dd.Dual(0.0, 1.0))
    array = case.of(dd.Dual(np.array([0.0]), np.array([1.0])))
    assert np.shape(array) == ()
    assert (array.value, array.tangent) == (number.value, number.tangent)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in ("fsum", "prod", "dist", "sumprod")])
def test_larger_arrays_are_refused(name: str) -> None:
    """A dual array of several entries raises a TypeError, as an array does in Python."""
    x = dd.Dual(np.array([2.0, 3.0]), np.ones(2))
    further = {"ldexp": (2,), "fma": (1.0, 1.0), "comb": (1,), "gcd": (2,), "lcm": (2,)}
    with pytest.raises(TypeError):
        getattr(dual_math, name)(x, *further.get(name, (1.0,) if name in TWO else ()))
    if name in (*TWO, "hypot", "log", "fma"):
        with pytest.raises(TypeError):
            getattr(dual_math, name)(1.5, x, *((1.0,) if name == "fma" else ()))


# ---------------------------------------------------------------------------------------------- errors
WRONG: list[tuple[str, tuple[float, ...]]] = [
    ("sqrt", (-1.0,)),
    ("log", (0.0,)),
    ("log", (-1.0,)),
    ("log", (2.0, 0.0)),
    ("log", (2.0, 1.0)),
    ("log", (-2.0, 3.0)),
    ("log2", (0.0,)),
    ("log10", (-1.0,)),
    ("log1p", (-1.0,)),
    ("log1p", (-2.0,)),
    ("asin", (1.5,)),
    ("acos", (-1.5,)),
    ("acosh", (0.5,)),
    ("atanh", (1.0,)),
    ("atanh", (-2.0,)),
    ("exp", (1000.0,)),
    ("expm1", (1000.0,)),
    ("sinh", (1000.0,)),
    ("cosh", (-1000.0,)),
    ("sin", (math.inf,)),
    ("cos", (-math.inf,)),
    ("tan", (math.inf,)),
    ("gamma", (0.0,)),
    ("gamma", (-3.0,)),
    ("gamma", (200.0,)),
    ("gamma", (-math.inf,)),
    ("lgamma", (0.0,)),
    ("lgamma", (-3.0,)),
    ("pow", (0.0, -1.0)),
    ("pow", (-2.0, 0.5)),
    ("pow", (10.0, 400.0)),
    ("fmod", (1.0, 0.0)),
    ("fmod", (math.inf, 1.0)),
    ("remainder", (1.0, 0.0)),
    ("remainder", (math.inf, 1.0)),
    ("floor", (math.inf,)),
    ("ceil", (math.nan,)),
    ("trunc", (-math.inf,)),
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name, args", WRONG, ids=str)
def test_numbers_raise_what_floats_raise(name: str, args: tuple[float, ...], number: str) -> None:
    """Outside its domain a function raises Python's error, whichever argument carries a derivative."""
    expected = outcome(getattr(math, name), *args)
    for i in range(len(args)):
        x: list[Any] = list(args)
        x[i] = NUMBERS[number](args[i])
        assert outcome(getattr(dual_math, name), *x)[0] is expected[0], x


@pytest.mark.parametrize("number", NUMBERS)
def test_more_errors_of_numbers(number: str) -> None:
    """Sums, exponents and points that do not fit raise as in Python."""
    x = NUMBERS[number]
    assert outcome(dual_math.ldexp, x(1.0), 5000)[0] is OverflowError
    assert outcome(dual_math.ldexp, x(1.0), 1.5)[0] is TypeError
    assert outcome(dual_math.fsum, [x(math.inf), -math.inf])[0] is ValueError
    assert outcome(dual_math.fsum, [x(1e308), 1e308])[0] is OverflowError
    assert outcome(dual_math.fsum, [x(1.0), "a"])[0] is TypeError
    assert outcome(dual_math.dist, [x(1.0)], [1.0, 2.0])[0] is ValueError
    assert outcome(dual_math.hypot, x(1.0), "a")[0] is TypeError
    assert outcome(dual_math.prod, [x(1.0), None])[0] is TypeError
    assert outcome(dual_math.sin, x(1.0), 2.0)[0] is TypeError
    assert outcome(dual_math.atan2, x(1.0))[0] is TypeError
    assert outcome(dual_math.atan2, x(1.0), "a")[0] is TypeError
    assert outcome(dual_math.pow, "a", x(1.0))[0] is TypeError
    assert outcome(dual_math.log, x(2.0), "a")[0] is TypeError
    assert outcome(dual_math.log, "a", x(2.0))[0] is TypeError


@pytest.mark.parametrize("name", REFUSED)
def test_functions_of_integers_refuse_derivatives(name: str) -> None:
    """They raise for a number that carries a derivative, a TypeError as for floats."""
    f, x = getattr(dual_math, name), dd.Dual(3.0, 1.0)
    for args in ((x, 2), (2, x)) if name not in ("factorial", "isqrt") else ((x,),):
        with pytest.raises(TypeError):
            f(*args)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("x", [2.5, -2.5, 0.0, -0.0, 1e300])
def test_questions_are_answered_for_the_value(name: str, x: float) -> None:
    """Rounding to an integer and questions about a float give Python's own objects."""
    for number in NUMBERS.values():
        assert outcome(getattr(dual_math, name), number(x)) == outcome(getattr(math, name), x)


def test_isclose_looks_at_values() -> None:
    """Numbers in any place, the tolerances among them."""
    x = dd.Dual(1.0, 5.0)
    assert dual_math.isclose(x, 1.0 + 1e-12) is True
    assert dual_math.isclose(1.5, x) is False
    assert dual_math.isclose(x, 1.5, rel_tol=dd.Dual(0.6, 1.0)) is True
    assert dual_math.isclose(a=x, b=1.0) is True


# ------------------------------------------------------------------------------------- special points
INF, NAN = math.inf, math.nan


SPECIAL: list[tuple[str, float]] = [
    ("math.hypot(x)", 0.0), ("math.hypot(x, x)", 0.0), ("math.hypot(x, 0.0, x)", 0.0), ("math.dist([x], [0.0])", 0.0),
    ("math.fabs(x)", 0.0), ("math.pow(x, 2)", 0.0), ("math.pow(x, 3)", 0.0), ("math.pow(x + 2, 0.0)", 0.0),
    ("math.pow(0.0, x + 2)", 0.0), ("math.pow(x - 2, 3)", 12.0), ("math.prod([x, x])", 0.0), ("math.prod([x, x + 2, 3])", 6.0),
    ("math.prod([]) + x", 1.0), ("math.fsum([]) + x", 1.0), ("math.fsum([x, 1e16 * x, -1e16 * x])", 1.0),
    ("math.pow(x, 0)", 0.0), ("math.erf(x)", 2 / math.sqrt(math.pi)), ("math.frexp(x)[0]", 1.0),
    ("math.frexp(x + 1e-307)[0]", 2.0**1019),
    ("math.frexp(x + 5e-324)[0]", INF), ("math.frexp(x + INF)[0]", 1.0), ("math.modf(x)[0]", 1.0), ("math.modf(x)[1]", 0.0),
    ("math.modf(x + INF)[0]", 0.0), ("math.modf(x + NAN)[0]", NAN), ("math.remainder(x, INF)", 1.0), ("math.fmod(x, INF)", 1.0),
    ("math.ldexp(x, 1023)", 2.0**1023), ("math.ldexp(x, -1060)", 2.0**-1060), ("math.atan(x + INF)", 0.0),
    ("math.tanh(x + INF)", 0.0), ("math.erf(x + INF)", 0.0), ("math.erfc(x - INF)", 0.0), ("math.exp(x - INF)", 0.0),
    ("math.gamma(x + INF)", INF), ("math.lgamma(x + INF)", INF), ("math.log(x + INF)", 0.0), ("math.sin(x + NAN)", NAN),
]  # fmt: skip


@pytest.mark.parametrize("text, expected", SPECIAL, ids=[text for text, _ in SPECIAL])
def test_special_points(text: str, expected: float) -> None:
    """The value is Python's, and the derivative is the one that docs/special_points.md promises, or the limit."""
    value, slope = dd.jvp(eval(f"lambda x: {text}", {"math": dual_math, "INF": INF, "NAN": NAN}), (0.0,), (1.0,))
    np.testing.assert_array_equal(value, eval(text, {"math": math, "x": 0.0, "INF": INF, "NAN": NAN}))
    np.testing.assert_allclose(slope, expected, rtol=1e-14)


def test_a_zero_tangent_wins() -> None:
    """Along 0 an infinite slope moves nothing."""
    for f in (
        dual_math.sqrt,
        lambda x: dual_math.acos(1 - x),
        lambda x: dual_math.asin(x - 1),
        lambda x: dual_math.pow(x, 0.5),
    ):
        assert dd.jvp(f, (0.0,), (0.0,))[1] == 0.0
    with np.errstate(divide="ignore"):
        assert dd.derivative(dual_math.sqrt)(0.0) == INF


def test_far_derivatives_overflow_as_floats_do() -> None:
    """Where the true derivative leaves the range of floats it is infinite, as for NumPy's functions, and no error."""
    with np.errstate(all="ignore"):
        assert of_order(dual_math.lgamma, 2)(1e-200) == INF
        assert dd.derivative(dual_math.gamma)(1e-200) == -INF
        assert of_order(dual_math.log, 2)(1e-200) == -INF


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in (*REFUSED, *ASKED, "isclose")])
def test_constants_stay_constant(name: str) -> None:
    """A number that carries no derivative gives Python's value, and nothing is invented."""
    x: Any = dd.stop_gradient(dd.Dual(1.25, 1.0))
    case = next(case for case in CASES if case.name == name)
    fixed = case.f([dd.stop_gradient(dd.Dual(p, 1.0)) for p in case.point], dual_math)
    fixed = fixed[0] if isinstance(fixed, tuple) else fixed
    assert float(x) == 1.25
    assert float(fixed) == case.f(list(case.point), math)


def test_python_numbers_of_every_kind_beside_a_number() -> None:
    """Integers, fractions and NumPy's scalars count as floats beside a number."""
    for other in (2, Fraction(5, 2), np.float64(2.5), np.float32(2.5), np.int64(2), True):
        for name in ("atan2", "pow", "hypot", "fmod", "copysign", "remainder"):
            f = getattr(dual_math, name)
            found = f(dd.Dual(3.2, 1.0), other)
            assert dd.value_of(found) == getattr(math, name)(3.2, other)
            agree(found.tangent, dd.derivative(lambda x, f=f, o=other: f(x, float(o)))(3.2), 1e-14)


def test_single_precision() -> None:
    """Python computes in double precision, whatever it is given."""
    x = dd.Dual(np.float32(0.3), np.float32(1.0))
    assert dd.value_of(dual_math.sin(x)) == math.sin(np.float32(0.3))
