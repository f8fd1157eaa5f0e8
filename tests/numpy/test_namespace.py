"""dualdiff.numpy is NumPy's namespace: the same names, and outside a differentiation the same results."""

from __future__ import annotations

import importlib
import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy  # noqa: ICN001 - np is dualdiff.numpy here
import pytest

import dualdiff as dd

np: Any = importlib.import_module("dualdiff.numpy")

SUBMODULES = ("linalg", "fft", "random", "polynomial", "testing", "ma", "emath")
PAIRS = {"numpy": (np, numpy), **{name: (getattr(np, name), getattr(numpy, name)) for name in SUBMODULES}}


def callables() -> Iterator[tuple[str, str]]:
    """Return every callable of NumPy's namespace, and where it is."""
    for where, (_, original) in PAIRS.items():
        for name in dir(original):
            if not name.startswith("_") and callable(getattr(original, name)):
                yield where, name


@pytest.mark.parametrize("where", PAIRS)
def test_names_are_numpys(where: str) -> None:
    """dir() is equal, every name can be read, and no other can."""
    own, original = PAIRS[where]
    assert set(dir(own)) == set(dir(original))
    for name in dir(original):
        assert name.startswith("__") or hasattr(own, name), name
    with pytest.raises(AttributeError):
        own.no_such_name  # noqa: B018
    if hasattr(original, "__all__"):
        assert list(own.__all__) == list(original.__all__)


@pytest.mark.parametrize("where, name", [*callables()])
def test_functions_look_like_numpys(where: str, name: str) -> None:
    """Name, docstring and signature are kept."""
    own, original = (getattr(module, name) for module in PAIRS[where])
    assert own.__doc__ == original.__doc__
    assert getattr(own, "__name__", None) == getattr(original, "__name__", None)
    try:
        signature = inspect.signature(original)
    except (ValueError, TypeError):
        return
    assert inspect.signature(own) == signature


def test_constants_and_dtypes_are_numpys() -> None:
    """Numbers, None, and types that are no floats are the same objects; others make the same dtypes."""
    for name in dir(numpy):
        value = getattr(numpy, name)
        if isinstance(value, (float, int, bool, type(None), numpy.dtype)) or value is Ellipsis:
            assert getattr(np, name) is value or value != value
        elif isinstance(value, type) and issubclass(value, numpy.generic) and name not in ("object_", "void"):
            if value in (numpy.generic, numpy.number, numpy.floating, numpy.inexact, numpy.complexfloating):
                continue
            if not issubclass(value, (numpy.flexible, numpy.character)) and value.__subclasses__() == []:
                assert np.dtype(getattr(np, name)) == numpy.dtype(value), name
    assert np.newaxis is None
    assert np.int64 is numpy.int64


@pytest.mark.parametrize("where, name", [(w, n) for w, n in callables() if isinstance(getattr(PAIRS[w][1], n), numpy.ufunc)])
def test_ufuncs_are_numpys_own(where: str, name: str) -> None:
    """They need no wrapper."""
    assert getattr(PAIRS[where][0], name) is getattr(PAIRS[where][1], name)


