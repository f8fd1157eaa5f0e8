"""``hessian``, ``hvp``, ``value_grad_and_hessian`` and ``second_directional_derivative``."""

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


def close(result: Any, exact: Any, rtol: float = 1e-12) -> None:
    """Assert the same shape and, to rounding error, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol)


def rosenbrock(x: Any) -> Any:
    """Return the Rosenbrock function of any number of variables."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_gradient(x: Any) -> Any:
    """Return its gradient, by hand."""
    r = x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[1:] += 200 * r
    g[:-1] += -400 * x[:-1] * r - 2 * (1 - x[:-1])
    return g


def rosenbrock_hessian(x: Any) -> Any:
    """Return its Hessian, by hand."""
    n = len(x)
    H = np.zeros((n, n))
    i = np.arange(n - 1)
    H[i, i] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    H[i + 1, i + 1] += 200
    H[i, i + 1] -= 400 * x[:-1]
    H[i + 1, i] -= 400 * x[:-1]
    return H


def product(x: Any) -> Any:
    """Return a scalar function of an array of any shape, with a dense Hessian."""
    return np.sum(np.sin(x)) ** 2 + np.sum(x**3)


def product_hessian(x: Any) -> Any:
    """Return its Hessian, by hand, of shape x.shape + x.shape."""
    c = np.cos(x).ravel()
    H = 2 * np.outer(c, c) + np.diag(6 * x.ravel() - 2 * np.sum(np.sin(x)) * np.sin(x).ravel())
    return H.reshape(x.shape + x.shape)


@pytest.mark.parametrize("n", [2, 3, 7, 30])
def test_rosenbrock(n: int) -> None:
    """The Hessian is exact and exactly symmetric, and value and gradient beside it are their own verbs'."""
    x = rng().normal(size=n)
    H = dd.hessian(rosenbrock)(x)
    close(H, rosenbrock_hessian(x))
    assert np.array_equal(H, H.T)
    value, gradient, again = dd.value_grad_and_hessian(rosenbrock)(x)
    assert value == rosenbrock(x)
    close(gradient, rosenbrock_gradient(x))
    assert np.array_equal(again, H)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 2), (0,), (2, 0)], ids=str)
@pytest.mark.parametrize("chunk_size", [None, 1, 2, 3, 100])
def test_shape(chunk_size: int | None, shape: tuple[int, ...]) -> None:
    """The Hessian has shape x.shape + x.shape for x of any shape, in chunks of any size."""
    x = rng().normal(size=shape)
    options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
    close(dd.hessian(product, **options)(x), product_hessian(x))


