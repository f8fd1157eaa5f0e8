"""Chunks of directions over threads, processes and anything like map; progress on stderr."""

import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def f(x: Any) -> Any:
    """Pickled by its name."""
    return np.sin(x) * np.cumsum(x)


def g(x: Any) -> Any:
    """A scalar."""
    return np.sum(f(x) ** 2)


def pair(x: Any, y: Any) -> Any:
    """Two outputs of two inputs, and what comes along."""
    return {"a": x[:, None] * y, "b": np.sum(np.exp(y))}, "along"


POINT = np.linspace(0.1, 2, 23)
VERBS: list[tuple[Any, Any]] = [(dd.jacobian, f), (dd.grad, g), (dd.hessian, g)]
MAPS = [1, 2, -1, map, ThreadPoolExecutor(2).map]


@pytest.mark.parametrize("workers", MAPS)
@pytest.mark.parametrize(("verb", "function"), VERBS)
def test_the_same_bits_as_without_workers(verb: Any, function: Any, workers: Any) -> None:
    """For the same chunks."""
    expected = verb(function, chunk_size=5)(POINT)
    assert np.array_equal(verb(function, chunk_size=5, workers=workers)(POINT), expected)
    np.testing.assert_allclose(verb(function, workers=workers)(POINT), verb(function)(POINT), rtol=1e-13)


def test_a_pool() -> None:
    """The map of multiprocessing's pool."""
    with multiprocessing.Pool(2) as pool:
        assert np.array_equal(dd.jacobian(f, workers=pool.map, chunk_size=4)(POINT), dd.jacobian(f, chunk_size=4)(POINT))


def test_trees_and_what_comes_along() -> None:
    """The form of inputs and outputs is that without workers."""
    arguments = POINT[:3], POINT[3:5]
    found, along = dd.jacobian(pair, argnums=(0, 1), has_aux=True, workers=2)(*arguments)
    expected, _ = dd.jacobian(pair, argnums=(0, 1), has_aux=True)(*arguments)
    assert along == "along"
    for name in ("a", "b"):
        for one, other in zip(found[name], expected[name], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-14)


def test_inside_another_differentiation() -> None:
    """The inner derivative is then computed here."""
    nested = dd.jacobian(dd.grad(g, workers=2))(POINT)
    np.testing.assert_allclose(nested, dd.hessian(g)(POINT), rtol=1e-12, atol=1e-12)


def test_what_cannot_be_sent_is_refused() -> None:
    """The error says what to do."""
    with pytest.raises(TypeError, match="top level"):
        dd.jacobian(lambda x: x * 2, workers=2)(POINT)
    with pytest.raises(ValueError, match="workers"):
        dd.jacobian(f, workers=0)(POINT)
    with pytest.raises(ValueError, match="sparse"):
        dd.jacobian(f, workers=2, sparse=True)
    with pytest.raises(dd.NotScalarError):
        dd.grad(f, workers=2)(POINT)


@pytest.mark.parametrize("tqdm", [True, False])
def test_progress(tqdm: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar on stderr, by tqdm if it is there; nothing without being asked."""
    if tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    dd.jacobian(f, chunk_size=5)(POINT)
    assert capsys.readouterr().err == ""
    found = dd.jacobian(f, chunk_size=5, progress=True)(POINT)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "100" in printed.err
    assert np.array_equal(found, dd.jacobian(f, chunk_size=5)(POINT))


def test_a_matrix_too_large_to_be_stored_in_full() -> None:
    """A sparse Jacobian that is none is refused before the memory is taken."""
    pytest.importorskip("scipy")
    with pytest.raises(dd.TooDenseError, match="linearize"):
        dd.jacobian(np.cumsum, sparse=True)(np.ones(60_000))
