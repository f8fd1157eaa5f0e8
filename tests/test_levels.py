"""Nesting: no derivative is ever confused with another, in any mix of verbs, closures, writes and threads."""

from __future__ import annotations

import copy
import math
import pickle
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

D = dd.derivative


def close(result: Any, exact: Any, rtol: float = 1e-13) -> None:
    """Assert the same shape and, to rounding error, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol)


# ---------------------------------------------------------------- perturbation confusion
CONFUSION: list[tuple[str, Callable[[Any], Any], Callable[[float], float]]] = [
    ("x * d/dy (x + y)", lambda x: x * D(lambda y: x + y)(1.0), lambda x: 1.0),
    ("x * d/dy (x y)", lambda x: x * D(lambda y: x * y)(2.0), lambda x: 2 * x),
    ("x * d/dy (x y^2)", lambda x: x * D(lambda y: x * y**2)(3.0), lambda x: 12 * x),
    ("d/dy (x y) at y = x", lambda x: D(lambda y: x * y)(x), lambda x: 1.0),
    ("d/dy (x y^2) at y = x", lambda x: D(lambda y: x * y**2)(x), lambda x: 4 * x),
    ("sin' at x^2", lambda x: D(np.sin)(x**2), lambda x: -2 * x * math.sin(x**2)),
    ("inner constant in y", lambda x: x * D(lambda y: x**2)(1.0), lambda x: 0.0),
    ("inner constant in x", lambda x: D(lambda y: y**3)(2.0), lambda x: 0.0),
    ("inner constant at y = x", lambda x: D(lambda y: x)(x), lambda x: 0.0),
    (
        "three deep",
        lambda x: x * D(lambda y: x + y * D(lambda z: x * y * z)(1.0))(2.0),
        lambda x: 8 * x,
    ),
    (
        "three deep at outer points",
        lambda x: D(lambda y: D(lambda z: x * y**2 * z**3)(y))(x),
        lambda x: 48 * x**3,  # by z: 3 x y^4, by y: 12 x^4, by x: 48 x^3
    ),
    ("sum of two inners", lambda x: D(lambda y: x * y)(1.0) + D(lambda z: x * z**2)(1.0), lambda x: 3.0),
    ("product of two inners", lambda x: D(lambda y: x * y)(1.0) * D(lambda z: x * z**2)(1.0), lambda x: 4 * x),
    ("inner of x and y swapped", lambda x: D(lambda y: y * D(lambda z: z * y)(x))(x), lambda x: 2.0),
    ("inner through a default", lambda x: D(lambda y, c=x: c * y)(1.0), lambda x: 1.0),
    ("inner by argnums", lambda x: D(lambda a, y: a * y**2, argnums=1)(x, 3.0), lambda x: 6.0),
    ("outer in the exponent", lambda x: D(lambda y: y**x)(2.0), lambda x: 2 ** (x - 1) * (1 + x * math.log(2.0))),
    ("outer branch", lambda x: D(lambda y: x * y if x > 0 else -x * y)(1.0), lambda x: math.copysign(1.0, x)),
    (
        "inner maximum",
        lambda x: D(lambda y: np.maximum(x * y, y))(2.0),
        lambda x: (math.copysign(1.0, x - 1) + 1) / 2 if x != 1 else 0.5,
    ),
]


@pytest.mark.parametrize("name, f, exact", CONFUSION, ids=[row[0] for row in CONFUSION])
@pytest.mark.parametrize("x", [1.0, 0.7, np.float64(1.5), np.array(0.3)], ids=["1.0", "0.7", "float64", "0-d"])
def test_perturbation_confusion(x: Any, name: str, f: Any, exact: Any) -> None:
    """Inner derivatives treat outer perturbations as constants, and the outer one sees through them."""
    close(np.asarray(D(f)(x)), np.asarray(exact(float(x))))


@pytest.mark.parametrize("name, f, exact", CONFUSION, ids=[row[0] for row in CONFUSION])
def test_perturbation_confusion_in_arrays(name: str, f: Any, exact: Any) -> None:
    """The same family, one point an entry, through jacobian outside."""
    x = np.array([0.7, 1.5])
    J = dd.jacobian(lambda x: np.stack([f(x[0]), f(x[1])]))(x)
    close(J, np.diag([exact(0.7), exact(1.5)]))


def test_arrays_nested_in_arrays() -> None:
    """x * d/dy sum((x + y)^2 ) has the Jacobian of 2 x (x + y), entry by entry."""
    y = np.array([1.0, -2.0, 0.5])
    x = np.array([0.3, 0.6, -0.9])
    J = dd.jacobian(lambda x: x * dd.grad(lambda y: np.sum((x + y) ** 2))(y))(x)
    close(J, np.diag(4 * x + 2 * y))


def test_inner_tangent_is_an_outer_dual() -> None:
    """A direction may itself depend on the outer variable."""
    x, v = np.array([0.3, 0.6]), np.array([1.0, -2.0])
    close(D(lambda t: dd.jvp(lambda x: np.sum(x**3), x, t**2 * v)[1])(0.5), 3 * x**2 @ v)
    close(D(lambda t: dd.directional_derivative(lambda x: np.sum(x**3), t * x, t * v))(0.5), 9 * 0.25 * x**2 @ v)


def test_inner_value_keeps_the_outer_derivative() -> None:
    """The value returned beside an inner derivative is differentiated by the outer one."""
    close(D(lambda x: dd.value_and_grad(lambda y: x * y**2)(3.0)[0])(2.0), 9.0)
    close(D(lambda x: dd.jvp(lambda y: x * y**2, x, 1.0)[0])(2.0), 12.0)
    close(D(lambda x: dd.grad(lambda y: (y**2, x * y), has_aux=True)(x)[1])(2.0), 4.0)


def test_an_iteration_inside() -> None:
    """Newton's method with its own inner derivatives is differentiated with respect to a parameter."""

    def root(a: Any) -> Any:
        y = 1.0
        for _ in range(30):
            value, slope = dd.value_and_grad(lambda y: y**3 - a)(y)
            y = y - value / slope
        return y

    close(root(2.0), 2 ** (1 / 3))
    close(D(root)(2.0), 2 ** (-2 / 3) / 3)
    close(D(D(root))(2.0), -2 / 9 * 2 ** (-5 / 3), rtol=1e-12)


