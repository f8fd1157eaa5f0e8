"""Sums over segments keep their structure, and structure that is lost is reported."""

from __future__ import annotations

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
