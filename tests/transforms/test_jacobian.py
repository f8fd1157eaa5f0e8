"""``grad``, ``jacobian`` and their ``value_and_`` twins."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd


class Pair(NamedTuple):
    """A named tuple of two."""

    first: Any
    second: Any


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of its own for every test."""
    return np.random.default_rng(seed)


def close(result: Any, exact: Any, rtol: float = 1e-13) -> None:
    """Assert the same shape and, to rounding error, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol)


def mixing(x: Any, out_shape: tuple[int, ...], W: Any) -> Any:
    """Apply W of shape out_shape + x.shape to sin(x)."""
    return np.tensordot(W, np.sin(x), x.ndim)


SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (2,)),
    ((3,), ()),
    ((), (4,)),
    ((), ()),
    ((2, 3), (4,)),
    ((2, 3), (3, 2)),
    ((2, 1, 3), (2, 2)),
    ((1,), (1,)),
    ((0,), (2,)),
    ((3,), (0,)),
    ((0,), (0,)),
    ((2, 0), (3,)),
    ((7,), (5,)),
]


# ---------------------------------------------------------------- shapes and layouts
@pytest.mark.parametrize("in_shape, out_shape", SHAPES, ids=str)
@pytest.mark.parametrize("chunk_size", [None, 1, 2, 3, 1000])
def test_shape_in_numerator_layout(chunk_size: int | None, in_shape: tuple[int, ...], out_shape: tuple[int, ...]) -> None:
    """The Jacobian has shape out + in and exact entries, in chunks of any size."""
    W, x = rng().normal(size=out_shape + in_shape), rng(1).normal(size=in_shape)
    options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
    J = dd.jacobian(lambda x: mixing(x, out_shape, W), **options)(x)
    assert J.shape == out_shape + in_shape
    close(J, W * np.cos(x))


@pytest.mark.parametrize("in_shape, out_shape", SHAPES, ids=str)
def test_shape_in_denominator_layout(in_shape: tuple[int, ...], out_shape: tuple[int, ...]) -> None:
    """In denominator layout the input's axes come first: the same numbers, moved."""
    W, x = rng().normal(size=out_shape + in_shape), rng(1).normal(size=in_shape)
    J = dd.jacobian(lambda x: mixing(x, out_shape, W), layout="denominator")(x)
    n = len(in_shape)
    close(J, np.moveaxis(W * np.cos(x), range(-n, 0), range(n)))


def test_unknown_layout() -> None:
    """A layout that is neither raises and names the two."""
    layout: Any = "sideways"
    with pytest.raises((ValueError, TypeError), match=r"numerator.*denominator|denominator.*numerator"):
        dd.jacobian(lambda x: x, layout=layout)(np.ones(2))


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3), (0,), (3, 0)], ids=str)
@pytest.mark.parametrize("chunk_size", [None, 1, 2, 5, 1000])
def test_gradient_has_the_shape_of_the_input(chunk_size: int | None, shape: tuple[int, ...]) -> None:
    """The gradient has the input's shape and exact entries, in chunks of any size."""
    x = rng().normal(size=shape)
    options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
    close(dd.grad(lambda x: np.sum(x**3) + np.sum(x) ** 2, **options)(x), 3 * x**2 + 2 * np.sum(x))


@pytest.mark.parametrize("n", [1, 10, 1001])
def test_chunks_change_nothing(n: int) -> None:
    """Gradients and Jacobians are bit for bit the same for every chunk size."""
    x = rng().normal(size=n)

    def f(x: Any) -> Any:
        return np.cumsum(x**2)[-3:] * np.tanh(x[0])

    reference = dd.jacobian(f)(x)
    gradient = dd.grad(lambda x: np.sum(np.exp(x) * x[::-1]))(x)
    for chunk_size in (1, 3, n, n + 1) if n < 100 else (7, 500, n, 2 * n):
        assert np.array_equal(dd.jacobian(f, chunk_size=chunk_size)(x), reference)
        again = dd.grad(lambda x: np.sum(np.exp(x) * x[::-1]), chunk_size=chunk_size)(x)
        assert np.array_equal(again, gradient)


