"""The quick ways of numbers of second order: what they give is what the chain rule in general gives."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.arrays import Quadratic
from dualdiff.arrays.nesting import ByNesting
from dualdiff.tangents import is_zero

LEVEL = 1 << 40


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of its own for every test."""
    return np.random.default_rng(seed)


VALUES: dict[str, Callable[[], Any]] = {
    "scalar": lambda: 0.7,
    "negative": lambda: -1.3,
    "zero": lambda: 0.0,
    "inf": lambda: np.inf,
    "nan": lambda: np.nan,
    "zero-d": lambda: np.array(0.4),
    "vector": lambda: rng(1).uniform(0.2, 2.0, 5),
    "signs": lambda: np.array([-1.5, 2.0, -0.25, 0.5, 3.0]),
    "zeros": lambda: np.array([0.0, -0.0, 1.0, 0.0, 2.0]),
    "not finite": lambda: np.array([np.inf, -np.inf, np.nan, 1.0, 0.0]),
    "huge": lambda: np.array([1e200, 1e-200, 5e-324, 1.0, -1e308]),
    "strided": lambda: rng(2).uniform(0.2, 2.0, 10)[::2],
    "backwards": lambda: rng(3).uniform(0.2, 2.0, 5)[::-1],
    "empty": lambda: np.zeros(0),
    "one": lambda: np.array([0.5]),
    "matrix": lambda: rng(4).uniform(0.2, 2.0, (2, 3)),
    "square": lambda: rng(7).uniform(0.2, 2.0, (3, 3)),
    "Fortran": lambda: np.asfortranarray(rng(5).uniform(0.2, 2.0, (2, 3))),
    "float32": lambda: rng(6).uniform(0.2, 2.0, 5).astype(np.float32),
    "complex": lambda: 0.3 + 0.4j,
}

UNARY: dict[str, Callable[[Any], Any]] = {
    "negative": lambda x: -x,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "tanh": np.tanh,
    "absolute": np.abs,
    "reciprocal": np.reciprocal,
    "square": np.square,
    "positive": np.positive,
    "sum": np.sum,
    "first entry": lambda x: x[0],
    "last entry": lambda x: x[-1],
    "no entry": lambda x: x[9],
    "slice": lambda x: x[1:],
    "slice, backwards": lambda x: x[::-2],
    "** 2": lambda x: x**2,
    "** 3": lambda x: x**3,
    "** 0": lambda x: x**0,
    "** 1": lambda x: x**1,
    "** -1": lambda x: x**-1,
    "** 0.5": lambda x: x**0.5,
    "+ 1": lambda x: x + 1,
    "1 -": lambda x: 1 - x,
    "* 2.5": lambda x: x * 2.5,
    "/ 4": lambda x: x / 4,
    "3 /": lambda x: 3 / x,
    "* 0": lambda x: x * 0,
    "/ 0": lambda x: x / 0,
    "* inf": lambda x: x * np.inf,
    "* float64": lambda x: x * np.float64(1.5),
    "float64 /": lambda x: np.float64(1.5) / x,
    "* float32": lambda x: x * np.float32(1.5),
    "* True": lambda x: x * True,
    "* large int": lambda x: x * 10**30,
    "* very large int": lambda x: x * 10**400,
    "* array": lambda x: x * np.linspace(-1.0, 2.0, 5),
    "array -": lambda x: np.linspace(-1.0, 2.0, 5) - x,
    "/ array with zero": lambda x: x / np.array([0.0, 1.0, -2.0, 4.0, 0.0]),
    "* integers": lambda x: x * np.arange(5),
    "+ float32": lambda x: x + np.ones(5, np.float32),
    "+ column": lambda x: x + np.ones((2, 1)),
    "x @ x": lambda x: x @ x,
    "vector @": lambda x: np.linspace(-1.0, 2.0, 5) @ x,
    "matrix @": lambda x: np.linspace(-1.0, 2.0, 15).reshape(3, 5) @ x,
    "@ matrix": lambda x: x @ np.linspace(-1.0, 2.0, 15).reshape(5, 3),
    "@ integers": lambda x: x @ np.arange(5),
    "x @ x.T": lambda x: x @ x.T,
    "x x": lambda x: x * x,
    "x - x": lambda x: x - x,
    "x / x": lambda x: x / x,
}

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "np.multiply": np.multiply,
    "matmul": lambda x, y: x @ y,
    "np.matmul": np.matmul,
    "hypot": np.hypot,
}

#: Which of the three parts are there.
PARTS = list(itertools.product((True, False), repeat=3))


