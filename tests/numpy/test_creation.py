"""While a differentiation runs, dualdiff.numpy makes arrays that a derivative can be written into."""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Callable
from typing import Any

import numpy  # noqa: ICN001 - np is dualdiff.numpy here
import pytest

import dualdiff as dd

np: Any = importlib.import_module("dualdiff.numpy")

A = numpy.arange(1.0, 13.0).reshape(3, 4)
V = numpy.array([3.0, 1.0, 2.0])
GLOBALS: dict[str, Any] = {"A": A, "V": V, "F": numpy.asfortranarray(A), "io": io, "numpy": numpy}
POINT = numpy.array([1.5, -0.7])

#: Calls that give a new array of floats.
NEW = """
np.zeros(3) | np.zeros((2, 3), order="F") | np.zeros(3, np.float64) | np.zeros(3, "d") | np.zeros(shape=(2,), dtype=float)
np.zeros(()) | np.ones((2, 2)) | np.empty(3) | np.empty((2, 2), dtype=float) | np.full(3, 7.5) | np.full((2, 2), V[0])
np.full(3, 1, dtype=float) | np.zeros_like(A) | np.ones_like(A, order="F") | np.empty_like(V) | np.full_like(A, 2.0)
np.zeros_like([1, 2], dtype=float) | np.zeros_like(A, shape=2) | np.array([1.0, 2.0]) | np.array([1, 2.5]) | np.array(A)
np.array(V, dtype=float) | np.array([[1, 2], [3, 4]], dtype=float) | np.array([1, 2], float) | np.array(5.0)
np.array(A, copy=True) | np.array(V, ndmin=2) | np.asarray([1.0, 2.0]) | np.asarray([[1, 2]], dtype=float)
np.asarray([1, 2], np.float64) | np.asanyarray([1.0, 2.0]) | np.asarray(A, copy=True) | np.asarray(A, order="F")
np.asarray(V.astype(int), float) | np.ascontiguousarray([1.0, 2.0]) | np.ascontiguousarray(A.T) | np.asfortranarray(A)
np.require([1.0, 2.0]) | np.require(A, requirements="F") | np.asarray_chkfinite([1.0, 2.0]) | np.copy(A) | np.copy([1.0, 2.0])
np.arange(3.0) | np.arange(3, dtype=float) | np.arange(0.5, 2.5) | np.arange(0, 1, 0.25) | np.linspace(0, 1, 4)
np.linspace(0, 1, 4, endpoint=False) | np.linspace(0, 1, 3, retstep=True)[0] | np.logspace(0, 1, 3) | np.geomspace(1, 8, 4)
np.eye(3) | np.eye(2, 3, k=1) | np.identity(2) | np.tri(3) | np.diag(V) | np.diagflat(V) | np.vander(V) | np.tril(A)
np.triu(A) | np.indices((2, 2), dtype=float) | np.indices((2, 2), float)[0] | np.fromiter([1.0, 2.0], float)
np.fromiter((x for x in (1, 2)), dtype=np.float64) | np.fromiter(iter([1.0, 2.0, 3.0]), float, 2)
np.fromfunction(lambda i, j: i + j, (2, 2)) | np.fromfunction(lambda i: i * 2.0, (3,)) | np.fromstring("1 2", sep=" ")
np.loadtxt(io.StringIO("1 2")) | np.genfromtxt(io.StringIO("1,2"), delimiter=",") | np.r_[1.0, 2.0] | np.r_[0:1:3j]
np.r_[0.0, V, [1, 2]] | np.r_[1:2:0.5] | np.c_[V, V] | np.c_[[1.0, 2.0], [3, 4]] | np.mgrid[0:1:3j] | np.mgrid[0:1:3j, 0:1:2j]
np.mgrid[0:2:0.5, 0:1:0.5] | np.ogrid[0:1:3j] | np.ogrid[0:1:3j, 0:1:2j][0] | np.meshgrid(V, V)[0]
np.meshgrid([1.0, 2.0], V, indexing="ij")[1] | np.tile(V, 2) | np.tile([1.0, 2.0], (2, 1)) | np.repeat(V, 2)
np.repeat([1.0], 3) | np.repeat(0.0, 3) | np.concatenate([V, V]) | np.concatenate(([0.0], V)) | np.stack([V, V])
np.vstack([V, V]) | np.hstack([V, 1.0]) | np.dstack([V, V]) | np.column_stack([V, V]) | np.block([[A, A]]) | np.append(V, 8)
np.append([], 1.0) | np.insert(V, 1, 7) | np.delete(V, 1) | np.pad(V, 2) | np.roll(V, 1) | np.where(V > 1, V, 0.0)
np.where(V > 1, 1.0, 0.0) | np.select([V > 2], [V], 0.5) | np.outer(V, V) | np.kron(V, V) | np.cross(V, V) | np.dot(A, A.T)
np.inner(V, A[:, :3]) | np.tensordot(A, A.T, 1) | np.einsum("ij,kj->ik", A, A) | np.convolve(V, V) | np.cumsum(V) | np.diff(A)
np.gradient(V) | np.sort(V) | np.clip(V, 1.5, 2.5) | np.vectorize(lambda t: t * 2.0)(V)
np.vectorize(lambda t: t * 2.0, otypes=[float])(V) | np.vectorize(float)(V) | np.sum(A, axis=0) | np.mean(A, axis=1)
np.sum(A, axis=0, keepdims=True) | np.max(A, axis=0) | np.median(A, axis=0) | np.quantile(V, [0.1, 0.5]) | np.cov(A)
np.interp([1.5, 2.0], [1, 2], [3.0, 4.0]) | np.nan_to_num(V) | np.round(V, 1) | np.linalg.inv(np.eye(2))
np.linalg.solve(np.eye(3), V) | np.linalg.eigvalsh(np.eye(2)) | np.linalg.qr(A)[0] | np.linalg.svd(A)[1] | np.fft.fftfreq(4)
np.hanning(5) | np.real(np.fft.ifft(V)) + 0.0 | np.polyfit([0.0, 1.0, 2.0], V, 1) | np.polyval([1.0, 2.0], V)
np.apply_along_axis(np.cumsum, 0, A) | np.piecewise(V, [V > 1.5], [1.0, 2.0]) | np.random.rand(3) | np.random.normal(size=3)
np.random.randn(2, 2) | np.random.uniform(0, 1, (2,)) | np.random.random(3) | np.random.standard_normal(3)
np.random.permutation(V) | np.random.choice(V, 3) | np.ndarray((3,)) | np.ndarray((2, 2), float) | np.array(V, subok=True)
np.fft.fftshift(V) | np.take(V, [0, 1]) | np.compress([True, True, False], V) | np.extract(V > 1, V) | np.zeros(3) + 1.0
np.ones(3) * V | np.sqrt(np.ones(3)) | np.zeros(4).reshape(2, 2) | np.zeros(3).copy() | np.array([0] * 3, dtype=float)
np.zeros(3).astype(float) | np.ones((2, 2)).T | np.zeros((2, 2))[0] | np.zeros(4)[::2] | np.eye(3)[:, 1]
np.array([0.0, 0.0]).ravel() | np.zeros(3)[[0, 1]] | np.ones((2, 2)).flatten() | np.zeros((3, 1)).squeeze()
np.array(list(map(float, range(3)))) | np.array((1.0, 2.0)) | np.array([numpy.float64(1.0), 2]) | np.array([V, V])
np.array([[1.0], [2.0]]) | np.array(range(3), float) | np.concat([V, V]) | np.astype(A.astype(int), np.float64)
np.cumulative_sum(V) | np.triu(np.ones((2, 2)))
"""
EXPRESSIONS = [
    text.strip()
    for line in NEW.strip().splitlines()
    for text in line.split(" | ")
    if all(hasattr(numpy, name) for name in re.findall(r"np\.(\w+)", text))
]
UNSEEDED = ("np.empty", "np.random", "np.ndarray")


