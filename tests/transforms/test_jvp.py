"""``jvp``: the differential along one direction, or along k at once."""

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


def f(x: Any) -> Any:
    """Return a nonlinear function that mixes entries."""
    return np.sin(x) * np.sum(x) + x[..., ::-1] ** 2


def df(x: Any, t: Any) -> Any:
    """Return its differential, by hand."""
    return np.cos(x) * t * np.sum(x) + np.sin(x) * np.sum(t) + 2 * x[..., ::-1] * t[..., ::-1]


SHAPES = [(3,), (1,), (2, 3), (2, 1, 4), (0,), (2, 0)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_one_direction(shape: tuple[int, ...]) -> None:
    """The value is the function's own, bit for bit, and the tangent its differential along the direction."""
    x, t = rng().normal(size=shape), rng(1).normal(size=shape)
    value, tangent = dd.jvp(f, x, t)
    assert type(value) is np.ndarray
    assert type(tangent) is np.ndarray
    assert np.array_equal(value, f(x))
    assert tangent.shape == shape
    np.testing.assert_allclose(tangent, df(x, t), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("k", [1, 2, 5])
def test_many_directions(k: int, shape: tuple[int, ...]) -> None:
    """A tangent of shape (k, *x.shape) gives the k directional derivatives that k calls give."""
    x, t = rng().normal(size=shape), rng(1).normal(size=(k, *shape))
    value, tangent = dd.jvp(f, x, t)
    assert np.array_equal(value, f(x))
    assert tangent.shape == (k, *shape)
    for i in range(k):
        np.testing.assert_allclose(tangent[i], df(x, t[i]), rtol=1e-13, atol=1e-14)


def test_no_directions() -> None:
    """Zero directions give a tangent with zero rows."""
    value, tangent = dd.jvp(f, np.ones(3), np.ones((0, 3)))
    assert np.array_equal(value, f(np.ones(3)))
    assert tangent.shape == (0, 3)


@pytest.mark.parametrize("x", [2.0, np.float64(2.0), np.array(2.0), 2], ids=["float", "float64", "0-d", "int"])
def test_scalars(x: Any) -> None:
    """Scalars take one direction, or a vector of k of them."""
    value, tangent = dd.jvp(lambda x: x**3, x, 0.5)
    assert value == 8.0
    assert tangent == 6.0
    assert np.shape(tangent) == ()
    value, tangent = dd.jvp(lambda x: x**3, x, np.array([0.5, 1.0, 0.0]))
    assert value == 8.0
    np.testing.assert_array_equal(tangent, [6.0, 12.0, 0.0])


def test_tuples_of_arguments() -> None:
    """Tuples of primals and tangents are the function's arguments; the differential is the sum over them."""
    A, x = rng().normal(size=(3, 4)), rng(1).normal(size=4)
    dA, dx = rng(2).normal(size=(3, 4)), rng(3).normal(size=4)
    value, tangent = dd.jvp(lambda A, x: A @ x, (A, x), (dA, dx))
    assert np.array_equal(value, A @ x)
    np.testing.assert_allclose(tangent, dA @ x + A @ dx, rtol=1e-13)
    value, tangent = dd.jvp(np.sin, (x,), (dx,))
    assert np.array_equal(value, np.sin(x))
    np.testing.assert_allclose(tangent, np.cos(x) * dx, rtol=1e-15)


def test_tuples_of_arguments_with_many_directions() -> None:
    """K directions in front of the tangents of several arguments run together."""
    A, x = rng().normal(size=(3, 4)), rng(1).normal(size=4)
    dA, dx = rng(2).normal(size=(5, 3, 4)), rng(3).normal(size=(5, 4))
    tangent = dd.jvp(lambda A, x: A @ x, (A, x), (dA, dx))[1]
    np.testing.assert_allclose(tangent, dA @ x + dx @ A.T, rtol=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda a, b: [a, b],
        lambda a, b: Pair(a, b),
        lambda a, b: {"first": a, "second": b},
        lambda a, b: {"deep": [(a,), {"b": b}]},
    ],
    ids=["list", "named tuple", "dict", "deep"],
)
@pytest.mark.parametrize("k", [None, 3])
def test_containers_in_and_out(k: int | None, make: Any) -> None:
    """Containers of arrays are accepted as one argument and come back as the value and the tangent."""

    def leaves(tree: Any) -> list[Any]:
        if isinstance(tree, dict):
            tree = list(tree.values())
        return [leaf for item in tree for leaf in leaves(item)] if isinstance(tree, (list, tuple)) else [tree]

    def g(tree: Any) -> Any:
        a, b = leaves(tree)
        return make(a * b, np.sum(a))

    a, b = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    lead = () if k is None else (k,)
    da, db = rng().normal(size=(*lead, 2)), rng(1).normal(size=(*lead, 2))
    value, tangent = dd.jvp(g, (make(a, b),), (make(da, db),))
    assert type(value) is type(make(a, b))
    assert type(tangent) is type(make(a, b))
    np.testing.assert_array_equal(leaves(value)[0], a * b)
    np.testing.assert_array_equal(leaves(value)[1], np.sum(a))
    np.testing.assert_allclose(leaves(tangent)[0], da * b + a * db, rtol=1e-15)
    np.testing.assert_allclose(leaves(tangent)[1], np.sum(da, axis=-1), rtol=1e-15)


def test_auxiliary_output() -> None:
    """has_aux returns a third, plain output."""
    value, tangent, aux = dd.jvp(lambda x: (x**2, x + 1), np.array([2.0]), np.array([1.0]), has_aux=True)
    np.testing.assert_array_equal(value, [4.0])
    np.testing.assert_array_equal(tangent, [4.0])
    assert type(aux) is np.ndarray
    np.testing.assert_array_equal(aux, [3.0])


@pytest.mark.parametrize("constant", [2.0, np.ones((2, 2)), np.arange(3), True], ids=repr)
@pytest.mark.parametrize("k", [None, 4])
def test_constant_function(k: int | None, constant: Any) -> None:
    """A function that does not depend on its argument has a tangent of zeros, of the full shape."""
    t = np.ones(3) if k is None else np.ones((k, 3))
    value, tangent = dd.jvp(lambda x: constant, np.ones(3), t)
    np.testing.assert_array_equal(value, constant)
    assert np.shape(tangent) == (() if k is None else (k,)) + np.shape(constant)
    assert not np.any(tangent)


@pytest.mark.parametrize("k", [None, 3])
def test_identity_returns_the_tangent(k: int | None) -> None:
    """The identity returns value and tangent as they were given, in memory of their own."""
    x, t = np.arange(3.0), rng().normal(size=3 if k is None else (k, 3))
    value, tangent = dd.jvp(lambda x: x, x, t)
    assert np.array_equal(value, x)
    assert np.array_equal(tangent, t)
    value[...] = 9.0
    tangent[...] = 9.0
    assert np.array_equal(x, np.arange(3.0))
    assert not np.any(t == 9.0)


def test_inputs_are_never_modified() -> None:
    """Neither the point nor the direction changes when the function writes into its argument."""

    def g(x: Any) -> Any:
        x *= 2.0
        x[0] = x[1] ** 2
        x.sort()
        np.add.at(x, [0, 0], 1.0)
        x += x
        return x

    for k in (None, 3):
        x, t = np.array([3.0, 1.0, 2.0]), rng().normal(size=3 if k is None else (k, 3))
        x0, t0 = x.copy(), t.copy()
        dd.jvp(g, x, t)
        assert np.array_equal(x, x0)
        assert np.array_equal(t, t0)


LAYOUTS_IN_MEMORY: list[tuple[str, Any]] = [
    ("read-only", lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape)),
    ("strided", lambda a: np.repeat(a, 2, axis=-1)[..., ::2]),
    ("reversed", lambda a: a[..., ::-1].copy()[..., ::-1]),
    ("Fortran order", np.asfortranarray),
    ("byte-swapped", lambda a: a.astype(a.dtype.newbyteorder())),
    ("object array of numbers", lambda a: a.astype(object)),
    ("broadcast", lambda a: np.broadcast_to(a, (1, *a.shape))[0]),
]