# ---------------------------------------------------------------- all mixes of verbs
def F(x: Any, y: Any) -> Any:
    """Return a scalar function of two scalars with nonzero mixed partials."""
    return np.sin(x * y) + x * y**2


def G_prime(x: float) -> float:
    """Return d/dx of x F_y(x, 2 x), by hand."""
    y = 2 * x
    s, c = math.sin(x * y), math.cos(x * y)
    F_y, F_xy, F_yy = x * c + 2 * x * y, c - x * y * s + 2 * y, -(x**2) * s + 2 * x
    return F_y + x * (F_xy + 2 * F_yy)


VERBS: dict[str, Callable[[Any, Any], Any]] = {
    "derivative": lambda f, x: dd.derivative(f)(x),
    "grad": lambda f, x: dd.grad(f)(x),
    "jacobian": lambda f, x: dd.jacobian(f)(x),
    "jacobian, denominator": lambda f, x: dd.jacobian(f, layout="denominator")(x),
    "value_and_grad": lambda f, x: dd.value_and_grad(f)(x)[1],
    "jvp": lambda f, x: dd.jvp(f, x, 1.0)[1],
    "jvp, 2 directions": lambda f, x: dd.jvp(f, x, np.array([3.0, 1.0]))[1][1],
    "directional": lambda f, x: dd.directional_derivative(f, x, 1.0),
    "linearize": lambda f, x: dd.linearize(f, x)[1](1.0),
    "grad of a vector": lambda f, x: dd.grad(lambda v: f(v[0]) + 0.0 * v[1])(np.stack([x, 2.0 * x]))[0],
    "jacobian of a vector": lambda f, x: dd.jacobian(lambda v: np.stack([v[1], f(v[0])]))(np.stack([x, 2.0 * x]))[1, 0],
    "jacobian in chunks": lambda f, x: dd.jacobian(lambda v: v * f(v[0]), chunk_size=1)(np.stack([x, 0 * x + 1.0]))[1, 0],
    "jvp of a vector": lambda f, x: dd.jvp(lambda v: f(v[0] * v[1]), np.stack([x, 1.0]), np.array([1.0, 0.0]))[1],
    "grad of a dict": lambda f, x: dd.grad(lambda p: f(p["x"]) * p["c"])({"x": x, "c": 1.0})["x"],
    "grad of an object array": lambda f, x: dd.grad(lambda v: f(v[0]) * v[1])(np.array([x, 1.0]))[0],
    "hvp": lambda f, x: dd.hvp(lambda v: f(v[0]) * v[1], np.stack([x, 1.0]), np.array([0.0, 1.0]))[0],
    "hessian": lambda f, x: dd.hessian(lambda v: f(v[0]) * v[1])(np.stack([x, 1.0]))[0, 1],
    "hessian's gradient": lambda f, x: dd.value_grad_and_hessian(lambda v: f(v[0]) * v[1])(np.stack([x, 1.0]))[1][0],
    "second directional": lambda f, x: dd.second_directional_derivative(
        lambda v: f(v[0]) * v[1], np.stack([x, 1.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    ),
}


@pytest.mark.parametrize("outer", VERBS)
@pytest.mark.parametrize("inner", VERBS)
def test_all_mixes_of_verbs(inner: str, outer: str) -> None:
    """Every verb inside every verb gives the same derivative of x F_y(x, 2 x)."""

    def G(x: Any) -> Any:
        return x * VERBS[inner](lambda y: F(x, y), 2.0 * x)

    close(np.asarray(VERBS[outer](G, 0.4)), np.asarray(G_prime(0.4)), rtol=1e-12)


@pytest.mark.parametrize("first", ["derivative", "grad", "jacobian", "jvp", "jacobian of a vector", "hvp"])
@pytest.mark.parametrize("second", ["derivative", "grad", "jacobian", "jvp", "grad of a vector", "hessian"])
@pytest.mark.parametrize("third", ["derivative", "jvp, 2 directions", "jacobian in chunks", "second directional"])
def test_three_deep_mixes_of_verbs(first: str, second: str, third: str) -> None:
    """Third derivatives by any three verbs are right."""
    result = VERBS[first](lambda x: VERBS[second](lambda y: VERBS[third](lambda z: z**4 * x * y, y), x), 0.5)
    # d/dz = 4 x y z^3 = 4 x y^4; d/dy = 16 x y^3 = 16 x^4; d/dx = 64 x^3
    close(np.asarray(result), np.asarray(64 * 0.5**3), rtol=1e-12)


def sine_twice(x: Any) -> Any:
    """Return 2 sin(x)."""
    return np.sin(x) * 2.0


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_deep_nesting_in_arrays(order: int) -> None:
    """The n-th jvp of an array function is the n-th derivative, entry by entry."""

    def differentiated(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: dd.jvp(f, x, np.ones(3))[1]

    f: Callable[[Any], Any] = sine_twice
    for _ in range(order):
        f = differentiated(f)
    x = np.array([0.1, 1.0, -2.0])
    exact = 2 * np.array([np.cos(x), -np.sin(x), -np.cos(x), np.sin(x), np.cos(x)][order - 1])
    close(f(x), exact, rtol=1e-12)


# ---------------------------------------------------------------- writes under nesting
def test_outer_dual_written_into_an_inner_array() -> None:
    """An outer dual may be assigned into an inner array: both derivatives survive."""

    def f(x: Any) -> Any:
        def g(y: Any) -> Any:
            out = np.zeros_like(y)
            out[0] = x * y[0]
            out[1] = x
            y[1] = x**2
            return out[0] * out[1] + y[0] * y[1]

        return dd.grad(g)(np.array([2.0, 3.0]))[0]  # x^2 + x^2

    close(f(1.5), 2 * 1.5**2)
    close(D(f)(1.5), 4 * 1.5)


def test_inner_dual_written_into_an_outer_array() -> None:
    """Writing an inner dual into an array of the outer level is right or raises, never silent."""

    def f(x: Any) -> Any:
        def g(y: Any) -> Any:
            out = np.zeros_like(x, shape=2)
            out[0] = x * y
            out[1] = 3.0 * y
            return np.sum(out)

        return D(g)(2.0)  # x + 3

    try:
        result = D(f)(1.5)
    except dd.DualDiffError as error:
        result = str(error)
    if isinstance(result, str):
        assert "zeros_like" in result
    else:
        close(result, 1.0)


def test_inner_dual_written_in_place_into_an_outer_dual() -> None:
    """`outer[0] = inner` and `outer += inner` are right or raise, never silent."""

    def assign(x: Any, y: Any) -> Any:
        z = x * 1.0
        z[0] = y[0] * x[1]
        return z

    def add(x: Any, y: Any) -> Any:
        z = x * 1.0
        z += y * x
        return z

    x, y = np.array([0.5, -1.0]), np.array([2.0, 3.0])
    exact = {"assign": np.array([[[0.0, 1.0], [0, 0]], [[0, 0], [0, 0]]]), "add": np.zeros((2, 2, 2))}
    exact["add"][0, 0, 0] = exact["add"][1, 1, 1] = 1.0
    for write in (assign, add):
        try:
            mixed = dd.jacobian(lambda x, write=write: dd.jacobian(lambda y: write(x, y))(y))(x)
        except dd.DualDiffError:
            continue
        close(mixed, exact[write.__name__])


def test_augmented_assignment_with_an_outer_dual() -> None:
    """`inner += outer` and `inner *= outer` keep both derivatives."""

    def f(x: Any) -> Any:
        def g(y: Any) -> Any:
            z = y.copy()
            z *= x
            z += x
            z[0] *= x
            return np.sum(z * y)  # (x y0 + x) x y0 + (x y1 + x) y1

        return dd.grad(g)(np.array([2.0, 3.0]))

    x, (y0, y1) = 0.5, (2.0, 3.0)
    close(f(x), [x**2 * (2 * y0 + 1), x * (2 * y1 + 1)])
    close(D(f)(x), [2 * x * (2 * y0 + 1), 2 * y1 + 1])


CONSTANTS: dict[str, Callable[[Any], Any]] = {
    "outer value": lambda a: a[0],
    "outer constant": lambda a: np.floor(a[0]),
    "outer zero": lambda a: np.zeros_like(a)[0],
    "outer zero times": lambda a: 0.0 * a[0],
    "function of an outer zero": lambda a: np.sin(np.sum(np.zeros_like(a))),
    "plain": lambda a: 7.0,
}
SHARED: dict[str, Callable[[Any], Any]] = {
    "same": lambda c: c,
    "slice": lambda c: c[:],
    "reversed": lambda c: c[::-1],
    "reshape": lambda c: c.reshape(-1, 1),
    "row": lambda c: c[None][0],
    "transpose": lambda c: c.reshape(1, -1).T,
}
SCALED: dict[str, Callable[[Any, Any], Any]] = {
    "in place": lambda d, s: d.__imul__(s),
    "by slice": lambda d, s: d.__setitem__(slice(None), d[:] * s),
    "by entry": lambda d, s: [d.__setitem__(i, d[i] * s) for i in range(len(d))],
    "out": lambda d, s: np.multiply(d, s, out=d),
}


@pytest.mark.parametrize("write", SCALED)
@pytest.mark.parametrize("view", SHARED)
@pytest.mark.parametrize("constant", CONSTANTS)
@pytest.mark.parametrize("make", [lambda b: b * 1.0, lambda b: np.concatenate([b])], ids=["product", "concatenate"])
def test_views_of_an_array_of_two_levels(make: Any, constant: str, view: str, write: str) -> None:
    """An inner array that has taken an outer number, and its views, are scaled by another: right, or it raises."""

    def g(a: Any, b: Any) -> Any:
        c = make(b)
        c[0] = CONSTANTS[constant](a)
        d = SHARED[view](c)
        SCALED[write](d, a[1])
        return np.stack([c * 1.0, np.ravel(d)[:: -1 if view == "reversed" else 1] * 1.0])

    a, b = np.array([0.5, 2.0]), np.array([3.0, 4.0])
    exact = np.zeros((2, 2, 2, 2))
    exact[:, 1, 1, 1] = 1.0  # c[1] is b[1] a[1]
    for k_inner in (False, True):
        try:
            if k_inner:
                mixed = dd.jacobian(lambda a: dd.jacobian(lambda b: g(a, b))(b))(a)
            else:
                mixed = dd.jvp(lambda a: dd.jvp(lambda b: g(a, b), b, np.ones(2))[1], a, np.ones(2))[1]
        except dd.DerivativeLostError:
            continue
        close(mixed, exact if k_inner else exact.sum(axis=(-1, -2)))


def test_loop_filling_under_nesting() -> None:
    """Recurrences written entry by entry into np.zeros_like are right at second order in any nesting."""

    def f(x: Any) -> Any:
        out = np.zeros_like(x)
        out[0] = x[0]
        for i in range(1, len(x)):
            out[i] = out[i - 1] * x[i]
        return out[-1]

    x = np.array([0.5, 2.0, -3.0])
    H = np.array([[0, x[2], x[1]], [x[2], 0, x[0]], [x[1], x[0], 0]])
    close(dd.jacobian(dd.grad(f))(x), H)
    close(dd.hessian(f)(x), H)
    close(dd.jvp(lambda y: dd.jvp(f, y, np.ones(3))[1], x, np.eye(3))[1], H.sum(axis=1))


def test_stop_gradient_and_value_of() -> None:
    """value_of strips every level; stop_gradient keeps the value and drops the derivative on purpose."""
    seen: list[Any] = []

    def f(x: Any) -> Any:
        def g(y: Any) -> Any:
            seen.append(dd.value_of(x * y))
            return x * y * dd.stop_gradient(y)

        return D(g)(3.0)

    close(D(f)(2.0), 3.0)
    assert all(not isinstance(value, dd.Dual) for value in seen)
    assert all(float(value) == 6.0 for value in seen)
    close(dd.grad(lambda x: np.sum(x * dd.stop_gradient(x**2)))(np.array([3.0, -1.0])), [9.0, 1.0])
    assert dd.value_of(3.0) == 3.0


# ---------------------------------------------------------------- threads
def _hammer(seconds: float) -> None:
    """Let 8 threads differentiate nested functions at once and compare every number with the exact one."""
    wrong: list[str] = []
    counts = [0] * 8
    start = threading.Barrier(8)

    def work(number: int) -> None:
        rng = np.random.default_rng(number)
        start.wait()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end and not wrong:
                x = float(rng.uniform(0.1, 2.0))
                v = rng.uniform(0.1, 2.0, size=3)
                pairs = [
                    (D(lambda x: x * D(lambda y: x + y)(1.0))(x), 1.0),
                    (D(lambda x: x * D(lambda y: x * y**2)(3.0))(x), 12 * x),
                    (D(lambda x: D(lambda y: D(lambda z: x * y**2 * z**3)(y))(x))(x), 48 * x**3),
                    (dd.jacobian(dd.grad(lambda v: np.prod(v)))(v)[0, 1], v[2]),
                    (dd.hessian(lambda v: v[0] * np.sin(v[1]))(v)[0, 1], np.cos(v[1])),
                    (dd.jvp(lambda v: v * dd.grad(lambda w: np.sum(v * w**2))(v), v, np.eye(3))[1], np.diag(6 * v**2)),
                ]
                for i, (result, exact) in enumerate(pairs):
                    if not np.allclose(result, exact, rtol=1e-12, atol=1e-12):
                        wrong.append(f"thread {number}, case {i}: {result} != {exact}")
                counts[number] += 1
        except BaseException as error:  # noqa: BLE001
            wrong.append(f"thread {number}: {error!r}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:3]
    assert all(counts)


def test_threads() -> None:
    """8 threads differentiating nested functions for a second get every number right."""
    _hammer(1.0)


@pytest.mark.slow
def test_threads_for_ten_seconds() -> None:
    """8 threads differentiating nested functions for ten seconds get every number right."""
    _hammer(10.0)


def test_a_function_that_raises_leaves_no_level_behind() -> None:
    """After an exception inside a nested function the next derivative is right."""
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            D(lambda x: D(lambda y: x * y / 0)(1.0) if x else 1 / 0)(0.0)
        close(D(lambda x: x * D(lambda y: x + y)(1.0))(1.0), 1.0)


def test_generators_that_interleave() -> None:
    """Two derivatives advanced in turn do not mix their levels."""

    def steps(x: Any) -> Any:
        for power in (1, 2, 3):
            yield D(lambda y, power=power: (x * y) ** power)(1.0)

    def f(x: Any) -> Any:
        a, b = steps(x), steps(x**2)
        return sum(p * q for p, q in zip(a, b, strict=True))

    # sum over p of p x^p * p x^(2 p) = sum p^2 x^(3 p)
    x = 0.8
    close(D(f)(x), 3 * x**2 + 24 * x**5 + 81 * x**8)


# ---------------------------------------------------------------- the number as a Python object
def array_dual() -> Any:
    """Return a dual vector with one direction."""
    return dd.Dual(np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 7.0]))


def nested_dual() -> Any:
    """Return a dual whose parts are duals."""
    return dd.Dual(dd.Dual(np.array([1.0, 2.0]), np.array([3.0, 4.0])), dd.Dual(np.array([5.0, 6.0]), np.array([7.0, 8.0])))


NUMBERS: dict[str, Callable[[], Any]] = {
    "scalar": lambda: dd.Dual(2.0, 3.0),
    "0-d": lambda: dd.Dual(np.array(2.0), np.array(3.0)),
    "vector": array_dual,
    "k directions": lambda: dd.Dual(np.array([1.0, 2.0]), np.arange(6.0).reshape(3, 2)),
    "empty": lambda: dd.Dual(np.empty(0), np.empty(0)),
    "complex": lambda: dd.Dual(np.array([1 + 2j]), np.array([3.0 - 1j])),
    "float32": lambda: dd.Dual(np.ones(2, np.float32), np.ones(2, np.float32)),
    "nested": nested_dual,
    "hyper-dual": lambda: dd.HyperDual(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0]), np.array([7.0, 8.0])),
    "hyper-dual scalar": lambda: dd.HyperDual(1.0, 2.0, 3.0, 4.0),
}


