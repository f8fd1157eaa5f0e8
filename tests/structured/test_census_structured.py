"""Structured and dense tangents agree on every function of NumPy that is differentiated.

The calls are those of test_census.py. Complex arguments are given as real and imaginary parts, so that each function has a
Jacobian, and some of them complex results.
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

try:
    import scipy.sparse
except ImportError:
    HAVE_SCIPY = False
else:
    HAVE_SCIPY = True


def _module(path: Path) -> Any:
    """Return a test file as a module: tests are no package."""
    spec = importlib.util.spec_from_file_location(f"structured_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


second_order = _module(Path(__file__).parents[1] / "test_second_order_census.py")
NAMES: list[str] = second_order.NAMES
pytestmark = [*second_order.pytestmark, pytest.mark.filterwarnings("ignore::dualdiff.PerformanceWarning")]

Function = Callable[[Any], Any]


def in_parts(f: Function, x: tuple[Any, ...]) -> tuple[Function, tuple[Any, ...]]:
    """Return the function of real arguments alone, and the point: a complex argument is a pair."""
    if not any(map(np.iscomplexobj, x)):
        return f, x

    def of_parts(parts: Any) -> Any:
        return f(tuple(part[0] + 1j * part[1] if isinstance(part, tuple) else part for part in parts))

    return of_parts, tuple((np.real(leaf), np.imag(leaf)) if np.iscomplexobj(leaf) else leaf for leaf in x)


def calls(name: str) -> list[tuple[Function, tuple[Any, ...]]]:
    """Return the functions of one tuple of real arrays that a row's cases are, and the points."""
    return [in_parts(f, x) for f, x in second_order.calls(name)]


def leaves(tree: Any) -> list[Any]:
    """Return the arrays in nested containers."""
    found: list[Any] = second_order.census.leaves(tree)
    return found


def assert_same(found: Any, expected: Any, tolerance: float) -> None:
    """Assert the same shapes and dtypes, nan and inf where they were, and entries that agree relative to the largest."""
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
        scale = max(1.0, float(np.max(np.abs(b)[np.isfinite(b)], initial=0.0)))
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def outcome(evaluate: Callable[[], Any]) -> Any:
    """Return the result, or the error."""
    try:
        return evaluate()
    except Exception as error:  # noqa: BLE001 - compared
        return error


def compare(make: Callable[[str], Any], tolerance: float) -> None:
    """Assert that structured and automatic tangents give what dense ones give, errors included."""
    expected = outcome(lambda: make("dense"))
    for tangents in ("structured", "auto"):
        found = outcome(lambda tangents=tangents: make(tangents))  # type: ignore[misc]
        if isinstance(expected, Exception):
            assert type(found) is type(expected), f"{found!r} instead of {expected!r}"
        elif isinstance(found, Exception):
            raise found
        else:
            assert_same(found, expected, tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_first_order(name: str) -> None:
    """Value and Jacobian are the same."""
    for f, x in calls(name):
        compare(lambda tangents, f=f, x=x: dd.value_and_jacobian(f, tangents=tangents)(x), 1e-12)  # type: ignore[misc]


def composed(f: Function, seed: int) -> Function:
    """Return the function of x + sin(x + A x) / 4, with A far from the identity: every operand has several terms."""

    def mixed(leaf: Any) -> Any:
        flat = np.reshape(leaf, -1)
        matrix = np.random.default_rng(seed).normal(size=(flat.size, flat.size))
        return leaf + np.reshape(0.003 * np.sin(flat + np.roll(flat, 1) ** 2 + matrix @ flat), np.shape(leaf))

    return lambda x: f(tuple(tuple(map(mixed, leaf)) if isinstance(leaf, tuple) else mixed(leaf) for leaf in x))


@pytest.mark.parametrize("name", NAMES)
def test_first_order_of_a_composition(name: str) -> None:
    """It stays so where the arguments are results: their rows are dense and shared, the indices moved."""
    for f, x in calls(name):
        with np.errstate(all="ignore"):
            compare(lambda tangents, f=f, x=x: dd.jacobian(composed(f, 3), tangents=tangents)(x), 1e-11)  # type: ignore[misc]


@pytest.mark.parametrize("name", NAMES)
def test_second_order(name: str) -> None:
    """The Hessian of every output is the same."""
    for f, x in calls(name):
        compare(lambda tangents, f=f, x=x: dd.hessian(f, tangents=tangents)(x), 1e-11)  # type: ignore[misc]


#: Of the tangents outside and inside.
PAIRS: list[tuple[Any, Any]] = [("structured", "structured"), ("dense", "structured"), ("structured", "dense")]


@pytest.mark.parametrize("name", NAMES)
def test_gradient_of_a_gradient(name: str) -> None:
    """Jacobians of Jacobians are the dense Hessian, whichever of the two is structured."""
    for f, x in calls(name)[:2]:
        expected = outcome(lambda f=f, x=x: dd.hessian(f, tangents="dense")(x))  # type: ignore[misc]
        if isinstance(expected, Exception):
            continue
        for outer, inner in PAIRS:
            found = dd.jacobian(dd.jacobian(f, tangents=inner), tangents=outer)(x)
            assert_same(found, expected, 1e-10)


@pytest.mark.skipif(not HAVE_SCIPY, reason="SciPy holds the sparse matrix")
@pytest.mark.parametrize("name", NAMES)
def test_sparse(name: str) -> None:
    """The sparse Jacobian holds the dense one, its pattern every nonzero entry of it."""
    for f, x in calls(name):
        expected = outcome(lambda f=f, x=x: dd.value_and_jacobian(f, tangents="dense")(x))  # type: ignore[misc]
        if isinstance(expected, Exception):
            continue
        value, tree = expected
        matrix: Any = dd.jacobian(f, sparse=True)(x)
        assert isinstance(matrix, scipy.sparse.csr_array)
        columns = [np.size(leaf) for leaf in leaves(x)]
        flat, rows = leaves(tree), []
        for i, out in enumerate(leaves(value)):
            row = flat[i * len(columns) : (i + 1) * len(columns)]
            rows.append(np.concatenate([np.reshape(b, (np.size(out), n)) for b, n in zip(row, columns, strict=True)], axis=1))
        assert_same(matrix.toarray(), np.concatenate(rows), 1e-12)
        pattern: Any = dd.jacobian_sparsity(f, x)
        assert pattern.shape == matrix.shape
        assert not np.any((np.concatenate(rows) != 0) & ~pattern.toarray())


def lowered(tree: Any) -> Any:
    """Return arrays in single precision."""
    if isinstance(tree, tuple):
        return tuple(map(lowered, tree))
    return np.asarray(tree, np.float32)


@pytest.mark.parametrize("name", NAMES)
def test_single_precision(name: str) -> None:
    """In single precision the dtypes are those of dense tangents, and the numbers agree to that precision."""
    for f, x in calls(name):
        low = lowered(x)
        expected = outcome(lambda f=f, low=low: dd.jacobian(f, tangents="dense")(low))  # type: ignore[misc]
        if isinstance(expected, Exception):
            continue
        assert_same(dd.jacobian(f, tangents="structured")(low), expected, 2e-4)
