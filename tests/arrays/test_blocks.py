"""Large arrays are evaluated in blocks, in threads: the same bits, the same warnings, the same errors as small pieces."""

import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.arrays import blocks
from dualdiff.arrays.blocks import in_blocks
from dualdiff.arrays.chains import divided

Function = Callable[[Any], Any]

N = 1 << 17
PIECE = 1 << 10


@pytest.fixture(autouse=True)
def three_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads, however many cores there are, for arrays that are not so large."""
    monkeypatch.setattr(blocks, "WORTHWHILE", 0)
    with dd.workers(3):
        yield


def chain(x: Any) -> Any:
    """Smooth functions of every kind."""
    a = np.sin(x)
    b = np.exp(a) * x / (x * x + 1.0)
    return np.tanh(b - a) + 2.0 / (3.0 + b) - np.where(x > 0, b, x**2) + x**1.5 - 3 * x


def special_points(x: Any) -> Any:
    """Functions with kinks and singular slopes."""
    return np.maximum(x, 0.25) + np.abs(x) * np.sqrt(np.abs(x)) + np.arctan2(x, 0.5) + np.hypot(x, 1.0)


FUNCTIONS = [chain, special_points, np.cbrt, lambda x: x.reshape(-1, 64) ** 3, lambda x: np.power(x, x)]


def parts_of(number: Any) -> list[np.ndarray]:
    """Value and tangents with the axes of the value flattened."""
    return [np.reshape(part, (*np.shape(part)[: np.ndim(part) - number.ndim], -1)) for part in number.parts()]


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", ["one", "three", "hyper"])
def test_the_same_bits_as_piece_by_piece(f: Function, dtype: Any, kind: str) -> None:
    """Blocks change nothing: each entry is that of a small array."""
    random = np.random.default_rng(3)
    x = random.uniform(0.1, 2, N).astype(dtype)
    v = random.standard_normal((3, N)).astype(dtype)

    def number(piece: slice) -> Any:
        if kind == "hyper":
            return dd.HyperDual(x[piece].copy(), v[0, piece].copy(), v[1, piece].copy(), v[2, piece].copy())
        return dd.Dual(x[piece].copy(), (v[0] if kind == "one" else v)[..., piece].copy())

    whole = parts_of(f(number(slice(None))))
    pieces = [parts_of(f(number(slice(i, i + PIECE)))) for i in range(0, N, PIECE)]
    for found, *expected in zip(whole, *pieces, strict=True):
        assert np.array_equal(found, np.concatenate(expected, axis=-1))


def test_blocks_are_used() -> None:
    """The test above would hold without blocks."""
    sizes = set()

    def spy(x: Any) -> Any:
        sizes.add(x.size)
        return [np.sin(x)]

    x = dd.Dual(np.ones(N), np.ones(N))
    assert in_blocks(x, spy, (x,)) is not None
    assert max(sizes) < blocks.LARGE
    sizes.clear()
    with dd.workers(1):
        divided(x, spy, (x,))
    assert sizes == {N}


@pytest.mark.parametrize("f", [lambda x: np.sum(chain(x)), lambda x: np.sum(special_points(x[:-1] * x[1:]) * x[1:])])
def test_structured_gradients_and_products(f: Function) -> None:
    """Coefficients of structured tangents are divided too."""
    x = np.random.default_rng(5).uniform(0.1, 2, N)
    v = np.random.default_rng(6).standard_normal(N)
    found = dd.grad(f)(x), dd.hvp(f, x, v)
    with dd.workers(1):
        expected = dd.grad(f)(x), dd.hvp(f, x, v)
    assert np.array_equal(found[0], expected[0])
    # The terms of a product with the Hessian are added in another order.
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12, atol=1e-12)
    assert np.allclose(found[0] @ v, dd.jvp(f, (x,), (v,))[1], rtol=1e-12, atol=0)


def test_sparse_hessians() -> None:
    """Slopes and bends belong to different spaces."""
    pytest.importorskip("scipy")
    def f(x: Any) -> Any:
        t = x[1:] - x[:-1] ** 2
        return np.sum(100.0 * (t * t) + (1.0 - x[:-1]) ** 2 + np.sin(x[1:]) * x[:-1])

    x = np.random.default_rng(5).uniform(0.1, 2, N)
    found = dd.hessian(f, sparse=True)(x)
    with dd.workers(1):
        expected = dd.hessian(f, sparse=True)(x)
    assert np.array_equal(found.indices, expected.indices)
    assert np.array_equal(found.data, expected.data)
    v = np.ones(N)
    np.testing.assert_allclose(found @ v, dd.hvp(f, x, v), rtol=1e-11)


def test_a_warning_is_given_once() -> None:
    """As often as without blocks."""
    x = np.ones(N)
    x[N // 2 :: 1000] = 0.0
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        np.log(dd.Dual(x, x))
    expected = len(given)
    with warnings.catch_warnings(record=True) as given, dd.workers(1):
        warnings.simplefilter("always")
        np.log(dd.Dual(x, x))
    assert len(given) == expected > 0


def test_errstate_of_the_caller_holds() -> None:
    """In all threads."""
    x = np.ones(N)
    x[-1] = -1.0
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        np.sqrt(dd.Dual(x, x))
    with np.errstate(all="ignore"):
        root: Any = np.sqrt(dd.Dual(x, x))
    assert np.isnan(root.value[-1])
    assert np.isnan(root.tangent[-1])
    assert root.tangent[0] == 0.5


def test_zero_tangents_win_at_infinite_slopes() -> None:
    """In the first block and in the last."""
    x, v = np.ones(N), np.ones(N)
    x[[3, -4]] = 0.0
    v[[3, -4]] = 0.0
    root: Any = np.sqrt(dd.Dual(x, v))
    assert np.array_equal(root.tangent, np.where(x == 0, 0.0, 0.5))


def test_scalars_beside_large_arrays() -> None:
    """Scalar duals with directions in front."""
    x = np.random.default_rng(0).uniform(1, 2, N)
    gradient = dd.grad(lambda p: np.sum(p[0] * x ** p[1] + p[2] / x), chunk_size=3)(np.array([2.0, 3.0, 4.0]))
    expected = [np.sum(x**3.0), np.sum(2 * x**3.0 * np.log(x)), np.sum(1 / x)]
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)


def test_views_and_in_place_writes() -> None:
    """What was computed in blocks is an array like any other."""
    def f(x: Any) -> Any:
        y = x * 2.0
        y[::2] *= x[::2]
        z = y[1:]
        z += 1.0
        return y

    x = np.random.default_rng(0).uniform(1, 2, N)
    _, tangent = dd.jvp(f, (x,), (np.ones(N),))
    expected = np.full(N, 2.0)
    expected[::2] = 4 * x[::2]
    np.testing.assert_allclose(tangent, expected, rtol=1e-15)


def test_several_callers_at_once() -> None:
    """The threads are shared."""
    x = np.random.default_rng(0).uniform(1, 2, N)
    expected = dd.jvp(chain, (x,), (x,))[1]
    found: list[Any] = [None] * 4

    def call(i: int) -> None:
        found[i] = dd.jvp(chain, (x,), (x,))[1]

    threads = [threading.Thread(target=call, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(f, expected) for f in found)


@pytest.mark.parametrize("count", [0, -2])
def test_a_count_that_means_nothing(count: int) -> None:
    """It is refused."""
    with pytest.raises(ValueError, match="positive"), dd.workers(count):
        pass


def test_a_large_array_beside_an_empty_one() -> None:
    """Nothing is to be computed, at first order and at second."""
    def f(x: Any) -> Any:
        return np.sum(x[:, None] * x[None, :0]) + np.sum(x**2)

    x = np.ones(N)
    np.testing.assert_array_equal(dd.jvp(f, (x,), (x,)), (N, 2 * N))
    assert dd.second_directional_derivative(f, x, x, x) == 2 * N
    np.testing.assert_array_equal(dd.grad(f)(x), 2 * x)