def parts(number: Any) -> list[Any]:
    """Return every plain array inside a number."""
    if isinstance(number, dd.HyperDual):
        return [p for part in (number.value, number.eps1, number.eps2, number.eps12) for p in parts(part)]
    if isinstance(number, dd.Dual):
        return [p for part in (number.value, number.tangent) for p in parts(part)]
    return [number]


def assert_same(a: Any, b: Any) -> None:
    """Assert that two numbers agree in type, dtype and every part."""
    assert type(a) is type(b)
    for p, q in zip(parts(a), parts(b), strict=True):
        assert np.asarray(p).dtype == np.asarray(q).dtype
        assert np.array_equal(p, q)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "how", [copy.copy, copy.deepcopy, lambda d: d.copy(), np.copy], ids=["copy", "deepcopy", "method", "np.copy"]
)
def test_copies(how: Any, name: str) -> None:
    """Copies agree in every part and share no memory."""
    number = NUMBERS[name]()
    other = how(number)
    assert_same(other, number)
    for p, q in zip(parts(number), parts(other), strict=True):
        if isinstance(p, np.ndarray) and isinstance(q, np.ndarray):
            assert not np.shares_memory(p, q)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol: int, name: str) -> None:
    """Numbers survive pickling and still compute with the original."""
    number = NUMBERS[name]()
    other = pickle.loads(pickle.dumps(number, protocol))
    assert_same(other, number)
    assert_same(other * number, number * number)


