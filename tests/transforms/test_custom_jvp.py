"""Rules of the user's own: JAX's convention for functions, partial derivatives for ufuncs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

RNG = np.random.default_rng(8)
X, Y = RNG.uniform(0.3, 1.5, size=(2, 3))
A = RNG.normal(size=(3, 3)) + 3 * np.eye(3)


def opaque(x: Any) -> Any:
    """Refuse numbers, as compiled code does."""
    return np.asarray(x, dtype=float)


@dd.custom_jvp
def wave(x: Any, y: Any) -> Any:
    """Return sin(x) y, computed out of sight."""
    return np.sin(opaque(x)) * opaque(y)


@wave.defjvp
def _wave_rule(primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    return wave(x, y), np.cos(x) * dx * y + np.sin(x) * dy


@dd.custom_jvp
def solve(M: Any, b: Any) -> Any:
    """Solve a linear system, computed out of sight."""
    return np.linalg.solve(opaque(M), opaque(b))


@solve.defjvp
def _solve_rule(primals: Any, tangents: Any) -> Any:
    (M, b), (dM, db) = primals, tangents
    z = solve(M, b)
    # Applied to its own tangent: linear in it.
    return z, solve(M, db - dM @ z)


def plain_wave(x: Any, y: Any) -> Any:
    """Return the same as wave, in sight."""
    return np.sin(x) * y


SAME: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "elementwise": (lambda x: wave(x, x**2), lambda x: plain_wave(x, x**2)),
    "one constant": (lambda x: wave(x, 2.0), lambda x: plain_wave(x, 2.0)),
    "scalars": (lambda x: wave(x[0], x[1]), lambda x: plain_wave(x[0], x[1])),
    "keyword": (lambda x: wave(y=x, x=X), lambda x: plain_wave(X, x)),
    "matrix": (lambda x: solve(A * x[0], x), lambda x: np.linalg.solve(A * x[0], x)),
    "matrix alone": (lambda x: solve(A + np.outer(x, x), Y), lambda x: np.linalg.solve(A + np.outer(x, x), Y)),
    "nested": (lambda x: wave(wave(x, x), solve(A, x)), lambda x: plain_wave(plain_wave(x, x), np.linalg.solve(A, x))),
    "object array": (lambda x: wave(np.array([x[0], x[2]]), 1.0), lambda x: plain_wave(x[::2], 1.0)),
}


@pytest.mark.parametrize("name", SAME)
def test_rule_equals_the_function_in_sight(name: str) -> None:
    """First and second derivatives, every direction at once, nested and hyper-dual, equal those of the same NumPy code."""
    f, g = SAME[name]
    np.testing.assert_allclose(dd.jacobian(f)(X), dd.jacobian(g)(X), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(dd.jvp(f, X, Y)[1], dd.jvp(g, X, Y)[1], rtol=1e-12, atol=1e-14)
    expected = dd.hessian(g)(X)
    np.testing.assert_allclose(dd.hessian(f)(X), expected, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(dd.jacobian(dd.jacobian(f))(X), expected, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(
        dd.second_directional_derivative(f, X, Y, X), dd.second_directional_derivative(g, X, Y, X), rtol=1e-11, atol=1e-13
    )


def test_third_derivative() -> None:
    """Rules are differentiated again and again."""

    def third(f: Any) -> Any:
        return dd.derivative(dd.derivative(dd.derivative(f)))(0.4)

    assert third(lambda x: wave(x, x)) == pytest.approx(third(lambda x: plain_wave(x, x)), rel=1e-13)


def test_as_many_directions_as_entries_are_not_taken_for_a_matrix() -> None:
    """A rule sees one direction, of the primal's shape, so dM @ z cannot mix entries and directions."""
    seen = []

    @dd.custom_jvp
    def apply(x: Any) -> Any:
        return A @ x

    @apply.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        seen.append(np.shape(tangents[0]))
        return apply(primals[0]), A @ tangents[0]

    np.testing.assert_allclose(dd.jacobian(apply)(X), A, rtol=1e-15)
    assert seen == [(3,)]


def test_several_outputs() -> None:
    """Tuples and dicts come back in their form; integers are constants."""

    @dd.custom_jvp
    def parts(x: Any) -> Any:
        return {"square": x**2, "rest": (np.sum(x), 3)}

    parts.defjvps(lambda t, ans, x: {"square": 2 * x * t, "rest": (np.sum(t), 0)})
    found = dd.jacobian(lambda x: [parts(x)["square"], parts(x)["rest"][0]])(X)
    np.testing.assert_allclose(found[0], np.diag(2 * X))
    np.testing.assert_allclose(found[1], np.ones(3))
    assert parts(dd.Dual(X, Y))["rest"][1] == 3