def test_many_inputs_run_in_bounded_memory_chunks() -> None:
    """The automatic chunks give the right gradient of a function of many variables."""
    x = rng().normal(size=3000)
    close(dd.grad(lambda x: np.sum((x[1:] - x[:-1] ** 2) ** 2))(x), _chain_gradient(x))


def _chain_gradient(x: Any) -> Any:
    r = x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[1:] += 2 * r
    g[:-1] -= 4 * x[:-1] * r
    return g


def test_chunk_size_of_any_integer_type() -> None:
    """A NumPy integer is a chunk size too."""
    size: Any = np.int64(2)
    close(dd.jacobian(lambda x: 2.0 * x, chunk_size=size)(np.ones(3)), 2.0 * np.eye(3))


@pytest.mark.parametrize("chunk_size", [0, -1, 1.5, "all"])
def test_chunk_size_must_be_a_positive_integer(chunk_size: Any) -> None:
    """A chunk size that is not a positive integer raises."""
    with pytest.raises((TypeError, ValueError)):
        dd.jacobian(lambda x: x, chunk_size=chunk_size)(np.ones(3))


# ---------------------------------------------------------------- arguments
def test_argnums() -> None:
    """Argnums as an int gives one Jacobian, as a tuple a tuple of them, in that order."""
    A, x = rng().normal(size=(3, 4)), rng(1).normal(size=4)

    def f(A: Any, x: Any) -> Any:
        return A @ x

    by_A = np.einsum("ki,j->kij", np.eye(3), x)
    close(dd.jacobian(f)(A, x), by_A)
    close(dd.jacobian(f, argnums=1)(A, x), A)
    close(dd.jacobian(f, argnums=-1)(A, x), A)
    both = dd.jacobian(f, argnums=(1, 0))(A, x)
    assert isinstance(both, tuple)
    close(both[0], A)
    close(both[1], by_A)
    one = dd.jacobian(f, argnums=(1,))(A, x)
    assert isinstance(one, tuple)
    assert len(one) == 1
    close(one[0], A)
    gradients = dd.grad(lambda A, x: np.sum(A @ x), argnums=(0, 1))(A, x)
    close(gradients[0], np.broadcast_to(x, (3, 4)))
    close(gradients[1], A.sum(axis=0))
    close(dd.jacobian(f, argnums=(0, 1), chunk_size=5)(A, x)[0], by_A)


def test_argnums_given_twice() -> None:
    """The same argument named twice gives its gradient twice, or raises."""
    try:
        result = dd.grad(lambda a, b: a * b, argnums=(0, 0))(3.0, 2.0)
    except (TypeError, ValueError):
        return
    assert result == (2.0, 2.0)


def test_arguments_of_different_shapes_and_types() -> None:
    """A scalar, a vector and a matrix are differentiated together, each gradient in its argument's shape."""
    a, x, M = 2.0, np.arange(3.0), np.ones((2, 3))
    da, dx, dM = dd.grad(lambda a, x, M: a * np.sum(M @ x) + a**2, argnums=(0, 1, 2))(a, x, M)
    close(da, np.sum(M @ x) + 2 * a)
    close(dx, a * M.sum(axis=0))
    close(dM, np.broadcast_to(a * x, (2, 3)))


def test_extra_arguments_pass_through() -> None:
    """Further positional and keyword arguments reach the function untouched."""
    seen: list[Any] = []

    def f(x: Any, a: Any, *rest: Any, power: int, **more: Any) -> Any:
        seen.append((a, rest, power, more))
        return a * np.sum(x**power)

    close(dd.grad(f)(np.array([1.0, 2.0]), 5.0, "rest", power=3, label=None), [15.0, 60.0])
    assert seen[0] == (5.0, ("rest",), 3, {"label": None})