def test_chunks_change_nothing() -> None:
    """The Hessian is bit for bit the same, and symmetric, for every chunk size."""
    x = rng().normal(size=13)

    def f(x: Any) -> Any:
        return np.sum(np.exp(x[1:] * x[:-1]) / (1 + x[0] ** 2))

    H = dd.hessian(f)(x)
    for chunk_size in (1, 2, 5, 12, 13, 14, 500):
        again = dd.hessian(f, chunk_size=chunk_size)(x)
        assert np.array_equal(again, again.T)
        np.testing.assert_allclose(again, H, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("x", [0.7, np.float64(0.7), np.array(0.7), 2], ids=["float", "float64", "0-d", "int"])
def test_scalar_argument(x: Any) -> None:
    """The Hessian of a function of a scalar is its second derivative, with no axes."""
    close(dd.hessian(lambda x: np.sin(x) * x)(x), 2 * np.cos(float(x)) - float(x) * np.sin(float(x)))


def test_vector_function() -> None:
    """The Hessian of a vector function has shape out + in + in: one symmetric matrix an output."""
    x = np.array([0.5, -1.0, 2.0])
    H = dd.hessian(lambda x: np.stack([x[0] * x[1], np.exp(x[2]) * x[0]]))(x)
    e = np.exp(x[2])
    close(H, [[[0, 1, 0], [1, 0, 0], [0, 0, 0]], [[0, 0, e], [0, 0, 0], [e, 0, e * x[0]]]])


def test_linear_and_constant_functions() -> None:
    """Linear, constant and piecewise constant functions have Hessian zero."""
    x = np.array([0.5, -1.0, 2.0])
    for f in (np.sum, lambda x: 3.0, lambda x: x[0], lambda x: np.sum(np.floor(x)), lambda x: np.max(x)):
        close(dd.hessian(f)(x), np.zeros((3, 3)))
        value, gradient, H = dd.value_grad_and_hessian(f)(x)
        assert value == f(x)
        assert gradient.shape == (3,)
        close(H, np.zeros((3, 3)))


def test_argnums() -> None:
    """Argnums picks the argument; a tuple of them gives the blocks as nested tuples."""
    x, y = np.array([0.5, -1.0]), np.array([2.0, 3.0, 1.0])

    def f(x: Any, y: Any) -> Any:
        return np.sum(x**2) * np.sum(y) + x[0] * y[1] ** 2

    xx = 2 * np.sum(y) * np.eye(2)
    xy = np.outer(2 * x, np.ones(3)) + np.array([[0, 2 * y[1], 0], [0, 0, 0]])
    yy = np.diag([0, 2 * x[0], 0])
    close(dd.hessian(f)(x, y), xx)
    close(dd.hessian(f, argnums=1)(x, y), yy)
    blocks = dd.hessian(f, argnums=(0, 1))(x, y)
    close(blocks[0][0], xx)
    close(blocks[0][1], xy)
    close(blocks[1][0], xy.T)
    close(blocks[1][1], yy)


def test_containers() -> None:
    """With respect to a dict the Hessian is a dict of dicts of blocks."""
    p: dict[str, Any] = {"a": np.array([0.5, -1.0]), "b": 2.0}
    H = dd.hessian(lambda p: np.sum(p["a"] ** 3) * p["b"] ** 2)(p)
    a, b = p["a"], p["b"]
    close(H["a"]["a"], np.diag(6 * a) * b**2)
    close(H["a"]["b"], 6 * a**2 * b)
    close(H["b"]["a"], 6 * a**2 * b)
    close(H["b"]["b"], 2 * np.sum(a**3))


def test_extra_arguments_and_aux() -> None:
    """Further arguments pass through, and has_aux returns the second output as plain values."""
    x = np.array([0.5, -1.0])

    def f(x: Any, a: float, *, power: int) -> Any:
        return a * np.sum(x**power), {"x": x + 1.0}

    H, aux = dd.hessian(f, has_aux=True)(x, 2.0, power=3)
    close(H, np.diag(12 * x))
    assert type(aux["x"]) is np.ndarray
    np.testing.assert_array_equal(aux["x"], x + 1.0)


@pytest.mark.parametrize("points", [(), (5,), (2, 3), (0,)], ids=str)
def test_many_points_at_once(points: tuple[int, ...]) -> None:
    """hessian(f, axis=-1) stacks one small Hessian a point, in one pass."""
    x = rng().normal(size=(*points, 3))

    def f(x: Any) -> Any:
        return np.sin(x[..., 0]) * x[..., 1] + x[..., 2] ** 3

    zero = 0 * x[..., 0]
    exact = np.stack(
        [
            np.stack([-np.sin(x[..., 0]) * x[..., 1], np.cos(x[..., 0]), zero], axis=-1),
            np.stack([np.cos(x[..., 0]), zero, zero], axis=-1),
            np.stack([zero, zero, 6 * x[..., 2]], axis=-1),
        ],
        axis=-2,
    )
    close(dd.hessian(f, axis=-1)(x), exact)


def test_many_points_along_another_axis() -> None:
    """hessian(f, axis=0) takes the points along the other axes and gives (..., in, in)."""
    x = rng().normal(size=(2, 5))
    H = dd.hessian(lambda x: x[0] ** 2 * x[1], axis=0)(x)
    exact = np.array([[2 * x[1], 2 * x[0]], [2 * x[0], 0 * x[0]]])
    close(H, np.moveaxis(exact, -1, 0))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_precision_is_kept(dtype: Any) -> None:
    """Value, gradient and Hessian have the input's precision."""
    x = np.array([0.5, 0.25], dtype)
    value, gradient, H = dd.value_grad_and_hessian(lambda x: 0.5 * np.sum(x**3))(x)
    for result in (value, gradient, H):
        assert np.asarray(result).dtype == dtype
    np.testing.assert_allclose(H.astype(float), np.diag([1.5, 0.75]), rtol=1e-3)
    assert dd.hvp(lambda x: 0.5 * np.sum(x**3), x, np.ones(2, dtype)).dtype == dtype


def test_integers_become_float64() -> None:
    """Integer points are promoted to float64."""
    H = dd.hessian(lambda x: np.sum(x**3) / 4)(np.array([1, 2]))
    assert H.dtype == np.float64
    close(H, np.diag([1.5, 3.0]))


def test_input_is_never_modified() -> None:
    """The function may write into its argument: the Hessian is right and the caller's array as it was."""

    def f(x: Any) -> Any:
        x *= 2.0
        x[0] = x[1] * x[2]
        x.sort()
        return np.sum(x**2)

    x = np.array([3.0, 1.0, 2.0])
    # f = (4 b c)^2 + (2 b)^2 + (2 c)^2
    b, c = 1.0, 2.0
    exact = [[0, 0, 0], [0, 32 * c**2 + 8, 64 * b * c], [0, 64 * b * c, 32 * b**2 + 8]]
    close(dd.hessian(f)(x), exact)
    assert np.array_equal(x, [3.0, 1.0, 2.0])


@pytest.mark.parametrize(
    "arrange",
    [
        lambda a: np.frombuffer(a.tobytes(), a.dtype),
        lambda a: np.repeat(a, 2)[::2],
        lambda a: a.astype(">f8"),
        lambda a: a.astype(object),
    ],
    ids=["read-only", "strided", "byte-swapped", "object"],
)
def test_any_arrangement_in_memory(arrange: Any) -> None:
    """Arrays of any arrangement in memory give the right Hessian."""
    a = rng().normal(size=4)
    close(dd.hessian(rosenbrock)(arrange(a)).astype(float), rosenbrock_hessian(a))


def test_special_point_absolute_value_squared() -> None:
    """The Hessian of sum(abs(x)**2) is 2 I, at zero too."""
    for x in (np.zeros(3), np.array([0.0, 1.0, -2.0])):
        close(dd.hessian(lambda x: np.sum(np.abs(x) ** 2))(x), 2 * np.eye(3))


def test_assembled_from_scalars() -> None:
    """Entries combined into np.array keep their second derivatives."""
    x = np.array([0.5, -1.0])
    H = dd.hessian(lambda x: np.sum(np.array([x[0] * x[1], x[1] ** 3]) * np.array([1.0, 2.0])))(x)
    close(H, [[0.0, 1.0], [1.0, 12 * x[1]]])


# ---------------------------------------------------------------- hvp
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)], ids=str)
def test_hvp_is_hessian_times_vector(shape: tuple[int, ...]) -> None:
    """hvp(f, x, v) is the Hessian applied to v, in the shape of x."""
    x, v = rng().normal(size=shape), rng(1).normal(size=shape)
    exact = np.tensordot(product_hessian(x), v, len(shape))
    close(dd.hvp(product, x, v), exact)