def make(text: str, namespace: Any = np) -> Any:
    """The array of an expression."""
    return eval(text, {**GLOBALS, "np": namespace})


def write(text: str, x: Any) -> Any:
    """Make an array, and write x0^2 x1 into its first place."""
    a = make(text)
    a[(0,) * a.ndim] = x[0] ** 2 * x[1]
    return a


def first(text: str) -> Any:
    """One at the first place of the array, zero elsewhere."""
    mask = numpy.zeros(numpy.shape(make(text, numpy)))
    mask[(0,) * mask.ndim] = 1.0
    return mask


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_number_can_be_written_into_what_is_made(text: str) -> None:
    """The Jacobian of the array knows what was written, and its values are NumPy's."""
    value, jacobian = dd.value_and_jacobian(lambda x: write(text, x))(POINT)
    p, q = POINT
    gradient = numpy.array([2 * p * q, p * p])
    numpy.testing.assert_allclose(jacobian, first(text)[..., None] * gradient, rtol=1e-14)
    if not text.startswith(UNSEEDED):
        expected = numpy.array(make(text, numpy))
        expected[(0,) * expected.ndim] = p * p * q
        numpy.testing.assert_array_equal(value, expected)
        assert value.dtype == expected.dtype


def total(text: str, x: Any) -> Any:
    """The square of what was written, beside squares of what was there."""
    a = write(text, x)
    return np.sum(a * a * first(text))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("text", [text for text in EXPRESSIONS if not text.startswith(("np.empty", "np.ndarray"))])
