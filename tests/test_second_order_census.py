"""Hyper-duals, duals of duals and Taylor series agree on every function of NumPy that is differentiated.

The calls are those of test_census.py. Duals of duals are the slow, obvious definition: they know the first derivative only.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def _module(path: Path) -> Any:
    """Return a test file as a module: tests are no package."""
    spec = importlib.util.spec_from_file_location(f"reused_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


census = _module(Path(__file__).parent / "test_census.py")
NAMES = [name for name in census.rows("diff") if census.DIFF.get(name)]

pytestmark = [
    *census.pytestmark,
    pytest.mark.filterwarnings("ignore:Casting complex values to real:numpy.exceptions.ComplexWarning"),
    pytest.mark.filterwarnings("ignore:you are shuffling a 'Taylor' object:UserWarning"),
]


def taking_one(f: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return a function of a tuple of arguments."""
    return lambda xs: f(*xs)


def calls(name: str) -> list[tuple[Callable[[Any], Any], tuple[Any, ...]]]:
    """Return the functions of one tuple that a row's cases are, and the points."""
    found = census.resolved(name)
    pairs: list[tuple[Callable[[Any], Any], tuple[Any, ...]]] = []
    for case in census.DIFF[name]:
        f = census.bound(case, found)
        pairs.append((taking_one(f), case.args))
    return pairs


def nested(f: Callable[..., Any], *along: Any) -> Callable[[Any], Any]:
    """Return the derivative along several directions, one after the other, by duals of duals."""
    for v in along:
        f = lambda x, f=f, v=v: dd.jvp(f, (x,), (v,))[1]  # noqa: E731 - one a direction
    return f


def close(found: Any, expected: Any, rtol: float = 1e-10) -> None:
    """Assert that derivatives agree relative to their largest entry, nan where nan."""
    census.assert_close(found, expected, rtol)


def picked(tree: Any, *index: int) -> list[Any]:
    """Return one direction of every leaf."""
    return [np.asarray(leaf)[index] for leaf in census.leaves(tree)]


