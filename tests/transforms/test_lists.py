"""A list is a container of arrays; where only an array can be meant, it is one."""

from typing import Any

import numpy as np
import pytest

import dualdiff as dd

POINT = np.array([1.0, 2.0])


def f(x: Any) -> Any:
    """A scalar."""
    return np.sum(x**2) * x[0]


def test_a_direction_may_be_a_list_of_numbers() -> None:
    """Beside a point that is an array."""
    assert dd.jvp(f, (POINT,), ([1.0, 0],)) == (5.0, 7.0)
    assert dd.directional_derivative(f, POINT, [1.0, 0]) == 7.0
    assert dd.second_directional_derivative(f, POINT, [1.0, 0], [0, 1]) == 4.0
    assert dd.linearize(f, POINT)[1]([1.0, 0]) == 7.0
    assert dd.hvp(f, POINT, [1, 0]).tolist() == [6.0, 4.0]
    with pytest.raises(dd.ShapeError, match="does not fit"):
        dd.jvp(f, (POINT,), ([1.0],))


def test_a_list_of_arrays_stays_one() -> None:
    """Point and direction have one form."""
    value, tangent = dd.jvp(lambda pair: pair[0] * np.sum(pair[1]), ([2.0, POINT],), ([1.0, np.array([1.0, 0.0])],))
    assert (value, tangent) == (6.0, 5.0)


def test_arithmetic_with_a_list_of_duals() -> None:
    """The error says where the list comes from."""
    with pytest.raises(TypeError, match=r"call it with np\.array"):
        dd.grad(lambda p: p @ p)([1.0, 2.0])


def test_matrices_of_numpy() -> None:
    """The error names them."""
    with pytest.raises(dd.DerivativeLostError, match=r"np\.matrix"), pytest.warns(PendingDeprecationWarning):
        dd.jvp(lambda t: np.matrix([[1.0, 2.0]]) * t, POINT, POINT)