# ------------------------------------------------------------------------------------ outside: the same
A = numpy.arange(12.0).reshape(3, 4)
F = numpy.asfortranarray(A)
INTEGERS = numpy.arange(6).reshape(2, 3)
FROZEN = numpy.array([1.0, 2.0])
FROZEN.flags.writeable = False
SAME = {"A": A, "F": F, "INTEGERS": INTEGERS, "FROZEN": FROZEN, "io": io, "abs": abs, "V": numpy.array([3.0, 1.0, 2.0])}
CALLS = """
np.zeros(3) | np.zeros((2, 3), order="F") | np.zeros(3, int) | np.zeros((0, 2)) | np.zeros((), complex)
np.zeros(3, np.float32) | np.zeros(2, "M8[D]") | np.zeros(2, object) | np.zeros(2, [("a", float), ("b", int)])
np.zeros(3, "S3") | np.zeros(shape=3, dtype=bool) | np.ones((2, 2)) | np.ones(3, dtype="f2") | np.empty((2, 0))
np.full((2, 3), 7.5) | np.full(3, [1, 2, 3]) | np.full(2, 1, float) | np.full(2, "ab") | np.full((2, 2), 1j, order="F")
np.zeros_like(A) | np.zeros_like(F) | np.zeros_like(A, int) | np.zeros_like([1, 2]) | np.ones_like(F, order="C")
np.empty_like(F, shape=(0, 2)) | np.full_like(INTEGERS, 2.7) | np.full_like(A, 2, shape=2) | np.zeros_like(3.0)
np.array([1, 2.5]) | np.array([[1, 2], [3, 4]]) | np.array(A) | np.array(F) | np.array(F, order="C") | np.array(A, order="F")
np.array(A, copy=False) | np.array(A, copy=None) | np.array(A, ndmin=4) | np.array([]) | np.array(3) | np.array(3.0)
np.array("ab") | np.array(["a", "bcd"]) | np.array([1, None]) | np.array([1, 2], dtype=complex)
np.array([[1.0, 2.0]], dtype=np.float32) | np.array(np.ma.array([1.0, 2.0], mask=[True, False]), subok=True)
np.array([numpy.float32(1), 2.0]) | np.array(range(4)) | np.array(FROZEN) | np.array(A[::2, ::-1]) | np.array(A.T)
np.array(1.0, order="F") | np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]) | np.array([2**70]) | np.array([True, False])
np.array([b"a"]) | np.array(memoryview(b"abc")) | np.array([[], []]) | np.asarray(A) | np.asarray(F) | np.asarray([1, 2])
np.asarray(A, dtype=float) | np.asarray(A, dtype=np.float64) | np.asarray(A, np.float32) | np.asarray(A, order="F")
np.asarray(F, order="F") | np.asarray(FROZEN) | np.asarray(A, copy=True) | np.asarray(A, copy=False) | np.asarray(1.5)
np.asarray(numpy.float32(1.5)) | np.asanyarray(A) | np.asanyarray(np.ma.array([1.0])) | np.asanyarray(F, order="A")
np.ascontiguousarray(A) | np.ascontiguousarray(F) | np.ascontiguousarray(3.0) | np.ascontiguousarray([1, 2])
np.asfortranarray(A) | np.asfortranarray(F) | np.asfortranarray(3.0) | np.require(A) | np.require(A, requirements="F")
np.require(FROZEN, requirements=["W"]) | np.require(A, np.float32, "CO") | np.asarray_chkfinite(A) | np.copy(A) | np.copy(F)
np.copy(F, order="C") | np.copy(np.ma.array([1.0])) | np.copy(np.ma.array([1.0]), subok=True) | np.arange(3) | np.arange(3.0)
np.arange(1, 2, 0.25) | np.arange(3, dtype=np.float32) | np.arange(0) | np.arange(5, 0, -2)
np.arange("2020-01", "2020-04", dtype="M8[M]") | np.arange(start=1, stop=3) | np.arange(stop=3) | np.linspace(0, 1, 5)
np.linspace(0, 1, 4, endpoint=False) | np.linspace([0, 1], [1, 3], 3) | np.linspace([0, 1], [1, 3], 3, axis=-1)
np.linspace(0, 9, 4, dtype=int) | np.linspace(0, 1j, 3) | np.linspace(0, 1, 0) | np.linspace(0, 1, 3, retstep=True)
np.logspace(0, 2, 5) | np.logspace(0, 2, 3, base=2) | np.logspace(0, 1, 3, base=[2, 3], axis=-1) | np.geomspace(1, 8, 4)
np.geomspace(1j, 8, 4) | np.geomspace(-1, -8, 4) | np.eye(3) | np.eye(2, 3, 1) | np.eye(2, dtype=int) | np.eye(2, order="F")
np.identity(3) | np.identity(2, int) | np.tri(3) | np.tri(2, 4, -1, dtype=int) | np.tril(A) | np.triu(A, 1) | np.diag(V)
np.diag(A) | np.diagflat(V) | np.vander(V) | np.vander(V, 2, True) | np.fromiter(range(4), float)
np.fromiter((x for x in "abc"), "U1") | np.fromiter(range(9), int, 3) | np.fromiter([(1, 2)], dtype=(int, 2))
np.fromiter(range(3), dtype=np.dtype(float), count=-1) | np.frombuffer(b"\\0" * 16) | np.frombuffer(b"\\1\\2", dtype="u1")
np.fromstring("1 2 3", sep=" ") | np.fromfunction(lambda i, j: i + j, (2, 3))
np.fromfunction(lambda i, j: i + j, (2, 3), dtype=int) | np.fromfunction(lambda i: 3.0, (2,))
np.loadtxt(io.StringIO("1 2\\n3 4")) | np.genfromtxt(io.StringIO("1,2\\n3,"), delimiter=",") | np.indices((2, 3))
np.indices((2, 3), float) | np.indices((2, 3), sparse=True) | np.r_[1, 2.5] | np.r_[0:3, 7] | np.r_[0:1:5j]
np.r_["0,2", [1, 2], [3, 4]] | np.r_["r", 1, 2] | np.c_[[1, 2], [3, 4]] | np.c_[V, V] | np.mgrid[0:2, 0:3] | np.mgrid[0:1:3j]
np.mgrid[0:2:0.5, 1:2] | np.ogrid[0:2, 0:3] | np.ogrid[0:1:3j] | np.s_[1:2, ...] | np.index_exp[1] | np.ix_([0, 1], [2])
np.meshgrid(V, [1, 2]) | np.meshgrid(V, V, indexing="ij", sparse=True) | np.meshgrid(V, copy=False) | np.tile(V, 2)
np.tile(A, (2, 1, 1)) | np.repeat(V, 2) | np.repeat(A, [1, 0, 2], axis=0) | np.concatenate([V, V]) | np.concatenate([A, F])
np.concatenate([[1], [2.5]], dtype=np.float32, casting="same_kind") | np.concatenate([A, A], axis=None) | np.stack([V, V])
np.vstack([V, V]) | np.hstack([V, [1]]) | np.dstack([V, V]) | np.column_stack([V, V]) | np.block([[A, A], [A, A]])
np.where(V > 1, V, 0) | np.where([True, False], 1, 2) | np.where(V > 1) | np.outer(V, V) | np.kron(V, V)
np.select([V > 2, V > 1], [V, 10 * V], -1) | np.choose([0, 1, 2], [V, V, V]) | np.interp(1.5, [1, 2], [3, 4])
np.clip(V, [0, 2, 1], 2) | np.sum([1.0, 2.0], initial=3.0) | np.sum(A, axis=0, keepdims=True) | np.pad(V, 2) | np.roll(V, 1)
np.flip(A) | np.rot90(A) | np.reshape(A, (4, 3)) | np.ravel(A) | np.ravel(F, order="F") | np.transpose(A) | np.squeeze(A[None])
np.expand_dims(A, 0) | np.atleast_2d(V) | np.atleast_1d(3.0, V) | np.broadcast_to(V, (2, 3)) | np.broadcast_arrays(V, A[:, :3])
np.swapaxes(A, 0, 1) | np.moveaxis(A, 0, 1) | np.split(V, 3) | np.array_split(V, 2) | np.delete(V, 1) | np.insert(V, 1, 7)
np.append(V, 8) | np.trim_zeros([0, 1, 0]) | np.unique([3, 1, 3], return_counts=True) | np.sort(V) | np.sort([2, 1])
np.argsort(V) | np.cumsum(A) | np.diff(V) | np.gradient(V) | np.gradient(A) | np.histogram(V, 2) | np.digitize(V, [1, 2])
np.cov(A) | np.corrcoef(A) | np.median(V) | np.percentile(V, [10, 50]) | np.quantile(A, 0.3, axis=0) | np.einsum("ij->ji", A)
np.einsum("ii", A[:, :3]) | np.dot(A, A.T) | np.matmul(A, A.T) | np.tensordot(A, A, 2) | np.cross(V, V)
np.convolve(V, V, "same") | np.correlate(V, V) | np.trace(A) | np.diagonal(A)
np.piecewise(V, [V > 1.5], [lambda x: x * 2, 0]) | np.apply_along_axis(np.sort, 1, A)
np.apply_along_axis(lambda r: r.sum(), 1, A) | np.apply_over_axes(np.sum, A, [0, 1]) | np.vectorize(lambda a, b: a + b)(V, 1)
np.vectorize(lambda a: a > 1, otypes=[bool])(V) | np.vectorize(lambda a: (a, a))(V)
np.vectorize(lambda a: a.sum(), signature="(n)->()")(A) | np.vectorize(lambda a: a, excluded={0})(V)
np.frompyfunc(lambda a: a + 1, 1, 1)(V) | np.frompyfunc(lambda a, b: (a, b), 2, 2)(V, 1.0) | np.nan_to_num([numpy.nan, 1.0])
np.real_if_close([1 + 1e-20j]) | np.isclose(V, V) | np.isscalar(3.0) | np.isscalar(V) | np.iscomplexobj(V)
np.result_type(A, 3) | np.promote_types("f4", "i8") | np.can_cast("f8", "f4") | np.min_scalar_type(3) | np.common_type(A)
np.shape([[1, 2]]) | np.ndim(3) | np.size(A) | np.iterable(V) | np.allclose(V, V) | np.array_equal(V, V) | np.argmax(V)
np.nonzero(V) | np.searchsorted([1, 2], V) | np.polyfit([0, 1, 2], V, 1) | np.polyval([1, 2], V) | np.roots([1, -3, 2])
np.poly([1, 2]) | np.polyadd([1], [1, 2]) | np.poly1d([1, 2])(V) | np.linalg.inv(A[:, :3] + 9 * np.eye(3))
np.linalg.solve(np.eye(3), V) | np.linalg.norm(V) | np.linalg.eigh(np.eye(2)) | np.linalg.svd(A) | np.linalg.qr(A)
np.linalg.det(np.eye(2)) | np.linalg.lstsq(A, V) | np.linalg.slogdet(np.eye(2)) | np.fft.fft(V) | np.fft.ifft(V)
np.fft.rfft(V, 4) | np.fft.fftfreq(4) | np.fft.fftshift(V) | np.fft.fft2(A) | np.emath.sqrt(-1.0) | np.emath.log([-1.0, 1.0])
np.hanning(4) | np.kaiser(4, 2.0) | np.bartlett(3) | np.sinc(V) | np.i0(V) | np.float64(3) | np.float64([1, 2])
np.float32("1.5") | np.float64() | np.complex128(1, 2) | np.float16(3) | np.longdouble(1) | np.int64(3.7) | np.bool_(1)
np.ndarray(0) | np.ndarray((2,), float, buffer=b"\\0" * 16) | np.dtype(np.float64) | np.finfo(np.float32).eps
np.iinfo(np.int8).max | np.astype(A, np.float32) | np.random.default_rng(0).normal(size=3) | np.random.RandomState(1).rand(2)
np.random.Generator(np.random.PCG64(3)).random(2) | np.nan | np.float64.__name__ | np.polynomial.Polynomial([1, 2])(V)
np.polynomial.Chebyshev([1, 2, 3]).deriv().coef | np.polynomial.polynomial.polyval(2.0, [1, 2]) | np.asmatrix(A)
np.bmat("1 2; 3 4") | np.lib.stride_tricks.sliding_window_view(V, 2) | np.ma.array([1.0, 2.0], mask=[0, 1]).sum()
np.unstack(A) | np.unravel_index(3, (2, 2)) | np.nanmean([1.0, numpy.nan]) | np.matrix_transpose(A) | np.vecdot(A, A)
np.cumulative_sum(V) | np.unique_values([1, 1]) | np.take(A, [0, 1]) | np.put_along_axis(A.copy(), numpy.array([[0]]), 1, 0)
np.lexsort((V, V)) | np.trapezoid(V) | np.ptp(A) | np.array2string(V) | np.array_repr(V) | np.typename("d")
np.base_repr(5, 2) | np.busday_count("2020-01-01", "2020-01-09")
"""
CALLED = [text.strip() for line in CALLS.strip().splitlines() for text in line.split(" | ")]


