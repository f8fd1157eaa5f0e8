"""Every row of the census of NumPy 2.4.6 (data/numpy_census.csv) behaves as its column `expected` says.

One test a row, and a row without a case in the tables below fails. The file is long because the tables are: they hold
concrete calls for 870 names. `call(...)` is the row's own function, `via(f, ...)` an expression that uses it; all
positional arguments are differentiated, together and each alone. Oracles are NumPy itself for values, Richardson's
extrapolation of central differences, and the formulas of the census.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import functools
import inspect
import io
import math
import operator
import pickle
import re
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.lib.recfunctions
import pytest

import dualdiff as dd

try:
    import scipy.sparse
    import scipy.special
except ImportError:
    HAVE_SCIPY = False
else:
    HAVE_SCIPY = True

#: NumPy's stubs do not know every call that NumPy takes.
MA: Any = np.ma
REC: Any = np.rec
busday_offset: Any = np.busday_offset
errstate: Any = np.errstate
fill_diagonal: Any = np.fill_diagonal
poly1d: Any = np.poly1d
poly: Any = np.poly
ipow: Any = operator.ipow
setitem: Any = operator.setitem
set_attribute: Any = setattr

CENSUS = Path(__file__).parent / "data" / "numpy_census.csv"
with CENSUS.open(newline="") as _file:
    ROWS: dict[str, dict[str, str]] = {row["name"]: row for row in csv.DictReader(_file)}

#: NumPy deprecates names that the census lists, and dualdiff warns where many objects are made.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:`row_stack` alias is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:you are shuffling a 'Dual' object:UserWarning"),
    pytest.mark.filterwarnings("ignore:you are shuffling a 'HyperDual' object:UserWarning"),
    pytest.mark.filterwarnings("ignore:This function is deprecated:DeprecationWarning"),
]

#: The rows that stand for a namespace rather than for a name.
GROUPS = [name for name in ROWS if re.search(r"[*( /]", name)]


# ---------------------------------------------------------------- cases
@dataclass(frozen=True)
class Case:
    """A call, the arguments that are differentiated in it, and what is known about it."""

    args: tuple[Any, ...]
    #: None stands for the row's own function.
    function: Callable[..., Any] | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    #: The first argument is written into; the result is that argument.
    written: bool = False
    #: The census's formula holds for this call.
    formula: bool = False
    #: In a row that may raise: this call must be right.
    right: bool = False
    #: NumPy does not hand the call over when only the later arguments are duals: it may raise.
    gap: bool = False


def call(*args: Any, **kwargs: Any) -> Case:
    """Return the call of the row's own function; without keywords the census's formula holds for it."""
    return Case(args, kwargs=kwargs, formula=not kwargs)


def via(function: Callable[..., Any], *args: Any) -> Case:
    """Return the call of an expression that uses the row's function."""
    return Case(args, function)


def form(function: Callable[..., Any], *args: Any) -> Case:
    """Return the call of an expression for which the census's formula holds."""
    return Case(args, function, formula=True)


def better(function: Callable[..., Any] | None, *args: Any) -> Case:
    """Return a call that must be right, in a row that may raise."""
    return Case(args, function, right=True)


def gap(function: Callable[..., Any], *args: Any) -> Case:
    """Return a call that may raise when its first argument is plain."""
    return Case(args, function, gap=True)


def written(function: Callable[..., Any], *args: Any) -> Case:
    """Return a call that writes into its first argument."""
    return Case(args, function, written=True)


def resolve(name: str) -> Any:
    """Return the object of a name of the census; attributes of ndarray as functions of the array."""
    if name.startswith("ndarray."):
        attribute = name.removeprefix("ndarray.")
        if not hasattr(np.ndarray, attribute):
            raise AttributeError(attribute)

        def method(array: Any, *args: Any, **kwargs: Any) -> Any:
            found = getattr(array, attribute)
            return found(*args, **kwargs) if callable(found) else found

        return method
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return functools.reduce(getattr, name.split("."), np)


def resolved(name: str) -> Any:
    """Return the object of a row; skip the test where this NumPy does not have it."""
    if name in GROUPS:
        return None
    try:
        return resolve(name)
    except AttributeError:
        pytest.skip(f"NumPy {np.__version__} has no {name}")


def bound(case: Case, found: Any) -> Callable[..., Any]:
    """Return the function of the differentiated arguments alone."""
    function = found if case.function is None else case.function

    def called(*args: Any) -> Any:
        if not case.written:
            return function(*args, **case.kwargs)
        target = copy.copy(args[0])
        function(target, *args[1:], **case.kwargs)
        return target

    return called


def rows(expected: str) -> list[str]:
    """Return the names of which the census expects this."""
    return [name for name, row in ROWS.items() if row["expected"] == expected]


# ---------------------------------------------------------------- arguments
def made(shape: tuple[int, ...], seed: int = 0) -> Any:
    """Return well separated entries, none of them near zero or an integer, in random order."""
    rng = np.random.default_rng(seed)
    n = math.prod(shape)
    entries = -1.85 + 3.9 * (np.arange(n) + 0.5 + 0.37 * seed) / n
    return rng.permutation(entries + 0.06 * rng.uniform(-1, 1, n) / n).reshape(shape) + 0.013


V, W, M, N, T = made((5,)), made((5,), 1), made((3, 4)), made((3, 4), 1), made((2, 3, 4))
A, B = np.array(0.7), np.array(1.3)
UNIT, POSITIVE, ABOVE = 0.4 * V, 0.5 + np.abs(V), 1.5 + np.abs(V)
Z, Y = V + 1j * W, W - 0.5j * V
ZM = M + 1j * N
#: A matrix with real eigenvalues far apart, a symmetric positive definite one, and batches.
S = np.diag([1.0, 2.2, 4.1]) + 0.1 * made((3, 3))
D = S @ S.T
SS = np.stack([S, S.T + 0.2])
DD = np.stack([D, D + np.eye(3)])
ORDERED = np.sort(V)
HOLES = np.where(np.arange(12).reshape(3, 4) % 5 == 1, np.nan, M)
GAPS = np.array([1.3, np.nan, -0.4, 0.9, 2.2])
MASK = np.array([True, False, True, True, False])
GRID = np.linspace(-2, 2, 9)


def directions(args: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    """Return a random direction for every argument, complex for a complex one."""
    rng = np.random.default_rng(seed)
    drawn = []
    for x in args:
        along = rng.normal(size=np.shape(x))
        drawn.append(along + 1j * rng.normal(size=np.shape(x)) if np.iscomplexobj(x) else along)
    return tuple(np.asarray(v) for v in drawn)


# ---------------------------------------------------------------- oracles
def leaves(tree: Any) -> list[Any]:
    """Return the arrays in the nested tuples, lists and dicts that a function returns."""
    if isinstance(tree, dict):
        return leaves(list(tree.values()))
    if isinstance(tree, (tuple, list)):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [tree]


def differences(f: Callable[..., Any], args: tuple[Any, ...], along: tuple[Any, ...], step: float = 4e-3) -> list[Any]:
    """Return central differences along a direction, extrapolated twice; zero for whatever is not a float."""

    def quotient(h: float) -> list[Any]:
        ahead, behind = (leaves(f(*(x + s * v for x, v in zip(args, along, strict=True)))) for s in (h, -h))
        pairs = [(np.asarray(p), np.asarray(m)) for p, m in zip(ahead, behind, strict=True)]
        return [(p - m) / (2 * h) if p.dtype.kind in "fc" else np.zeros(p.shape) for p, m in pairs]

    table = zip(quotient(step), quotient(step / 2), quotient(step / 4), strict=True)
    return [(64 * c - 20 * b + a) / 45 for a, b, c in table]


def formula(name: str, args: tuple[Any, ...], along: tuple[Any, ...], out: Any) -> list[Any] | None:
    """Return the derivative by the census's formula; None where it has none."""
    text = ROWS[name]["first_derivative"]
    if not text or ("sp." in text and not HAVE_SCIPY):
        return None
    names: dict[str, Any] = {"np": np, "out": out, "sp": scipy.special if HAVE_SCIPY else None}
    names |= dict(zip("xyz", args, strict=False)) | dict(zip(("dx", "dy", "dz"), along, strict=False))
    terms = dict(part.split(": ", 1) for part in text.split(" ; "))
    if "jvp" in terms:
        return leaves(eval(terms["jvp"], names))
    total: list[Any] = []
    for letter, v in zip("xyz", along, strict=False):
        if letter in terms:
            term = [partial * v for partial in leaves(eval(terms[letter], names))]
            total = [a + b for a, b in zip(total, term, strict=True)] if total else term
    return total


def assert_value(found: Any, expected: Any) -> None:
    """Assert that results have the shape, the dtype and the entries of NumPy's."""
    assert len(leaves(found)) == len(leaves(expected))
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
        # The order of a product or a sum may differ in the last bit.
        np.testing.assert_allclose(a, b, rtol=4e-15, atol=0)


def assert_close(found: Any, expected: Any, rtol: float) -> None:
    """Assert that derivatives agree relative to their largest entry."""
    assert len(leaves(found)) == len(leaves(expected))
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert np.shape(a) == np.shape(b)
        finite = np.abs(b)[np.isfinite(b)]
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1.0, float(np.max(finite, initial=0.0))))


#: Functions of a symmetric matrix: the census's formula holds along symmetric directions.
SYMMETRIC = ("linalg.cholesky", "linalg.eigh", "linalg.eigvalsh")


def assert_differentiates(name: str, case: Case, found: Any, first: bool = False) -> None:
    """Assert that the call has the right value, and first and second derivatives in every representation."""
    f, args = bound(case, found), case.args
    u, v, w = (directions(args, seed) for seed in (1, 2, 3))
    expected = f(*args)
    value, tangent = dd.jvp(f, args, u)
    assert_value(value, expected)
    assert_close(tangent, differences(f, args, u), 1e-7)
    if case.formula and first:
        along = (u[0] + u[0].T,) if name in SYMMETRIC else u
        exact = formula(name, args, along, expected)
        if exact is not None:
            for a, b in zip(leaves(dd.jvp(f, args, along)[1]), exact, strict=False):
                assert_close(a, np.broadcast_to(b, np.shape(a)), 1e-9)
    together = dd.jvp(f, args, tuple(map(np.stack, zip(u, v, w, strict=True))))[1]
    for i, single in enumerate((tangent, dd.jvp(f, args, v)[1], dd.jvp(f, args, w)[1])):
        assert_close([leaf[i] for leaf in leaves(together)], leaves(single), 1e-12)
    assert_alone(f, case, u, tangent)
    assert_second_order(f, args, u, v)


def assert_alone(f: Callable[..., Any], case: Case, along: tuple[Any, ...], tangent: Any) -> None:
    """Assert that the derivatives in each argument, with the others plain, add up; a write into a plain array may raise."""
    if len(case.args) < 2:
        return
    total: list[Any] = []
    for i, x in enumerate(case.args):

        def alone(moving: Any, i: int = i) -> Any:
            return f(*case.args[:i], moving, *case.args[i + 1 :])

        try:
            term = leaves(dd.jvp(alone, (x,), (along[i],))[1])
        except dd.DualDiffError:
            if i and (case.gap or case.written):
                return
            raise
        total = [a + b for a, b in zip(total, term, strict=True)] if total else term
    assert_close(total, leaves(tangent), 1e-12)


def assert_second_order(f: Callable[..., Any], args: tuple[Any, ...], u: tuple[Any, ...], v: tuple[Any, ...]) -> None:
    """Assert that nested duals, hyper-duals and differences of first derivatives agree."""

    def first(*moving: Any) -> Any:
        return dd.jvp(f, moving, u)[1]

    nested = leaves(dd.jvp(first, args, v)[1])
    assert_close(nested, differences(first, args, v), 1e-6)
    hyper = leaves(f(*map(dd.HyperDual, args, u, v)))
    assert len(hyper) == len(nested)
    for a, b in zip(hyper, nested, strict=True):
        mixed = hyper_part(a, "eps12")
        assert_close(mixed, b, 1e-10)