def test_pickle_of_a_constant() -> None:
    """A dual with the symbolic zero survives pickling and copying, and still converts freely."""
    zero = np.floor(array_dual())
    for other in (pickle.loads(pickle.dumps(zero)), copy.copy(zero), copy.deepcopy(zero)):
        assert np.array_equal(np.asarray(other, dtype=float), [1.0, 2.0, 4.0])


@pytest.mark.parametrize("name", NUMBERS)
def test_repr_shows_every_part(name: str) -> None:
    """Repr and str name the class and show the numbers."""
    number = NUMBERS[name]()
    for text in (repr(number), str(number), f"{number}"):
        assert type(number).__name__ in text or text.strip("[]( )")[:1].isdigit()
    text = repr(number)
    assert text.startswith(type(number).__name__)
    for part in parts(number):
        for entry in np.ravel(part).tolist():
            if isinstance(entry, float):
                assert f"{entry:g}" in text


@pytest.mark.parametrize("name", NUMBERS)
def test_unhashable(name: str) -> None:
    """Duals compare by value, so they cannot be keys."""
    number = NUMBERS[name]()
    with pytest.raises(TypeError, match=r"unhashable|hash"):
        hash(number)
    keys: set[Any] = set()
    with pytest.raises(TypeError):
        keys.add(number)