def test_every_level_finds_room(text: str) -> None:
    """Hessian, Jacobian of the gradient, and gradient of a gradient's norm, by closed forms of x0^4 x1^2."""
    p, q = POINT
    hessian = numpy.array([[12 * p * p * q * q, 8 * p**3 * q], [8 * p**3 * q, 2 * p**4]])
    gradient = numpy.array([4 * p**3 * q * q, 2 * p**4 * q])
    f: Callable[[Any], Any] = lambda x: total(text, x)  # noqa: E731 - differentiated below
    numpy.testing.assert_allclose(dd.grad(f)(POINT), gradient, rtol=1e-13)
    numpy.testing.assert_allclose(dd.hessian(f)(POINT), hessian, rtol=1e-13)
    numpy.testing.assert_allclose(dd.jacobian(dd.grad(f))(POINT), hessian, rtol=1e-13)
    numpy.testing.assert_allclose(dd.jacobian(dd.hessian(f))(POINT)[0, 0], [24 * p * q * q, 24 * p * p * q], rtol=1e-13)
    directions = dd.jvp(f, (POINT,), (numpy.array([[1.0, 0.0], [2.0, 1.0]]),))[1]
    numpy.testing.assert_allclose(directions, [gradient[0], 2 * gradient[0] + gradient[1]], rtol=1e-13)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_made_is_plain_until_then(text: str) -> None:
    """While nothing is written, its entries convert freely, and derivatives of what uses it are zero."""
    seen = []

    def f(x: Any) -> Any:
        a = make(text)
        entry = a[(0,) * a.ndim]
        plain = numpy.zeros(numpy.shape(a))
        plain[...] = a
        held = numpy.zeros(1)
        held[0] = entry
        seen.append(
            (float(entry), numpy.asarray(a, float), numpy.asarray(a), plain, held, a.tolist(), [float(t) for t in a.ravel()])
        )
        assert isinstance(a, np.ndarray)
        return a * 1.0

    jacobian = dd.jacobian(f)(POINT)
    assert not jacobian.any()
    entry, as_float, array, plain, held, listed, entries = seen[0]
    assert type(array) is numpy.ndarray and array.dtype == float
    numpy.testing.assert_array_equal(as_float, array)
    numpy.testing.assert_array_equal(plain, array)
    numpy.testing.assert_array_equal(listed, array)
    numpy.testing.assert_array_equal(entries, array.ravel())
    assert entry == held[0] == array[(0,) * array.ndim]