def test_extra_array_arguments_are_not_copied_or_lifted() -> None:
    """A constant argument is the caller's very object."""
    constant = np.ones(3)
    seen: list[Any] = []

    def f(x: Any, c: Any, key: Any) -> Any:
        seen.extend([c, key])
        return np.sum(x * c)

    dd.grad(f)(np.ones(3), constant, key=constant)
    assert seen[0] is constant
    assert seen[1] is constant


def test_scipy_optimize() -> None:
    """grad, jacobian and hessian fit SciPy's optimisers, extra args included."""
    optimize = pytest.importorskip("scipy.optimize")

    def f(x: Any, a: float, b: float) -> Any:
        return (a - x[0]) ** 2 + b * (x[1] - x[0] ** 2) ** 2

    result = optimize.minimize(
        f, [-1.2, 1.0], args=(1.0, 100.0), jac=dd.grad(f), hess=dd.hessian(f), method="trust-exact", tol=1e-12
    )
    np.testing.assert_allclose(result.x, [1.0, 1.0], rtol=1e-9)
    result = optimize.minimize(dd.value_and_grad(f), [-1.2, 1.0], args=(1.0, 100.0), jac=True, method="BFGS", tol=1e-9)
    np.testing.assert_allclose(result.x, [1.0, 1.0], rtol=1e-6)

    def residual(p: Any, t: Any, y: Any) -> Any:
        return p[0] * np.exp(-p[1] * t) - y

    t = np.linspace(0, 2, 20)
    fit = optimize.least_squares(
        residual, [1.0, 1.0], jac=dd.jacobian(residual), args=(t, 3.0 * np.exp(-1.5 * t)), xtol=1e-14, ftol=1e-14
    )
    np.testing.assert_allclose(fit.x, [3.0, 1.5], rtol=1e-9)
    root = optimize.root(lambda x: x**2 - 2.0, np.ones(2), jac=dd.jacobian(lambda x: x**2 - 2.0))
    np.testing.assert_allclose(root.x, np.sqrt([2.0, 2.0]), rtol=1e-9)


# ---------------------------------------------------------------- value_and_, has_aux
@pytest.mark.parametrize("x", [np.array([0.5, -1.0, 2.0]), np.ones((2, 2)), 0.5, np.empty(0)], ids=str)
def test_value_and_grad(x: Any) -> None:
    """The value is the function's own, bit for bit, beside the gradient."""

    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * x)

    value, gradient = dd.value_and_grad(f)(x)
    assert np.shape(value) == ()
    assert value == f(x)
    assert np.array_equal(gradient, dd.grad(f)(x))


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
def test_value_and_jacobian(layout: Any) -> None:
    """The value is the function's own, bit for bit, beside the Jacobian in either layout."""

    def f(x: Any) -> Any:
        return np.outer(np.sin(x), x)

    x = np.array([0.5, -1.0, 2.0])
    value, J = dd.value_and_jacobian(f, layout=layout)(x)
    assert np.array_equal(value, f(x))
    assert np.array_equal(J, dd.jacobian(f, layout=layout)(x))


@pytest.mark.parametrize("verb", ["grad", "jacobian", "value_and_grad", "value_and_jacobian"])
def test_one_evaluation(verb: str) -> None:
    """Value and all derivatives take one evaluation of the function when the directions fit one chunk."""
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.sum(x**2)

    getattr(dd, verb)(f)(np.ones(5))
    assert len(calls) == 1


