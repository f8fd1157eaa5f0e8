"""In-place programs that view, update and alias: first and second order agree whatever verb takes them.

The programs are those by which a first user found views that lost their writes under nesting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def _leapfrog(s: Any) -> Any:
    s = s.copy()
    for _ in range(3):
        q, p = s[:2], s[2:]
        p -= 0.1 * q**3
        q += 0.1 * p
    return s


def _reversed_view(x: Any) -> Any:
    y, z = np.copy(x), np.zeros_like(x)
    z[::-1][:2] = x[[0, 3]]
    z = z.copy()
    np.add(z[1:3], x[[0, 3]], out=z[1:3])
    y[1:] += 0.3 * y[:-1]
    return y * z


def _rows(x: Any) -> Any:
    y = np.roll(x, 1)
    rows = y.reshape(2, 2)
    for i in range(2):
        row = rows[i]
        row *= x[0]
    y[:2].fill(0.5)
    return y * x


def _raveled(x: Any) -> Any:
    y = x.reshape(2, 2).copy()
    y.ravel()[0] = x[3] * x[1]
    y[0] *= y[1]
    return np.ravel(y)


def _objects(x: Any) -> Any:
    y = np.array([x[0], x[1], x[2], x[3]])
    np.copyto(y[:2], x[2:] ** 2)
    y += x * x[0]
    return y * 1.0


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "leapfrog": _leapfrog, "reversed view": _reversed_view, "rows": _rows, "raveled": _raveled, "objects": _objects,
}  # fmt: skip
POINT = np.array([0.7, -0.4, 0.9, 1.3])


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "objects"])
def test_jacobian_is_the_complex_step(name: str) -> None:
    """The Jacobian agrees with the complex step, which needs no differentiation library."""
    f = PROGRAMS[name]
    columns = [np.imag(f(POINT + 1e-30j * e)) / 1e-30 for e in np.eye(4)]
    np.testing.assert_allclose(dd.jacobian(f)(POINT), np.stack(columns, axis=-1), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", PROGRAMS)
def test_second_derivatives_agree(name: str) -> None:
    """Hyper-dual, dual of duals and derivatives along directions give one Hessian."""
    f, (u, v) = PROGRAMS[name], np.random.default_rng(1).normal(size=(2, 4))
    exact = dd.hessian(f)(POINT)
    assert np.any(exact)
    np.testing.assert_allclose(dd.jacobian(dd.jacobian(f))(POINT), exact, rtol=1e-13, atol=1e-13)
    along = dd.jvp(lambda x: dd.jvp(f, (x,), (u,))[1], (POINT,), (v,))[1]
    np.testing.assert_allclose(along, exact @ v @ u, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(dd.second_directional_derivative(f, POINT, u, v), exact @ v @ u, rtol=1e-12, atol=1e-13)