def hyper_part(leaf: Any, part: str) -> Any:
    """Return a part of a hyper-dual, an object array of them, or zero for a constant."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.hasobject:
        return np.array([hyper_part(entry, part) for entry in leaf.ravel()]).reshape(leaf.shape)
    return np.asarray(getattr(leaf, part)) if isinstance(leaf, dd.HyperDual) else np.zeros(np.shape(leaf))


# ---------------------------------------------------------------- expected=diff
DIFF: dict[str, list[Case]] = {}


def elementwise(names: str, *cases: Case) -> None:
    """Give several names the same calls."""
    DIFF.update({name: list(cases) for name in names.split()})


elementwise(
    "abs absolute arctan atan arcsinh asinh cos cosh exp exp2 expm1 negative positive sin sinh square tanh conj conjugate",
    call(V), call(V[0]), call(M), call(Z), call(ZM[0, 0]),
)  # fmt: skip
elementwise("arccos acos arcsin asin arctanh atanh tan", call(UNIT), call(UNIT[0]), call(0.4 * M), call(Z))
elementwise("log log10 log1p log2 sqrt reciprocal", call(POSITIVE), call(A), call(np.abs(M) + 0.3), call(Z))
elementwise("arccosh acosh", call(ABOVE), call(ABOVE[0]), call(Z))
elementwise("deg2rad degrees fabs rad2deg radians sinc i0", call(V), call(V[0]), call(M), call(8 * V))
elementwise("cbrt", call(POSITIVE), call(V), call(M[0, 0]))
elementwise("add subtract", call(V, W), call(M, M[0]), call(A, V), call(V, Z), call(Z, Y))
elementwise("multiply divide true_divide", call(V, W), call(M, N[0]), call(A, V), call(V, Z), call(Z, Y))
elementwise("arctan2 atan2 hypot logaddexp logaddexp2", call(V, W), call(M, N[0]), call(V, A), call(A, B))
elementwise("maximum minimum fmax fmin copysign", call(V, W), call(M, N[0]), call(V, A), call(A, B))
elementwise("power pow", call(POSITIVE, W), call(A, V), call(POSITIVE, A), call(Z, Y), call(A, B))
elementwise("float_power", call(POSITIVE, W), call(A, V), call(Z, Y))
elementwise("remainder mod fmod divmod", call(V, W), call(3 * M, N[0]), call(V, A), call(A, V))

EXPONENTS = np.array([2, -1, 0, 3, 1])
DIFF |= {
    "angle": [call(V), call(Z), call(ZM, deg=True)],
    "clip": [call(V, A - 1, B), call(M, N[0] - 1, N[1] + 1), via(lambda x, y: np.clip(x, None, y), V, A),
        call(V, a_min=None, a_max=0.4), via(lambda x, y: np.clip(x, a_min=y, a_max=1.1), V, A - 1)],
    "frexp": [call(V), call(3 * M)],
    "modf": [call(V), call(3 * M)],
    "ldexp": [via(lambda x: np.ldexp(x, EXPONENTS), V), via(lambda x: np.ldexp(x, 3), A)],
    "heaviside": [call(V, W), via(lambda y: np.heaviside(np.where(MASK, 0.0, V), y), W)],
    "nan_to_num": [call(V), call(GAPS), call(GAPS, nan=2.0), gap(lambda x, y: np.nan_to_num(x, nan=y), GAPS, A)],
    "real_if_close": [call(V), call(Z)],
    "real": [call(V), call(Z), call(ZM)],
    "imag": [call(V), call(Z), call(ZM)],
    "unwrap": [call(V), call(4 * V), call(7 * M, axis=0), call(4 * V, period=3.0), call(4 * V, discont=3.5)],
    "astype": [via(lambda x, t=t: np.astype(x, t), V) for t in (np.float64, np.complex128, np.longdouble)]
        + [via(lambda x: np.astype(x, complex, copy=False), Z)],
    # emath: complex where the real function has no value
    "lib.scimath.arccos": [call(UNIT), call(V * 2), call(Z)],
    "lib.scimath.arcsin": [call(UNIT), call(V * 2), call(Z)],
    "lib.scimath.arctanh": [call(UNIT), call(V * 1.7), call(Z)],
    **{f"lib.scimath.{name}": [call(POSITIVE), call(V), call(Z), call(A), call(-A)]
        for name in ("log", "log10", "log2", "sqrt")},
    "lib.scimath.logn": [call(ABOVE, POSITIVE), call(A, POSITIVE), call(ABOVE, V), call(A, -B)],
    "lib.scimath.power": [call(POSITIVE, W), call(POSITIVE, A), via(lambda x: np.emath.power(x, 2), V),
        via(lambda x: np.emath.power(x, 0.5), V), call(V, W), call(Z, Y)],
}  # fmt: skip

# reductions, and what accumulates
AXES = [call(V), call(M, axis=0), call(M, axis=1, keepdims=True), call(T, axis=(0, 2)), call(M), call(V, where=MASK)]
NAN_AXES = [call(GAPS), call(HOLES, axis=0), call(HOLES, axis=1, keepdims=True), call(V), call(HOLES)]
ALONG = [call(V), call(M, axis=0), call(M), call(T, axis=-2), call(M, axis=1, dtype=np.float64)]
EXTREMES = [
    call(V),
    call(M, axis=0),
    call(T, axis=(0, 2), keepdims=True),
    call(M, initial=0.3),
    call(np.full(3, 0.5) + np.arange(3)),
]
QUANTILE = [
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear",
    "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
]  # fmt: skip
DIFF |= {
    "sum": [*AXES, call(Z), call(M, initial=2.0, axis=0), gap(lambda x, y: np.sum(x, initial=y), V, A)],
    "mean": [*AXES, call(Z), call(M, axis=0, dtype=np.float64)],
    "prod": [*AXES, call(Z), call(np.where(MASK, V, 0.0)), call(M, initial=2.0, axis=0)],
    "std": [*AXES, call(M, axis=0, ddof=1), call(Z), call(M, axis=1, correction=0.5)],
    "var": [*AXES, call(M, axis=0, ddof=1), call(Z), via(lambda x: np.var(x, axis=0, mean=np.mean(x, 0, keepdims=True)), M)],
    "max": [*EXTREMES, call(V, where=MASK, initial=-9.0)],
    "min": [*EXTREMES, call(V, where=MASK, initial=9.0)],
    "amax": EXTREMES,
    "amin": EXTREMES,
    "ptp": [call(V), call(M, axis=0), call(T, axis=(0, 2), keepdims=True)],
    "median": [call(V), call(M), call(M, axis=0), call(T, axis=(0, 2), keepdims=True)],
    "average": [form(lambda x, y: np.average(x, weights=y), V, POSITIVE), call(M, axis=0),
        via(lambda x, y: np.average(x, axis=1, weights=y, keepdims=True), M, POSITIVE[:4]),
        via(lambda x, y: np.average(x, weights=y, returned=True), V, POSITIVE)],
    "cumsum": [*ALONG, call(Z)],
    "cumprod": [*ALONG, call(Z), call(np.where(MASK, V, 0.0))],
    "cumulative_sum": [call(V), call(M, axis=0), call(M, axis=1, include_initial=True)],
    "cumulative_prod": [call(V), call(M, axis=0), call(M, axis=1, include_initial=True)],
    "nancumsum": [call(GAPS), call(HOLES, axis=0), call(HOLES)],
    "nancumprod": [call(GAPS), call(HOLES, axis=0), call(HOLES)],
    **{f"nan{name}": NAN_AXES for name in ("sum", "mean", "prod", "std", "var", "max", "min", "median")},
    "diff": [call(V), call(M, axis=0), call(V, n=2), via(lambda x, y: np.diff(x, prepend=y, append=2 * y), V, A)],
    "ediff1d": [call(V), call(M), via(lambda x, y: np.ediff1d(x, to_begin=y, to_end=[y, 2 * y]), V, A)],
    "gradient": [call(V), call(M), call(M, axis=0, edge_order=2), via(lambda x, h: np.gradient(x, h), V, A),
        via(lambda x, c: np.gradient(x, c), V, ORDERED), via(lambda x, h: np.gradient(x, h, 2 * h), M, A)],
    "trapezoid": [call(V, ORDERED), call(M, axis=0), via(lambda y, h: np.trapezoid(y, dx=h), V, A),
        via(lambda y, x: np.trapezoid(y, x, axis=0), M, N[:, 0])],
    "interp": [form(lambda x: np.interp(x, GRID, np.sin(3 * GRID)), V), call(V, GRID[::2], W),
        via(lambda x, f: np.interp(x, GRID[2:7], f, left=-1.0, right=f[0]), V, W), call(A, GRID[::2], W),
        via(lambda x, f: np.interp(x, GRID[2:7], f, period=3.1), V, W)],
    "bincount": [via(lambda w: np.bincount([0, 2, 2, 1, 0], weights=w), V),
        via(lambda w: np.bincount([0, 2, 2, 1, 0], w, minlength=6), V)],
    "convolve": [call(V, W[:3]), call(V, W[:3], mode="same"), call(V, W[:3], mode="valid")],
    "correlate": [form(lambda x, y: np.correlate(x, y, "full"), V, W[:3]), call(V, W[:3], mode="same"),
        via(lambda x, y: np.correlate(x, y), Z, Y[:3])],
    "cov": [call(M), call(M, rowvar=False, bias=True), via(lambda x, y: np.cov(x, y, ddof=0), V, W),
        call(M, aweights=[0.1, 0.2, 0.3, 0.4])],
    "corrcoef": [call(M), via(lambda x, y: np.corrcoef(x, y), V, W), call(M, rowvar=False)],
    "quantile": [form(lambda x: np.quantile(x, 0.3), V), via(lambda x, q: np.quantile(x, q), V, np.array([0.37, 0.6])),
        *(via(lambda x, m=m: np.quantile(x, [0.12, 0.61], axis=1, method=m), M) for m in QUANTILE)],
    "percentile": [form(lambda x: np.percentile(x, 30), V), via(lambda x, q: np.percentile(x, q), M, np.array([37.0, 61.0])),
        via(lambda x: np.percentile(x, 41, axis=0, keepdims=True, method="hazen"), M)],
    "nanquantile": [form(lambda x: np.nanquantile(x, 0.3), V), via(lambda x, q: np.nanquantile(x, q), GAPS, np.array(0.37)),
        via(lambda x: np.nanquantile(x, [0.2, 0.6], axis=1), HOLES)],
    "nanpercentile": [form(lambda x: np.nanpercentile(x, 30), V), via(lambda x: np.nanpercentile(x, 41, axis=0), HOLES)],
    "ufunc.reduce": [via(lambda x, u=u: u.reduce(x, axis=0), M)
        for u in (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.hypot)]
        + [via(lambda x: np.add.reduce(x, axis=(0, 1), keepdims=True), M),
        gap(lambda x, y: np.add.reduce(x, initial=y), V, A)],
    "ufunc.accumulate": [via(lambda x, u=u: u.accumulate(x, axis=1), M)
        for u in (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin)],
    "ufunc.reduceat": [via(lambda x: np.add.reduceat(x, [0, 2, 1]), V), via(lambda x: np.add.reduceat(x, [0, 2], axis=1), M)],
    "ufunc.outer": [via(lambda x, y, u=u: u.outer(x, y), POSITIVE, W[:3])
        for u in (np.add, np.multiply, np.subtract, np.divide, np.power, np.arctan2, np.maximum)],
    "ufunc.at": [written(lambda x, y: np.add.at(x, [0, 2, 2], y), V, W[:3]),
        written(lambda x, y: np.subtract.at(x, [0, 2, 2], y), V, A), written(lambda x: np.negative.at(x, [0, 3]), V)],
}  # fmt: skip


# what moves entries
def joined(join: Any) -> list[Case]:
    """Return calls of a function that joins arrays."""
    return [via(lambda *xs: join(xs), M, N), via(lambda x, y: join([x, y, x]), V, W)]


CONDITION = np.array([[True, False, True, False], [False, True, True, False], [True, True, False, False]])
BLOCKS = made((6, 6))
DIFF |= {
    "append": [call(V, W), call(M, N), call(M, N, axis=0), call(V, A)],
    "array_split": [via(lambda x: np.array_split(x, 3), V), via(lambda x: np.array_split(x, [1, 2], axis=1), M)],
    "split": [via(lambda x: np.split(x, 2, axis=1), M), via(lambda x: np.split(x, [1, 3]), V)],
    "hsplit": [via(lambda x: np.hsplit(x, 2), M), via(lambda x: np.hsplit(x, [2]), V)],
    "vsplit": [via(lambda x: np.vsplit(x, 3), M)],
    "dsplit": [via(lambda x: np.dsplit(x, 2), T)],
    "unstack": [via(lambda x: resolve("unstack")(x), M), via(lambda x: resolve("unstack")(x, axis=1), M)],
    **{name: [call(A), call(V), call(M), call(A, V)] for name in ("atleast_1d", "atleast_2d", "atleast_3d")},
    "block": [via(lambda x, y: np.block([[x, y], [2 * y, x]]), M, N), via(lambda x, y: np.block([x, y, 0.5]), V, A)],
    "broadcast_arrays": [call(V, M[:, :1]), call(A, M)],
    "broadcast_to": [call(V, shape=(2, 5)), call(A, shape=(2, 2)), call(M[:, :1], shape=(3, 4))],
    "choose": [via(lambda x, y: np.choose([0, 1, 1, 0, 1], [x, y]), V, W),
        via(lambda x, y: np.choose([0, 5, -1, 0, 1], (x, y), mode="wrap"), V, A)],
    "column_stack": joined(np.column_stack),
    "dstack": joined(np.dstack),
    "hstack": joined(np.hstack),
    "vstack": joined(np.vstack),
    "row_stack": joined(lambda xs: resolve("row_stack")(xs)),
    "stack": [*joined(np.stack), via(lambda x, y: np.stack([x, y], axis=-1), M, N)],
    "concat": joined(lambda xs: np.concat(xs)),
    "concatenate": [*joined(np.concatenate), via(lambda x, y: np.concatenate((x, y), axis=None), M, V),
        via(lambda x, y: np.concatenate((x, y), axis=1), M, N)],
    "compress": [via(lambda x: np.compress(MASK, x), V), via(lambda x: np.compress([True, False, True], x, axis=0), M)],
    "extract": [via(lambda x: np.extract(MASK, x), V), via(lambda x: np.extract(x > 0, x), M)],
    "copy": [call(V), call(M.T, order="F"), call(A)],
    "delete": [via(lambda x: np.delete(x, [1, 3]), V), via(lambda x: np.delete(x, 1, axis=0), M),
        via(lambda x: np.delete(x, slice(0, 2)), M)],
    "insert": [via(lambda x, y: np.insert(x, 2, y), V, A), via(lambda x, y: np.insert(x, [0, 3], y), V, W[:2]),
        via(lambda x, y: np.insert(x, 1, y, axis=1), M, N[:, 0])],
    "diag": [call(V), call(M), call(M, k=1), call(V, k=-1)],
    "diagflat": [call(V), call(M, k=1)],
    "diagonal": [call(M), call(T, offset=1, axis1=2, axis2=0)],
    "linalg.diagonal": [call(M), call(T, offset=1)],
    "expand_dims": [call(V, axis=0), call(M, axis=(0, -1))],
    "fft.fftshift": [call(V), call(M), call(M, axes=0)],
    "fft.ifftshift": [call(V), call(M), call(M, axes=0)],
    "flip": [call(V), call(M), call(M, axis=1)],
    "fliplr": [call(M)],
    "flipud": [call(M)],
    "full_like": [via(lambda x: np.full_like(x, x[0]), V), via(lambda x, y: np.full_like(x * y, y, shape=(2, 2)), V, A)],
    "lib.stride_tricks.sliding_window_view": [call(V, window_shape=3), call(M, window_shape=(2, 2)),
        call(M, window_shape=2, axis=1)],
    "linspace": [call(A, B), call(A, B, num=4, endpoint=False), call(V, W, num=3, axis=1), call(A, B, num=3, retstep=True)],
    "logspace": [call(A, B, num=5), via(lambda a, b, c: np.logspace(a, b, num=4, base=c), A, B, np.array(3.3)),
        call(V, W, num=3)],
    "geomspace": [call(A, B, num=5), call(POSITIVE, ABOVE, num=3), call(A, B, num=4, endpoint=False)],
    "matrix_transpose": [call(M), call(T)],
    "linalg.matrix_transpose": [call(M), call(T)],
    "meshgrid": [call(V, W[:3]), call(V, W[:3], indexing="ij", sparse=True), call(V, A)],
    "moveaxis": [call(T, source=0, destination=-1), call(T, source=[0, 1], destination=[-1, 0])],
    "permute_dims": [call(T), call(T, axes=(1, 2, 0))],
    "transpose": [call(T), call(T, axes=(1, 2, 0)), call(V)],
    "pad": [via(lambda x, m=m: np.pad(x, (2, 1), mode=m), V)
        for m in ("constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap")]
        + [gap(lambda x, y: np.pad(x, ((1, 0), (0, 2)), constant_values=y), M, A),
        via(lambda x: np.pad(x, 1, "empty")[1:-1], V)],
    "partition": [via(lambda x: np.partition(x, 2)[2], V), via(lambda x: np.sort(np.partition(x, 1, axis=0), axis=0), M)],
    "sort": [call(V), call(M, axis=0), call(M, axis=None), call(M, kind="stable")],
    "sort_complex": [call(V), call(Z)],
    "ravel": [call(M), call(T, order="F"), via(lambda x: np.ravel(np.transpose(x), order="K"), M)],
    "repeat": [call(V, repeats=2), call(M, repeats=[1, 0, 2], axis=0)],
    "reshape": [call(M, shape=(2, 6)) if "shape" in inspect.signature(np.reshape).parameters else call(M, newshape=(2, 6)),
        via(lambda x: np.reshape(x, (2, -1), order="F"), T)],
    "resize": [call(V, new_shape=(2, 4)), call(M, new_shape=(2, 2)), call(V, new_shape=8)],
    "roll": [call(V, shift=2), call(M, shift=1), call(M, shift=(1, 2), axis=(0, 1))],
    "rollaxis": [call(T, axis=2), call(T, axis=2, start=1)],
    "rot90": [call(M), call(M, k=2), call(T, axes=(1, 2))],
    "select": [via(lambda x, y: np.select([V < 0, V > 1], [x, y], default=0.5), V, W),
        via(lambda x, y: np.select([x < 0, y > 1], [x * y, y]), V, W)],
    "squeeze": [call(M[:, :1]), call(M[None], axis=0)],
    "swapaxes": [call(T, axis1=0, axis2=2)],
    "take": [call(V, indices=[3, 0, 0]), call(M, indices=[[0, 2]], axis=1), call(V, indices=[7, -9], mode="wrap"),
        call(M, indices=5)],
    "take_along_axis": [via(lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1), M),
        via(lambda x: np.take_along_axis(x, np.array([[1, 0, 2, 1]]), axis=0), M)],
    "tile": [call(V, reps=2), call(M, reps=(2, 1, 2))],
    "tril": [call(M), call(M, k=1), call(T, k=-1)],
    "triu": [call(M), call(M, k=1), call(T, k=-1)],
    "trim_zeros": [call(V), via(lambda x: np.trim_zeros(np.pad(x, 2)), V), via(lambda x: np.trim_zeros(np.pad(x, 2), "f"), V)],
    "where": [via(lambda x, y: np.where(CONDITION, x, y), M, N), via(lambda x, y: np.where(x > y, x * y, y), V, W),
        via(lambda x: np.where(x > 0, x, 0.0), V)],
    "apply_along_axis": [via(lambda x: np.apply_along_axis(lambda r: r[:2] * np.sum(r), 0, x), M),
        via(lambda x: np.apply_along_axis(np.sum, 1, x**2), T)],
    "apply_over_axes": [via(lambda x: np.apply_over_axes(np.sum, x**2, [0, 2]), T)],
    "piecewise": [via(lambda x: np.piecewise(x, [x < 0, x > 1], [lambda t: t * t, np.sin, 3.0]), V),
        gap(lambda x, y: np.piecewise(x, [x < 0], [lambda t, s: t * s, lambda t, s: s], y), V, A)],
    # sets
    "unique": [call(V), via(lambda x: np.unique(np.stack([x[0], x[2], x[0]])), V), call(M, axis=0),
        call(V, return_index=True, return_inverse=True, return_counts=True)],
    **{f"unique_{name}": [call(V), call(M)] for name in ("all", "counts", "inverse", "values")},
    "union1d": [call(V, W), via(lambda x, y: np.union1d(x, np.stack([x[1], y])), V, A)],
    "intersect1d": [via(lambda x, y: np.intersect1d(x, np.stack([x[3], y, x[0]])), V, A),
        via(lambda x: np.intersect1d(x, x[::2], return_indices=True), V),
        via(lambda x: np.intersect1d(x[:3], x[1:], assume_unique=True), V)],
    "setdiff1d": [call(V, W), via(lambda x: np.setdiff1d(x, x[::2]), V), via(lambda x: np.setdiff1d(x, x[:2], True), V)],
    "setxor1d": [call(V, W), via(lambda x, y: np.setxor1d(x, np.stack([x[3], y, x[0]])), V, A)],
}  # fmt: skip

# in place
DIFF |= {
    "copyto": [written(lambda x, y: np.copyto(x, y), V, W), written(lambda x, y: np.copyto(x, y, where=MASK), V, A)],
    "fill_diagonal": [written(fill_diagonal, M, A), written(fill_diagonal, S, W[:3])],
    "place": [written(lambda x, y: np.place(x, MASK, y), V, W[:2])],
    "put": [written(lambda x, y: np.put(x, [0, 3], y), V, W[:2]), written(lambda x, y: np.put(x, [7, 3], y, "wrap"), M, A)],
    "put_along_axis": [written(lambda x, y: np.put_along_axis(x, np.array([[1, 0, 2, 1]]), y, axis=0), M, N[:1])],
    "putmask": [written(lambda x, y: np.putmask(x, MASK, y), V, W), written(lambda x, y: np.putmask(x, CONDITION, y), M, A)],
    "ndarray.__iadd__": [written(operator.iadd, V, W), written(operator.iadd, M, A), written(operator.iadd, Z, V)],
    "ndarray.__isub__": [written(operator.isub, V, W), written(operator.isub, M, N[0])],
    "ndarray.__imul__": [written(operator.imul, V, W), written(operator.imul, M, A), written(operator.imul, Z, Y)],
    "ndarray.__itruediv__": [written(operator.itruediv, V, W), written(operator.itruediv, M, A)],
    "ndarray.__imod__": [written(operator.imod, V, W)],
    "ndarray.__ipow__": [written(ipow, POSITIVE, W), written(lambda x: ipow(x, 2), V)],
    "ndarray.__imatmul__": [written(operator.imatmul, S, D)],
    "ndarray.__setitem__": [written(lambda x, y: setitem(x, 1, y), V, A),
        written(lambda x, y: setitem(x, (slice(None), [0, 2]), y), M, N[:, :2]),
        written(lambda x, y: setitem(x, MASK, y), V, W[:3]), written(lambda x, y: setitem(x, (..., -1), y), T, A)],
    "ndarray.fill": [written(lambda x, y: x.fill(y), V, A)],
    "ndarray.put": [written(lambda x, y: x.put([0, 3], y), V, W[:2])],
    "ndarray.sort": [written(lambda x: x.sort(), V), written(lambda x: x.sort(axis=0), M)],
    "ndarray.partition": [via(lambda x: [y := x.copy(), y.partition(2), y[2]][-1], V)],
}  # fmt: skip

# linear algebra
CHAIN = [made((2, 3)), made((3, 4), 1), made((4, 2), 2)]
CUBE = made((2, 3, 6), 4) + np.eye(6).reshape(2, 3, 6)
MATRICES = [call(M, M.T + 0.1), call(T, N.T), call(M, W[:4]), call(W[:3], M), call(V, W), call(Z, Y)]
SQUARE = [call(S), call(SS), call(S + 0.3j * D)]
ORDERS = [None, 1, 2, 3, np.inf, -np.inf, 0.5]
MATRIX_ORDERS = [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]
DIFF |= {
    "dot": [call(M, M.T + 0.1), call(V, W), call(T, N.T), call(A, V), call(M, W[:4]), call(Z, Y)],
    "matmul": MATRICES,
    "linalg.matmul": MATRICES[:2],
    "matvec": [call(M, W[:4]), call(ZM, Y[:4])],
    "vecmat": [call(W[:3], M), call(Y[:3], ZM)],
    "vecdot": [call(V, W), call(M, N), call(Z, Y), call(M, N, axis=0)],
    "linalg.vecdot": [call(V, W), call(M, N), call(Z, Y), call(M, N, axis=0)],
    "vdot": [call(V, W), call(M, N), call(Z, Y)],
    "inner": [call(V, W), call(M, N), call(V, A)],
    "outer": [call(V, W), call(M, W), call(Z, Y)],
    "linalg.outer": [call(V, W)],
    "kron": [call(V, W), call(M, N[:2]), call(T, W[:2])],
    "cross": [call(W[:3], V[:3]), call(M.T, N.T), call(M, N, axis=0)],
    "linalg.cross": [call(W[:3], V[:3]), call(M.T, N.T), call(M, N, axis=0)],
    "tensordot": [form(lambda x, y: np.tensordot(x, y, 1), M, N.T), call(T, made((3, 4, 2), 3)),
        via(lambda x, y: np.tensordot(x, y, axes=([1], [0])), T, N), call(V, W, axes=0)],
    "linalg.tensordot": [call(T, made((3, 4, 2), 3)), call(T, N, axes=([1], [0]))],
    "einsum": [via(lambda x, y: np.einsum("ij,kj->ik", x, y), M, N), via(lambda x: np.einsum("ij->j", x), M),
        via(lambda x, y, z: np.einsum("ij,jk,kl", x, y, z, optimize=True), *CHAIN),
        via(lambda x, y: np.einsum(x, [0, 1], y, [1], [0]), M, W[:4]), via(lambda x: np.einsum("ii", x), S),
        via(lambda x, y: np.einsum("...j,...j->...", x, y), T, M)],
    "trace": [call(M), call(T, offset=1, axis1=1, axis2=2)],
    "linalg.trace": [call(M), call(T, offset=-1)],
    "linalg.multi_dot": [via(lambda *xs: np.linalg.multi_dot(xs), *CHAIN), via(lambda x, y: np.linalg.multi_dot([x, y]), V, W)],
    "linalg.det": [*SQUARE, call(np.diag([0.0, 2.0, 3.0]) + np.eye(3, k=1))],
    "linalg.slogdet": [call(S), call(SS)],
    "linalg.inv": SQUARE,
    "linalg.pinv": [call(M), call(M.T), call(S)],
    "linalg.solve": [call(S, M), call(SS, M), call(S, W[:3])],
    "linalg.lstsq": [call(M.T, W[:4]), via(lambda a, b: np.linalg.lstsq(a, b)[0], M.T, N.T)],
    "linalg.cholesky": [call(D), via(lambda x: np.linalg.cholesky(x + x.T), D), via(np.linalg.cholesky, DD)],
    "linalg.qr": [call(M.T), call(S), via(lambda x: np.linalg.qr(x, mode="r"), M.T)],
    "linalg.eig": [call(S)],
    "linalg.eigvals": [call(S)],
    "linalg.eigh": [call(D), via(lambda x: np.linalg.eigh(x, UPLO="U"), D), via(np.linalg.eigh, DD)],
    "linalg.eigvalsh": [call(D), via(np.linalg.eigvalsh, DD)],
    "linalg.svd": [call(S), via(lambda x: np.linalg.svd(x, full_matrices=False), M),
        via(lambda x: np.linalg.svd(x, compute_uv=False), M)],
    "linalg.svdvals": [call(S), call(M)],
    "linalg.cond": [call(S), *(call(S, p=p) for p in (1, "fro", np.inf, -2))],
    "linalg.norm": [call(M), call(V), *(via(lambda x, o=o: np.linalg.norm(x, o), V) for o in ORDERS),
        *(via(lambda x, o=o: np.linalg.norm(x, o), M) for o in MATRIX_ORDERS), call(T, axis=(0, 2)),
        call(M, axis=1, keepdims=True), call(Z)],
    "linalg.matrix_norm": [call(M), *(call(M, ord=o) for o in MATRIX_ORDERS if o is not None), call(T, keepdims=True)],
    "linalg.vector_norm": [call(M), *(call(V, ord=o) for o in ORDERS if o is not None), call(M, axis=0, keepdims=True)],
    "linalg.matrix_power": [form(lambda x: np.linalg.matrix_power(x, 3), S), call(S, n=-2), call(SS, n=5), call(S, n=0)],
    "linalg.tensorinv": [call(CUBE), via(lambda x: np.linalg.tensorinv(x, ind=1), S)],
    "linalg.tensorsolve": [call(CUBE, N[:2, :3]), call(S, W[:3])],
}  # fmt: skip

# Fourier transforms
FOURIER = [call(V), call(M), call(M, axis=0), call(V, n=7), call(V, n=3, norm="ortho")]
PLANE = [call(M), call(T, axes=(0, 2)), call(M, s=(2, 5), axes=(0, 1), norm="forward")]
DIFF |= {
    **{f"fft.{name}": [*FOURIER, call(Z)] for name in ("fft", "ifft")},
    **{f"fft.{name}": FOURIER for name in ("rfft", "ihfft")},
    **{f"fft.{name}": [call(Z), call(V), call(ZM, axis=0), call(Z, n=6), call(Z, n=5, norm="ortho")]
        for name in ("irfft", "hfft")},
    **{f"fft.{name}": [*PLANE, call(ZM)] for name in ("fft2", "ifft2", "fftn", "ifftn")},
    **{f"fft.{name}": PLANE for name in ("rfft2", "rfftn")},
    **{f"fft.{name}": [call(ZM), call(M), call(ZM, s=(2, 5), axes=(0, 1))] for name in ("irfft2", "irfftn")},
}  # fmt: skip

# polynomials
DIFF |= {
    "poly": [call(V[:3]), call(S)],
    "polyadd": [call(V, W[:3])],
    "polysub": [call(V[:2], W)],
    "polymul": [call(V, W[:3])],
    "polyder": [call(V), call(V, m=2)],
    "polyint": [call(V), via(lambda p, k: np.polyint(p, 2, k), V, W[:2])],
    "polydiv": [call(V, W[:3]), call(V, W[:1]), call(V[:2], W)],
    "polyval": [call(V, W[:3]), call(V, A), call(V, M)],
    "polyfit": [via(lambda x, y: np.polyfit(x, y, 2), V, W), via(lambda x, y, w: np.polyfit(x, y, 1, w=w), V, W, POSITIVE),
        via(lambda x, y: np.polyfit(x, y, 1), V, np.stack([W, V**2], axis=1))],
    "roots": [call(np.poly([1.0, 2.5, -0.7])), via(lambda p: np.sort_complex(np.roots(p)), V)],
    "vander": [call(V), call(V, N=3), call(V, increasing=True)],
    **{f"polynomial.{module}.{name}val": [via(lambda x, f=f: resolve(f)(x, W), M),
        via(lambda x, c, f=f: resolve(f)(x, c), V, W[:3]), via(lambda x, c, f=f: resolve(f)(x, c, tensor=False), V[:4], M),
        via(lambda x, c, f=f: resolve(f)(x, c), V[:4], M)]
        for module, name in (("chebyshev", "cheb"), ("hermite", "herm"), ("hermite_e", "herme"), ("laguerre", "lag"),
        ("legendre", "leg"), ("polynomial", "poly")) for f in [f"polynomial.{module}.{name}val"]},
    "polynomial.chebyshev.chebweight": [call(UNIT), call(A)],
    "polynomial.hermite.hermweight": [call(V), call(A)],
    "polynomial.hermite_e.hermeweight": [call(V), call(A)],
    "polynomial.laguerre.lagweight": [call(V), call(A)],
    "polynomial.legendre.legweight": [call(V), call(M)],
    "polynomial.polynomial.polyval2d": [call(V[:3], W[:3], S), call(A, B, M), call(M, N, S)],
    "polynomial.polynomial.polygrid2d": [call(V[:2], W[:3], S), call(A, B, M), call(V[:3], W[:3], S)],
}  # fmt: skip

# methods and operators
BINARY = [call(V, W), call(M, N[0]), call(V, A), call(Z, Y)]
DIFF |= {
    **{f"ndarray.__{name}__": BINARY for name in ("add", "sub", "mul", "truediv", "radd", "rsub", "rmul", "rtruediv")},
    **{f"ndarray.__{name}__": [call(V, W), call(M, N[0]), call(V, B)] for name in ("mod", "divmod")},
    **{f"ndarray.__{name}__": [call(W, V), call(N[0], M), call(B, V)] for name in ("rmod", "rdivmod")},
    "ndarray.__pow__": [call(POSITIVE, W), call(POSITIVE, A), via(lambda x: x**2, V), via(lambda x: x**-1.5, POSITIVE)],
    "ndarray.__rpow__": [call(W, POSITIVE), call(V, A), via(lambda x: 2.0**x, V)],
    "ndarray.__matmul__": [call(M, N.T), call(V, W), call(T, N.T)],
    "ndarray.__rmatmul__": [call(M.T, N), call(V, W)],
    **{f"ndarray.__{name}__": [call(V), call(M), call(Z)] for name in ("abs", "neg", "pos")},
    "ndarray.__array_function__": [via(lambda x: x.__array_function__(np.sum, (type(x),), (x,), {"axis": 0}), M)],
    "ndarray.__array_ufunc__": [via(lambda x: x.__array_ufunc__(np.sin, "__call__", x), V),
        via(lambda x: x.__array_ufunc__(np.multiply, "reduce", x), V)],
    "ndarray.__copy__": [via(copy.copy, V), call(M)],
    "ndarray.__deepcopy__": [via(copy.deepcopy, V), via(lambda x: copy.deepcopy({"a": [x, 2.0 * x]}), M)],
    "ndarray.__getitem__": [via(lambda x, i=i: x[i], T)
        for i in (0, -1, slice(1, None), (..., 1), None, (1, 2, 3), (slice(None), [2, 0]), np.array([1, 0]), T > 0,
        (0, [1, 2], [3, 0]), (slice(None, None, -1), None, 1))],
    "ndarray.__iter__": [via(list, V), via(lambda x: [row * 2 for row in x], M)],
    "ndarray.T": [call(M), call(T)],
    "ndarray.mT": [call(M), call(T)],
    "ndarray.real": [call(V), call(Z)],
    "ndarray.imag": [call(V), call(Z)],
    "ndarray.conj": [call(V), call(Z)],
    "ndarray.conjugate": [call(V), call(Z)],
    "ndarray.flat": [via(lambda x: list(x.flat), M), via(lambda x: x.flat[[5, 1]], M), via(lambda x: x.flat[2:9:3], M),
        written(lambda x, y: setitem(x.flat, 5, y), M, A)],
    "ndarray.tolist": [call(V), call(M)],
    "ndarray.to_device": [via(lambda x: x.to_device("cpu"), V)],
    "ndarray.astype": [via(lambda x: x.astype(float), V), via(lambda x: x.astype(complex), V),
        via(lambda x: x.astype("f8", copy=False), M)],
    "ndarray.choose": [via(lambda x: np.array([0, 1, 1, 0, 0]).choose([x, 2 * x]), V)],
    "ndarray.clip": [call(V, A - 1, B), call(M, min=-0.3), call(V, max=0.4)],
    "ndarray.compress": [via(lambda x: x.compress(MASK), V), via(lambda x: x.compress([True, False, True], axis=0), M)],
    "ndarray.copy": [call(V), call(M, order="F")],
    "ndarray.cumprod": [call(V), call(M, axis=0)],
    "ndarray.cumsum": [call(V), call(M, axis=0)],
    "ndarray.diagonal": [call(M), call(T, offset=1)],
    "ndarray.dot": [via(lambda x, y: (x * y).dot(y), V, W), via(lambda x: x.dot(N.T), M)],
    "ndarray.flatten": [call(M), call(M, order="F")],
    **{f"ndarray.{name}": [call(V), call(M, axis=0), call(T, axis=(0, 2), keepdims=True)]
        for name in ("max", "min", "mean", "sum", "prod", "std", "var")},
    "ndarray.ravel": [call(M), call(M, order="F")],
    "ndarray.repeat": [via(lambda x: x.repeat(2), V), via(lambda x: x.repeat([1, 0, 2], axis=0), M)],
    "ndarray.reshape": [via(lambda x: x.reshape(2, 6), M), via(lambda x: x.reshape((4, -1), order="F"), M)],
    "ndarray.squeeze": [call(M[:, :1]), call(M[None], axis=0)],
    "ndarray.swapaxes": [via(lambda x: x.swapaxes(0, 2), T)],
    "ndarray.take": [via(lambda x: x.take([3, 0, 0]), V), via(lambda x: x.take([[0, 2]], axis=1), M)],
    "ndarray.trace": [call(M), call(M, offset=1)],
    "ndarray.transpose": [call(T), via(lambda x: x.transpose(1, 0, 2), T), via(lambda x: x.transpose((2, 0, 1)), T)],
}  # fmt: skip


#: Rows that the census wants differentiated, or refused: its notes allow both, and dualdiff refuses.
REFUSED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ix_": ("its results are indices", lambda d: np.ix_(d, d)),
    "ndarray.item": ("it promises a Python number", lambda d: d.item(0)),
}


@pytest.mark.parametrize("name", rows("diff"))
@pytest.mark.filterwarnings("ignore:Casting complex values to real:numpy.exceptions.ComplexWarning")
def test_differentiable_row(name: str) -> None:
    """The value is NumPy's, and first and second derivatives are right, in every representation."""
    found = resolved(name)
    if name in REFUSED:
        with pytest.raises(dd.DualDiffError, match=r"index it|are indices"):
            REFUSED[name][1](dual(V))
        return
    assert DIFF.get(name), f"the census expects {name} to be differentiated, and no case tests it"
    for i, case in enumerate(DIFF[name]):
        assert_differentiates(name, case, found, first=i == 0)