# ------------------------------------------------------------------------- numbers among the arguments
X = numpy.array([1.5, 0.4, 2.2])
#: An expression of x, and what it means by plain stacking.
MIXED: list[tuple[str, str]] = [
    ("np.array([x[0], 1.0, x[1] * x[2]])", "x[0], 1, x[1] * x[2]"),
    ("np.array([x[0], 1.0, [2.0]][:2] + [x[2]])", "x[0], 1, x[2]"),
    ("np.array([[x[0], 1], [2, x[1]]])", "x[0], 1, 2, x[1]"),
    ("np.array(((x[0], 1), [2, x[1]]))", "x[0], 1, 2, x[1]"),
    ("np.array([x, [1, 2, 3]])", "x[0], x[1], x[2], 1, 2, 3"),
    ("np.array([x, V])", "x[0], x[1], x[2], 3, 1, 2"),
    ("np.array([x[:2], (x[2], 5)])", "x[0], x[1], x[2], 5"),
    ("np.array([np.array([x[0], 2]), [3, 4]])", "x[0], 2, 3, 4"),
    ("np.array([[[x[0]]], [[1]]])", "x[0], 1"),
    ("np.array(x[0])", "x[0]"),
    ("np.array([x[0]], dtype=float)", "x[0]"),
    ("np.array([x[0], 2], np.float64, ndmin=2)", "x[0], 2"),
    ("np.array(object=[x[0], 2])", "x[0], 2"),
    ("np.array([t**2 for t in x])", "x[0]**2, x[1]**2, x[2]**2"),
    ("np.array(list(x))", "x[0], x[1], x[2]"),
    ("np.array(x.tolist())", "x[0], x[1], x[2]"),
    ("np.array(tuple(x[::-1]))", "x[2], x[1], x[0]"),
    ("np.asarray([x[0], 1])", "x[0], 1"),
    ("np.asarray([x[0], 1], dtype=float)", "x[0], 1"),
    ("np.asanyarray([1, x[0]])", "1, x[0]"),
    ("np.ascontiguousarray([x[0], 1])", "x[0], 1"),
    ("np.asfortranarray([[x[0], 1]])", "x[0], 1"),
    ("np.require([x[0], 1], requirements='C')", "x[0], 1"),
    ("np.asarray_chkfinite([x[0], 1])", "x[0], 1"),
    ("np.copy([x[0], 1])", "x[0], 1"),
    ("np.full(3, x[0])", "x[0], x[0], x[0]"),
    ("np.full((2, 3), x)", "x[0], x[1], x[2], x[0], x[1], x[2]"),
    ("np.full(2, fill_value=x[0])", "x[0], x[0]"),
    ("np.full(2, [x[0], 1.0])", "x[0], 1"),
    ("np.full(shape=2, fill_value=x[1], dtype=float)", "x[1], x[1]"),
    ("np.full_like(V, x[0])", "x[0], x[0], x[0]"),
    ("np.full_like(V, [x[0], 1, x[1]])", "x[0], 1, x[1]"),
    ("np.arange(x[0], x[0] + 3)", "x[0], x[0] + 1, x[0] + 2"),
    ("np.arange(0, 3 * x[0], x[0])[:3]", "0, x[0], 2 * x[0]"),
    ("np.arange(x[0], stop=9.0, step=x[1])[:3]", "x[0], x[0] + x[1], x[0] + 2 * x[1]"),
    ("np.arange(2 * x[0] - 0.5)", "0, 1, 2"),
    ("np.linspace(x[0], x[1], 3)", "x[0], (x[0] + x[1]) / 2, x[1]"),
    ("np.linspace(0, stop=x[1], num=3)", "0, x[1] / 2, x[1]"),
    ("np.linspace([x[0], 0], 1, 2)", "x[0], 0, 1, 1"),
    ("np.linspace(0, x[0], 3, retstep=True)[1]", "x[0] / 2"),
    ("np.logspace(x[0], x[1], 2)", "10 ** x[0], 10 ** x[1]"),
    ("np.logspace(1, 2, 2, base=x[0])", "x[0], x[0]**2"),
    ("np.geomspace(x[0], x[1], 3)", "x[0], (x[0] * x[1]) ** 0.5, x[1]"),
    ("np.r_[x[0], 1, x]", "x[0], 1, x[0], x[1], x[2]"),
    ("np.r_[0.0, x, [x[0], 2]]", "0, x[0], x[1], x[2], x[0], 2"),
    ("np.r_[x[0]:x[0] + 2]", "x[0], x[0] + 1"),
    ("np.r_[0:x[0]:3j]", "0, x[0] / 2, x[0]"),
    ("np.c_[x, V]", "x[0], 3, x[1], 1, x[2], 2"),
    ("np.c_[x[:2], [1, x[2]]]", "x[0], 1, x[1], x[2]"),
    ("np.mgrid[0:x[0]:3j]", "0, x[0] / 2, x[0]"),
    ("np.ogrid[0:x[0]:3j]", "0, x[0] / 2, x[0]"),
    ("np.fromiter((t * t for t in x), float)", "x[0]**2, x[1]**2, x[2]**2"),
    ("np.fromiter((t for t in [1.0, x[0], 3.0]), np.float64, 2)", "1, x[0]"),
    ("np.fromiter(iter=x, dtype=float)", "x[0], x[1], x[2]"),
    ("np.fromfunction(lambda i: x[0] * i, (3,))", "0, x[0], 2 * x[0]"),
    ("np.sum([1.0, 2.0], initial=x[0])", "3 + x[0]"),
    ("np.sum(V, initial=x[0], where=V > 1)", "5 + x[0]"),
    ("np.prod([1.0, 2.0], initial=x[0])", "2 * x[0]"),
    ("np.max([1.0, 0.5], initial=x[0])", "x[0]"),
    ("np.min(V, initial=x[1])", "x[1]"),
    ("np.sum([x[0], 1.0])", "x[0] + 1"),
    ("np.sum([[x[0], 1.0], [2, x[1]]], axis=0)", "x[0] + 2, 1 + x[1]"),
    ("np.mean([x[0], 1.0])", "(x[0] + 1) / 2"),
    ("np.mean([[x[0], 1.0], [x[1], 3]], axis=1)", "(x[0] + 1) / 2, (x[1] + 3) / 2"),
    ("np.var([x[0], 1.0])", "(x[0] - 1)**2 / 4"),
    ("np.std([x[0], 1.0])", "(x[0] - 1) / 2"),
    ("np.prod([x[0], x[1], 2])", "2 * x[0] * x[1]"),
    ("np.max([x[0], 1.0])", "x[0]"),
    ("np.median([x[0], 1.0, 9.0])", "x[0]"),
    ("np.cumsum([x[0], x[1]])", "x[0], x[0] + x[1]"),
    ("np.diff([x[0], x[1], 2])", "x[1] - x[0], 2 - x[1]"),
    ("np.sort([x[0], 1.0, x[1]])", "x[1], 1, x[0]"),
    ("np.average([x[0], 1.0], weights=[x[1], 1 - x[1]])", "x[0] * x[1] + 1 - x[1]"),
    ("np.trapezoid([x[0], x[1]], [0, x[2]])", "(x[0] + x[1]) * x[2] / 2"),
    ("np.where([True, False], [x[0], 1], 2)", "x[0], 2"),
    ("np.where(x > 1, x, 0)", "x[0], 0, x[2]"),
    ("np.where(V > 1, x[0], [1, x[1], 3])", "x[0], x[1], x[0]"),
    ("np.select([V > 2, V > 1], [x, x[0] * V], x[1])", "x[0], x[1], 2 * x[0]"),
    ("np.select([x > 2, x > 1], [1, 2], default=x[0])", "2, x[0], 1"),
    ("np.choose([0, 1], [[x[0], 2], [3, x[1]]])", "x[0], x[1]"),
    ("np.interp(0.0, [1, 2], [3, 4], left=x[0])", "x[0]"),
    ("np.interp(5.0, [1, 2], [3, 4], right=x[0])", "x[0]"),
    ("np.interp(x[0], [1, 2], [3, x[1]])", "3 + (x[0] - 1) * (x[1] - 3)"),
    ("np.interp([1.5], [1, 1 + x[0]], [3, 4])", "3 + 0.5 / x[0]"),
    ("np.clip([0.0, 1.0, 5.0], [x[1], 0, 0], x[0])", "x[1], 1, x[0]"),
    ("np.clip(V, a_min=None, a_max=[x[0], x[1], 9])", "x[0], x[1], 2"),
    ("np.clip([x[0], x[1]], 1, 2)", "x[0], 1"),
    ("np.pad([1.0], 1, constant_values=x[0])", "x[0], 1, x[0]"),
    ("np.pad(V, 1, 'linear_ramp', end_values=x[0])", "x[0], 3, 1, 2, x[0]"),
    ("np.concatenate([[x[0], 1], V[:1]])", "x[0], 1, 3"),
    ("np.concatenate((x, [x[0]], [1.0]))", "x[0], x[1], x[2], x[0], 1"),
    ("np.stack([x[0], 1.0, x[1]])", "x[0], 1, x[1]"),
    ("np.hstack([x[0], [1, x[1]]])", "x[0], 1, x[1]"),
    ("np.vstack(([x[0], 1], [2, 3]))", "x[0], 1, 2, 3"),
    ("np.dstack([[x[0]], [1]])", "x[0], 1"),
    ("np.column_stack(([x[0], 1], [2, x[1]]))", "x[0], 2, 1, x[1]"),
    ("np.block([[x[0], 1], [2, x[1]]])", "x[0], 1, 2, x[1]"),
    ("np.append([1.0], x[0])", "1, x[0]"),
    ("np.append(V, [x[0], 1])", "3, 1, 2, x[0], 1"),
    ("np.insert(V, 1, x[0])", "3, x[0], 1, 2"),
    ("np.tile([x[0], 1], 2)", "x[0], 1, x[0], 1"),
    ("np.repeat([x[0], 1], [2, 1])", "x[0], x[0], 1"),
    ("np.repeat(x[0], 2)", "x[0], x[0]"),
    ("np.roll([x[0], 1, 2], 1)", "2, x[0], 1"),
    ("np.meshgrid([x[0], 1], [2, x[1]])[1]", "2, 2, x[1], x[1]"),
    ("np.outer([x[0], 1], [x[1], 2])", "x[0] * x[1], 2 * x[0], x[1], 2"),
    ("np.dot([x[0], 1], [x[1], 2])", "x[0] * x[1] + 2"),
    ("np.matmul([[x[0], 1]], [[1], [x[0]]])", "2 * x[0]"),
    ("np.vdot([x[0], 1], [2, 3])", "2 * x[0] + 3"),
    ("np.inner([x[0], 1], [2, 3])", "2 * x[0] + 3"),
    ("np.kron([x[0], 1], [1, 2])", "x[0], 2 * x[0], 1, 2"),
    ("np.cross([x[0], 0, 0], [0, x[1], 0])", "0, 0, x[0] * x[1]"),
    ("np.einsum('i,i', [x[0], 1], [x[1], 2])", "x[0] * x[1] + 2"),
    ("np.diag([x[0], 1])", "x[0], 0, 0, 1"),
    ("np.diagflat([x[0], 1])", "x[0], 0, 0, 1"),
    ("np.vander([x[0], 2], 2)", "x[0], 1, 2, 1"),
    ("np.trace([[x[0], 1], [2, x[1]]])", "x[0] + x[1]"),
    ("np.tril([[x[0], 1], [2, x[1]]])", "x[0], 0, 2, x[1]"),
    ("np.linalg.det([[x[0], 1], [2, x[1]]])", "x[0] * x[1] - 2"),
    ("np.linalg.norm([x[0], 0.0])", "x[0]"),
    ("np.linalg.inv([[x[0], 0], [0, 2]])", "1 / x[0], 0, 0, 0.5"),
    ("np.linalg.solve([[x[0], 0], [0, 2]], [1, x[1]])", "1 / x[0], x[1] / 2"),
    ("np.polyval([x[0], 1], x[1])", "x[0] * x[1] + 1"),
    ("np.polyfit([0, 1], [x[0], x[1]], 1)", "x[1] - x[0], x[0]"),
    ("np.roots([1, -x[0]])", "x[0]"),
    ("np.convolve([x[0], 1], [1, x[1]])", "x[0], x[0] * x[1] + 1, x[1]"),
    ("np.maximum([x[0], 1], 1.2)", "x[0], 1.2"),
    ("np.add([x[0], 1], [1, x[1]])", "x[0] + 1, x[1] + 1"),
    ("np.power([x[0], 2], 2)", "x[0] ** 2, 4"),
    ("np.nan_to_num([x[0], np.nan], nan=x[1])", "x[0], x[1]"),
    ("np.vectorize(lambda a, b: a * b)(x, V)", "3 * x[0], x[1], 2 * x[2]"),
    ("np.vectorize(lambda a: a * x[0])(V)", "3 * x[0], x[0], 2 * x[0]"),
    ("np.vectorize(lambda a: a * x[0] if a > 1 else 0)(V)", "3 * x[0], 0, 2 * x[0]"),
    ("np.vectorize(lambda a: a * x[0], otypes=[float])(V)", "3 * x[0], x[0], 2 * x[0]"),
    ("np.vectorize(lambda r: r.sum() * x[0], signature='(n)->()')(A)", "10 * x[0], 26 * x[0], 42 * x[0]"),
    ("np.vectorize(lambda a, k: a * k, excluded={1})(V, x[0])", "3 * x[0], x[0], 2 * x[0]"),
    ("np.frompyfunc(lambda a: a * a, 1, 1)(x)", "x[0]**2, x[1]**2, x[2]**2"),
    ("np.frompyfunc(lambda a: a * x[0], 1, 1)(V)", "3 * x[0], x[0], 2 * x[0]"),
    ("np.frompyfunc(lambda a, b: (a, b * x[0]), 2, 2)(V, 1.0)[1]", "x[0], x[0], x[0]"),
    ("np.apply_along_axis(lambda r: r * x[0], 0, V)", "3 * x[0], x[0], 2 * x[0]"),
    ("np.apply_along_axis(lambda r: r.sum() * x[0], 1, A)", "10 * x[0], 26 * x[0], 42 * x[0]"),
    ("np.piecewise(V, [V > 2], [lambda v: v * x[0], 1])", "3 * x[0], 1, 1"),
    ("np.piecewise(x, [x > 1], [lambda v: v**2, 0])", "x[0]**2, 0, x[2]**2"),
    ("np.float64(x[0])", "x[0]"),
    ("np.float64([x[0], 1])", "x[0], 1"),
    ("np.array([np.float64(x[0]), np.float64(2)])", "x[0], 2"),
    ("np.histogram(V, bins=2, weights=x)[0]", "x[1], x[0] + x[2]"),
    ("np.bincount([0, 1, 0], weights=x)", "x[0] + x[2], x[1]"),
    ("np.ones(3) * x[0]", "x[0], x[0], x[0]"),
    ("np.broadcast_to(x[0], 2)", "x[0], x[0]"),
    ("np.atleast_2d([x[0], 1])", "x[0], 1"),
    ("np.reshape([x[0], 1], (2, 1))", "x[0], 1"),
    ("np.ravel([[x[0]], [1]])", "x[0], 1"),
    ("np.take([x[0], 1, x[1]], [2, 0])", "x[1], x[0]"),
    ("np.unique([x[0], x[0], 9.0])", "x[0], 9"),
    ("np.quantile([x[0], 1.0], 0.5)", "(x[0] + 1) / 2"),
    ("np.quantile([0.0, 2.0], x[1])", "2 * x[1]"),
    ("np.cov([x[0], 1.0])", "(x[0] - 1)**2 / 2"),
    ("np.gradient([1.0, 2.0], x[0])", "1 / x[0], 1 / x[0]"),
    ("np.real([x[0], 1])", "x[0], 1"),
    ("np.fft.ifft(np.fft.fft([x[0], 1])).real", "x[0], 1"),
    ("np.put(out := np.zeros(2), [1], x[0]) or out", "0, x[0]"),
    ("np.fill_diagonal(out := np.zeros((2, 2)), x[0]) or out", "x[0], 0, 0, x[0]"),
    ("np.place(out := np.zeros(2), [True, False], [x[0]]) or out", "x[0], 0"),
    ("np.putmask(out := np.zeros(2), [True, False], x[0]) or out", "x[0], 0"),
    ("np.add.at(out := np.zeros(2), [0, 0], x[:2]) or out", "x[0] + x[1], 0"),
    ("np.multiply(x[0], [1.0, 2.0], out=np.zeros(2))", "x[0], 2 * x[0]"),
    ("np.add(x, 1, out=np.empty(3))", "x[0] + 1, x[1] + 1, x[2] + 1"),
    ("np.dot(A[:, :3], x, out=np.empty(3))", "A[0, :3] @ x, A[1, :3] @ x, A[2, :3] @ x"),
    ("np.cumsum(x, out=np.zeros(3))", "x[0], x[0] + x[1], x[0] + x[1] + x[2]"),
    ("np.sum(x[:2], out=np.zeros(()))", "x[0] + x[1]"),
    ("np.concatenate([x, x[:1]], out=np.zeros(4))", "x[0], x[1], x[2], x[0]"),
    ("np.stack([x[0], x[1]], out=np.zeros(2))", "x[0], x[1]"),
    ("np.fromiter(map(np.sin, x), dtype='d')", "np.sin(x[0]), np.sin(x[1]), np.sin(x[2])"),
]  # fmt: skip


