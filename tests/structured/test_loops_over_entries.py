"""Loops over the entries of a vector: each entry of a small problem is read as a dense row."""

from typing import Any

import numpy as np
import pytest

import dualdiff as dd

N = 100


def recurrence(x: Any) -> Any:
    """Every step depends on all that came before."""
    s: Any = 0.1
    for i in range(len(x)):
        s = np.sin(s) * x[i] + 0.5 * s - x[-i] / 7
    return s


def from_several_parts(x: Any) -> Any:
    """Entries of vectors that have been moved, summed, scaled, filled with zeros and written into."""
    y = np.concatenate([x[::-1], np.zeros(3), 2 * x[1:] * x[:-1]])
    z = y.copy()
    z[4] = x[0] * x[1]
    w = np.cumsum(x)
    return sum(np.exp(-y[k]) * z[-k - 1] + z[4] * w[k] for k in range(0, len(x), 7)) + np.roll(x, 1)[0] ** 2


@pytest.mark.parametrize("f", [recurrence, from_several_parts])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_as_with_dense_tangents(f: Any, dtype: Any) -> None:
    """Gradient and its own derivative."""
    x = np.random.default_rng(2).uniform(0.2, 1.0, N).astype(dtype)
    tolerance = 1e-12 if dtype is np.float64 else 2e-4
    expected = dd.grad(f, tangents="dense")(x)
    found = dd.grad(f)(x)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
    if dtype is np.float64:
        v = np.random.default_rng(3).standard_normal(N)
        nested = dd.jvp(dd.grad(f), (x,), (v,))[1]
        np.testing.assert_allclose(nested, dd.hvp(f, x, v), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(nested, dd.jvp(dd.grad(f, tangents="dense"), (x,), (v,))[1], rtol=1e-10, atol=1e-12)


def test_an_entry_is_a_copy() -> None:
    """What is written into the vector afterwards does not reach it."""

    def f(x: Any) -> Any:
        first = x[0]
        x[0] = x[1] * 5
        return first * 3 + x[0]

    x = np.ones(N)
    expected = np.zeros(N)
    expected[:2] = 3, 5
    assert np.array_equal(dd.grad(f)(x), expected)