# ---------------------------------------------------------------- expected=constant-zero
ZERO: dict[str, list[Case]] = {
    **{name: [call(V), call(M), call(A)] for name in ("ceil", "fix", "floor", "rint", "sign", "spacing", "trunc")},
    **{name: [call(V), call(M, decimals=1), call(A)] for name in ("around", "round", "ndarray.round")},
    "floor_divide": [call(V, W), call(3 * M, N[0]), call(V, A)],
    "ndarray.__floordiv__": [call(V, W), call(V, A)],
    "ndarray.__rfloordiv__": [call(V, W), call(V, A)],
    "ndarray.__ifloordiv__": [written(operator.ifloordiv, V, W), written(operator.ifloordiv, M, A)],
}


@pytest.mark.parametrize("name", rows("constant-zero"))
def test_constant_row(name: str) -> None:
    """The value is NumPy's, and the derivative zero at every order."""
    found = resolved(name)
    assert ZERO.get(name), f"the census expects {name} to have derivative zero, and no case tests it"
    for case in ZERO[name]:
        f, along = bound(case, found), directions(case.args, 1)
        value, tangent = dd.jvp(f, case.args, along)
        assert_value(value, f(*case.args))
        assert np.shape(tangent) == np.shape(value)
        assert not np.any(tangent)
        assert_alone(f, case, along, tangent)
        assert not np.any(dd.jvp(lambda *xs, f=f, v=along: dd.jvp(f, xs, v)[1], case.args, along)[1])
        assert not np.any(hyper_part(f(*map(dd.HyperDual, case.args, along, along)), "eps12"))