def test_auxiliary_output() -> None:
    """has_aux returns the second output as plain values, whatever containers and chunks it comes through."""

    def f(x: Any) -> Any:
        return np.sum(x**2), {"residual": x - 1.0, "name": "aux", "count": 3}

    x = np.array([1.0, 2.0, 4.0])
    cases: list[dict[str, Any]] = [{}, {"chunk_size": 1}]
    for options in cases:
        gradient, aux = dd.grad(f, has_aux=True, **options)(x)
        close(gradient, 2 * x)
        assert type(aux["residual"]) is np.ndarray
        np.testing.assert_array_equal(aux["residual"], x - 1.0)
        assert aux["name"] == "aux"
        assert aux["count"] == 3
    (value, aux), gradient = dd.value_and_grad(f, has_aux=True)(x)
    assert value == 21.0
    close(gradient, 2 * x)
    np.testing.assert_array_equal(aux["residual"], x - 1.0)
    _, aux = dd.grad(lambda x: (np.sum(x), {"entries": np.array([x[0], x[1], 3.0])}), has_aux=True)(x)
    assert not any(isinstance(entry, dd.Dual) for entry in np.ravel(aux["entries"]))
    np.testing.assert_array_equal(aux["entries"].astype(float), [1.0, 2.0, 3.0])
    J, aux = dd.jacobian(lambda x: (x**2, x), has_aux=True)(x)
    close(J, np.diag(2 * x))
    np.testing.assert_array_equal(aux, x)


# ---------------------------------------------------------------- many points at once
@pytest.mark.parametrize("shape, axis", [((5, 3), -1), ((5, 3), 1), ((3, 5), 0), ((2, 5, 3), -1), ((2, 3, 5), 1)])
def test_grad_of_many_points(shape: tuple[int, ...], axis: int) -> None:
    """grad(f, axis=...) is the gradient of each point along that axis, in the shape of x, in one evaluation."""
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.prod(x, axis=axis) + np.sum(np.sin(x), axis=axis)

    x = rng().normal(size=shape)
    result = dd.grad(f, axis=axis)(x)
    assert len(calls) == 1
    close(result, np.prod(x, axis=axis, keepdims=True) / x + np.cos(x))


@pytest.mark.parametrize("points", [(), (5,), (2, 5), (0,), (1, 1)], ids=str)
def test_jacobian_of_many_points(points: tuple[int, ...]) -> None:
    """jacobian(f, axis=-1) stacks one small Jacobian a point, (..., out, in): spherical coordinates."""

    def f(x: Any) -> Any:
        r, theta, phi = x[..., 0], x[..., 1], x[..., 2]
        return np.stack([r * np.sin(theta) * np.cos(phi), r * np.cos(theta)], axis=-1)

    x = rng().uniform(0.2, 1.2, size=(*points, 3))
    r, th, ph = x[..., 0], x[..., 1], x[..., 2]
    s, c = np.sin, np.cos
    exact = np.stack(
        [
            np.stack([s(th) * c(ph), r * c(th) * c(ph), -r * s(th) * s(ph)], axis=-1),
            np.stack([c(th), -r * s(th), 0 * r], axis=-1),
        ],
        axis=-2,
    )
    J = dd.jacobian(f, axis=-1)(x)
    assert J.shape == (*points, 2, 3)
    close(J, exact)


def test_jacobian_of_many_points_along_another_axis() -> None:
    """jacobian(f, axis=0) takes the points along the other axes and still gives (..., out, in)."""
    x = rng().normal(size=(3, 5))
    J = dd.jacobian(lambda x: np.stack([x[0] * x[1], x[2] ** 2]), axis=0)(x)
    zero = np.zeros(5)
    exact = np.array([[x[1], x[0], zero], [zero, zero, 2 * x[2]]])
    close(J, np.moveaxis(exact, -1, 0))


def test_jacobian_of_many_points_in_denominator_layout() -> None:
    """In denominator layout each small Jacobian of axis=-1 is transposed, (..., in, out), or the pair is refused."""

    def f(x: Any) -> Any:
        return np.stack([x[..., 0] * x[..., 1], x[..., 2] ** 2], axis=-1)

    x = rng().normal(size=(4, 3))
    try:
        J = dd.jacobian(f, axis=-1, layout="denominator")(x)
    except (TypeError, ValueError):
        return
    close(J, np.swapaxes(dd.jacobian(f, axis=-1)(x), -1, -2))