def same(found: Any, expected: Any) -> None:
    """The same type, dtype, shape, bits and flags, also of the parts of a result."""
    assert type(found) is type(expected)
    if isinstance(expected, numpy.ndarray):
        assert (found.dtype, found.shape, found.strides) == (expected.dtype, expected.shape, expected.strides)
        for flag in ("C_CONTIGUOUS", "F_CONTIGUOUS", "WRITEABLE", "OWNDATA", "ALIGNED"):
            assert found.flags[flag] == expected.flags[flag], flag
        if not expected.dtype.hasobject:
            assert found.tobytes() == expected.tobytes()
            return
        same(found.ravel().tolist(), expected.ravel().tolist())
    elif isinstance(expected, (tuple, list)):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    else:
        assert found == expected or (found != found and expected != expected)


def run(text: str, namespace: Any) -> Any:
    """What an expression gives with this NumPy, or its error."""
    try:
        return eval(text, {**SAME, "np": namespace, "numpy": numpy})
    except Exception as error:  # noqa: BLE001 - compared
        return type(error), str(error)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("text", CALLED)
def test_outside_everything_is_what_numpy_returns(text: str) -> None:
    """Type, dtype, shape, value and flags of the result, or the error."""
    same(run(text, np), run(text, numpy))


WRONG = """
np.zeros(-1) | np.zeros("a") | np.zeros() | np.zeros(3, "no such type") | np.array() | np.array([[1, 2], [3]])
np.array([1], dtype=float, no=1) | np.full(3) | np.full(2, [1, 2, 3]) | np.arange() | np.arange(1, 2, 0)
np.linspace(0, 1, -1) | np.eye(2.5) | np.fromiter([1, 2], float, 5) | np.fromiter(3, float) | np.concatenate([])
np.concatenate([V, A]) | np.stack([]) | np.where(1, 2) | np.array([1.0, 2.0], copy=False) | np.asarray([1], copy=False)
np.require(A, requirements="X") | np.frombuffer(b"a") | np.linalg.inv(A) | np.float64("a") | np.float64([1, "a"])
np.float64(1, 2, 3) | np.random.normal(size="a") | np.zeros(3).nothing | np.arange("a") | np.array(1.0, dtype=np.int64)[0]
np.asarray(FROZEN).__setitem__(0, 1.0) | np.vectorize(3)(V) | np.r_[[1, 2], [[1]]] | np.reshape(V, (2, 2)) | np.geomspace(0, 1)
"""