def test_defjvps_adds_the_arguments() -> None:
    """One function for each argument; None for a derivative of zero."""
    f = dd.custom_jvp(lambda x, y, n: x * y**2)
    f.defjvps(lambda t, ans, x, y, n: t * y**2, lambda t, ans, x, y, n: 2 * t * x * y, None)
    dx, dy, dn = dd.grad(lambda x, y, n: f(x, y, n), argnums=(0, 1, 2))(2.0, 3.0, 5.0)
    assert (dx, dy, dn) == (9.0, 12.0, 0.0)


def test_nondiff_argnums() -> None:
    """Arguments that are handed over as they are, in front; a derivative there raises."""
    power = dd.custom_jvp(lambda n, x: x**n, nondiff_argnums=(0,))
    power.defjvp(lambda n, primals, tangents: (power(n, primals[0]), n * primals[0] ** (n - 1) * tangents[0]))
    np.testing.assert_allclose(dd.grad(lambda x: np.sum(power(3, x)))(X), 3 * X**2)
    with pytest.raises(dd.NotDifferentiableError, match="nondiff_argnums"):
        dd.derivative(lambda n: power(n, 2.0))(3.0)


def test_a_rule_that_does_not_fit_raises() -> None:
    """No rule, a tangent of another shape, a result that is no pair: each is named."""
    f = dd.custom_jvp(lambda x: opaque(x) * 2)
    with pytest.raises(dd.NoRuleError, match="defjvp"):
        dd.grad(f)(1.0)
    f.defjvp(lambda primals, tangents: (f(*primals), np.ones(2)))
    with pytest.raises(dd.ShapeError, match="shape"):
        dd.jacobian(f)(X)
    f.defjvp(lambda primals, tangents: 1.0)
    with pytest.raises(TypeError, match="pair"):
        dd.jacobian(f)(X)


def test_float32_stays() -> None:
    """The tangent has the precision of the value."""
    t = dd.jvp(lambda x: wave(x, x), X.astype(np.float32), Y.astype(np.float32))
    assert wave(X, X).dtype == np.float64
    assert t[1].shape == (3,)


# ------------------------------------------------------------------------------------------ define_rule
gamma = np.frompyfunc(math.gamma, 1, 1)
scaled = np.frompyfunc(lambda a, b: a * math.exp(b), 2, 1)
both = np.frompyfunc(lambda a: (a * a, math.sin(a)), 1, 2)
one_sided = np.frompyfunc(lambda a, b: a * math.floor(b), 2, 1)
dd.define_rule(scaled, lambda a, b: np.exp(b), lambda a, b: scaled(a, b))
dd.define_rule(both, lambda a: (2 * a, np.cos(a)))
dd.define_rule(one_sided, lambda a, b: np.floor(b), None)


@pytest.mark.parametrize(
    "f, g",
    [
        (lambda x: scaled(x, x), lambda x: x * np.exp(x)),
        (lambda x: scaled(2.0, x), lambda x: 2 * np.exp(x)),
        (lambda x: both(x)[0] * both(x)[1], lambda x: x * x * np.sin(x)),
        (lambda x: scaled(x[0], x[:, None]), lambda x: x[0] * np.exp(x[:, None])),
        (lambda x: one_sided(x, 2.5), lambda x: 2 * x),
    ],
)
def test_ufuncs_with_a_rule_of_the_user(f: Any, g: Any) -> None:
    """A ufunc with given partials behaves as the function it computes, at two orders, broadcast or not."""
    np.testing.assert_allclose(dd.jacobian(f)(X), dd.jacobian(g)(X), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(dd.hessian(f)(X), dd.hessian(g)(X), rtol=1e-13, atol=1e-14)
    assert dd.value_of(f(dd.Dual(X, Y))).dtype == np.float64


def test_define_rule_refuses() -> None:
    """Functions, core dimensions, a wrong count, and ufuncs that have a rule."""
    with pytest.raises(TypeError, match="custom_jvp"):
        dd.define_rule(math.gamma, lambda x: x)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="custom_jvp"):
        dd.define_rule(np.matmul, None, None)
    with pytest.raises(TypeError, match="2 partials"):
        dd.define_rule(gamma, None, None)
    with pytest.raises(ValueError, match="already"):
        dd.define_rule(np.sin, np.cos)
    with pytest.raises(dd.NotDifferentiableError, match="argument 2"):
        dd.derivative(lambda b: one_sided(2.0, b))(1.5)


def test_an_unknown_ufunc_names_the_way_out() -> None:
    """The error of a ufunc without a rule names define_rule and custom_jvp."""
    with pytest.raises(dd.NoRuleError, match=r"define_rule.*custom_jvp"):
        dd.derivative(gamma)(2.0)