def test_many_points_agree_with_one_at_a_time() -> None:
    """Each small derivative of axis=-1 is what the plain verb gives at that point."""
    x = rng().normal(size=(4, 3))

    def f(x: Any) -> Any:
        return np.cumsum(np.tanh(x), axis=-1) * x

    J = dd.jacobian(f, axis=-1)(x)
    for i in range(4):
        close(J[i], dd.jacobian(f)(x[i]))


# ---------------------------------------------------------------- containers
CONTAINERS: list[tuple[str, Any, Any]] = [
    ("tuple", lambda a, b: (a, b), lambda t: t),
    ("list", lambda a, b: [a, b], lambda t: t),
    ("named tuple", lambda a, b: Pair(a, b), lambda t: t),
    ("dict", lambda a, b: {"u": a, "v": b}, lambda t: (t["u"], t["v"])),
    ("deep", lambda a, b: {"u": [(a,)], "v": (b, {})}, lambda t: (t["u"][0][0], t["v"][0])),
]


@pytest.mark.parametrize("name, pack, unpack", CONTAINERS, ids=[row[0] for row in CONTAINERS])
@pytest.mark.parametrize("chunk_size", [None, 1, 2, 4])
def test_gradient_of_a_container(chunk_size: int | None, name: str, pack: Any, unpack: Any) -> None:
    """The gradient with respect to a container is the same container of gradients."""
    w, b = np.array([[1.0, 2.0], [3.0, -1.0]]), 0.5

    def f(p: Any) -> Any:
        w, b = unpack(p)
        return np.sum(w**2) * b + b**3

    options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
    value, gradient = dd.value_and_grad(f, **options)(pack(w, b))
    assert value == f(pack(w, b))
    assert type(gradient) is type(pack(w, b))
    dw, db = unpack(gradient)
    close(dw, 2 * w * b)
    close(db, np.sum(w**2) + 3 * b**2)


@pytest.mark.parametrize("name, pack, unpack", CONTAINERS, ids=[row[0] for row in CONTAINERS])
def test_jacobian_into_a_container(name: str, pack: Any, unpack: Any) -> None:
    """A function with several outputs has one Jacobian for each, in the same container."""
    x = np.array([0.5, -1.0, 2.0])
    J = dd.jacobian(lambda x: pack(x[:2] ** 2, np.sum(x)))(x)
    assert type(J) is type(pack(0, 0))
    close(unpack(J)[0], np.diag(2 * x)[:2])
    close(unpack(J)[1], np.ones(3))
    value, again = dd.value_and_jacobian(lambda x: pack(x[:2] ** 2, np.sum(x)))(x)
    np.testing.assert_array_equal(unpack(value)[0], x[:2] ** 2)
    close(unpack(again)[0], np.diag(2 * x)[:2])


def test_jacobian_from_container_to_container() -> None:
    """Outputs outside, inputs inside: a dict of tuples."""
    a, b = np.array([1.0, 2.0]), np.array([3.0, -1.0, 0.5])
    J = dd.jacobian(lambda p: {"ab": p[0] * b[0] + p[1][1], "bb": p[1] ** 2})((a, b))
    assert set(J) == {"ab", "bb"}
    close(J["ab"][0], b[0] * np.eye(2))
    close(J["ab"][1], np.tile([0.0, 1.0, 0.0], (2, 1)))
    close(J["bb"][0], np.zeros((3, 2)))
    close(J["bb"][1], np.diag(2 * b))


def test_container_of_the_wrong_kind_of_leaves() -> None:
    """A string among the inputs to be differentiated raises."""
    with pytest.raises((TypeError, ValueError)):
        dd.grad(lambda p: p["w"] * 2)({"w": 1.0, "name": "layer"})


