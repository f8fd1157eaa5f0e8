"""``directional_derivative``: along one direction, to any order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def close(result: Any, exact: Any, rtol: float = 1e-13) -> None:
    """Assert the same shape and, to rounding error, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol)


def f(x: Any) -> Any:
    """Return a scalar function of three variables."""
    return np.sin(x[0] * x[1]) + x[2] ** 2 * x[0]


def gradient(x: Any) -> Any:
    """Return its gradient, by hand."""
    c = np.cos(x[0] * x[1])
    return np.array([x[1] * c + x[2] ** 2, x[0] * c, 2 * x[2] * x[0]])


X = np.array([0.3, -1.2, 0.7])
V = np.array([1.0, 2.0, -0.5])


def test_gradient_dot_direction() -> None:
    """The derivative along v is grad . v, scaling with v."""
    close(dd.directional_derivative(f, X, V), gradient(X) @ V)
    close(dd.directional_derivative(f, X, 3 * V), 3 * gradient(X) @ V)
    close(dd.directional_derivative(f, X, -V), -gradient(X) @ V)
    close(dd.directional_derivative(f, X, 0 * V), 0.0)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_normalize_takes_the_unit_vector(scale: float) -> None:
    """normalize=True divides by the length of v, whatever its scale."""
    close(dd.directional_derivative(f, X, scale * V, normalize=True), gradient(X) @ V / np.linalg.norm(V), 1e-12)


def test_normalize_of_a_matrix_direction() -> None:
    """For a matrix argument the length of the direction is the Frobenius norm."""
    A, D = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    close(dd.directional_derivative(lambda A: np.sum(A**2), A, D, normalize=True), 2 * np.sum(A) / math.sqrt(6))


def test_normalize_of_the_zero_direction() -> None:
    """The zero vector has no direction: normalize=True raises."""
    with pytest.raises(ValueError, match=r"zero|length|norm"):
        dd.directional_derivative(f, X, 0 * V, normalize=True)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_order(order: int) -> None:
    """Order k is the k-th derivative of t -> f(x + t v) at 0."""
    # exp(a . x) along v has k-th derivative (a . v)^k exp(a . x)
    a = np.array([0.5, -1.0, 2.0])
    close(dd.directional_derivative(lambda x: np.exp(a @ x), X, V, order=order), (a @ V) ** order * np.exp(a @ X))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_order_of_a_scalar_function(order: int) -> None:
    """For a scalar argument and v = 1 it is the ordinary k-th derivative."""
    exact = [math.cos(0.3), -math.sin(0.3), -math.cos(0.3), math.sin(0.3)][order - 1]
    close(dd.directional_derivative(np.sin, 0.3, 1.0, order=order), exact)


def test_second_order_is_the_quadratic_form() -> None:
    """Order 2 is v' H v, with the normalised v if asked for."""
    H = dd.hessian(f)(X)
    close(dd.directional_derivative(f, X, V, order=2), V @ H @ V)
    close(dd.directional_derivative(f, X, V, order=2, normalize=True), V @ H @ V / (V @ V))


@pytest.mark.parametrize("order", [0, -1, 1.5])
def test_order_must_be_a_positive_integer(order: Any) -> None:
    """An order that is no positive integer raises; order 0 may be the value itself."""
    if order == 0:
        try:
            assert dd.directional_derivative(f, X, V, order=0) == f(X)
        except (TypeError, ValueError):
            return
    else:
        with pytest.raises((TypeError, ValueError)):
            dd.directional_derivative(f, X, V, order=order)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (0,), ()], ids=str)
def test_output_of_any_shape(shape: tuple[int, ...], order: int) -> None:
    """The result has the shape of the function's value."""
    W = np.random.default_rng(0).normal(size=shape)
    exact = W * [V @ X * 2, 2 * V @ V, 0.0][order - 1]
    close(dd.directional_derivative(lambda x: W * (x @ x), X, V, order=order), exact)


def test_constant_function() -> None:
    """A constant has derivative zero along any direction and of any order."""
    for order in (1, 2, 3):
        close(dd.directional_derivative(lambda x: np.ones(2), X, V, order=order), np.zeros(2))


def test_containers() -> None:
    """A dict of arrays takes a dict of directions."""
    p, v = {"a": X, "b": 2.0}, {"a": V, "b": -1.0}
    close(dd.directional_derivative(lambda p: f(p["a"]) * p["b"], p, v), gradient(X) @ V * 2.0 - f(X))


@pytest.mark.parametrize("v", [np.ones(2), np.ones((3, 1)), 1.0], ids=["short", "column", "scalar"])
def test_direction_of_the_wrong_shape(v: Any) -> None:
    """A direction that does not fit the point raises ShapeError."""
    with pytest.raises(dd.ShapeError):
        dd.directional_derivative(f, X, v)


def test_inputs_are_never_modified() -> None:
    """Neither the point nor the direction changes."""
    x, v = X.copy(), V.copy()

    def g(x: Any) -> Any:
        x *= 2.0
        x[0] = 1.0
        return np.sum(x**2)

    close(dd.directional_derivative(g, x, v, normalize=True), 8 * X[1:] @ V[1:] / np.linalg.norm(V))
    close(dd.directional_derivative(g, x, v, order=2), 8 * V[1:] @ V[1:])
    assert np.array_equal(x, X)
    assert np.array_equal(v, V)


def test_dtypes() -> None:
    """float32 stays float32, integers become float64."""
    single = dd.directional_derivative(lambda x: np.sum(x**2), X.astype(np.float32), V.astype(np.float32))
    assert np.asarray(single).dtype == np.float32
    whole = dd.directional_derivative(lambda x: np.sum(x**2) / 3, np.array([1, 2]), np.array([1, 0]))
    assert np.asarray(whole).dtype == np.float64
    close(whole, 2 / 3)