@pytest.mark.parametrize(
    "attribute, expected",
    [("shape", (2, 3)), ("ndim", 2), ("size", 6), ("dtype", np.dtype(np.float64)), ("itemsize", 8), ("nbytes", 48)],
)
def test_attributes_are_the_values(attribute: str, expected: Any) -> None:
    """Shape, ndim, size, dtype and so on are those of the value."""
    for tangent in (np.ones((2, 3)), np.ones((4, 2, 3))):
        assert getattr(dd.Dual(np.ones((2, 3)), tangent), attribute) == expected


def test_len() -> None:
    """Len is the first axis of the value; a scalar has none."""
    assert len(array_dual()) == 3
    assert len(dd.Dual(np.ones((2, 3)), np.ones((5, 2, 3)))) == 2
    assert len(dd.Dual(np.empty(0), np.empty(0))) == 0
    for scalar in (dd.Dual(2.0, 3.0), dd.Dual(np.array(2.0), np.array(3.0))):
        with pytest.raises(TypeError):
            len(scalar)


@pytest.mark.parametrize("k", [None, 1, 4])
def test_iteration_and_unpacking(k: int | None) -> None:
    """Iterating gives the entries with their tangents, and unpacking works as for arrays."""
    t = np.arange(3.0) if k is None else np.arange(3.0 * k).reshape(k, 3)
    d = dd.Dual(np.array([1.0, 2.0, 4.0]), t)
    a, b, c = d
    for i, entry in enumerate((a, b, c)):
        assert entry.shape == ()
        assert float(dd.value_of(entry)) == [1.0, 2.0, 4.0][i]
        np.testing.assert_array_equal(entry.tangent, t[..., i])
    first, *rest = d
    assert len(rest) == 2
    np.testing.assert_array_equal(first.tangent, t[..., 0])
    assert [float(dd.value_of(entry)) for entry in reversed(d)] == [4.0, 2.0, 1.0]
    with pytest.raises(ValueError, match="unpack"):
        a, b = d
    rows = list(dd.Dual(np.ones((2, 3)), np.ones((2, 3) if k is None else (k, 2, 3))))
    assert [row.shape for row in rows] == [(3,), (3,)]


