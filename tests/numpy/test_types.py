"""The types of dualdiff.numpy: they are NumPy's to isinstance, issubclass, dtype= and calls, and calls keep derivatives."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from typing import Any

import numpy  # noqa: ICN001 - np is dualdiff.numpy here
import pytest

import dualdiff as dd

np: Any = importlib.import_module("dualdiff.numpy")

FLOATS = ["float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"]
SCALAR, VECTOR = dd.Dual(1.5, 1.0), dd.Dual(numpy.array([1.5, 2.0]), numpy.ones(2))
NUMBERS = {
    "scalar": SCALAR,
    "hyper-dual": dd.HyperDual(1.5, 1.0, 1.0, 0.0),
    "nested": dd.Dual(dd.Dual(1.5, 1.0), 1.0),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_scalars_are_floating(number: str) -> None:
    """A scalar number is an instance of what NumPy's float64 is an instance of, and of nothing else."""
    x = NUMBERS[number]
    for name in ("float64", "floating", "inexact", "number", "generic", "double"):
        assert isinstance(x, getattr(np, name)), name
    for name in ("float32", "complexfloating", "integer", "int64", "bool_", "str_", "complex128", "signedinteger"):
        assert not isinstance(x, getattr(np, name)), name
    assert isinstance(x, (np.floating, float))
    assert not isinstance(VECTOR, np.floating)


@pytest.mark.parametrize("name", FLOATS)
def test_instances_by_precision(name: str) -> None:
    """A number of another precision is an instance of that precision's type, and plain scalars are as ever."""
    entry = getattr(numpy, name)(1.5)
    x = dd.Dual(entry, entry)
    for other in FLOATS:
        kind = getattr(np, other)
        assert isinstance(x, kind) == isinstance(entry, getattr(numpy, other))
        assert isinstance(entry, kind) == isinstance(entry, getattr(numpy, other))
    assert isinstance(x, np.complexfloating) == isinstance(entry, numpy.complexfloating)


def test_arrays_are_arrays() -> None:
    """isinstance(x, np.ndarray) holds for vectors of every kind, and for plain arrays; not for floats."""
    hyper = dd.HyperDual(numpy.ones(2), numpy.ones(2), numpy.ones(2), numpy.ones(2))
    for x in (VECTOR, hyper, numpy.ones(2), numpy.ma.ones(2), dd.Dual(VECTOR, numpy.ones(2))):
        assert isinstance(x, np.ndarray)
    for y in (1.0, [1.0], numpy.float64(1.0), None, np.ndarray):
        assert not isinstance(y, np.ndarray)


def test_inheritance_is_numpys() -> None:
    """Issubclass and issubdtype answer as NumPy does for every pair of types, whichever namespace they come from."""
    names = [
        *FLOATS,
        "floating",
        "inexact",
        "complexfloating",
        "number",
        "generic",
        "integer",
        "int32",
        "bool_",
        "str_",
        "ndarray",
    ]
    for a in names:
        for b in names:
            expected = issubclass(getattr(numpy, a), getattr(numpy, b))
            for first in (np, numpy):
                assert issubclass(getattr(first, a), getattr(np, b)) == expected, (a, b)
            if "ndarray" not in (a, b):
                for first, second in ((np, np), (numpy, np), (np, numpy)):
                    assert np.issubdtype(getattr(first, a), getattr(second, b)) == numpy.issubdtype(
                        getattr(numpy, a), getattr(numpy, b)
                    ), (a, b)
    assert issubclass(np.float64, float)
    assert np.issubdtype(VECTOR.dtype, np.floating)
    assert numpy.issubdtype(VECTOR.dtype, np.floating)
    assert not np.issubdtype(VECTOR.dtype, np.integer)
    assert np.issubdtype(np.float64, float)
    assert np.isdtype(VECTOR.dtype, np.float64)
    assert np.isdtype(VECTOR.dtype, "real floating")


