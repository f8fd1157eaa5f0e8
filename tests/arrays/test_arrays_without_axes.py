"""Arrays of no axes are written into like any other; scalars are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def in_a_copy(x: Any) -> Any:
    """Return x cos x, written into a copy."""
    b = x.copy()
    b *= np.cos(x)
    return b


def through_a_view(x: Any) -> Any:
    """Return x cos x, written through a view."""
    v = np.reshape(x, (1, 1))
    v *= np.cos(x)
    return x * 1.0


def through_ravel(x: Any) -> Any:
    """Return x cos x, written through a flat view."""
    v = np.ravel(x)
    v *= np.cos(x)
    return np.sum(v)


@pytest.mark.parametrize("tangents", ["auto", "dense", "structured"])
@pytest.mark.parametrize("f", [in_a_copy, through_a_view, through_ravel], ids=lambda f: f.__name__)
def test_written_in_place(f: Callable[[Any], Any], tangents: Any) -> None:
    """First and second derivative of what was written into an array of no axes."""
    x = np.array(0.5)
    assert dd.grad(f, tangents=tangents)(x) == pytest.approx(np.cos(0.5) - 0.5 * np.sin(0.5), rel=1e-15)
    bend = -2 * np.sin(0.5) - 0.5 * np.cos(0.5)
    assert dd.hessian(f, tangents=tangents)(x) == pytest.approx(bend, rel=1e-15)
    assert dd.jacobian(dd.grad(f, tangents=tangents), tangents=tangents)(x) == pytest.approx(bend, rel=1e-15)


@pytest.mark.parametrize("tangents", ["auto", "dense", "structured"])
def test_a_scalar_is_not_written_into(tangents: Any) -> None:
    """s[...] of a scalar is a new array, as in NumPy: writing into it leaves s alone."""

    def f(x: Any) -> Any:
        s = np.sum(x * x)
        v = s[...]
        v[...] = 1.0
        return s

    np.testing.assert_array_equal(dd.grad(f, tangents=tangents)(np.array([1.0, 2.0])), [2.0, 4.0])
    np.testing.assert_array_equal(dd.hessian(f, tangents=tangents)(np.array([1.0, 2.0])), 2 * np.eye(2))


@pytest.mark.parametrize("tangents", ["auto", "dense", "structured"])
def test_a_view_of_einsum_is_written_through(tangents: Any) -> None:
    """np.einsum of one operand is a view where it only moves entries, at second order too."""

    def f(a: Any) -> Any:
        a = a * 1.0
        v = np.einsum("ij->ji", a)
        v += np.cos(v)
        return np.sum(a**2)

    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    b = a + np.cos(a)
    expected = 2 * ((1 - np.sin(a)) ** 2 - b * np.cos(a))
    found = dd.hessian(f, tangents=tangents)(a).reshape(4, 4)
    np.testing.assert_allclose(found, np.diag(expected.ravel()), rtol=1e-13, atol=1e-13)