def meant(text: str, x: Any) -> Any:
    """The entries of an expression, one by one."""
    return numpy.array([float(t) for t in eval(f"({text},)", {"x": x, "A": A, "np": numpy})])


@pytest.mark.parametrize("text, entries", MIXED, ids=[text for text, _ in MIXED])
def test_numbers_among_the_arguments(text: str, entries: str) -> None:
    """Derivatives of any argument that holds numbers, by complex steps of what it means; the value is NumPy's."""

    def f(x: Any) -> Any:
        return eval(text, {**GLOBALS, "np": np, "x": x})

    jacobian = dd.jacobian(f)(X)
    flat = eval(f"lambda x: ({entries},)", {"A": A, "np": numpy})
    columns = [[numpy.imag(entry) / 1e-30 for entry in flat(X + 1e-30j * e)] for e in numpy.eye(3)]
    numpy.testing.assert_allclose(numpy.reshape(jacobian, (-1, 3)), numpy.transpose(columns), rtol=1e-12, atol=1e-13)
    numpy.testing.assert_allclose(numpy.ravel(f(X)).astype(float), meant(entries, X), rtol=1e-14)
    second = dd.jacobian(dd.jacobian(f))(X)
    moved = (dd.jacobian(f)(X + 1e-6 * X) - dd.jacobian(f)(X - 1e-6 * X)) / 2e-6
    numpy.testing.assert_allclose(second @ X, moved, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("text", [text for text, _ in MIXED if "out=np." not in text and "out :=" not in text])
def test_numbers_made_by_hand_outside(text: str) -> None:
    """The same expressions work on duals made by hand, with no differentiation running; or they raise."""
    inside = dd.jvp(lambda x: eval(text, {**GLOBALS, "np": np, "x": x}), (X,), (V,))[1]
    try:
        result = eval(text, {**GLOBALS, "np": np, "x": dd.Dual(X, V)})
    except (TypeError, ValueError, AttributeError):
        return
    if isinstance(result, numpy.ndarray) and result.dtype.hasobject:
        result = np.array(result.tolist())
    tangent = result.tangent if isinstance(result, dd.Dual) else 0.0
    numpy.testing.assert_allclose(numpy.broadcast_to(tangent, numpy.shape(inside)), inside, rtol=1e-13)


@pytest.mark.parametrize(
    "text",
    [
        "np.random.normal(x[0], 1.0)",
        "np.random.uniform(0, x[0], 3)",
        "np.random.default_rng(0).normal(x[0])",
        "np.random.poisson(x[0])",
        "np.random.exponential(scale=x[0], size=2)",
        "np.nditer(x)",
        "np.random.multivariate_normal(x[:2], [[1.0, 0.0], [0.0, 1.0]])",
        "np.random.seed(x[0])",
    ],
)
def test_samplers_of_parameters_with_derivatives_raise(text: str) -> None:
    """A sample's derivative is not its parameter's; nothing is sampled from the value alone."""
    with pytest.raises((TypeError, ValueError)):
        dd.jacobian(lambda x: eval(text, {"np": np, "x": x}))(X)


# ------------------------------------------------------------------------------------------ no aliases lost
PLAIN = [
    "np.asarray(G)",
    "np.asanyarray(G)",
    "np.array(G, copy=False)",
    "np.array(G, copy=None)",
    "np.ascontiguousarray(G)",
    "np.require(G)",
    "np.ravel(G)",
    "np.reshape(G, (2, 2))",
    "np.atleast_1d(G)",
    "np.atleast_2d(G)",
    "np.squeeze(G)",
    "G[1:]",
    "np.asarray(G)[1:]",
    "np.asarray(G, float)",
    "np.asarray(G, dtype=np.float64)",
    "np.expand_dims(G, 0)",
    "np.real(G)",
    "np.flip(G)",
    "np.split(G, 2)[0]",
    "np.array_split(G, 2)[0]",
    "np.frombuffer(G)",
    "np.asarray(memoryview(G))",
    "np.ndarray((4,), float, G)",
    "np.asarray_chkfinite(G)",
    "np.transpose(G)",
    "np.moveaxis(G, 0, 0)",
    "np.rollaxis(G, 0)",
    "np.swapaxes(G, 0, 0)",
    "np.diagonal(np.reshape(G, (2, 2)))",
    "np.atleast_3d(G)",
    "np.broadcast_to(G, (4,))",
    "np.hsplit(G, 2)[1]",
    "np.unstack(np.reshape(G, (2, 2)))[0]",
    "np.permute_dims(G, (0,))",
    "np.fft.fftshift(G, axes=())",
    "np.meshgrid(G, copy=False)[0]",
    "np.ix_(G)[0]",
    "np.lib.stride_tricks.as_strided(G)",
    "np.from_dlpack(G)",
    "np.nan_to_num(G, copy=False)",
    "np.asfortranarray(G)",
    "np.broadcast_arrays(G)[0]",
    "np.asarray([G])[0]",
    "np.take(G, [0, 1])",
    "np.trim_zeros(G)",
    "np.rot90(np.reshape(G, (2, 2)))",
    "np.real_if_close(G)",
]


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("text", PLAIN)
def test_writing_into_somebody_elses_memory_is_never_lost(text: str) -> None:
    """A dual written into the caller's array raises, or, where NumPy copies, is kept; the caller's array stays as it is."""
    G = numpy.array([1.0, 2.0, 3.0, 4.0])
    if "unstack" in text and not hasattr(numpy, "unstack"):
        pytest.skip("not in this version of NumPy")

    def f(x: Any) -> Any:
        a = eval(text, {"np": np, "G": G})
        a[(0,) * a.ndim] = x[0]
        return np.sum(a) + np.sum(G)

    copies = not numpy.shares_memory(eval(text, {"np": numpy, "G": G}), G)
    try:
        gradient = dd.grad(f)(numpy.array([5.0]))
    except (TypeError, ValueError):
        assert not copies, "a new array should take derivatives"
    else:
        assert copies
        numpy.testing.assert_array_equal(gradient, [1.0])
    numpy.testing.assert_array_equal(G, [1.0, 2.0, 3.0, 4.0])


SHARED = [
    "a[1:]",
    "a[::-1]",
    "a.reshape(2, 2)",
    "a.T",
    "a.ravel()",
    "np.ravel(a)",
    "np.reshape(a, (2, 2))",
    "np.asarray(a)",
    "a[...]",
    "a[None]",
    "a.view()",
    "np.transpose(a)",
    "np.flip(a)",
    "np.split(a, 2)[0]",
    "np.atleast_2d(a)",
    "np.squeeze(a)",
    "np.real(a)",
    "a.real",
    "a.reshape(-1)",
    "np.expand_dims(a, 0)",
    "np.asarray(a, float)",
    "np.array(a, copy=False)",
    "np.array(a, copy=None)",
    "np.ascontiguousarray(a)",
    "np.require(a)",
    "np.swapaxes(a, 0, 0)",
    "np.atleast_1d(a)",
    "np.asanyarray(a)",
    "np.asarray_chkfinite(a)",
    "np.broadcast_arrays(a, 1.0)[0]",
    "np.array_split(a, 2)[0]",
    "a.squeeze()",
    "a.astype(float, copy=False)",
    "np.diagonal(a.reshape(2, 2))",
    "a.reshape(2, 2).diagonal()",
    "np.moveaxis(a.reshape(2, 2), 0, 1)",
    "np.lib.stride_tricks.sliding_window_view(a, 2, writeable=True)",
]


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("text", SHARED)
def test_views_of_created_arrays_share_what_is_written(text: str) -> None:
    """What is written into a view is seen in the array, and the other way round; or it raises, as NumPy does."""

    def f(x: Any, namespace: Any = np, written: bool = True) -> Any:
        a = namespace.zeros(4)
        b = eval(text, {"np": namespace, "a": a})
        if written:
            b[(0,) * b.ndim] = x[0]
        else:
            a[...] = x[0] * namespace.arange(1.0, 5.0)
        return namespace.sum(a) * 2 + namespace.sum(b) * 3

    for written in (True, False):
        point = numpy.array([5.0])
        try:
            expected = f(point + 1, numpy, written) - f(point, numpy, written)
        except ValueError:
            with pytest.raises(ValueError, match="read-only"):
                dd.grad(lambda x, w=written: f(x, np, w))(point)
            continue
        try:
            found = dd.grad(lambda x, w=written: f(x, np, w))(point)
        except TypeError:
            continue
        numpy.testing.assert_allclose(found, [expected])


@pytest.mark.parametrize(
    "text",
    [
        "np.zeros(3, int)",
        "np.arange(3)",
        "np.array([1, 2])",
        "np.eye(2, dtype=int)",
        "np.full(3, 1)",
        "np.zeros_like([1, 2])",
        "np.mgrid[0:3]",
        "np.indices((2,))",
    ],
)
def test_arrays_of_integers_refuse_a_derivative(text: str) -> None:
    """An array of integers would cut the value off, so it raises; without a derivative it is NumPy's own."""

    def f(x: Any) -> Any:
        a = make(text)
        a[(0,) * a.ndim] = x[0]
        return a

    with pytest.raises(TypeError):
        dd.jacobian(f)(POINT)


@pytest.mark.parametrize("kind", ["float32", "float16", "longdouble", "complex64", "complex128", "clongdouble"])
def test_arrays_keep_their_dtype(kind: str) -> None:
    """A number written into an array of another precision takes that precision, as in NumPy."""

    def f(x: Any) -> Any:
        a = np.zeros(2, getattr(np, kind))
        a[0] = x * x
        return a

    jacobian = dd.derivative(f)(0.3)
    assert jacobian.dtype == numpy.dtype(kind)
    numpy.testing.assert_allclose(jacobian, [0.6, 0.0], rtol=2e-3 if kind == "float16" else 1e-6)


def test_loops_that_fill_accumulate_and_swap() -> None:
    """Augmented assignment, slices, masks, fancy indices and swaps in one array, by central differences."""

    def f(x: Any, namespace: Any = np) -> Any:
        a = namespace.zeros((3, 3))
        for i in range(3):
            a[i, i] += x[i] ** 2
            a[i] -= x * 0.5
        a[a > 1] *= x[0]
        a[[0, 1]] = a[[1, 0]]
        a[:, 0], a[:, 1] = a[:, 1].copy(), a[:, 0].copy()
        b = namespace.empty(9)
        b[:] = a.ravel()
        b[::2] /= 2
        b[1:4] = b[2:5]
        b[namespace.array([0, 0, 8])] += x
        return b

    columns = [(f(X + 1e-6 * e, numpy) - f(X - 1e-6 * e, numpy)) / 2e-6 for e in numpy.eye(3)]
    numpy.testing.assert_allclose(dd.jacobian(f)(X), numpy.transpose(columns), atol=1e-8)
    numpy.testing.assert_allclose(f(dd.stop_gradient(X)), f(X, numpy))