# ---------------------------------------------------------------- outputs
ASSEMBLED: list[tuple[str, Any]] = [
    ("array of duals", lambda x: np.array([x[0] * x[1], x[1] ** 2, 3.0])),
    ("np.stack", lambda x: np.stack([x[0] * x[1], x[1] ** 2, 0 * x[0] + 3.0])),
    ("concatenate", lambda x: np.concatenate([x[:1] * x[1], x[1:] ** 2, [3.0]])),
    ("nested array", lambda x: np.array([[x[0] * x[1]], [x[1] ** 2], [3.0]])[:, 0]),
    ("array, then arithmetic", lambda x: np.array([x[0] * x[1] / 2, x[1] ** 2 / 2, 1.5]) * 2),
    ("array, then functions", lambda x: np.exp(np.log(np.array([x[0] * x[1], x[1] ** 2, 0 * x[0] + 3.0])))),
    ("asarray of list", lambda x: np.asarray([x[0] * x[1], x[1] ** 2, 3.0])),
    ("object array filled", lambda x: _fill(np.empty(3, dtype=object), x)),
    ("zeros_like filled", lambda x: _fill(np.zeros_like(x, shape=3), x)),
    ("empty_like filled", lambda x: _fill(np.empty_like(x, shape=(3,)), x)),
]


def _fill(out: Any, x: Any) -> Any:
    out[0] = x[0] * x[1]
    out[1] = x[1] ** 2
    out[2] = 3.0
    return out


@pytest.mark.parametrize("name, f", ASSEMBLED, ids=[row[0] for row in ASSEMBLED])
@pytest.mark.parametrize("chunk_size", [None, 1])
def test_output_assembled_entry_by_entry(chunk_size: int | None, name: str, f: Any) -> None:
    """However a result is put together from scalars, its Jacobian is an array of numbers."""
    x = np.array([1.5, 2.5])
    options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
    value, J = dd.value_and_jacobian(f, **options)(x)
    assert np.asarray(value).dtype == np.float64
    assert np.asarray(J).dtype == np.float64
    np.testing.assert_allclose(value, [3.75, 6.25, 3.0], rtol=1e-15)
    close(J, [[2.5, 1.5], [0.0, 5.0], [0.0, 0.0]])


def test_function_of_an_object_array_with_plain_floats() -> None:
    """Plain floats among the duals of an object array have no `.log()`: a TypeError, never a number."""
    with pytest.raises(TypeError):
        dd.jacobian(lambda x: np.log(np.array([x[0], 3.0])))(np.array([1.5, 2.5]))


def test_output_as_a_list_of_duals() -> None:
    """A list of scalars is a container: a list of gradients, which NumPy stacks into the Jacobian."""
    x = np.array([1.5, 2.5])
    J = dd.jacobian(lambda x: [x[0] * x[1], x[1] ** 2, 3.0])(x)
    assert isinstance(J, list)
    close(np.stack(J), [[2.5, 1.5], [0.0, 5.0], [0.0, 0.0]])


@pytest.mark.parametrize("constant", [3.0, 3, True, np.float64(3.0)], ids=repr)
@pytest.mark.parametrize("x", [np.ones(3), np.ones((2, 2)), 1.0, np.empty(0)], ids=str)
def test_gradient_of_a_constant(x: Any, constant: Any) -> None:
    """A function that does not depend on its input has gradient zero, in the input's shape."""
    close(dd.grad(lambda x: constant)(x), np.zeros(np.shape(x)))


@pytest.mark.parametrize("constant", [3.0, np.ones(2), np.arange(6).reshape(2, 3), np.ones(2) > 0, [1.0, 2.0]], ids=str)
def test_jacobian_of_a_constant(constant: Any) -> None:
    """A function that does not depend on its input has Jacobian zero, of the full shape."""
    J = dd.jacobian(lambda x: constant)(np.ones((2, 2)))
    assert np.shape(J) == (*np.shape(constant), 2, 2)
    assert not np.any(J)