def test_hvp_of_rosenbrock() -> None:
    """Hvp agrees with the Hessian of many variables by hand."""
    x, v = rng().normal(size=200), rng(1).normal(size=200)
    np.testing.assert_allclose(dd.hvp(rosenbrock, x, v), rosenbrock_hessian(x) @ v, rtol=1e-10, atol=1e-9)


def test_hvp_of_a_constant() -> None:
    """Hvp of a function without curvature is zero."""
    close(dd.hvp(np.sum, np.ones(3), np.ones(3)), np.zeros(3))
    close(dd.hvp(lambda x: 1.0, np.ones(3), np.ones(3)), np.zeros(3))


def test_hvp_in_a_container() -> None:
    """Hvp with respect to a container is the same container."""
    p, v = Pair(np.array([0.5, -1.0]), 2.0), Pair(np.array([1.0, 3.0]), -1.0)
    result = dd.hvp(lambda p: np.sum(p.first**3) * p.second**2, p, v)
    a, b = p
    close(result.first, 6 * a * b**2 * v.first + 6 * a**2 * b * v.second)
    close(result.second, np.sum(6 * a**2 * b * v.first) + 2 * np.sum(a**3) * v.second)


def test_hvp_needs_a_scalar_function_and_a_fitting_vector() -> None:
    """Hvp of a vector function raises NotScalarError, and a vector of another shape raises ShapeError."""
    with pytest.raises(dd.NotScalarError):
        dd.hvp(lambda x: x**2, np.ones(3), np.ones(3))
    with pytest.raises(dd.ShapeError):
        dd.hvp(product, np.ones(3), np.ones(2))


