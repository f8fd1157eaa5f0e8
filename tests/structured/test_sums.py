"""Sums over segments keep their structure, and structure that is lost is reported."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

pytest.importorskip("scipy.sparse")
Function = Callable[[Any], Any]
X = np.random.default_rng(0).normal(size=200)


@pytest.mark.parametrize(
    ("starts", "stored"), [([0, 5, 9, 100], 200), ([0, 3, 3, 2, 150], 203), ([7], 193), ([0, 1, 2, 3], 200)]
)
def test_segments(starts: list[int], stored: int) -> None:
    """np.add.reduceat, with segments that do not go forward too."""
    f: Function = lambda x: np.add.reduceat(x * x, starts)  # noqa: E731
    expected = dd.jacobian(f, tangents="dense")(X)
    np.testing.assert_allclose(dd.jacobian(f, tangents="structured")(X), expected, rtol=1e-15)
    matrix = dd.jacobian(f, sparse=True)(X)
    np.testing.assert_allclose(matrix.toarray(), expected, rtol=1e-15)
    assert matrix.nnz == stored


def test_many_zeros_are_reported() -> None:
    """A sparse matrix that holds mostly zeros, because structure was lost, comes with a warning."""
    f: Function = lambda x: np.concatenate([np.linalg.inv(x[:100].reshape(10, 10)).ravel(), x] * 10)  # noqa: E731
    with pytest.warns(dd.PerformanceWarning, match="explain"):
        dd.jacobian(f, sparse=True)(np.eye(40).ravel()[:1600] + 0.01 * np.arange(1600))


def _attention(x: Any) -> Any:
    """Sums of sums, in which each entry depends on each input many times over."""
    scores = x @ x.T / 2
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.sum((weights / weights.sum(axis=1, keepdims=True) @ x) ** 2)


def _coupled(x: Any) -> Any:
    for _ in range(3):
        x = np.tanh(np.sum(x[:, None] * x, axis=1))
    return x


def _half_coupled(x: Any) -> Any:
    return np.concatenate([_coupled(x[:12]), x[12:] ** 2])


@pytest.mark.parametrize("f", [_coupled, _half_coupled])
def test_sums_of_sums_store_a_column_once(f: Function) -> None:
    """Sparse rows do not hold ever more entries of the same columns."""
    x = 0.1 * X[:24]
    expected = dd.jacobian(f, tangents="dense")(x)
    tracemalloc.start()
    matrix = dd.jacobian(f, sparse=True)(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_allclose(matrix.toarray(), expected, rtol=1e-12, atol=1e-15)
    assert matrix.nnz == np.count_nonzero(expected)
    assert peak < 4e6


def test_sparse_hessian_of_sums_of_sums() -> None:
    """So the sparse Hessian of a small transformer costs no more than a dense one, and has the same entries."""
    x = X[:20].reshape(5, 4)
    expected = dd.hessian(_attention, tangents="dense")(x).reshape(20, 20)
    tracemalloc.start()
    matrix = dd.hessian(lambda x: _attention(x.reshape(5, 4)), sparse=True)(x.ravel())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_allclose(matrix.toarray(), expected, rtol=1e-11, atol=1e-13)
    assert peak < 6e6
    third = dd.jvp(lambda x: dd.hessian(_attention, tangents="structured")(x), x, x)[1]
    np.testing.assert_allclose(third, dd.jvp(dd.hessian(_attention, tangents="dense"), x, x)[1], rtol=1e-9, atol=1e-11)