def test_derivative_zero_through_constant_functions() -> None:
    """floor, sign and comparisons have derivative zero; the rest of the expression counts."""
    x = np.array([0.5, -1.5])
    close(dd.jacobian(lambda x: np.floor(x) + np.sign(x) + (x > 0))(x), np.zeros((2, 2)))
    close(dd.jacobian(lambda x: np.floor(x) * x)(x), np.diag(np.floor(x)))


@pytest.mark.parametrize("result", [None, "text", object(), {1, 2}, np.array(["a", "b"])], ids=lambda r: type(r).__name__)
@pytest.mark.parametrize("verb", ["derivative", "grad", "jacobian", "hessian", "value_and_grad"])
def test_output_that_is_not_numeric(verb: str, result: Any) -> None:
    """A function that returns None, a string or an object raises and says what it returned."""
    with pytest.raises(TypeError) as error:
        getattr(dd, verb)(lambda x: result)(1.0)
    assert type(result).__name__ in str(error.value) or "return" in str(error.value)


# ---------------------------------------------------------------- dtypes, memory
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_precision_is_kept(dtype: Any) -> None:
    """Gradient, Jacobian and value have the input's precision."""
    x = np.array([0.5, 0.25, 1.0], dtype)
    value, gradient = dd.value_and_grad(lambda x: np.sum(3.0 * np.sin(x) ** 2) + 1)(x)
    assert np.asarray(value).dtype == dtype
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient, 6 * np.sin(x) * np.cos(x), rtol=8 * float(np.finfo(dtype).eps))
    J = dd.jacobian(lambda x: np.cumsum(x / 2 + 1))(x)
    assert J.dtype == dtype
    close(J.astype(float), np.tri(3) / 2)


@pytest.mark.parametrize("x", [[1, 2, 3], [True, False, True]], ids=["int", "bool"])
def test_integers_become_float64(x: list[int]) -> None:
    """Integer arrays are promoted to float64, nothing is truncated."""
    given = np.array(x)
    gradient = dd.grad(lambda x: np.sum(x**2) / 3)(given)
    assert gradient.dtype == np.float64
    close(gradient, 2 * given / 3)
    J = dd.jacobian(lambda x: x * 0.5)(given)
    assert J.dtype == np.float64
    close(J, 0.5 * np.eye(3))


def test_real_to_complex_jacobian() -> None:
    """The Jacobian of a complex-valued function of real variables is complex."""
    x = np.array([0.3, 0.6, 0.1])
    close(dd.jacobian(lambda x: np.exp(1j * x))(x), np.diag(1j * np.exp(1j * x)))
    F = np.fft.fft(np.eye(3))
    close(dd.jacobian(np.fft.fft)(x), F)
    close(dd.grad(lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2))(x), 6 * x)


def test_holomorphic_jacobian() -> None:
    """With holomorphic=True, gradient and Jacobian hold the complex derivatives."""
    z = np.array([0.3 + 1j, 0.6 - 0.5j])
    close(dd.jacobian(lambda z: z**2 + z[0], holomorphic=True)(z), np.diag(2 * z) + np.array([[1, 0], [1, 0]]))
    close(dd.grad(lambda z: np.sum(np.exp(z)), holomorphic=True)(z), np.exp(z))
    with pytest.raises(dd.DualDiffError, match="holomorphic"):
        dd.jacobian(lambda z: z**2)(z)


MEMORY: list[tuple[str, Any]] = [
    ("read-only", lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape)),
    ("strided", lambda a: np.repeat(a, 2, axis=-1)[..., ::2]),
    ("reversed", lambda a: a[..., ::-1].copy()[..., ::-1]),
    ("Fortran order", np.asfortranarray),
    ("byte-swapped", lambda a: a.astype(a.dtype.newbyteorder())),
    ("object array of numbers", lambda a: a.astype(object)),
    ("broadcast", lambda a: np.broadcast_to(a, (1, *a.shape))[0]),
]