@pytest.mark.parametrize("text", [text.strip() for line in WRONG.strip().splitlines() for text in line.split(" | ")])
def test_outside_errors_are_numpys(text: str) -> None:
    """The same kind of error."""
    expected, found = run(text, numpy), run(text, np)
    assert isinstance(expected, tuple) and issubclass(expected[0], Exception)
    assert isinstance(found, tuple) and found[0] is expected[0]


@pytest.mark.parametrize("text", WRONG.replace("\n", " | ").strip(" |").split(" | "))
def test_inside_errors_are_numpys(text: str) -> None:
    """The same kind of error while a differentiation runs, with no number in sight."""
    expected, found = run(text, numpy), []

    def f(x: Any) -> Any:
        found.append(run(text, np))
        return x

    dd.jacobian(f)(numpy.ones(2))
    assert found[0][0] is expected[0] or issubclass(found[0][0], expected[0])


ALIASES = [
    "np.asarray(A)",
    "np.asanyarray(A)",
    "np.asarray(A, float)",
    "np.asarray(A, dtype=np.float64)",
    "np.ascontiguousarray(A)",
    "np.require(A)",
    "np.array(A, copy=False)",
    "np.array(A, copy=None)",
    "np.asfortranarray(F)",
    "np.asarray(F, order='F')",
    "np.asarray_chkfinite(A)",
    "np.atleast_2d(A)",
    "np.require(A, np.float64, 'C')",
]