# ---------------------------------------------------------------- expected=passthrough
def dual(value: Any, seed: int = 5) -> Any:
    """Return an active dual of a value."""
    return dd.Dual(value, directions((value,), seed)[0])


def numbers(args: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the arguments as active numbers: duals with one direction and three, nested, and hyper-duals."""
    u, v, w = (directions(args, seed) for seed in (1, 2, 3))
    yield tuple(map(dd.Dual, args, u))
    yield tuple(dd.Dual(x, np.stack(vs)) for x, *vs in zip(args, u, v, w, strict=True))
    yield tuple(dd.Dual(dd.Dual(x, a, level=1), b, level=2) for x, a, b in zip(args, u, v, strict=True))
    yield tuple(map(dd.HyperDual, args, u, v, w))


def assert_same(found: Any, expected: Any) -> None:
    """Assert that an answer is of the type that NumPy gives, and equal; an array may be a constant number of ours."""
    if isinstance(found, (dd.Dual, dd.HyperDual)):
        assert found.is_constant()
        found = dd.value_of(found)
    assert type(found) is type(expected)
    if isinstance(expected, (tuple, list)):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(expected, (np.ndarray, np.generic)):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    else:
        assert found == expected


def outcome(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Return what a call gives, or the built-in class of the error that it raises."""
    try:
        return function(*args)
    except (TypeError, ValueError) as error:
        return next(kind for kind in (TypeError, ValueError) if isinstance(error, kind))


WHOLE = np.array([0, 2, 1])
EDGES = np.array([-3.0, -1.0, 0.5, 3.0])
TESTS = [call(V), call(M), call(GAPS), call(np.where(MASK, np.inf, V))]
COMPARED = [call(V, W), call(V, V), call(M, M[0]), call(V, A), via(lambda x: x == 0.5, V)]
SIZES = [call(V), call(M), call(A)]
PLACES = [call(V), call(M, axis=0), call(M)]
PASSTHROUGH: dict[str, list[Case]] = {
    **dict.fromkeys(["isfinite", "isinf", "isnan", "isneginf", "isposinf", "signbit", "logical_not"], TESTS),
    **{name: [*TESTS, call(Z), call(Z.real + 0j)] for name in ("isreal", "iscomplex")},
    **dict.fromkeys(["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"], COMPARED),
    **{f"ndarray.__{name}__": [call(V, W), call(V, V), call(M, M[0]), call(V, A)]
        for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    **{name: [call(V, W), call(V, np.where(MASK, 0.0, V))] for name in ("logical_and", "logical_or", "logical_xor")},
    **{name: [call(V), call(M, axis=0), call(np.where(MASK, 0.0, V))] for name in ("all", "any", "ndarray.all", "ndarray.any")},
    **{name: [call(V, W), call(V, V), call(V, V, rtol=0.1)] for name in ("allclose", "isclose")},
    **{name: [call(V, W), call(V, V), call(M, V)] for name in ("array_equal", "array_equiv")},
    **dict.fromkeys(["argmax", "argmin", "argsort", "ndarray.argmax", "ndarray.argmin", "ndarray.argsort"], PLACES),
    **{name: [call(GAPS), call(HOLES, axis=0)] for name in ("nanargmax", "nanargmin")},
    **{name: [via(lambda x, f=name: resolve(f)(x, 2)[2], V)] for name in ("argpartition", "ndarray.argpartition")},
    **{name: [call(np.where(MASK, 0.0, V)), call(M)] for name in ("argwhere", "flatnonzero", "nonzero", "ndarray.nonzero")},
    "count_nonzero": [call(np.where(MASK, 0.0, V)), call(M, axis=1)],
    "broadcast_shapes": [via(lambda x, y: np.broadcast_shapes(x.shape, y.shape), M, A)],
    "can_cast": [via(lambda x: np.can_cast(x.dtype, np.float32), V), via(lambda x: np.can_cast(np.float32, x.dtype), V)],
    "common_type": [call(V, Z), call(V)],
    "result_type": [call(V, Z), via(lambda x: np.result_type(x, np.float32, 3), V)],
    "promote_types": [via(lambda x: np.promote_types(x.dtype, np.float32), V)],
    "min_scalar_type": [call(A), call(V)],
    "isdtype": [via(lambda x: np.isdtype(x.dtype, "real floating"), V)],
    "issubdtype": [via(lambda x: np.issubdtype(x.dtype, np.floating), V),
        via(lambda x: np.issubdtype(x.dtype, np.floating), Z)],
    "typename": [via(lambda x: np.typename(x.dtype.char), V)],
    "mintypecode": [via(lambda x: np.mintypecode(["f", x.dtype.char]), Z), via(lambda x: np.mintypecode([x.dtype.char]), V)],
    "iscomplexobj": [call(V), call(Z)],
    "isrealobj": [call(V), call(Z)],
    "isfortran": [via(lambda x: np.isfortran(x.reshape((3, 4), order="F")), V[:1].repeat(12)), call(M)],
    "isscalar": [call(V)],
    "iterable": [call(V), call(A)],
    "isin": [call(V, W), call(V, V[:2]), call(V, V[:2], invert=True)],
    "digitize": [call(V, EDGES), via(lambda x: np.digitize(x, EDGES, right=True), M)],
    "searchsorted": [call(ORDERED, W), call(ORDERED, W, side="right"), call(ORDERED, A)],
    "ndarray.searchsorted": [via(lambda x: x.searchsorted(W), ORDERED),
        via(lambda x: x.searchsorted(x[2], side="right"), ORDERED)],
    "lexsort": [via(lambda x, y: np.lexsort((x, y)), V, W), call(M)],
    "linalg.matrix_rank": [call(S), call(SS), call(np.ones((3, 3)))],
    "diag_indices_from": [call(S)],
    "tril_indices_from": [call(M)],
    "triu_indices_from": [call(M, k=1)],
    "may_share_memory": [via(lambda x: np.may_share_memory(x, x[1:]), V), call(V, W)],
    "shares_memory": [via(lambda x: np.shares_memory(x, x[1:]), V), call(V, W)],
    "ndim": SIZES,
    "shape": SIZES,
    "size": [*SIZES, call(M, axis=0)],
    "einsum_path": [via(lambda *xs: np.einsum_path("ij,jk,kl->il", *xs), *CHAIN),
        via(lambda x: np.einsum_path("ij->i", x), M),
        via(lambda *xs: np.einsum_path("ij,jk,kl->il", *xs, optimize="optimal"), *CHAIN)],
    # On floats NumPy raises, and so on duals.
    "ravel_multi_index": [via(lambda x: np.ravel_multi_index((x, x), (3, 3)), WHOLE * 1.0), call(V, (3,) * 5)],
    "unravel_index": [via(lambda x: np.unravel_index(x, (3, 3)), WHOLE * 1.0)],
    "empty_like": [via(lambda x: [y := np.empty_like(x), y.fill(2.0), y][-1], M),
        via(lambda x: [y := np.empty_like(x, shape=(2,)), y.fill(2.0), y][-1], M)],
    "ones_like": [call(V), call(M, shape=(2, 2)), call(V, dtype=np.float32), call(A)],
    "zeros_like": [call(V), call(M, shape=(2, 2)), call(V, dtype=np.complex64), call(A)],
    # attributes
    **{f"ndarray.{name}": [call(V), call(M), call(A), call(Z), call(T[:, 1])]
        for name in ("base", "dtype", "itemsize", "nbytes", "ndim", "shape", "size", "strides")},
    "ndarray.device": [call(V)],
    "ndarray.flags": [via(lambda x, f=f: getattr(x.flags, f), M)
        for f in ("c_contiguous", "f_contiguous", "writeable", "aligned")] + [via(lambda x: x.T.flags.f_contiguous, M)],
    "ndarray.__len__": [via(len, V), via(len, M)],
    "ndarray.__bool__": [via(bool, A), via(bool, np.array([0.0])), via(bool, V)],
    "ndarray.__contains__": [via(lambda x: 0.25 in x, V), via(lambda x: x[1] in x, V)],
}  # fmt: skip
PASSTHROUGH["ndarray.base"] = [call(V), call(A)]


def text_shows_tangent(show: Callable[[Any], str]) -> bool:
    """Whether a text holds the value and the tangent."""
    text = show(dd.Dual(np.array([1.5, 2.5]), np.array([3.5, 4.5])))
    return all(entry in text for entry in ("1.5", "2.5", "3.5", "4.5", "tangent"))


def survives(copied: Callable[[Any], Any]) -> bool:
    """Whether a copy keeps the value and the tangent."""
    d = dual(V)
    new = copied(d)
    return type(new) is dd.Dual and np.array_equal(new.value, d.value) and np.array_equal(new.tangent, d.tangent)


def raises(function: Callable[[], Any], kind: type[Exception] | tuple[type[Exception], ...] = (TypeError, ValueError)) -> bool:
    """Whether a call raises."""
    try:
        function()
    except kind:
        return True
    return False


def drawn(name: str, *args: Any) -> bool:
    """Whether a random function works on plain arguments, and refuses a dual for a parameter."""
    state = np.random.get_state()  # noqa: NPY002
    found = resolve(name)
    try:
        found(*args)
        calls = [functools.partial(found, *args[:i], dd.Dual(2.0, 1.0), *args[i + 1 :]) for i in range(len(args))]
        return all(map(raises, calls))
    finally:
        np.random.set_state(state)  # noqa: NPY002


def kept(setting: Callable[[Any], Any], new: Any) -> bool:
    """Whether a setting of NumPy can be changed and set back."""
    old = setting(new)
    try:
        return bool(setting(old) == new)
    finally:
        setting(old)


def warned(state: str) -> bool:
    """Whether np.errstate decides about the warnings of a dual as about NumPy's own."""
    with errstate(divide=state), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        np.log(dd.Dual(0.0, 1.0))
    return bool(caught)


def printed() -> bool:
    """Whether np.printoptions acts on the text of a dual."""
    with np.printoptions(precision=2):
        return repr(dd.Dual(np.array([1 / 3]), np.array([2 / 3]))) == "Dual([0.33], tangent=[0.67])"


def shown(function: Callable[..., Any]) -> bool:
    """Whether a function that prints does so."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function()
    return bool(out.getvalue())


class ErrorLog:
    """What np.seterrcall wants."""

    def write(self, message: str) -> None:
        """Take a message."""


#: Rows without an array argument, and protocols: what must hold.
CHECKS: dict[str, Callable[[], bool]] = {
    "array2string": lambda: text_shows_tangent(np.array2string),
    "array_repr": lambda: text_shows_tangent(np.array_repr),
    "array_str": lambda: text_shows_tangent(np.array_str),
    "ndarray.__repr__": lambda: text_shows_tangent(repr),
    "ndarray.__str__": lambda: text_shows_tangent(str),
    "ndarray.__format__": lambda: text_shows_tangent(format) and text_shows_tangent(lambda d: f"{d[0]:.1f}{d[1]:.1f}"),
    "ndarray.__reduce__": lambda: survives(lambda d: d.__reduce__()[0](*d.__reduce__()[1])),
    "ndarray.__reduce_ex__": lambda: survives(lambda d: pickle.loads(pickle.dumps(d, 2))),
    "ndarray.__getstate__": lambda: survives(lambda d: pickle.loads(pickle.dumps(d))),
    "ndarray.__setstate__": lambda: survives(lambda d: pickle.loads(pickle.dumps(d))),
    "ndarray.__hash__": lambda: raises(lambda: hash(dual(V)), TypeError) and raises(lambda: hash(V), TypeError),
    "ndarray.__sizeof__": lambda: isinstance(sys.getsizeof(dual(V)), int),
    "ndarray.__array_finalize__": lambda: type(dual(V)) is dd.Dual,
    "ndarray.__array_wrap__": lambda: type(dual(V)) is dd.Dual,
    "ndarray.__array_priority__": lambda: raises(lambda: np.matrix([[1.0, 2.0]]) * dual(V[:2])),
    "ndarray.__array_namespace__": lambda: getattr(dual(V), "__array_namespace__",
        None) is None or hasattr(dual(V).__array_namespace__(), "sin"),
    "ndarray.__class_getitem__": lambda: "float64" in repr(np.ndarray[Any, np.dtype[np.float64]]),
    "busdaycalendar": lambda: np.busdaycalendar().weekmask.dtype == bool,
    "dtype": lambda: np.dtype(dual(V).dtype) is np.dtype(float),
    "finfo": lambda: np.finfo(dual(V).dtype).eps == np.finfo(float).eps,
    "iinfo": lambda: np.iinfo(np.int8).max == 127,
    "flatiter": lambda: isinstance(V.flat, np.flatiter) and not isinstance(dual(V).flat, np.flatiter),
    "ndindex": lambda: list(np.ndindex(dual(M).shape)) == list(np.ndindex(M.shape)),
    "record": lambda: np.zeros(1, [("a", float)]).view(np.recarray)[0].a == 0.0,
    "ufunc": lambda: isinstance(np.sin, np.ufunc) and np.sin.nin == 1,
    "errstate": lambda: warned("warn") and not warned("ignore"),
    "seterr": lambda: kept(lambda new: np.seterr(**new),
        {"divide": "ignore", "over": "ignore", "under": "warn", "invalid": "warn"}),
    "geterr": lambda: set(np.geterr()) == {"divide", "over", "under", "invalid"},
    "seterrcall": lambda: np.seterrcall(None) is None,
    "geterrcall": lambda: np.geterrcall() is None,
    "setbufsize": lambda: kept(np.setbufsize, 4096),
    "getbufsize": lambda: np.getbufsize() > 0,
    "printoptions": printed,
    "set_printoptions": lambda: resolve("set_printoptions")(**np.get_printoptions()) is None,
    "get_printoptions": lambda: "precision" in np.get_printoptions(),
    "get_include": lambda: "include" in np.get_include(),
    "info": lambda: shown(lambda: np.info(np.sin)),
    "show_config": lambda: callable(np.show_config),
    "show_runtime": lambda: callable(np.show_runtime),
    "test": lambda: callable(resolve("test")),
    "polynomial.set_default_printstyle": lambda: "x" in str(np.polynomial.Polynomial([1.0, 2.0])),
    "random.bytes": lambda: drawn("random.bytes", 3),
    "random.default_rng": lambda: drawn("random.default_rng", 3),
    "random.get_bit_generator": lambda: drawn("random.get_bit_generator"),
    "random.set_bit_generator": lambda: callable(resolve("random.set_bit_generator")),
    "random.get_state": lambda: drawn("random.get_state"),
    "random.set_state": lambda: raises(lambda: resolve("random.set_state")(dual(A))),
    "random.rand": lambda: drawn("random.rand", 2, 3),
    "random.randn": lambda: drawn("random.randn", 2, 3),
    **{f"random.{name}": lambda name=name: drawn(f"random.{name}", 3)  # type: ignore[misc]
       for name in ("random", "random_sample", "ranf", "sample", "seed", "standard_cauchy", "standard_exponential",
       "standard_normal")},
    "random.test": lambda: callable(resolve("random.test")),
}  # fmt: skip


@pytest.mark.parametrize("name", rows("passthrough"))
def test_passthrough_row(name: str) -> None:
    """A question about values or shapes has the plain answer that NumPy gives on the value; the rest of NumPy is as it was."""
    found = resolved(name)
    assert name in PASSTHROUGH or name in CHECKS, f"the census expects {name} to pass through, and no case tests it"
    if name in CHECKS:
        assert CHECKS[name]()
    for case in PASSTHROUGH.get(name, []):
        f = bound(case, found)
        expected = outcome(f, case.args)
        for args in numbers(case.args):
            assert_same(outcome(f, args), expected)


def test_numpy_is_left_as_it_is() -> None:
    """The import of dualdiff replaces nothing in NumPy."""
    names = [name for name in ROWS if name not in GROUPS and not name.startswith("ndarray.")]
    program = (
        "import functools, sys, warnings, numpy as np, numpy.lib.recfunctions\n"
        "warnings.simplefilter('ignore')\n"
        f"names = {names!r}\n"
        "def found(name): return functools.reduce(lambda o, a: getattr(o, a, None), name.split('.'), np)\n"
        "before = [found(name) for name in names]\n"
        "import dualdiff\n"
        "changed = [n for n, old in zip(names, before) if found(n) is not old and found(n) != old]\n"
        "sys.exit(str(changed) if changed else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- expected=raise
def emptied(stream: Iterable[Any]) -> list[Any]:
    """Return the entries of an iterator of NumPy's as an array each."""
    return [entry[()] if isinstance(entry, np.ndarray) else entry for entry in stream]


def seeded(name: str, *args: Any, **kwargs: Any) -> Any:
    """Return what a function of numpy.random draws from the same state each time."""
    state = np.random.RandomState(0)
    return getattr(state, name)(*args, **kwargs)


def in_order(shuffle: Callable[[Any], Any], x: Any) -> Any:
    """Return the rows of a shuffled copy, sorted again: derivatives that went with their entries come back with them."""
    y = x.copy()
    shuffle(y)
    return y[np.argsort(y if y.ndim == 1 else y[:, 0])]


def like(function: str, *args: Any) -> Case:
    """Return the call of a function that creates an array like a dual."""
    return via(lambda x: resolve(function)(*args, like=x), V)


#: What numpy.random draws from: parameters that a dual may stand for.
DISTRIBUTIONS: dict[str, tuple[Any, ...]] = {
    "beta": (2.0, 3.0), "binomial": (5.0, 0.4), "chisquare": (2.0,), "dirichlet": (POSITIVE,), "exponential": (2.0,),
    "f": (2.0, 3.0), "gamma": (2.0, 3.0), "geometric": (0.3,), "gumbel": (0.5, 2.0), "hypergeometric": (5.0, 4.0, 3.0),
    "laplace": (0.5, 2.0), "logistic": (0.5, 2.0), "lognormal": (0.5, 2.0), "logseries": (0.4,),
    "multinomial": (3.0, np.array([0.25, 0.25, 0.5])), "multivariate_normal": (V[:3], D), "negative_binomial": (5.0, 0.4),
    "noncentral_chisquare": (2.0, 3.0), "noncentral_f": (2.0, 3.0, 1.0), "normal": (0.5, 2.0), "pareto": (2.0,),
    "poisson": (2.0,), "power": (2.0,), "rayleigh": (2.0,), "standard_gamma": (2.0,), "standard_t": (2.0,),
    "triangular": (0.0, 0.5, 2.0), "uniform": (0.5, 2.0), "vonmises": (0.5, 2.0), "wald": (0.5, 2.0), "weibull": (2.0,),
    "zipf": (2.0,),
}  # fmt: skip
#: What a generator has besides, but for what takes sizes alone.
GENERATOR_ONLY: dict[str, tuple[Any, ...]] = {
    "choice": (V,), "permutation": (V,), "permuted": (V,), "integers": (5.0,), "multivariate_hypergeometric": (ABOVE, 2.0),
    "random": (3.0,), "bytes": (3.0,), "spawn": (3.0,), "standard_cauchy": (3.0,), "standard_exponential": (3.0,),
    "standard_normal": (3.0,),
}  # fmt: skip
STATE_ONLY: dict[str, tuple[Any, ...]] = {
    "choice": (V,), "permutation": (V,), "rand": (3.0,), "randn": (3.0,), "randint": (5.0,), "random_integers": (5.0,),
    "random": (3.0,), "random_sample": (3.0,), "bytes": (3.0,), "seed": (3.0,), "tomaxint": (3.0,), "set_state": (V,),
    "standard_cauchy": (3.0,), "standard_exponential": (3.0,), "standard_normal": (3.0,),
}  # fmt: skip


def generated(name: str) -> Callable[..., Any]:
    """Return a method of a new generator."""
    return lambda *args: getattr(np.random.default_rng(0), name)(*args)


def legacy(name: str) -> Callable[..., Any]:
    """Return a method of a new RandomState."""
    return lambda *args: seeded(name, *args)


def polynomial_cases(module: str, prefix: str) -> dict[str, list[Case]]:
    """Return the calls of the functions of one family of polynomials."""

    def of(name: str) -> Any:
        return resolve(f"polynomial.{module}.{name}")

    def put(suffix: str, *cases: Case, name: str = "") -> None:
        table[f"polynomial.{module}.{name or prefix + suffix}"] = list(cases)

    table: dict[str, list[Case]] = {}
    for suffix in ("add", "sub", "mul"):
        put(suffix, call(V, W[:3]), call(V[:2], W))
    put("div", call(V, W[:3]), call(V, W[:1]))
    put("pow", via(lambda c: of(prefix + "pow")(c, 3), V[:3]), via(lambda p: of(prefix + "pow")(V[:3], p), np.array(2.0)))
    put("mulx", call(V))
    put("trim", call(V), via(lambda c: of(prefix + "trim")(c, 0.3), np.concatenate([V, [0.1]])))
    put("line", call(A, B))
    put("der", call(V), via(lambda c: of(prefix + "der")(c, 2), V), via(lambda c: of(prefix + "der")(c, scl=2.0), M))
    put("int", call(V), via(lambda c, k: of(prefix + "int")(c, 2, [k, 2 * k]), V, A),
        via(lambda c, b: of(prefix + "int")(c, lbnd=b), V, A), via(lambda c: of(prefix + "int")(c, scl=2.0), M))  # fmt: skip
    put("fromroots", call(V[:3]))
    put("roots", call(np.array([0.3, -1.2, 1.0])), call(np.array([-0.4, 1.3, 0.2, 1.0])))
    put("companion", call(V[:3]), call(V))
    put(
        "fit",
        via(lambda x, y: of(prefix + "fit")(x, y, 2), V, W),
        via(lambda x, y, w: of(prefix + "fit")(x, y, 1, w=w), V, W, POSITIVE),
    )
    put("vander", via(lambda x: of(prefix + "vander")(x, 3), V), via(lambda n: of(prefix + "vander")(V, n), np.array(3.0)))
    put("vander2d", via(lambda x, y: of(prefix + "vander2d")(x, y, [1, 2]), V, W))
    put("vander3d", via(lambda x, y, z: of(prefix + "vander3d")(x, y, z, [1, 2, 1]), V, W, V[::-1].copy()))
    put("val2d", call(V[:3], W[:3], S), call(M, N, S), call(V[:3], W[:3], made((3, 3, 3))))
    put("val3d", call(V[:3], W[:3], V[2:], T))
    # Of one length as well: broadcasting then hides a grid that is none.
    put("grid2d", call(V[:2], W[:3], S), call(V[:3], W[:3], S))
    put("grid3d", call(V[:2], W[:3], V[3:], T), call(V[:3], W[:3], V[2:], made((3, 3, 3))))
    put("gauss", call(np.array(3.0)))
    short = prefix if prefix != "poly" else ""
    if short:
        put("", call(V), name=f"poly2{short}")
        put("", call(V), name=f"{short}2poly")
    if prefix == "cheb":
        put("pts1", call(np.array(3.0)))
        put("pts2", call(np.array(3.0)))
        put("interpolate", via(lambda a: of("chebinterpolate")(lambda x: a * np.exp(x), 3), A))
    if prefix == "poly":
        put(
            "valfromroots",
            call(V, W[:3]),
            via(lambda x, r: of("polyvalfromroots")(x, r, tensor=False), W[:3], made((2, 3))),
            call(W[:3], made((2, 3))),
        )
    return {name: cases for name, cases in table.items() if name in ROWS and name not in DIFF}


FAMILIES = [("polynomial", "poly"), ("chebyshev", "cheb"), ("hermite", "herm"), ("hermite_e", "herme"), ("laguerre", "lag"),
            ("legendre", "leg")]  # fmt: skip
SERIES: list[Callable[[Any], Case]] = [
    lambda make: via(lambda c, x: make(c)(x), V, W[:3]),
    lambda make: via(lambda x: make(V)(x), W),
    lambda make: via(lambda c: make(c).deriv().coef, V),
    lambda make: via(lambda c: make(c).integ().coef, V),
    lambda make: via(lambda c, e: (make(c) * make(e) + 2 * make(c)).coef, V, W[:3]),
    lambda make: via(lambda c: (make(c) ** 2).coef, V),
    lambda make: via(lambda c: make(c).roots(), np.array([-0.4, 1.3, 0.2, 1.0])),
    lambda make: via(lambda y: make.fit(V, y, 2).coef, W),
    lambda make: via(lambda x: make.fit(x, W, 2).coef, V),
    lambda make: via(lambda r: make.fromroots(r).coef, V[:3]),
    lambda make: via(lambda c: make(c).linspace(4), V),
    lambda make: via(lambda a: make(V, domain=a)(0.3), ORDERED[:2]),
]

RAISE: dict[str, list[Case]] = {
    # what makes arrays
    "arange": [call(np.array(3.0)), via(lambda a, b: np.arange(a, b + 2), A, B), like("arange", 3)],
    "array": [call(V), call(M), call(A), via(lambda x, y: np.array([x, y]), A, B),
        via(lambda x, y: np.array([[x[0], y]]), V, A), via(lambda x: np.array(x, dtype=float), V),
        via(lambda x: np.array([x[0], 1.0], dtype=float), V), like("array", [1.0])],
    **{name: [call(V), call(M), via(lambda x, f=name: resolve(f)(x, dtype=float), V), like(name, [1.0])]
        for name in ("asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "require")},
    "asarray_chkfinite": [call(V)],
    "asmatrix": [call(M)],
    "matrix": [call(M), via(lambda x: np.matrix(S) * x, S), via(lambda x: x * np.matrix(S), S),
        via(lambda x: x @ np.matrix(S), S), via(lambda x: np.matrix(S) + x, S), via(lambda x: np.add(x, np.matrix(S)), S)],
    "bmat": [via(lambda x, y: np.bmat([[x, y]]), M, N), via(lambda x: np.bmat([[np.matrix(M), x]]), M)],
    "memmap": [call(V)],
    "ndarray": [call(np.array(3.0)), via(lambda x: np.ndarray((5,), buffer=x), V)],
    "recarray": [call(np.array(3.0)), via(lambda x: np.recarray((5,), buf=x, dtype=[("a", float)]), V)],
    "broadcast": [via(lambda x: emptied(row[0] for row in np.broadcast(x)), V),
        via(lambda x: [a * b for a, b in np.broadcast(x, x[:1])], V)],
    "diag_indices": [call(np.array(3.0))],
    "tril_indices": [call(np.array(3.0))],
    "triu_indices": [call(np.array(3.0))],
    "mask_indices": [via(lambda n: np.mask_indices(n, np.triu), np.array(3.0)),
        via(lambda k: np.mask_indices(3, np.triu, k), np.array(1.0))],
    "indices": [via(lambda n: np.indices((n, 2)), np.array(3.0))],
    "empty": [call(np.array(3.0)), via(lambda x: np.empty((x,)), np.array(3.0)), via(lambda x: np.empty(2, like=x) * 0, V)],
    "zeros": [call(np.array(3.0)), like("zeros", 3)],
    "ones": [call(np.array(3.0)), like("ones", 3)],
    "eye": [call(np.array(3.0)), via(lambda k: np.eye(3, k=k), np.array(1.0)), like("eye", 3)],
    "identity": [call(np.array(3.0)), like("identity", 3)],
    "tri": [call(np.array(3.0)), via(lambda k: np.tri(3, k=k), np.array(1.0)), like("tri", 3)],
    "full": [via(lambda a: np.full(3, a), A), via(lambda a: np.full(3, a, dtype=float), A),
        via(lambda x: np.full((2, 5), x), V), via(lambda n: np.full(n, 1.0), np.array(3.0)), like("full", 3, 1.0)],
    "fft.fftfreq": [via(lambda d: np.fft.fftfreq(5, d), A), call(np.array(4.0))],
    "fft.rfftfreq": [via(lambda d: np.fft.rfftfreq(5, d), A), call(np.array(4.0))],
    "from_dlpack": [call(V)],
    "frombuffer": [call(V), like("frombuffer", b"12345678")],
    "fromfile": [call(V)],
    "fromfunction": [via(lambda a: np.fromfunction(lambda i, j: i * a + j, (2, 3)), A),
        via(lambda n: np.fromfunction(lambda i: i, (n,)), np.array(3.0)),
        via(lambda x: np.fromfunction(lambda i: i, (3,), like=x), V)],
    "fromiter": [via(lambda x: np.fromiter(x, float), V), via(lambda x: np.fromiter(iter(x), object), V),
        via(lambda x: np.fromiter([1.0], float, like=x), V)],
    "frompyfunc": [via(lambda x: np.frompyfunc(lambda a: a * a, 1, 1)(x).astype(float), V),
        via(lambda x: np.frompyfunc(lambda a: a * x, 1, 1)(W[:2]), A),
        via(lambda x: np.frompyfunc(lambda a, b: a * b, 2, 1)(x, W), V)],
    "vectorize": [via(lambda x: np.vectorize(lambda a: a * a)(x), V), via(lambda x: np.vectorize(lambda a: a * x)(W), A),
        via(lambda x: np.vectorize(lambda a: a * x, otypes=[float])(W), A), via(lambda x: np.vectorize(math.sin)(x), V),
        via(lambda x: np.vectorize(lambda a: a * a, otypes=[float])(x), V),
        via(lambda x: np.vectorize(np.sum, signature="(n)->()")(x), M)],
    "fromregex": [via(lambda x: np.fromregex(x, r"(\d)", [("a", float)]), V)],
    "fromstring": [via(lambda x: np.fromstring(x, sep=" "), V), via(lambda x: np.fromstring("1 2", sep=" ", like=x), V)],
    "load": [call(V)],
    "loadtxt": [call(V), via(lambda x: np.loadtxt(io.StringIO("1 2"), like=x), V)],
    "genfromtxt": [call(V), via(lambda x: np.genfromtxt(io.StringIO("1 2"), like=x), V)],
    "nditer": [via(lambda x: emptied(np.nditer(x, flags=["refs_ok"])), V), via(lambda x: emptied(np.nditer(x)), V)],
    "nested_iters": [via(lambda x: emptied(np.nested_iters(x, [[0], [1]], flags=["refs_ok"])[0]), M)],
    "ndenumerate": [via(lambda x: [value * i for (i,), value in np.ndenumerate(x)], V)],
    "c_": [via(lambda x, y: np.c_[x, y], V, W), via(lambda x: np.c_[x, np.ones(5)], V), via(lambda x: np.c_[0.0, x], A)],
    "r_": [via(lambda x, y: np.r_[x, y], V, W), via(lambda x: np.r_[x, 0.0, 1.0], V), via(lambda x: np.r_[0.0, x, 2.0], A),
        via(lambda x: np.r_[x, np.ones(2)], A), via(lambda x: np.r_["-1", x, x], M), via(lambda x: np.r_[0.0:x:3j], A)],
    "s_": [via(lambda x: np.s_[x], V), via(lambda x: V[np.s_[: x + 2]], A)],
    "index_exp": [via(lambda x: np.index_exp[x], V), via(lambda x: V[np.index_exp[: x + 2]], A)],
    "mgrid": [via(lambda a: np.mgrid[0:a:3j], A), via(lambda a: np.mgrid[a : a + 2 : 0.5], A),
        via(lambda a: np.mgrid[0:2:a], A), via(lambda a: np.mgrid[0:a:3j, 0:1:2j], A)],
    "ogrid": [via(lambda a: np.ogrid[0:a:3j], A), via(lambda a: np.ogrid[a : a + 2 : 0.5], A),
        via(lambda a: np.ogrid[0:2:a], A)],
    "lib.stride_tricks.as_strided": [call(V), via(lambda x: np.lib.stride_tricks.as_strided(x, (2,), (8,)), V)],
    # windows
    **{name: [call(np.array(4.0))] for name in ("bartlett", "blackman", "hamming", "hanning")},
    "kaiser": [via(lambda beta: np.kaiser(5, beta), B), via(lambda m: np.kaiser(m, 2.0), np.array(4.0))],
    # integers
    **{name: [call(V, W), via(lambda x, f=name: resolve(f)(x, 1), V), via(lambda x, f=name: resolve(f)(WHOLE, x), V[:3])]
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift", "left_shift",
        "right_shift", "gcd", "lcm")},
    **{name: [call(V)] for name in ("bitwise_count", "bitwise_invert", "bitwise_not", "invert", "isnat", "packbits",
        "unpackbits")},
    **{f"ndarray.__{name}__": [call(V, W), via(lambda x, f=f"__{name}__": getattr(x, f)(WHOLE), V[:3])]
        for name in ("and", "or", "xor", "lshift", "rshift", "rand", "ror", "rxor", "rlshift", "rrshift", "iand", "ior",
        "ixor", "ilshift", "irshift")},
    "ndarray.__invert__": [call(V)],
    "nextafter": [call(V, W)],
    # dates and text
    "busday_count": [call(V, W), via(lambda x: np.busday_count("2020-01-01", x), V)],
    "busday_offset": [call(V, WHOLE[0]), via(lambda x: busday_offset("2020-01-01", x), A)],
    "is_busday": [call(V)],
    "datetime_as_string": [call(V)],
    "datetime_data": [call(V)],
    "base_repr": [call(np.array(3.0))],
    "binary_repr": [call(np.array(3.0))],
    "format_float_positional": [call(A)],
    "format_float_scientific": [call(A)],
    # files
    **{name: [via(lambda x, f=name: resolve(f)(io.BytesIO(), x), V)]
        for name in ("save", "savetxt", "savez", "savez_compressed")},
    # counts
    "histogram": [better(lambda w: np.histogram(V, 4, weights=w), W),
        better(lambda w: np.histogram(V, EDGES, weights=w), POSITIVE),
        better(lambda w: np.histogram(V, EDGES, weights=w, density=True), POSITIVE), call(V),
        via(lambda x: np.histogram(x, EDGES), V), via(lambda x: np.histogram(x, EDGES, density=True), V),
        via(lambda e: np.histogram(V, e, density=True), EDGES), via(lambda x, w: np.histogram(x, 3, weights=w), V, W),
        via(lambda a, b: np.histogram(V, 3, range=(a - 3, b + 2)), A, B)],
    "histogram2d": [call(V, W), via(lambda w: np.histogram2d(V, W, 2, weights=w), POSITIVE),
        via(lambda x, y: np.histogram2d(x, y, [EDGES, EDGES]), V, W)],
    "histogramdd": [call(M), via(lambda w: np.histogramdd(M, 2, weights=w), POSITIVE[:3])],
    "histogram_bin_edges": [call(V), via(lambda x: np.histogram_bin_edges(x, 3), V),
        via(lambda x: np.histogram_bin_edges(x, "fd"), V), via(lambda e: np.histogram_bin_edges(V, e), EDGES),
        via(lambda w: np.histogram_bin_edges(V, 3, weights=w), W)],
    # conversions of an array
    "ndarray.__array__": [call(V), via(lambda x: x.__array__(float), V), via(lambda x: x.__array__(dtype=np.float32), V)],
    **{f"ndarray.{name}": [call(V)]
        for name in ("__array_interface__", "__array_struct__", "__dlpack__", "__dlpack_device__", "byteswap", "ctypes",
        "data", "dumps", "tobytes", "setflags")},
    **{f"ndarray.__{kind.__name__}__": [via(kind, A), via(kind, np.array([0.7])), call(A)] for kind in (float, int, complex)},
    "ndarray.__index__": [via(operator.index, A), via(lambda x: list(range(x)), A), via(lambda x: W[x], A)],
    "ndarray.__delitem__": [via(lambda x: operator.delitem(x, 0), V)],
    "ndarray.dump": [via(lambda x: x.dump(io.BytesIO()), V)],
    "ndarray.tofile": [via(lambda x: x.tofile("/dev/null"), V)],
    "ndarray.getfield": [via(lambda x: x.getfield(float), V)],
    "ndarray.setfield": [via(lambda x: x.setfield(2.0, float), V)],
    "ndarray.view": [via(lambda x: x.view(), V), via(lambda x: x.view(np.int64), V), via(lambda x: x.view(np.ndarray), V)],
    "ndarray.resize": [via(lambda x: x.resize(3), V)],
    # random numbers
    **{f"random.{name}": [via(legacy(name), *args), via(legacy(name), *map(np.asarray, args)),
        via(legacy(name), *(np.stack([x, x]) for x in args))] for name, args in DISTRIBUTIONS.items()},
    "random.randint": [via(legacy("randint"), np.array(5.0)), via(lambda a: seeded("randint", 1, a), np.array(5.0))],
    "random.random_integers": [via(legacy("random_integers"), np.array(5.0))],
    "random.choice": [via(lambda x: seeded("choice", x, 3), V),
        via(lambda p: seeded("choice", 3, p=p / 4), np.array([1.0, 1.0, 2.0])),
        via(lambda n: seeded("choice", n), np.array(4.0))],
    "random.permutation": [via(legacy("permutation"), V), via(legacy("permutation"), M),
        via(legacy("permutation"), np.array(4.0))],
    "random.shuffle": [via(lambda x: in_order(legacy("shuffle"), x), V), via(lambda x: in_order(legacy("shuffle"), x), M)],
    "random.Generator (all methods)": [*(via(generated(name), *map(np.asarray, args))
        for name, args in (DISTRIBUTIONS | GENERATOR_ONLY).items()),
        *(via(generated(name), *args) for name, args in (DISTRIBUTIONS | GENERATOR_ONLY).items()),
        via(lambda x: in_order(generated("shuffle"), x), V), via(lambda x: in_order(generated("shuffle"), x), M),
        via(lambda x: in_order(generated("shuffle"), x), np.concatenate([M, N])),
        via(lambda x: generated("permutation")(x, 1), M), via(lambda x: np.random.default_rng(0).choice(x, 2, axis=1), M),
        via(lambda x: np.random.default_rng(0).permuted(x, axis=1), M),
        via(lambda x: np.random.default_rng(0).permuted(x, out=x), V),
        via(lambda x: np.random.default_rng(0).normal(size=x), np.array(3.0)),
        via(lambda x: np.random.default_rng(0).random(out=x), V),
        via(lambda x: in_order(lambda y: np.random.default_rng(0).shuffle(y, axis=1), x), M)],
    "random.RandomState (all methods)": [*(via(legacy(name), *map(np.asarray, args))
        for name, args in (DISTRIBUTIONS | STATE_ONLY).items()),
        via(lambda x: in_order(legacy("shuffle"), x), np.concatenate([M, N]))],
    # polynomials
    "poly1d": [via(lambda c: poly1d(c)(0.3), V), via(lambda x: poly1d(V)(x), W), via(lambda c: poly1d(c).deriv(), V),
        via(lambda c, e: (poly1d(c) * poly1d(e) + 1.0).c, V, W[:3]), via(lambda c: poly1d(c).integ().c, V),
        via(lambda r: poly1d(r, True).c, V[:3]), via(lambda c: (poly1d(c) ** 2).c, V),
        via(lambda c: poly1d(c).r, poly([1.0, 2.5, -0.7])), via(lambda c, e: (poly1d(c) / poly1d(e))[0].c, V, W[:3]),
        via(lambda c: poly1d(c)[1], V), via(lambda c: poly1d(c)(poly1d([1.0, 2.0])).c, V),
        via(lambda c: (-poly1d(c) - 2.0).c, V), via(lambda x, c: np.polyval(poly1d(c), x), V, W),
        via(lambda c, e: np.polymul(poly1d(c), poly1d(e)).c, V, W[:3]),
        via(lambda c, e: poly1d(np.polyadd(poly1d(c), e)).c, V, W[:3]), via(lambda c: np.polyder(poly1d(c)).c, V),
        via(lambda c: np.polyint(poly1d(c)).c, V), via(lambda c, x: poly1d(np.polyval(c, poly1d(x))).c, V[:3], W[:2]),
        via(lambda c: np.roots(poly1d(c)), poly([1.0, 2.5, -0.7]))],
    **{name: cases for module, prefix in FAMILIES for name, cases in polynomial_cases(module, prefix).items()},
    **{f"polynomial.{name}": [in_series(getattr(np.polynomial, name)) for in_series in SERIES]
        for name in ("Polynomial", "Chebyshev", "Hermite", "HermiteE", "Laguerre", "Legendre")},
    "polynomial.polyutils.as_series": [via(lambda x: np.polynomial.polyutils.as_series([x]), V),
        via(lambda x, y: np.polynomial.polyutils.as_series([x, y]), V, W[:3])],
    "polynomial.polyutils.format_float": [call(A)],
    "polynomial.polyutils.getdomain": [call(V)],
    "polynomial.polyutils.mapdomain": [via(lambda x: np.polynomial.polyutils.mapdomain(x, [-2.0, 2.0], [0.0, 1.0]), V),
        call(V, ORDERED[:2], ORDERED[2:4])],
    "polynomial.polyutils.mapparms": [call(ORDERED[:2], ORDERED[2:4])],
    "polynomial.polyutils.trimcoef": [call(V)],
    "polynomial.polyutils.trimseq": [call(V)],
    # whole namespaces
    "char.* / strings.*": [via(lambda x, m=m, f=f: getattr(getattr(np, m), f)(x), V)
        for m, f in [("char", f) for f in ("upper", "str_len", "strip", "array", "asarray", "isalpha", "title", "split")]
        + [("strings", f) for f in ("upper", "str_len", "strip", "isalpha", "title")]]
        + [via(lambda x, f=f: getattr(np.strings, f)(x, "a"), V) for f in ("add", "find", "count", "startswith", "equal")]
        + [via(lambda x: np.strings.multiply("a", x), A), via(lambda x: np.char.add(np.array(["a"] * 5), x), V)],
    "ctypeslib.*": [via(lambda x: np.ctypeslib.as_ctypes(x), V), via(lambda x: np.ctypeslib.as_array(x), V),
        via(lambda x: np.ctypeslib.ndpointer(np.float64).from_param(x), V)],
    "lib.array_utils.byte_bounds/normalize_axis_*": [via(lambda x: np.lib.array_utils.byte_bounds(x), V),
        via(lambda x: np.lib.array_utils.normalize_axis_index(x, 3), np.array(1.0)),
        via(lambda x: np.lib.array_utils.normalize_axis_tuple(x, 3), np.array(1.0))],
    "lib.format.*": [via(lambda x: np.lib.format.write_array(io.BytesIO(), x), V)],
    "lib.recfunctions.*": [via(lambda x, f=f: getattr(numpy.lib.recfunctions, f)(x), M)
        for f in ("structured_to_unstructured", "unstructured_to_structured", "repack_fields", "get_fieldstructure",
        "flatten_descr", "recursive_fill_fields", "rec_drop_fields", "drop_fields", "stack_arrays", "merge_arrays",
        "find_duplicates", "require_fields", "assign_fields_by_name", "append_fields", "rename_fields")]
        + [via(lambda x: numpy.lib.recfunctions.merge_arrays((x, x)), V),
        via(lambda x: numpy.lib.recfunctions.stack_arrays((x, x)), V),
        via(lambda x: numpy.lib.recfunctions.unstructured_to_structured(x,
        np.dtype([("a", float), ("b", float), ("c", float), ("d", float)])), M),
        via(lambda x: numpy.lib.recfunctions.append_fields(np.zeros(5, [("a", float)]), "b", x), V),
        via(lambda x: numpy.lib.recfunctions.assign_fields_by_name(np.zeros(5, [("a", float)]), x), V)],
    "ma.* (masked arrays)": [via(lambda x, f=f: getattr(MA, f)(x), V)
        for f in ("array", "asarray", "masked_array", "MaskedArray", "sin", "exp", "sqrt", "absolute", "negative", "sum",
        "mean", "prod", "max", "min", "std", "var", "median", "cumsum", "sort", "average", "masked_invalid", "filled",
        "fix_invalid", "compressed", "ravel", "copy", "diff", "cov", "zeros_like", "anom", "ptp", "floor", "log")]
        + [via(lambda x, f=f: f(MA.array(W, mask=MASK), x), V)
        for f in (MA.add, MA.multiply, MA.divide, np.add, np.multiply, operator.add, operator.mul, operator.sub,
        operator.truediv, operator.iadd, MA.dot, MA.maximum, MA.power, MA.arctan2, np.dot, np.copyto)]
        + [via(lambda x: x + MA.array(W, mask=MASK), V), via(lambda x: x * MA.array(W, mask=MASK), V),
        via(lambda x: MA.where(MASK, x, W), V), via(lambda x: MA.masked_where(MASK, x).filled(0.0), V),
        via(lambda x: MA.concatenate([x, MA.array(W)]), V), via(lambda x: np.concatenate([x, MA.array(W, mask=MASK)]), V),
        via(lambda x: MA.masked_greater(x, 0.5).sum(), V), via(lambda x: MA.array(x, mask=MASK).mean(), V),
        via(lambda x: MA.array(x, mask=MASK).sum() * 1.0, V), via(lambda x: MA.stack([x, x]), V),
        via(lambda x: MA.polyfit(W, x, 1), V), via(lambda x: setitem(MA.array(W), 0, x), A),
        via(lambda x: setitem(MA.array(W), slice(None), x), V)],
    "rec.*": [via(lambda x: REC.array(x), V), via(lambda x: REC.fromarrays([x, x], names="a,b"), V),
        via(lambda x: REC.fromrecords([(x[0], x[1])], names="a,b"), V),
        via(lambda x: REC.array([(x[0], 1.0)], dtype=[("a", float), ("b", float)]), V)],
    "scalar types (float64, float32, complex128, int64, bool, str_, ...)": [via(lambda x, t=t: t(x), arg)
        for t in (np.float64, np.float32, np.float16, np.longdouble, np.complex128, np.complex64, np.int64, np.int8,
        np.uint8, np.datetime64, np.timedelta64, np.void) for arg in (A, V)]
        + [via(lambda x, t=t: t(x), A) for t in (np.bool_, np.str_, np.object_)],
    "scipy.sparse operands": [via(lambda x, f=f: f(scipy.sparse.csr_array(S), x), W[:3])
        for f in (operator.matmul, operator.mul, operator.add)]
        + [via(lambda x, f=f: f(x, scipy.sparse.csr_array(S)), W[:3]) for f in (operator.matmul, operator.mul, operator.add)]
        + [via(lambda x: scipy.sparse.csr_array(x), S), via(lambda x: x @ scipy.sparse.csr_matrix(S), S),
        via(lambda x: scipy.sparse.csr_array(S).dot(x), W[:3]),
        via(lambda x: scipy.sparse.diags(x), W[:3])] if HAVE_SCIPY else [],
    "testing.assert_*": [via(lambda x, f=f, by=by: [getattr(np.testing, f)(x, np.asarray(dd.value_of(x)) + by), 0.0][1], V)
        for f in ("assert_allclose", "assert_array_equal", "assert_equal", "assert_array_almost_equal",
        "assert_almost_equal", "assert_array_less") for by in (0.0, 1.0)],
}  # fmt: skip


def parted(result: Any) -> list[tuple[Any, Any]]:
    """Return the values and tangents in a result: of duals, of objects that are duals, of containers, of plain numbers."""
    if isinstance(result, (tuple, list)):
        return [pair for entry in result for pair in parted(entry)]
    if isinstance(result, dict):
        return parted(list(result.values()))
    if isinstance(result, np.poly1d):
        return parted(result.coef)
    if isinstance(result, dd.Dual):
        assert type(result.value) is not dd.Dual, f"arguments of one level became levels: {result!r}"
        return [(np.asarray(result.value), np.asarray(result.tangent))]
    if isinstance(result, dd.HyperDual):
        return [(np.asarray(result.value), np.asarray(result.eps1))]
    if hasattr(result, "toarray"):
        entries = result.tocoo()
        dense = np.zeros(result.shape, object)
        dense[entries.row, entries.col] = entries.data
        return parted(dense)
    if isinstance(result, np.ma.MaskedArray):
        return parted(np.where(MA.getmaskarray(result), 0, np.asarray(MA.getdata(result))))
    if isinstance(result, np.ndarray) and result.dtype.names is not None:
        return [pair for name in result.dtype.names for pair in parted(np.asarray(result[name]))]
    if isinstance(result, np.ndarray) and result.dtype.hasobject:
        pairs = [parted(entry)[0] for entry in np.asarray(result).ravel()]
        return [tuple(np.array(part).reshape(result.shape) for part in (zip(*pairs, strict=True) if pairs else ((), ())))]  # type: ignore[list-item]
    if isinstance(result, (np.ndarray, np.generic, bool, int, float, complex)) and np.asarray(result).dtype.kind in "biufc":
        return [(np.asarray(result), np.zeros(np.shape(result)))]
    raise LookupError(f"a {type(result).__name__} holds no numbers")


def lost(result: Any) -> bool:
    """Whether no tangent is left in a result."""
    try:
        return not any(np.any(tangent) for _, tangent in parted(result))
    except LookupError:
        return True


def is_own(error: BaseException) -> bool:
    """Whether an error, or its cause, comes from dualdiff."""
    causes = [e for e in (error, error.__cause__, error.__context__) if e is not None]
    frames = [frame.filename for e in causes for frame in traceback.extract_tb(e.__traceback__)[-1:]]
    return any(isinstance(e, dd.DualDiffError) for e in causes) or any("dualdiff" in Path(f).parts for f in frames)


def dispatches(name: str) -> bool:
    """Whether NumPy hands the row's function over to a number in its array arguments."""
    note = ROWS[name]["note"]
    return "dispatch=ufunc" in note or ("dispatch=array_function on" in note and "like=" not in ROWS[name]["diff_args"])


#: What NumPy's own code raises besides: a dual lacks an attribute or is no index, values differ.
ELSEWHERE = (TypeError, ValueError, AttributeError, IndexError, NotImplementedError, AssertionError)


def is_right(case: Case, found: Any, active: tuple[bool, ...], own: bool) -> bool:
    """Whether a call with duals for the active arguments gives the right derivative, or raises; else the test fails."""
    f, along = bound(case, found), directions(case.args, 1)
    moving = tuple(v * a for v, a in zip(along, active, strict=True))
    refusals = (TypeError, ValueError) if own else ELSEWHERE
    try:
        result = f(*(dd.Dual(x, v) if a else x for x, v, a in zip(case.args, along, active, strict=True)))
    except refusals as error:
        if not str(error) or (own and not is_own(error)):
            message = f"an error without a word, or not of dualdiff's own: {error!r}"
            raise AssertionError(message) from error
        return False
    if isinstance(result, str):
        assert "tangent" in result
        return True
    try:
        plain = parted(f(*case.args))
        expected = differences(lambda *xs: [value for value, _ in parted(f(*xs))], case.args, moving)
    except (*refusals, LookupError) as error:
        message = f"gave {result!r} where NumPy gives no numbers ({error!r})"
        raise AssertionError(message) from error
    assert len(parted(result)) == len(plain)
    for (value, tangent), (same, _), slope in zip(parted(result), plain, expected, strict=True):
        np.testing.assert_allclose(value.astype(complex), same.astype(complex), rtol=1e-13, atol=1e-13)
        assert not (lost(result) and np.any(np.abs(slope) > 1e-6)), f"the derivative is lost without a word: {result!r}"
        assert_close(tangent.astype(complex), slope.astype(complex), 1e-7)
    second = tuple(dd.HyperDual(x, v, v) if a else x for x, v, a in zip(case.args, along, active, strict=True))
    with contextlib.suppress(*refusals):
        assert lost(result) or not lost(f(*second))
    return True


def activities(count: int) -> list[tuple[bool, ...]]:
    """Return which of several arguments are duals: all together, and each alone."""
    return sorted({(True,) * count, *(tuple(i == j for j in range(count)) for i in range(count))})


@pytest.mark.parametrize("name", rows("raise"))
def test_refused_row(name: str) -> None:
    """A dual with a tangent is refused with a word, or better: differentiated."""
    found = resolved(name)
    if "scipy" in name and not HAVE_SCIPY:
        pytest.skip("needs SciPy")
    assert RAISE.get(name), f"the census expects {name} to raise, and no case tests it"
    better_ones = []
    for i, case in enumerate(RAISE[name]):
        for active in activities(len(case.args)):
            right = is_right(case, found, active, dispatches(name))
            assert right or not case.right, f"case {i}: the census's note wants this differentiated"
            better_ones += [i] * right
    assert bool(better_ones) == (name in BETTER), f"cases {better_ones} do better than raising: see BETTER"


KEPT = "an object array of scalar duals, which keeps the derivative"
COMPUTED = "NumPy computes with the dual's own operators"
LIKE = "like= a dual makes a constant of its kind, which can take derivatives"
INDEX = "the index itself, which raises where it is used"
TEXT = "a text, which shows the tangent"
WEIGHTS = "weights are differentiated; the counts of the data, and edges that are given, are constant"
#: Rows that may raise, and do better in at least one case, with what they give.
BETTER: dict[str, str] = {
    **dict.fromkeys(["array", "asanyarray", "asarray", "asarray_chkfinite", "ascontiguousarray", "asfortranarray",
        "broadcast", "c_", "r_", "full", "fromiter", "frompyfunc", "vectorize", "lib.stride_tricks.as_strided",
        "ndarray.__array__", "ndenumerate", "nditer", "nested_iters", "require", "rec.*", "ctypeslib.*",
        "random.choice", "random.permutation"], KEPT),
    **dict.fromkeys(["arange", "empty", "eye", "frombuffer", "fromstring", "genfromtxt", "identity", "loadtxt", "ones", "tri",
        "zeros"], LIKE),
    "ma.* (masked arrays)": f"{KEPT}, behind the mask",
    "random.Generator (all methods)": f"permutations and choices: {KEPT}",
    "random.RandomState (all methods)": f"permutations and choices: {KEPT}",
    "random.shuffle": "one dimension: entries change places with their tangents",
    "scipy.sparse operands": f"a sparse array times a dual: {KEPT}",
    **dict.fromkeys(["fft.fftfreq", "fft.rfftfreq", "fromfunction", "kaiser", "mgrid", "ogrid", "poly1d"], COMPUTED),
    **dict.fromkeys([name for name in rows("raise") if name.startswith("polynomial.") and not name.endswith(("gauss", "roots",
        "fit", "chebpts1", "chebpts2"))], COMPUTED),
    **dict.fromkeys([f"polynomial.{module}.{prefix}fromroots" for module, prefix in FAMILIES]
        + ["polynomial.polynomial.polyvalfromroots"], COMPUTED),
    "polynomial.polyutils.format_float": TEXT,
    "ndarray.view": "without a type, the same array",
    "scalar types (float64, float32, complex128, int64, bool, str_, ...)": f"np.object_ the dual, np.str_ {TEXT}",
    "s_": INDEX,
    "index_exp": INDEX,
    **dict.fromkeys(["histogram", "histogram2d", "histogramdd", "histogram_bin_edges"], WEIGHTS),
    "testing.assert_*": "a question about values, answered",
}  # fmt: skip


# ---------------------------------------------------------------- where NumPy does not hand a call over
def filled(write: Callable[[Any, Any], Any], *args: Any) -> Case:
    """Return the call that writes duals into a plain array."""

    def called(*moving: Any) -> Any:
        plain = W.copy()
        write(plain, *moving)
        return plain

    return Case(args, called)


PAIR, SQUARED = POSITIVE[:2], S[:2, :2]
NOT_HANDED_OVER: dict[str, Case] = {
    # lists and object arrays of scalar duals
    **{f"np.{f} of a list": via(lambda x, f=f: resolve(f)([x[0], x[1], 1.0]), PAIR)
        for f in ("sin", "exp", "sqrt", "square", "sum", "mean", "max", "min", "prod", "std", "var", "median", "sort",
        "cumsum", "cumprod", "diff", "linalg.norm", "average", "ptp", "argsort", "flip", "copy", "ravel", "unique", "abs",
        "negative", "floor", "isnan", "gradient", "fft.fft", "nansum", "nanmean", "poly", "roots", "diag", "atleast_2d",
        "trapezoid", "real", "angle", "unwrap", "cov", "nan_to_num", "i0", "sinc", "vander", "ediff1d")},
    **{f"np.{f} of an object array": via(lambda x, f=f: resolve(f)(np.array([x[0], x[1], 1.0])), PAIR)
        for f in ("sin", "sum", "mean", "max", "min", "prod", "std", "var", "sort", "cumsum", "median", "linalg.norm", "abs",
        "sign", "average", "nansum")},
    **{f"np.{f} of rows": via(lambda x, f=f: resolve(f)([[x[0, 0], x[0, 1]], [x[1, 0], 3.0]]), SQUARED)
        for f in ("stack", "vstack", "concatenate", "linalg.inv", "linalg.det", "trace", "transpose", "block",
        "linalg.eigvalsh", "linalg.svdvals")},
    "dot of lists": via(lambda x: np.dot([x[0], x[1]], [1.0, 2.0]), PAIR),
    "matmul of lists": via(lambda x: np.matmul([x[0], x[1]], [1.0, 2.0]), PAIR),
    "dot of object arrays": via(lambda x: np.array([x[0], x[1]]).dot(np.array([x[1], 2.0])), PAIR),
    "matmul of object arrays": via(lambda x: np.array([x[0], x[1]]) @ np.array([x[1], 2.0]), PAIR),
    "einsum of lists": via(lambda x: np.einsum("i,i", [x[0], x[1]], [1.0, 2.0]), PAIR),
    "where of lists": via(lambda x: np.where([True, False], [x[0], x[1]], 0.0), PAIR),
    "interp at a list": via(lambda x: np.interp([x[0], x[1]], GRID, np.sin(GRID)), PAIR),
    "clip of a list": via(lambda x: np.clip([x[0], x[1]], -0.3, 0.4), PAIR),
    "dot of a plain array and a list": via(lambda x: V[:2].dot([x[0], x[1]]), PAIR),
    "sum of Python": via(lambda x: sum(x), V),
    "max of Python": via(lambda x: max(x) * min(x), V),
    "sorted": via(lambda x: sorted(x), V),
    "math.fsum": via(lambda x: math.fsum(x), V),
    "math.hypot": via(lambda x: math.hypot(*x), V),
    "math.prod": via(lambda x: math.prod(x), V),
    "abs, pow, divmod": via(lambda x: [abs(x), pow(x, 2), divmod(x, 0.4)[1]], A),
    # parameters
    "clip": via(lambda a: np.clip(V, 0.0, a), A),
    ".clip": via(lambda a: V.clip(0.0, a), A),
    "full_like": via(lambda a: np.full_like(V, a), A),
    "pad": via(lambda a: np.pad(V, 1, constant_values=a), A),
    "pad ramp": via(lambda a: np.pad(V, 1, "linear_ramp", end_values=a), A),
    "select": via(lambda a: np.select([V < 0], [V], default=a), A),
    "interp left": via(lambda a: np.interp(V, GRID[3:6], GRID[3:6], left=a), A),
    "interp right": via(lambda a: np.interp(V, GRID[3:6], GRID[3:6], right=a), A),
    "interp period": via(lambda a: np.interp(V, GRID[3:6], GRID[3:6], period=a), np.array(3.1)),
    "sum initial": via(lambda a: np.sum(V, initial=a), A),
    ".sum initial": via(lambda a: V.sum(initial=a), A),
    "max initial": via(lambda a: np.max(V, initial=a), np.array(9.0)),
    "add.reduce initial": via(lambda a: np.add.reduce(V, initial=a), A),
    ".dot": via(lambda x: V.dot(x), W),
    ".choose": via(lambda x: np.array([0, 1, 0, 1, 0]).choose([x, W]), V),
    ".searchsorted": via(lambda x: ORDERED.searchsorted(x), V),
    "trapezoid dx": via(lambda a: np.trapezoid(V, dx=a), A),
    "unwrap period": via(lambda a: np.unwrap(5 * V, period=a), np.array(3.0)),
    "nan_to_num": via(lambda a: np.nan_to_num(GAPS, nan=a), A),
    "piecewise": via(lambda a: np.piecewise(V, [V < 0], [lambda t: t * a, a]), A),
    "apply_along_axis": via(lambda a: np.apply_along_axis(lambda row: row * a, 0, M), A),
    "apply_along_axis to a scalar": via(lambda a: np.apply_along_axis(lambda row: row[0] * a, 0, M), A),
    "diff prepend": via(lambda a: np.diff(V, prepend=a), A),
    "ediff1d to_begin": via(lambda a: np.ediff1d(V, to_begin=a), A),
    "gradient spacing": via(lambda a: np.gradient(V, a), A),
    "average weights": via(lambda w: np.average(V, weights=w), POSITIVE),
    "cov aweights": via(lambda w: np.cov(M, aweights=w), POSITIVE[:4]),
    "quantile q": via(lambda q: np.quantile(V, q), np.array(0.37)),
    "quantile weights": via(lambda w: np.quantile(V, 0.37, method="inverted_cdf", weights=w), POSITIVE),
    "std ddof": via(lambda a: np.std(V, ddof=a), A),
    "norm ord": via(lambda a: np.linalg.norm(V, a), np.array(2.5)),
    "pinv rcond": via(lambda a: np.linalg.pinv(M, a), np.array(1e-3)),
    "insert": via(lambda a: np.insert(V, 1, a), A),
    "append": via(lambda a: np.append(V, a), A),
    "linspace num": via(lambda a: np.linspace(0.0, 1.0, a), np.array(3.0)),
    "logspace base": via(lambda a: np.logspace(0.0, 1.0, 3, base=a), np.array(3.0)),
    "roll": via(lambda a: np.roll(V, a), np.array(1.0)),
    "einsum out": via(lambda x: np.einsum("ij->i", x, out=np.zeros(3)), M),
    "where of a ufunc": via(lambda x: np.add(V, 1.0, where=x > 0, out=np.zeros(5)), W),
    "complex sign": via(np.sign, Z),
    "complex floor part": via(lambda z: np.round(z), Z),
    "real and imaginary parts set": via(lambda x: [y := np.zeros_like(x, dtype=complex), set_attribute(y, "real", x), y][-1],
        V),
    # writes into plain arrays
    "[i] =": filled(lambda y, a: setitem(y, 0, a), A),
    "[:] =": filled(lambda y, x: setitem(y, slice(None), x), V),
    "[mask] =": filled(lambda y, x: setitem(y, MASK, x), V[:3]),
    ".flat[i] =": filled(lambda y, a: setitem(y.flat, 0, a), A),
    ".flat =": filled(lambda y, x: set_attribute(y, "flat", x), V),
    ".real =": filled(lambda y, x: set_attribute(y, "real", x), V),
    ".fill": filled(lambda y, a: y.fill(a), A),
    ".put": filled(lambda y, a: y.put([1], a), A),
    "[()] =": filled(lambda y, a: setitem(y, (), a), A),
    "put": filled(lambda y, a: np.put(y, [1], a), A),
    "place": filled(lambda y, a: np.place(y, MASK, a), V[:1]),
    "putmask": filled(lambda y, a: np.putmask(y, MASK, a), A),
    "copyto": filled(np.copyto, V),
    "put_along_axis": filled(lambda y, x: np.put_along_axis(y, np.arange(5), x, 0), V),
    "fill_diagonal": via(lambda a: [y := S.copy(), fill_diagonal(y, a), y][-1], A),
    "+=": filled(operator.iadd, V),
    "*=": filled(operator.imul, V),
    "out": filled(lambda y, x: np.multiply(x, 2.0, out=y), V),
    "out of cumsum": filled(lambda y, x: np.cumsum(x, out=y), V),
    "out of dot": via(lambda x: [y := np.zeros((3, 3)), np.dot(x, x.T, out=y), y][-1], M),
    "out of matmul": via(lambda x: [y := np.zeros((3, 3)), np.matmul(x, x.T, out=y), y][-1], M),
    "out of clip": filled(lambda y, x: np.clip(x, 0.0, 1.0, out=y), V),
    "out of take": filled(lambda y, x: np.take(x, [0, 1, 2, 3, 4], out=y), V),
    "add.at": filled(lambda y, a: np.add.at(y, [0, 0], a), A),
    "list of a memory": via(lambda x: list(memoryview(x)), V),
    "struct": via(lambda x: bytes(x) and 0.0, V),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_HANDED_OVER)
def test_never_lost(name: str) -> None:
    """Where NumPy does not hand a dual over, the derivative is right or an error is raised."""
    case = NOT_HANDED_OVER[name]
    for active in activities(len(case.args)):
        is_right(case, None, active, own=False)


@pytest.mark.parametrize("owner, table", [(np.random.Generator, GENERATOR_ONLY), (np.random.RandomState, STATE_ONLY)])
def test_every_method_that_draws_is_tested(owner: Any, table: dict[str, Any]) -> None:
    """Every public method of numpy.random's generators is called with duals, but for those that take nothing of the kind."""
    names = {name for name in dir(owner) if not name.startswith("_") and callable(getattr(owner, name))}
    # The generator behind, or its state alone.
    names -= {"bit_generator", "get_state", "shuffle"}
    assert names <= set(DISTRIBUTIONS) | set(table)


def test_the_census_is_whole() -> None:
    """Every row says one of four things, and every case belongs to a row."""
    assert len(ROWS) == 870
    tables: dict[str, Iterable[str]] = {
        "diff": [*DIFF, *REFUSED],
        "constant-zero": ZERO,
        "passthrough": [*PASSTHROUGH, *CHECKS],
        "raise": RAISE,
    }
    assert {row["expected"] for row in ROWS.values()} == set(tables)
    for expected, names in tables.items():
        assert set(names) <= set(rows(expected))
    assert set(BETTER) <= set(RAISE)
