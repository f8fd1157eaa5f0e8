"""``linearize``: the value at a point and the linear map there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dualdiff as dd

X = np.array([0.3, -1.2, 0.7])


def f(x: Any) -> Any:
    """Return a vector function of three variables."""
    return np.stack([np.sin(x[0] * x[1]), x[2] ** 2 * x[0]])


def jacobian(x: Any) -> Any:
    """Return its Jacobian, by hand."""
    c = np.cos(x[0] * x[1])
    return np.array([[x[1] * c, x[0] * c, 0.0], [x[2] ** 2, 0.0, 2 * x[2] * x[0]]])


def test_value_and_linear_map() -> None:
    """The value is the function's own and the map is the Jacobian applied to v."""
    value, linear = dd.linearize(f, X)
    assert np.array_equal(value, f(X))
    for v in np.eye(3):
        np.testing.assert_allclose(linear(v), jacobian(X) @ v, rtol=1e-14, atol=1e-15)


def test_the_map_is_linear() -> None:
    """linear(a u + b v) = a linear(u) + b linear(v), and linear(0) = 0."""
    linear = dd.linearize(f, X)[1]
    u, v = np.random.default_rng(0).normal(size=(2, 3))
    np.testing.assert_allclose(linear(2 * u - 3 * v), 2 * linear(u) - 3 * linear(v), rtol=1e-13)
    assert not np.any(linear(np.zeros(3)))


def test_many_uses_of_one_map() -> None:
    """The map may be applied many times, in any order, with the same results."""
    linear = dd.linearize(f, X)[1]
    first = [linear(v) for v in np.eye(3)]
    second = [linear(v) for v in np.eye(3)[::-1]][::-1]
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a, b)


def test_the_point_is_fixed() -> None:
    """Changing the caller's array afterwards does not change the map, and the map modifies nothing."""
    x = X.copy()
    linear = dd.linearize(f, x)[1]
    before = linear(np.ones(3))
    x[:] = 100.0
    v = np.ones(3)
    assert np.array_equal(linear(v), before)
    assert np.array_equal(v, np.ones(3))
    result = linear(v)
    result[...] = -1.0
    assert np.array_equal(linear(v), before)


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array(0.5), np.empty(0), np.ones((2, 3))], ids=str)
def test_points_of_any_shape(x: Any) -> None:
    """Scalars, empty arrays and matrices work as points."""
    value, linear = dd.linearize(lambda x: np.sum(x**2), x)
    assert value == np.sum(x**2)
    v = np.ones(np.shape(x))
    np.testing.assert_allclose(linear(v), np.sum(2 * x * v), rtol=1e-15)
    assert np.shape(linear(v)) == ()


def test_constant_function() -> None:
    """The linear map of a constant function is zero."""
    value, linear = dd.linearize(lambda x: np.ones(2), X)
    assert np.array_equal(value, np.ones(2))
    assert np.array_equal(linear(np.ones(3)), np.zeros(2))


def test_containers() -> None:
    """Dicts in and tuples out work in both steps."""
    value, linear = dd.linearize(lambda p: (p["a"] * p["b"], np.sum(p["a"])), {"a": X, "b": 2.0})
    assert isinstance(value, tuple)
    assert np.array_equal(value[0], 2 * X)
    first, second = linear({"a": np.ones(3), "b": -1.0})
    np.testing.assert_allclose(first, 2.0 - X, rtol=1e-15)
    np.testing.assert_allclose(second, 3.0, rtol=1e-15)


def test_direction_of_the_wrong_shape() -> None:
    """A direction that does not fit the point raises ShapeError."""
    with pytest.raises(dd.ShapeError):
        dd.linearize(f, X)[1](np.ones(2))


def test_precision_is_kept() -> None:
    """float32 in, float32 out."""
    value, linear = dd.linearize(lambda x: np.sin(x) * 2.0, X.astype(np.float32))
    assert value.dtype == np.float32
    assert linear(np.ones(3, np.float32)).dtype == np.float32


def test_differentiating_through_the_map() -> None:
    """A map made inside another derivative carries that derivative along."""
    u, v = np.random.default_rng(0).normal(size=(2, 3))
    second = dd.jvp(lambda x: dd.linearize(lambda y: np.sum(y**3), x)[1](v), X, u)[1]
    np.testing.assert_allclose(second, np.sum(6 * X * u * v), rtol=1e-13)