#: How many directions each part has in front.
FRONTS: dict[str, list[tuple[int, ...]]] = {
    "hyper": [(), (), ()],
    "hyper along several": [(2,), (3,), (2, 3)],
    "quadratic": [(2,), (4,)],
}


def number(kind: str, value: Any, parts: tuple[bool, ...] = (True, True, True), seed: int = 0) -> Any:
    """A number of second order with these of its parts, the others symbolic zeros."""
    value = value.copy("K") if isinstance(value, np.ndarray) else value
    shape, dtype = np.shape(value), np.result_type(value)
    given = [
        rng(10 + seed + i).normal(size=front + shape).astype(dtype)[()] if there else None
        for i, (front, there) in enumerate(zip(FRONTS[kind], parts, strict=False))
    ]
    return (Quadratic if kind == "quadratic" else dd.HyperDual).of(value, given, LEVEL)


def told(function: Callable[[], Any]) -> tuple[Any, set[tuple[Any, str]]]:
    """The result of a function, or its error, and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function()
        except (ArithmeticError, TypeError, ValueError, IndexError) as error:
            result = error
    return result, {(warning.category, str(warning.message)) for warning in caught}


def assert_same(found: Any, expected: Any) -> None:
    """Assert the same type, shape, dtype, and to a few roundings the same numbers in all parts."""
    assert type(found) is type(expected), (found, expected)
    if isinstance(expected, Exception):
        assert str(found) == str(expected)
        return
    for one, other in zip(_all_parts(found), _all_parts(expected), strict=True):
        assert type(one) is type(other), (found, expected)
        if not is_zero(one):
            assert np.shape(one) == np.shape(other)
            assert np.result_type(one) == np.result_type(other)
            eps = np.finfo(np.result_type(one)).eps
            np.testing.assert_allclose(one, other, rtol=16 * eps, atol=64 * eps)


def _all_parts(x: Any) -> tuple[Any, ...]:
    if not isinstance(x, ByNesting):
        return (x,)
    value, *parts = x.value, *x.tangents()
    if type(x) is Quadratic and not is_zero(parts[1]):
        # Only its symmetric part counts.
        bend = np.reshape(parts[1], (2, 2, *np.shape(value)))
        with np.errstate(all="ignore"):
            parts[1] = bend + np.swapaxes(bend, 0, 1)
    return value, *parts


def compare(function: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Assert that the function gives the same, with the same warnings, by the general chain rule."""
    found, warned = told(function)
    with monkeypatch.context() as general:
        for kind in (dd.HyperDual, Quadratic):
            for name in ("_quick", "_matmul"):
                general.setattr(kind, name, lambda *arguments: None)
            for name in ("__getitem__", "__array_function__"):
                general.setattr(kind, name, getattr(ByNesting, name))
        expected, expected_warnings = told(function)
    assert_same(found, expected)
    assert warned == expected_warnings


@pytest.mark.parametrize("kind", FRONTS)
@pytest.mark.parametrize("operation", UNARY)
def test_functions_of_one_number(operation: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every value, with every choice of parts that are zero."""
    for name, parts in itertools.product(VALUES, PARTS):
        x = number(kind, VALUES[name](), parts)
        compare(lambda x=x: UNARY[operation](x), monkeypatch)  # type: ignore[misc]


@pytest.mark.parametrize("kind", FRONTS)
@pytest.mark.parametrize("operation", BINARY)
def test_functions_of_two_numbers(operation: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every pair of values, with some choices of parts that are zero."""
    choices = [(a, b) for a in PARTS for b in PARTS]
    for position, (left, right) in enumerate(itertools.product(VALUES, repeat=2)):
        for a, b in (choices[0], choices[7 * position % len(choices)]):
            x, y = number(kind, VALUES[left](), a), number(kind, VALUES[right](), b, seed=3)
            compare(lambda x=x, y=y: BINARY[operation](x, y), monkeypatch)  # type: ignore[misc]


@pytest.mark.parametrize("kind", FRONTS)
@pytest.mark.parametrize("operation", [*UNARY, *BINARY])
def test_nothing_is_shared(operation: str, kind: str) -> None:
    """A write into the result leaves the argument as it was, in every part."""
    x = number(kind, VALUES["vector"]())
    before = [np.array(part) for part in _all_parts(x)]
    result, _ = told(lambda: UNARY[operation](x) if operation in UNARY else BINARY[operation](x, x))
    if operation.startswith("slice") or np.shape(result) != np.shape(x):
        return
    result[...] = number(kind, np.full(5, 7.0), seed=5)
    for part, kept in zip(_all_parts(x), before, strict=True):
        np.testing.assert_array_equal(part, kept)