@pytest.mark.parametrize("scalar", [dd.Dual(2.0, 3.0), dd.Dual(np.array(2.0), np.array(3.0))], ids=["float", "0-d"])
def test_scalars_are_not_iterable(scalar: Any) -> None:
    """Iterating over a scalar raises TypeError, as for a 0-d array."""
    with pytest.raises(TypeError):
        list(scalar)


def test_in_looks_at_values() -> None:
    """`in` compares values."""
    d = array_dual()
    assert 2.0 in d
    assert 5.0 not in d
    assert dd.Dual(2.0, 100.0) in d


def test_builtins() -> None:
    """Python's sum, max, min, sorted, abs, round, pow and divmod carry derivatives."""
    d = array_dual()
    assert float(sum(d).tangent) == 15.0
    assert float(max(d).tangent) == 7.0
    assert float(min(d).tangent) == 3.0
    assert [float(entry.tangent) for entry in sorted(d, reverse=True)] == [7.0, 5.0, 3.0]
    np.testing.assert_array_equal(abs(-d).tangent, d.tangent)
    np.testing.assert_array_equal(pow(d, 2).tangent, 2 * d.value * d.tangent)
    quotient, remainder = divmod(d, 3.0)
    np.testing.assert_array_equal(dd.value_of(quotient), [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(remainder.tangent, d.tangent)
    assert float(dd.value_of(round(d[1]))) == 2.0


def test_truth_and_comparisons_look_at_the_value() -> None:
    """Comparisons and bool depend on the value only and give plain results."""
    a, b = dd.Dual(2.0, 3.0), dd.Dual(2.0, -100.0)
    assert a == b
    assert not np.not_equal(a, b)
    assert a <= b
    assert not (a < b)
    assert a > 1.0
    assert np.less(1.0, a)
    assert not isinstance(a == b, dd.Dual)
    assert bool(a)
    assert not dd.Dual(0.0, 3.0)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(array_dual())
    mask = array_dual() > 1.5
    assert type(mask) is np.ndarray
    assert mask.tolist() == [False, True, True]


def test_hand_made_duals_of_equal_nesting_combine() -> None:
    """Hand-made duals share a level: the product rule holds between them."""
    a, b = dd.Dual(2.0, 1.0), dd.Dual(3.0, 10.0)
    product = a * b
    assert float(product.value) == 6.0
    assert float(product.tangent) == 23.0
    c = array_dual() * a
    np.testing.assert_array_equal(c.tangent, 2.0 * np.array([3.0, 5.0, 7.0]) + np.array([1.0, 2.0, 4.0]))


def test_hand_made_duals_inside_transforms_are_constants_or_raise() -> None:
    """A hand-made dual used inside a transform is of a level of its own: the derivative ignores its tangent."""
    c = dd.Dual(3.0, 100.0)
    result = D(lambda x: x * dd.value_of(c))(2.0)
    assert result == 3.0
    outer = D(lambda x: x * c)(2.0)
    assert float(dd.value_of(outer)) == 3.0