@pytest.mark.parametrize("name", FLOATS)
def test_types_are_dtypes(name: str) -> None:
    """A type of this namespace is accepted wherever NumPy takes a dtype, and compares as NumPy's."""
    own, original = getattr(np, name), getattr(numpy, name)
    dtype = numpy.dtype(original)
    assert np.dtype(own) == dtype == numpy.dtype(own)
    assert dtype == own and own == dtype and own == original and original == own
    assert hash(own) == hash(original) and {original: 1}[own] == 1
    assert own in (original, None) and original in (own, None)
    for made in (np.zeros(3, own), numpy.zeros(3, own), np.ones(3, dtype=own), np.array([1, 2], own), np.arange(3).astype(own),
                 np.asarray([1], own), np.full(2, 1, own), np.empty(2, own), np.eye(2, dtype=own), numpy.array([1], dtype=own),
                 np.linspace(0, 1, 3, dtype=own), np.sum([1, 2], dtype=own), np.zeros_like([1], dtype=own),
                 np.fromiter([1, 2], own), np.add(1, 2, dtype=own)):  # fmt: skip
        assert made.dtype == dtype and type(made) in (numpy.ndarray, original)
    assert np.finfo(own).eps == numpy.finfo(original).eps == numpy.finfo(own).eps
    assert np.result_type(own, np.int8) == numpy.result_type(original, numpy.int8)
    assert np.promote_types(own, "f4") == numpy.promote_types(original, "f4")
    assert np.can_cast(own, np.complex128) == numpy.can_cast(original, numpy.complex128)
    assert np.dtype([("a", own)])["a"] == dtype
    assert np.zeros(2, dtype=[("a", own), ("b", int)])["a"].dtype == dtype
    assert own.__name__ == original.__name__
    assert np.dtype(own).type is original
    assert np.zeros(2).astype(own).dtype == dtype


def test_dtypes_inside() -> None:
    """The same while a differentiation runs, where astype keeps the derivative."""

    def f(x: Any) -> Any:
        assert np.zeros(3, np.float32).dtype == np.float32 == numpy.float32
        assert np.finfo(np.float64).max == numpy.finfo(float).max
        assert np.finfo(x.dtype).eps == numpy.finfo(float).eps
        assert np.finfo(x).eps == numpy.finfo(float).eps
        assert np.iinfo(np.int32).max == 2**31 - 1
        assert x.dtype == np.float64 and x.dtype.type is numpy.float64
        assert np.result_type(x, np.float32) == np.float64
        assert np.dtype(np.float64) is numpy.dtype(float)
        a, b, c = x.astype(np.float64), np.asarray(x, np.float64), np.array(x, dtype="float64")
        return a + 10 * b + 100 * c + 1000 * x.astype(float) + 10000 * np.astype(x, np.float64)

    numpy.testing.assert_array_equal(dd.jacobian(f)(numpy.array([1.0, 2.0])), 11111.0 * numpy.eye(2))


@pytest.mark.parametrize("name", FLOATS)
def test_calls_keep_the_tangent(name: str) -> None:
    """np.float32(d), np.complex128(d), d.astype(kind): the value and the tangent in that precision."""
    kind, original = getattr(np, name), getattr(numpy, name)
    for made in (kind(SCALAR), SCALAR.astype(kind)):
        assert isinstance(made, dd.Dual)
        assert (made.value, made.tangent) == (1.5, 1.0)
        assert numpy.asarray(made.value).dtype == original or original in (numpy.float64, numpy.complex128)
    vector = kind(VECTOR)
    numpy.testing.assert_array_equal(vector.tangent, [1.0, 1.0])
    assert vector.dtype == original
    assert type(kind(2.5)) is original and kind(2.5) == 2.5
    assert type(kind(numpy.float32(2.5))) is original
    derivative = dd.derivative(lambda x: kind(x) ** 2)(3.0)
    assert derivative == 6.0
    assert dd.derivative(dd.derivative(lambda x: kind(x) ** 2))(3.0) == 2.0


def test_calls_of_other_types() -> None:
    """An integer has no derivative, so these calls raise; so does NumPy's own float64."""
    with pytest.raises(TypeError):
        np.int64(SCALAR)
    with pytest.raises(TypeError):
        np.array([1, 2]).astype(int)[:] = VECTOR
    with pytest.raises(TypeError):
        numpy.float64(SCALAR)
    assert np.float64(dd.stop_gradient(SCALAR)) == 1.5