@pytest.mark.parametrize("name, arrange", MEMORY, ids=[row[0] for row in MEMORY])
def test_any_arrangement_in_memory(name: str, arrange: Any) -> None:
    """Read-only, strided, byte-swapped and object arrays of numbers give the right answer and stay untouched."""
    a = rng().normal(size=(2, 3))
    x = arrange(a)
    value, gradient = dd.value_and_grad(lambda x: np.sum(np.sin(x) ** 2))(x)
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(float(value), float(np.sum(np.sin(a) ** 2)), rtol=1e-14)
    close(gradient, 2 * np.sin(a) * np.cos(a))
    close(dd.jacobian(lambda x: x.T @ x[:, 0])(x), _product_jacobian(a))
    assert np.array_equal(x.astype(float), a)


def _product_jacobian(a: Any) -> Any:
    """Return d (a' a e0)_k / d a_ij."""
    e0 = np.eye(3)[0]
    return np.einsum("jk,i->kij", np.eye(3), a[:, 0]) + np.einsum("ik,j->kij", a, e0)


def test_mixed_object_array() -> None:
    """An object array of Python ints, floats and NumPy scalars is converted, one with a string raises."""
    x = np.array([1, 2.5, np.float32(0.5)], dtype=object)
    close(dd.grad(lambda x: np.sum(x**2))(x), [2.0, 5.0, 1.0])
    with pytest.raises(TypeError):
        dd.grad(lambda x: np.sum(x**2))(np.array([1.0, "a"], dtype=object))


WRITERS: list[tuple[str, Any, Any]] = [
    ("scaling in place", lambda x: x.__imul__(2.0), lambda J: 2 * J),
    ("assignment", lambda x: _assign(x), lambda J: J * [[0.0], [1.0], [1.0]]),
    ("sort", lambda x: (x.sort(), x)[1], lambda J: J[[1, 2, 0]]),
    ("out=", lambda x: np.negative(x, out=x), lambda J: -J),
    ("view", lambda x: (x[1:].__imul__(3.0), x)[1], lambda J: J * [[1.0], [3.0], [3.0]]),
]


def _assign(x: Any) -> Any:
    x[0] = 7.0
    return x


@pytest.mark.parametrize("name, f, exact", WRITERS, ids=[row[0] for row in WRITERS])
@pytest.mark.parametrize("chunk_size", [None, 1])
def test_input_is_never_modified(chunk_size: int | None, name: str, f: Any, exact: Any) -> None:
    """The function may write into its argument: the Jacobian is right and the caller's array as it was."""
    x = np.array([3.0, 1.0, 2.0])
    options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
    close(dd.jacobian(f, **options)(x), exact(np.eye(3)))
    assert np.array_equal(x, [3.0, 1.0, 2.0])


def test_result_is_the_callers_own() -> None:
    """Gradient and value share no memory with the input or with an array the function closes over."""
    table = np.array([1.0, 2.0])
    x = np.array([1.0, 2.0])
    value, J = dd.value_and_jacobian(lambda x: x)(x)
    gradient = dd.grad(lambda x: x @ table)(x)
    for result in (value, J, gradient):
        result[...] = -1.0
    assert np.array_equal(x, [1.0, 2.0])
    assert np.array_equal(table, [1.0, 2.0])


@pytest.mark.parametrize("out", [np.ones(2), np.ones((1,)), np.ones((2, 2))], ids=lambda a: str(a.shape))
def test_gradient_of_a_vector_function(out: Any) -> None:
    """Grad of a function with a vector value raises NotScalarError and names jacobian."""
    with pytest.raises(dd.NotScalarError, match="jacobian"):
        dd.grad(lambda x: out * np.sum(x))(np.ones(3))


def test_transform_keeps_the_functions_name() -> None:
    """The transformed function carries the name and docstring of the function."""

    def loss(x: Any) -> Any:
        """How far off."""
        return np.sum(x**2)

    assert "loss" in dd.grad(loss).__name__
    assert "loss" in dd.jacobian(loss).__name__