@pytest.mark.parametrize("name, arrange", LAYOUTS_IN_MEMORY, ids=[row[0] for row in LAYOUTS_IN_MEMORY])
@pytest.mark.parametrize("k", [None, 2])
def test_any_arrangement_in_memory(k: int | None, name: str, arrange: Any) -> None:
    """Read-only, strided, byte-swapped and object arrays of numbers give the right answer and stay untouched."""
    x, t = rng().normal(size=(2, 3)), rng(1).normal(size=(2, 3) if k is None else (k, 2, 3))
    given, direction = arrange(x), arrange(t)
    value, tangent = dd.jvp(f, given, direction)
    assert value.dtype == np.float64
    assert tangent.dtype == np.float64
    np.testing.assert_allclose(value, f(x), rtol=1e-15)
    expected = df(x, t) if k is None else np.stack([df(x, ti) for ti in t])
    np.testing.assert_allclose(tangent, expected, rtol=1e-13)
    assert np.array_equal(given.astype(float), x)
    assert np.array_equal(direction.astype(float), t)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128])
@pytest.mark.parametrize("k", [None, 2])
def test_precision_is_kept(k: int | None, dtype: Any) -> None:
    """Value and tangent have the argument's precision."""
    x, t = np.array([0.5, 0.25], dtype), np.ones(2 if k is None else (k, 2), dtype)
    value, tangent = dd.jvp(lambda x: 3.0 * np.sin(x) ** 2 + 1, x, t)
    assert value.dtype == dtype
    assert tangent.dtype == dtype
    exact = np.broadcast_to(6 * np.sin(x) * np.cos(x), t.shape)
    np.testing.assert_allclose(tangent, exact, rtol=8 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64])