@pytest.mark.parametrize("text", ALIASES)
def test_outside_nothing_is_copied(text: str) -> None:
    """An array that needs no conversion is returned as the same object."""
    assert run(text, np) is (F if "F)" in text or "F," in text else A)


VIEWS = [
    "np.ravel(A)",
    "np.reshape(A, (4, 3))",
    "np.transpose(A)",
    "np.squeeze(A)",
    "np.diagonal(A)",
    "np.expand_dims(A, 0)",
    "np.swapaxes(A, 0, 1)",
    "np.atleast_3d(A)",
    "np.flip(A)",
    "np.split(A, 3)[0]",
    "np.broadcast_to(A, (2, 3, 4))",
    "A[np.s_[1:]]",
    "np.real(A)",
    "np.moveaxis(A, 0, 1)",
    "np.array(A, copy=None, ndmin=3)",
]


@pytest.mark.parametrize("text", VIEWS)
def test_outside_views_are_views(text: str) -> None:
    """A view shares its memory as NumPy's does."""
    assert numpy.shares_memory(run(text, np), A)


@pytest.mark.parametrize(
    "name",
    [
        "rand",
        "randn",
        "normal",
        "uniform",
        "random",
        "standard_normal",
        "exponential",
        "gamma",
        "beta",
        "poisson",
        "randint",
        "permutation",
        "choice",
        "multivariate_normal",
        "dirichlet",
    ],
)
def test_random_numbers_are_numpys(name: str) -> None:
    """The same seed gives the same plain numbers, outside and inside a differentiation."""
    arguments: dict[str, tuple[Any, ...]] = {
        "rand": (3,), "randn": (3,), "gamma": (2.0, 1.0, 3), "beta": (2.0, 1.0, 3), "randint": (0, 9, 3), "permutation": (4,),
        "choice": (5, 3), "multivariate_normal": ([0.0, 1.0], numpy.eye(2), 3), "dirichlet": ([1.0, 2.0], 3), "random": (3,),
        "standard_normal": (3,), "exponential": (2.0, 3), "poisson": (2.0, 3),
    }  # fmt: skip
    args = arguments.get(name, (0.0, 1.0, 3))
    numpy.random.seed(5)  # noqa: NPY002 - the old functions are what is tested
    expected = getattr(numpy.random, name)(*args)
    np.random.seed(5)
    same(getattr(np.random, name)(*args), expected)
    found = []

    def f(x: Any) -> Any:
        np.random.seed(5)
        found.append(getattr(np.random, name)(*args))
        return x

    dd.jacobian(f)(numpy.ones(2))
    numpy.testing.assert_array_equal(numpy.asarray(found[0], float), expected)


def test_state_of_random_numbers_is_numpys() -> None:
    """One generator serves both namespaces, and shuffling works in place."""
    np.random.seed(3)
    state = numpy.random.get_state()  # noqa: NPY002
    first = np.random.rand()
    np.random.set_state(state)
    assert numpy.random.rand() == first  # noqa: NPY002
    assert type(np.random.default_rng(3)) is numpy.random.Generator
    plain = numpy.arange(5.0)
    np.random.shuffle(plain)
    assert sorted(plain) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("f", [lambda x: np.zeros(3), lambda x: np.array([1.0, 2.0]) * 2, lambda x: np.linspace(0, 1, 3)])
def test_after_a_differentiation_arrays_are_plain(f: Callable[[Any], Any]) -> None:
    """Room for derivatives ends with the differentiation, also when that fails."""

    def fails(x: Any) -> Any:
        f(x)
        raise KeyError

    with pytest.raises(KeyError):
        dd.grad(fails)(1.0)
    assert type(f(1.0)) is numpy.ndarray
    assert dd.jacobian(f)(numpy.ones(2)).any() == False  # noqa: E712 - a NumPy bool