def stacked(*along: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return several directions as one, in front."""
    return tuple(np.stack(v) for v in zip(*along, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_one_direction(name: str) -> None:
    """The second derivative along u and v is that of duals of duals, by hyper-duals and by Taylor series."""
    for f, x in calls(name):
        u, v = census.directions(x, 1), census.directions(x, 2)
        close(dd.second_directional_derivative(f, x, u, v), nested(f, u, v)(x))
        series = dd.taylor(f, x, u, 2)
        for leaf, value in zip(picked(series, 0), census.leaves(f(x)), strict=True):
            census.assert_value(leaf if np.asarray(value).dtype.kind in "fc" else leaf.astype(np.asarray(value).dtype), value)
        close(picked(series, 1), nested(f, u)(x))
        close([2 * leaf for leaf in picked(series, 2)], nested(f, u, u)(x))


@pytest.mark.parametrize("name", NAMES)
def test_third_order(name: str) -> None:
    """The third derivative by Taylor series is that of duals of duals of duals."""
    for f, x in calls(name):
        u = census.directions(x, 3)
        close(dd.directional_derivative(f, x, u, order=3), nested(f, u, u, u)(x), 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_several_directions(name: str) -> None:
    """Several directions in front give what each of them gives alone, in all three."""
    for f, x in calls(name):
        u, v, w = (census.directions(x, seed) for seed in (1, 2, 3))
        first, second = stacked(u, v), stacked(v, w, u)
        mixed = dd.second_directional_derivative(f, x, first, second)
        series = dd.taylor(f, x, second, 2)
        for j, b in enumerate((v, w, u)):
            alone = dd.taylor(f, x, b, 2)
            for k in range(3):
                close(picked(series, k, j), picked(alone, k))
            for i, a in enumerate((u, v)):
                close(picked(mixed, i, j), dd.second_directional_derivative(f, x, a, b))
        chained = dd.jvp(lambda y, f=f, first=first: dd.jvp(f, (y,), (first,))[1], (x,), (second,))[1]
        for i in range(2):
            for j in range(3):
                close(picked(chained, j, i), picked(mixed, i, j))


def lowered(tree: Any) -> Any:
    """Return arrays in single precision."""
    return tuple(np.asarray(leaf, np.complex64 if np.iscomplexobj(leaf) else np.float32) for leaf in tree)


#: Python's floats have no precision of their own, and the length of this remainder depends on rounding.
WITHOUT_SINGLE = {"ndarray.tolist", "polydiv"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_SINGLE])
def test_single_precision(name: str) -> None:
    """In single precision all three keep the precision of the function's value, and agree to it."""
    for f, x in calls(name):
        u, v = census.directions(x, 1), census.directions(x, 2)
        # Where a case is sharp, rounding the point changes the answer: the reference is at the rounded point.
        low = lowered(x)
        try:
            with np.errstate(all="raise"):
                value = f(low)
        except (TypeError, ValueError, FloatingPointError):
            continue
        high = tuple(np.asarray(leaf, complex if np.iscomplexobj(leaf) else float) for leaf in low)
        uu, vv = lowered(u), lowered(v)
        exact = nested(f, uu, vv)(high)
        series = dd.taylor(f, low, uu, 2)
        exact_series = dd.taylor(f, high, uu, 2)
        results = [dd.second_directional_derivative(f, low, uu, vv), nested(f, uu, vv)(low)]
        for result in results:
            for leaf, right, of in zip(*map(census.leaves, (result, exact, value)), strict=True):
                assert np.asarray(leaf).dtype == np.asarray(of).dtype or np.asarray(of).dtype.kind not in "fc"
                size = float(np.max(np.abs(right)[np.isfinite(right)], initial=1.0))
                np.testing.assert_allclose(leaf, right, rtol=2e-3, atol=2e-3 * size)
        for leaf, right, of in zip(*map(census.leaves, (series, exact_series, value)), strict=True):
            assert np.asarray(leaf).dtype == np.asarray(of).dtype or np.asarray(of).dtype.kind not in "fc"
            size = float(np.max(np.abs(right)[np.isfinite(right)], initial=1.0))
            np.testing.assert_allclose(leaf, right, rtol=2e-3, atol=2e-3 * size)


ARRANGEMENTS: dict[str, Callable[[Any], Any]] = {
    "reversed view": lambda x: x[::-1].copy()[::-1],
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "Fortran order": lambda x: np.asfortranarray(x) if x.ndim > 1 else x,
    "byte-swapped": lambda x: x.astype(x.dtype.newbyteorder()),
}


@pytest.mark.parametrize("name", NAMES)
def test_arrangement_in_memory(name: str) -> None:
    """The arrangement of a point and its directions in memory changes nothing."""
    for f, x in calls(name)[:2]:
        if not all(isinstance(leaf, np.ndarray) and leaf.ndim for leaf in x):
            continue
        u, v = census.directions(x, 1), census.directions(x, 2)
        mixed, series = dd.second_directional_derivative(f, x, u, v), dd.taylor(f, x, u, 2)
        for arranged in ARRANGEMENTS.values():
            moved, along, across = (tuple(map(arranged, tree)) for tree in (x, u, v))
            close(dd.second_directional_derivative(f, moved, along, across), mixed, 1e-11)
            close(dd.taylor(f, moved, along, 2), series, 1e-11)


ELEMENTWISE = [
    name
    for name in NAMES
    if census.ROWS[name]["kind"].startswith("elementwise") and census.ROWS[name]["diff_args"] == "x" and name != "ldexp"
]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_shapes_without_axes_or_entries(name: str) -> None:
    """Python scalars, NumPy scalars, 0-d and empty arrays: the shape of the value, and the same numbers."""
    f = census.resolved(name)
    for point in (1.375, np.float64(1.375), np.array(1.375), 2):
        x = point if name not in {"arccos", "acos", "arcsin", "asin", "arctanh", "atanh"} else point * 0.25
        with np.errstate(all="ignore"):
            if not np.all(np.isfinite(np.asarray(f(x), complex))):
                continue
            along = np.float64(0.5)
            exact = nested(f, along, along)(np.array([float(x)])[0])
            close(dd.second_directional_derivative(f, x, along, along), exact)
            series = dd.taylor(f, x, along, 2)
            close([2 * leaf for leaf in picked(series, 2)], exact)
            for leaf, value in zip(*map(census.leaves, (series, f(x))), strict=True):
                assert np.shape(leaf) == (3,) + np.shape(value)
    for shape in ((0,), (2, 0)):
        empty = np.zeros(shape)
        for leaf, value in zip(*map(census.leaves, (dd.taylor(f, empty, empty, 2), f(empty))), strict=True):
            assert np.shape(leaf) == (3,) + np.shape(value)
        mixed = dd.second_directional_derivative(f, empty, empty, empty)
        for leaf, value in zip(*map(census.leaves, (mixed, f(empty))), strict=True):
            assert np.shape(leaf) == np.shape(value)
