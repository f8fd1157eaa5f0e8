"""Convolutions and cross products keep their structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

rng = np.random.default_rng(5)
Function = Callable[[Any], Any]


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("taps", [1, 2, 3, 4, 12])
@pytest.mark.parametrize("length", [3, 9, 40])
def test_convolution(length: int, taps: int, mode: Any) -> None:
    """Both operands of a convolution and a correlation, in every mode, shorter or longer, and both at once."""
    x, w = rng.normal(size=length), rng.normal(size=taps)
    functions: list[Function] = [
        lambda x: np.convolve(x, w, mode),
        lambda x: np.convolve(w, x, mode),
        lambda x: np.correlate(x, w, mode),
        lambda x: np.correlate(w, x, mode),
        lambda x: np.convolve(x * x, x[:taps], mode),
    ]
    for f in functions:
        expected = dd.jacobian(f, tangents="dense")(x)
        np.testing.assert_allclose(dd.jacobian(f, tangents="structured")(x), expected, rtol=1e-13, atol=1e-13)
        g: Function = lambda x, f=f: np.sum(np.sin(f(x)))  # type: ignore[misc]  # noqa: E731
        bends = dd.hessian(g, tangents="dense")(x)
        np.testing.assert_allclose(dd.hessian(g, tangents="structured")(x), bends, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["first", "second", "one row", "row first", "both", "row of the input"])
def test_cross_product(name: str) -> None:
    """The cross product, with either operand broadcast."""
    x, c = rng.normal(size=(10, 3)), rng.normal(size=(10, 3))
    f: Function = {
        "first": lambda x: np.cross(x, c),
        "second": lambda x: np.cross(c, x),
        "one row": lambda x: np.cross(x, c[0]),
        "row first": lambda x: np.linalg.cross(c[0], x),
        "both": lambda x: np.cross(x, x[::-1] ** 2),
        "row of the input": lambda x: np.cross(x[0], c),
    }[name]
    expected = dd.jacobian(f, tangents="dense")(x)
    np.testing.assert_allclose(dd.jacobian(f, tangents="structured")(x), expected, rtol=1e-14, atol=1e-14)
    g: Function = lambda x: np.sum(np.sin(f(x)))  # noqa: E731
    bends = dd.hessian(g, tangents="dense")(x)
    np.testing.assert_allclose(dd.hessian(g, tangents="structured")(x), bends, rtol=1e-12, atol=1e-12)


def test_patterns() -> None:
    """A short kernel gives a band, a cross product two entries for each factor."""
    sparse = pytest.importorskip("scipy.sparse")
    J = dd.jacobian(lambda x: np.convolve(x * x, [1.0, -2.0, 1.0], "same"), sparse=True)(np.ones(3000))
    assert isinstance(J, sparse.csr_array)
    assert J.nnz == 3 * 3000 - 2
    c = rng.normal(size=(100, 3))
    assert dd.jacobian(lambda x: np.cross(x, c), sparse=True)(c).nnz == 600