# ---------------------------------------------------------------- second_directional_derivative
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)], ids=str)
def test_second_directional_derivative(shape: tuple[int, ...]) -> None:
    """The second directional derivative is u' H v, symmetric in u and v."""
    x, u, v = (rng(i).normal(size=shape) for i in range(3))
    exact = np.tensordot(u, np.tensordot(product_hessian(x), v, len(shape)), len(shape))
    close(dd.second_directional_derivative(product, x, u, v), exact)
    assert dd.second_directional_derivative(product, x, u, v) == pytest.approx(
        dd.second_directional_derivative(product, x, v, u), rel=1e-14, abs=1e-14
    )


def test_second_directional_derivative_of_a_vector_function() -> None:
    """For a vector function it has the shape of the value."""
    x, u, v = np.array([0.5, -1.0]), np.array([1.0, 2.0]), np.array([3.0, -1.0])
    result = dd.second_directional_derivative(lambda x: np.stack([x[0] * x[1], x[1] ** 3, x[0]]), x, u, v)
    close(result, [u[0] * v[1] + u[1] * v[0], 6 * x[1] * u[1] * v[1], 0.0])


def test_second_directional_derivative_checks_shapes() -> None:
    """Directions that do not fit the point raise ShapeError."""
    with pytest.raises(dd.ShapeError):
        dd.second_directional_derivative(product, np.ones(3), np.ones(2), np.ones(3))
    with pytest.raises(dd.ShapeError):
        dd.second_directional_derivative(product, np.ones(3), np.ones(3), np.ones((3, 1)))


SECOND_ORDER: list[tuple[str, Any]] = [
    ("polynomial", lambda x: np.sum(x**4) * x[0]),
    ("quotient", lambda x: x[0] / (1 + x @ x)),
    ("exp of product", lambda x: np.exp(x[0] * x[1]) + x[2] * np.prod(x)),
    ("norm", lambda x: np.linalg.norm(x) * x[1]),
    ("determinant", lambda x: np.linalg.det(np.outer(x, x) + np.diag(x + 3.0))),
    ("solve", lambda x: np.sum(np.linalg.solve(np.outer(x, x) + 4 * np.eye(3), x))),
    ("indexing", lambda x: np.sum(x[[0, 0, 2]] * x[::-1] ** 2)),
    ("where", lambda x: np.sum(np.where(x > 0, x**3, x**2))),
    ("power", lambda x: np.sum((x**2 + 1.0) ** x)),
    ("cumsum", lambda x: np.sum(np.cumsum(x) ** 3)),
    ("matmul", lambda x: x @ np.outer(x, x) @ x),
    ("std", lambda x: np.std(x) * np.mean(x)),
    ("filled", lambda x: np.sum(_fill(np.zeros_like(x), x))),
    ("sort", lambda x: np.sort(x) @ np.arange(3.0) * x[0]),
]


def _fill(out: Any, x: Any) -> Any:
    for i in range(len(x)):
        out[i] = x[i] ** 3 * x[i - 1]
        out[i] += x[0] * x[1]
    return out


@pytest.mark.parametrize("name, f", SECOND_ORDER, ids=[row[0] for row in SECOND_ORDER])
def test_all_ways_to_second_derivatives_agree(name: str, f: Any) -> None:
    """hessian, jacobian of grad, grad of grad, jvp of jvp, hvp and hyper-dual agree with one another."""
    x = np.array([0.5, -1.25, 2.0])
    H = dd.hessian(f)(x)
    assert np.array_equal(H, H.T)
    close(dd.jacobian(dd.grad(f))(x), H, rtol=1e-11)
    close(dd.jacobian(dd.jacobian(f))(x), H, rtol=1e-11)
    for i in range(3):
        close(dd.grad(lambda y, i=i: dd.grad(f)(y)[i])(x), H[i], rtol=1e-11)
        e = np.eye(3)[i]
        close(dd.hvp(f, x, e), H[i], rtol=1e-11)
        close(dd.jvp(dd.grad(f), x, e)[1], H[i], rtol=1e-11)
        for j in range(3):
            u = np.eye(3)[j]
            close(dd.second_directional_derivative(f, x, e, u), H[i, j], rtol=1e-11)
            close(dd.jvp(lambda y, e=e: dd.jvp(f, y, e)[1], x, u)[1], H[i, j], rtol=1e-11)
    h = 1e-5
    for i in range(3):
        step = h * np.eye(3)[i]
        numeric = (dd.grad(f)(x + step) - dd.grad(f)(x - step)) / (2 * h)
        np.testing.assert_allclose(numeric, H[i], rtol=1e-7, atol=1e-6 * np.abs(H).max())
