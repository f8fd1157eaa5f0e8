"""What the tests of SciPy's namespaces compare with: differences, and the same function in another form."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

import dualdiff as dd

__all__ = ["agree", "close", "differences"]


def differences(f: Callable[[Any], Any], x: Any, h: float) -> Any:
    """The Jacobian by central differences, extrapolated three times: an error of h**8."""

    def central(step: float) -> Any:
        return np.stack([(f(x + e) - f(x - e)) / (2 * step) for e in step * np.eye(x.size)], axis=-1)

    table = [central(h / 2**i) for i in range(4)]
    for k in range(1, 4):
        table = [(4**k * b - a) / (4**k - 1) for a, b in itertools.pairwise(table)]
    return table[0]


def close(found: Any, expected: Any, rtol: float) -> None:
    """Entries are equal, small ones relative to the largest."""
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * np.max(np.abs(expected), initial=1e-3))


def agree(f: Callable[[Any], Any], g: Callable[[Any], Any], x: Any, *, rtol: float = 1e-10) -> None:
    """Two functions have the same value, and the same derivatives in every representation."""
    value, jacobian = dd.value_and_jacobian(g)(x)
    close(dd.value_and_jacobian(f)(x)[0], value, rtol)
    close(dd.jacobian(f, tangents="dense")(x), jacobian, rtol)
    close(dd.jacobian(f, tangents="structured")(x), jacobian, rtol)
    v, w = np.linspace(1, 2, x.size).reshape(x.shape), np.linspace(-1, 1, x.size).reshape(x.shape)
    close(dd.jvp(f, x, v)[1], dd.jvp(g, x, v)[1], rtol)

    def scalar(h: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: np.sum(np.sin(h(x)))

    hessian = dd.hessian(scalar(g))(x)
    close(dd.hessian(scalar(f), tangents="dense")(x), hessian, rtol)
    close(dd.hessian(scalar(f), tangents="structured")(x), hessian, rtol)
    size = np.max(np.abs(hessian), initial=1e-3)
    both = np.ravel(v) @ np.reshape(hessian, (x.size, x.size)) @ np.ravel(w)
    assert abs(dd.second_directional_derivative(scalar(f), x, v, w) - both) <= 1e-8 * size
    assert abs(dd.jvp(lambda x: dd.jvp(scalar(f), x, v)[1], x, w)[1] - both) <= 1e-8 * size
    close(dd.taylor(scalar(f), x, v, 3), dd.taylor(scalar(g), x, v, 3), rtol)