def test_subclasses_of_ndarray() -> None:
    """A class may derive from np.ndarray as from NumPy's, also while a differentiation runs."""

    class Named(np.ndarray):  # type: ignore[misc]
        name: str

        def __new__(cls, data: Any, name: str = "?") -> Any:
            made: Any = numpy.asarray(data).view(cls)
            made.name = name
            return made

        def __array_finalize__(self, other: Any) -> None:
            self.name = getattr(other, "name", "unknown")

    a: Any = Named([1.0, 2.0], "lengths")
    assert all(isinstance(a, kind) for kind in (Named, np.ndarray, numpy.ndarray))
    assert not isinstance(numpy.ones(2), Named) and not isinstance(VECTOR, Named)
    part: Any = a[1:]
    twice: Any = 2 * a
    assert (part.name, twice.name, type(a + 1)) == ("lengths", "lengths", Named)
    empty = Named.__new__(Named, numpy.zeros(2))
    assert empty.shape == (2,)
    numpy.testing.assert_array_equal(dd.jacobian(lambda x: x * numpy.asarray(a))(numpy.ones(2)), numpy.diag([1.0, 2.0]))
    assert issubclass(Named, np.ndarray) and not issubclass(numpy.ndarray, Named)

    class Real(np.float64):  # type: ignore[misc]
        pass

    assert isinstance(Real(2.5), np.float64) and isinstance(Real(2.5), float)
    assert not isinstance(numpy.float64(1.0), Real)


def test_types_can_be_pickled_and_shown() -> None:
    """What these types make is NumPy's own, so it can be stored."""
    assert pickle.loads(pickle.dumps(np.float64(2.5))) == 2.5
    assert type(pickle.loads(pickle.dumps(np.zeros(2)))) is numpy.ndarray
    assert repr(np.float32(2.5)) == repr(numpy.float32(2.5))
    assert np.typename(np.dtype(np.float32).char) == "single precision"
    assert pickle.loads(pickle.dumps(np.dtype(np.float32))) == numpy.dtype("f4")


@pytest.mark.parametrize("dispatch", [
    lambda x: x if isinstance(x, (int, float, np.floating)) else None,
    lambda x: x if isinstance(x, np.float64) else None,
    lambda x: x if np.isscalar(x) else None,
    lambda x: x if np.issubdtype(np.asarray(x).dtype, np.floating) else None,
    lambda x: x if np.issubdtype(type(x), np.floating) or isinstance(x, np.generic) else None,
    lambda x: np.asarray(x, dtype=np.float64) if np.ndim(x) == 0 else None,
    lambda x: np.atleast_1d(x)[0] if not isinstance(x, (list, tuple)) else None,
    lambda x: {np.float64: 1}.get(np.asarray(x).dtype.type, 0) * x,
])  # fmt: skip
def test_checks_that_programs_make(dispatch: Callable[[Any], Any]) -> None:
    """Type checks at the head of a function let a number through as they let a float through."""
    assert dd.derivative(lambda x: dispatch(x) ** 2)(numpy.float64(3.0)) == 6.0
    assert dispatch(numpy.float64(3.0)) == 3.0


# --------------------------------------------------------------------------------------------- testing
def test_assertions_on_numbers() -> None:
    """np.testing's assertions look at values, and fail as NumPy's do."""
    np.testing.assert_allclose(VECTOR, [1.5, 2.0])
    np.testing.assert_array_equal(VECTOR, dd.Dual(numpy.array([1.5, 2.0]), numpy.zeros(2)))
    np.testing.assert_almost_equal(SCALAR, 1.5)
    np.testing.assert_equal([SCALAR, {"a": VECTOR}], [1.5, {"a": numpy.array([1.5, 2.0])}])
    np.testing.assert_array_less(VECTOR, 3.0)
    np.testing.assert_array_almost_equal(VECTOR, [1.5, 2.0])
    np.testing.assert_approx_equal(SCALAR, 1.5)
    np.testing.assert_array_almost_equal_nulp(VECTOR, numpy.array([1.5, 2.0]))
    np.testing.assert_array_max_ulp(VECTOR, numpy.array([1.5, 2.0]))
    np.testing.assert_allclose(actual=VECTOR, desired=[1.5, 2.0], rtol=1e-3)
    np.testing.assert_allclose([SCALAR, 2.0], [1.5, 2.0])
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(VECTOR, [1.5, 2.5])
    with pytest.raises(AssertionError):
        np.testing.assert_equal(SCALAR, 2.5)
    with np.testing.assert_raises(ValueError):
        raise ValueError

    def f(x: Any) -> Any:
        np.testing.assert_allclose(x, [1.0, 2.0])
        np.testing.assert_equal(x[0], 1.0)
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(x, [1.0, 2.5])
        return x * x

    assert dd.hessian(lambda x: np.sum(f(x)))(numpy.array([1.0, 2.0]))[1, 1] == 2.0