def test_integers_become_float64(dtype: Any) -> None:
    """Integer points and integer directions are promoted to float64."""
    x, t = np.array([1, 0, 1]).astype(dtype), np.array([1, 1, 0]).astype(dtype)
    value, tangent = dd.jvp(lambda x: x**3 / 2, x, t)
    assert value.dtype == np.float64
    assert tangent.dtype == np.float64
    np.testing.assert_array_equal(value, [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(tangent, [1.5, 0.0, 0.0])


COMPLEX: list[tuple[str, Any, Any]] = [
    ("conj", np.conj, lambda z, t: np.conj(t)),
    ("abs", np.abs, lambda z, t: (np.conj(z) * t).real / np.abs(z)),
    ("real", np.real, lambda z, t: t.real),
    ("imag", np.imag, lambda z, t: t.imag),
    ("angle", np.angle, lambda z, t: (t / z).imag),
    ("z conj(z)", lambda z: z * np.conj(z), lambda z, t: t * np.conj(z) + z * np.conj(t)),
    ("exp", np.exp, lambda z, t: np.exp(z) * t),
    ("square", np.square, lambda z, t: 2 * z * t),
    ("re * im", lambda z: z.real * z.imag, lambda z, t: t.real * z.imag + z.real * t.imag),
]


@pytest.mark.parametrize("name, g, exact", COMPLEX, ids=[row[0] for row in COMPLEX])
def test_complex_differential_is_real_linear(name: str, g: Any, exact: Any) -> None:
    """The jvp of a complex function is its real-linear differential, holomorphic or not."""
    z = np.array([0.6 + 0.8j, -1.5 + 0.25j])
    t = np.array([0.3 - 0.1j, 1.0 + 2.0j])
    value, tangent = dd.jvp(g, z, t)
    np.testing.assert_allclose(value, g(z), rtol=1e-15)
    np.testing.assert_allclose(tangent, exact(z, t), rtol=1e-14, atol=1e-15)
    assert np.asarray(tangent).dtype == np.asarray(exact(z, t)).dtype


def test_real_to_complex() -> None:
    """A real point with a complex result has a complex tangent."""
    x, t = np.array([0.3, 0.6]), np.array([1.0, -2.0])
    value, tangent = dd.jvp(lambda x: np.exp(1j * x), x, t)
    np.testing.assert_allclose(value, np.exp(1j * x), rtol=1e-15)
    np.testing.assert_allclose(tangent, 1j * np.exp(1j * x) * t, rtol=1e-14)


@pytest.mark.parametrize(
    "x, t",
    [
        (np.ones(3), np.ones(2)),
        (np.ones(3), np.ones((2, 2))),
        (np.ones(3), np.ones((3, 1))),
        (np.ones(3), 1.0),
        (np.ones((2, 3)), np.ones(3)),
        (np.ones((2, 3)), np.ones((3, 2))),
        (np.ones(3), np.ones((2, 2, 3))),
        (1.0, np.ones((2, 2))),
    ],
    ids=["short", "short rows", "column", "scalar", "row", "transposed", "two directions axes", "matrix for a scalar"],
)
def test_tangent_of_the_wrong_shape(x: Any, t: Any) -> None:
    """A tangent that does not fit its point raises ShapeError, naming both shapes; it is never broadcast."""
    with pytest.raises(dd.ShapeError) as error:
        dd.jvp(lambda x: x**2, x, t)
    assert str(np.shape(t)) in str(error.value)
    assert str(np.shape(x)) in str(error.value)


def test_different_numbers_of_directions() -> None:
    """Tangents with different numbers of directions for different arguments raise ShapeError."""
    with pytest.raises(dd.ShapeError):
        dd.jvp(lambda x, y: x * y, (np.ones(3), np.ones(3)), (np.ones((2, 3)), np.ones((4, 3))))


def test_fewer_tangents_than_arguments() -> None:
    """One tangent an argument: anything else raises."""
    with pytest.raises((TypeError, ValueError)):
        dd.jvp(lambda x, y: x * y, (np.ones(3), np.ones(3)), (np.ones(3),))


def test_the_function_is_called_once() -> None:
    """One call of the function serves all directions."""
    calls: list[int] = []

    def g(x: Any) -> Any:
        calls.append(1)
        return x**2

    dd.jvp(g, np.ones(3), np.ones((7, 3)))
    assert len(calls) == 1
