"""NumPy's functions that move entries, are linear, reduce or multiply, with their parameters.

Every case is held against NumPy on plain arrays: the value bit for bit, the derivative against f(t) where f is linear
and against a five-point difference quotient where it is not, in one direction, in k, nested, and in hyper-duals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.arrays import ufunc_methods

Case = tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]
STEP = 1e-3
#: NumPy's stubs do not know these functions' `axis` and `axes`.
VECDOT: Any = np.vecdot
MATMUL: Any = np.matmul
LINALG_VECDOT: Any = np.linalg.vecdot


def made(shape: tuple[int, ...], seed: int = 0) -> Any:
    """Return an array of well separated entries, none of them near zero, in random order."""
    rng = np.random.default_rng(seed)
    n = int(np.prod(shape, dtype=int))
    entries = np.linspace(-2.0, 2.2, n + (n % 2 == 0)) if n > 1 else np.array([0.7])
    gap = 4.2 / max(n, 2)
    entries = entries[np.abs(entries) > gap / 4][:n] if n > 1 else entries
    entries = np.concatenate([entries, 2.2 + gap * np.arange(1, n - len(entries) + 1)])[:n]
    return (rng.permutation(entries) + rng.uniform(-0.1, 0.1, n) * gap).reshape(shape)


def directions(shapes: tuple[tuple[int, ...], ...], seed: int) -> tuple[Any, ...]:
    """Return a random direction for every argument."""
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def leaves(tree: Any) -> list[Any]:
    """Return the arrays in the (possibly nested) tuple or list that a function returns."""
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


def listed(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with its results as a flat list."""
    return lambda *args: leaves(f(*args))


def assert_value(found: list[Any], expected: list[Any]) -> None:
    """Assert that values agree with NumPy's in shape, dtype and every bit."""
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_array_equal(np.asarray(a), b)


def assert_close(found: list[Any], expected: list[Any], rtol: float) -> None:
    """Assert that tangents agree relative to their largest entry."""
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        scale = float(np.max(np.abs(b), initial=0.0))
        np.testing.assert_allclose(np.asarray(a), b, rtol=rtol, atol=rtol * max(scale, 1.0))


def difference(f: Callable[..., list[Any]], args: tuple[Any, ...], along: tuple[Any, ...]) -> list[Any]:
    """Return the five-point central difference quotient of f at args along a direction."""

    def at(h: float) -> list[Any]:
        return [np.asarray(leaf) for leaf in f(*(a + h * d for a, d in zip(args, along, strict=True)))]

    terms = zip(at(STEP), at(-STEP), at(2 * STEP), at(-2 * STEP), strict=True)
    return [(8.0 * (p - m) - (pp - mm)) / (12 * STEP) if p.dtype.kind in "fc" else 0.0 * p for p, m, pp, mm in terms]


def jvp(f: Callable[..., Any], args: tuple[Any, ...], along: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """Return dd.jvp with the results as flat lists."""
    value, tangent = dd.jvp(f, args, along)
    return leaves(value), leaves(tangent)


# ---------------------------------------------------------------- linear functions, and those that only move entries
V, M, T = (6,), (4, 3), (2, 3, 4)
LINEAR: dict[str, Case] = {
    # shapes
    "reshape": (lambda a: np.reshape(a, (2, 6)), (M,)),
    "reshape F": (lambda a: np.reshape(a, (2, 6), order="F"), (M,)),
    "reshape A": (lambda a: np.reshape(a.T, (2, 6), order="A"), (M,)),
    "reshape copy": (lambda a: np.reshape(a, (2, 6), copy=True), (M,)),
    "reshape -1": (lambda a: np.reshape(a, (-1, 2)), (T,)),
    "reshape to 0-d": (lambda a: np.reshape(a, ()), ((1, 1),)),
    "reshape of 0-d": (lambda a: np.reshape(a, (1, 1)), ((),)),
    ".reshape": (lambda a: a.reshape(3, 4), (M,)),
    ".reshape tuple": (lambda a: a.reshape((3, -1), order="F"), (M,)),
    "ravel": (np.ravel, (T,)),
    "ravel F": (lambda a: np.ravel(a, order="F"), (T,)),
    "ravel K": (lambda a: np.ravel(a.transpose(1, 0, 2), order="K"), (T,)),
    "ravel A": (lambda a: np.ravel(a.T, order="A"), (T,)),
    ".ravel": (lambda a: a.ravel("F"), (M,)),
    ".flatten": (lambda a: a.flatten(), (M,)),
    ".flatten F": (lambda a: a.flatten(order="F"), (M,)),
    "transpose": (np.transpose, (T,)),
    "transpose axes": (lambda a: np.transpose(a, (1, 0, 2)), (T,)),
    "transpose negative axes": (lambda a: np.transpose(a, (-1, 0, 1)), (T,)),
    ".transpose": (lambda a: a.transpose(2, 0, 1), (T,)),
    ".transpose tuple": (lambda a: a.transpose((2, 0, 1)), (T,)),
    ".transpose None": (lambda a: a.transpose(None), (T,)),
    ".T": (lambda a: a.T, (T,)),
    ".mT": (lambda a: a.mT, (T,)),
    "permute_dims": (lambda a: np.permute_dims(a, (2, 0, 1)), (T,)),
    "matrix_transpose": (np.matrix_transpose, (T,)),
    "linalg.matrix_transpose": (np.linalg.matrix_transpose, (T,)),
    "swapaxes": (lambda a: np.swapaxes(a, 0, -1), (T,)),
    ".swapaxes": (lambda a: a.swapaxes(-1, 1), (T,)),
    "moveaxis": (lambda a: np.moveaxis(a, 0, -1), (T,)),
    "moveaxis several": (lambda a: np.moveaxis(a, [0, 1], [-1, 0]), (T,)),
    "rollaxis": (lambda a: np.rollaxis(a, 2), (T,)),
    "rollaxis start": (lambda a: np.rollaxis(a, -1, 1), (T,)),
    "squeeze": (np.squeeze, ((1, 3, 1),)),
    "squeeze axis": (lambda a: np.squeeze(a, axis=-1), ((1, 3, 1),)),
    "squeeze axes": (lambda a: np.squeeze(a, axis=(0, 2)), ((1, 3, 1),)),
    ".squeeze": (lambda a: a.squeeze(0), ((1, 3, 1),)),
    "expand_dims": (lambda a: np.expand_dims(a, 1), (M,)),
    "expand_dims several": (lambda a: np.expand_dims(a, (0, -1)), (M,)),
    "atleast_1d": (np.atleast_1d, ((),)),
    "atleast_2d": (np.atleast_2d, (V,)),
    "atleast_3d": (np.atleast_3d, (V,)),
    "atleast_3d of matrix": (np.atleast_3d, (M,)),
    "atleast_2d several": (lambda a, b: np.atleast_2d(a, b), (V, ())),
    "broadcast_to": (lambda a: np.broadcast_to(a, (2, 4, 3)), (M,)),
    "broadcast_to stretched": (lambda a: np.broadcast_to(a, (4, 5)), ((4, 1),)),
    "broadcast_to of 0-d": (lambda a: np.broadcast_to(a, (2, 2)), ((),)),
    "broadcast_arrays": (lambda a, b: np.broadcast_arrays(a, b), ((4, 1), (3,))),
    # flips and rolls
    "flip": (np.flip, (M,)),
    "flip axis": (lambda a: np.flip(a, axis=1), (T,)),
    "flip axes": (lambda a: np.flip(a, axis=(0, -1)), (T,)),
    "fliplr": (np.fliplr, (M,)),
    "flipud": (np.flipud, (M,)),
    "rot90": (np.rot90, (M,)),
    "rot90 k": (lambda a: np.rot90(a, k=-1), (M,)),
    "rot90 axes": (lambda a: np.rot90(a, k=3, axes=(1, 2)), (T,)),
    "roll": (lambda a: np.roll(a, 2), (M,)),
    "roll axis": (lambda a: np.roll(a, -1, axis=1), (M,)),
    "roll axes": (lambda a: np.roll(a, (1, -2), axis=(0, 1)), (M,)),
    "roll same axis twice": (lambda a: np.roll(a, (1, 1), axis=(0, 0)), (M,)),
    "fftshift": (np.fft.fftshift, (M,)),
    "ifftshift axis": (lambda a: np.fft.ifftshift(a, axes=1), (M,)),
    # repeats
    "repeat": (lambda a: np.repeat(a, 3), (M,)),
    "repeat axis": (lambda a: np.repeat(a, 2, axis=1), (M,)),
    "repeat counts": (lambda a: np.repeat(a, [1, 0, 3], axis=-1), (M,)),
    ".repeat": (lambda a: a.repeat(2, axis=0), (M,)),
    "tile": (lambda a: np.tile(a, 2), (M,)),
    "tile reps": (lambda a: np.tile(a, (2, 1, 3)), (M,)),
    "resize": (lambda a: np.resize(a, (5, 4)), (M,)),
    "resize smaller": (lambda a: np.resize(a, (2, 2)), (M,)),
    # joins
    "concatenate": (lambda a, b: np.concatenate([a, b]), (M, (2, 3))),
    "concatenate axis": (lambda a, b: np.concatenate((a, b), axis=-1), (M, (4, 2))),
    "concatenate axis None": (lambda a, b: np.concatenate([a, b], axis=None), (M, V)),
    "concatenate an array's rows": (lambda a: np.concatenate(a, axis=1), (T,)),
    "concat": (lambda a, b: np.concat([a, b]), (V, V)),
    "concatenate with zeros": (lambda a: np.concatenate([np.zeros(2), a, [0.0]]), (V,)),
    "stack": (lambda a, b: np.stack([a, b]), (M, M)),
    "stack axis": (lambda a, b: np.stack([a, b], axis=1), (M, M)),
    "stack last": (lambda a, b: np.stack((a, b, a), axis=-1), (M, M)),
    "stack scalars": (lambda a: np.stack([a[0], a[2], a[1]]), (V,)),
    "stack of a comprehension": (lambda a: np.stack([2.0 * row for row in a]), (M,)),
    "stack with zeros": (lambda a: np.stack([a, np.zeros(6)]), (V,)),
    "hstack": (lambda a, b: np.hstack([a, b]), (M, (4, 1))),
    "hstack vectors": (lambda a, b: np.hstack((a, b)), (V, (2,))),
    "vstack": (lambda a, b: np.vstack([a, b]), (M, (3,))),
    "dstack": (lambda a, b: np.dstack([a, b]), (M, M)),
    "column_stack": (lambda a, b: np.column_stack([a, b]), ((4,), M)),
    "block": (lambda a, b: np.block([[a, b], [b, a]]), (M, M)),
    "block mixed": (lambda a, b: np.block([[a, np.zeros((4, 2))], [b, np.zeros(2)]]), (M, (3,))),
    "block of scalars": (lambda a: np.block([[a[0], a[1]], [a[2], 0.0]]), (V,)),
    "append": (lambda a, b: np.append(a, b), (M, V)),
    "append axis": (lambda a, b: np.append(a, b, axis=0), (M, (1, 3))),
    "insert": (lambda a, b: np.insert(a, 1, b), (V, ())),
    "insert axis": (lambda a, b: np.insert(a, 1, b, axis=0), (M, (3,))),
    "insert several": (lambda a, b: np.insert(a, [0, 2, 2], b), (V, (3,))),
    "insert slice": (lambda a, b: np.insert(a, slice(1, 3), b, axis=1), (M, (4, 1))),
    "insert zero": (lambda a: np.insert(a, 2, 0.0), (V,)),
    "delete": (lambda a: np.delete(a, 1), (V,)),
    "delete axis": (lambda a: np.delete(a, [0, -1], axis=0), (M,)),
    "delete slice": (lambda a: np.delete(a, slice(None, None, 2), axis=1), (M,)),
    "delete mask": (lambda a: np.delete(a, np.array([True, False, True, False]), axis=0), (M,)),
    # splits
    "split": (lambda a: np.split(a, 2), (V,)),
    "split at": (lambda a: np.split(a, [1, 3], axis=0), (M,)),
    "array_split": (lambda a: np.array_split(a, 4), (V,)),
    "array_split axis": (lambda a: np.array_split(a, 2, axis=-1), (M,)),
    "hsplit": (lambda a: np.hsplit(a, 3), (M,)),
    "vsplit": (lambda a: np.vsplit(a, [1, 2]), (M,)),
    "dsplit": (lambda a: np.dsplit(a, 2), (T,)),
    "unstack": (lambda a: np.unstack(a, axis=1), (M,)),
    # selection by constants
    "take": (lambda a: np.take(a, [0, 5, 5]), (M,)),
    "take axis": (lambda a: np.take(a, [[2, 0]], axis=1), (M,)),
    "take wrap": (lambda a: np.take(a, [7, -9], mode="wrap"), (V,)),
    "take clip": (lambda a: np.take(a, [7, -9], mode="clip"), (V,)),
    "take scalar": (lambda a: np.take(a, 2, axis=0), (M,)),
    ".take": (lambda a: a.take([1, 1], axis=0), (M,)),
    "take_along_axis": (lambda a: np.take_along_axis(a, np.array([[0, 2], [1, 1], [2, 0], [0, 0]]), axis=1), (M,)),
    "take_along_axis None": (lambda a: np.take_along_axis(a, np.array([0, 11, 3]), axis=None), (M,)),
    "choose": (lambda a, b: np.choose([0, 1, 1, 0, 1, 0], [a, b]), (V, V)),
    "choose wrap": (lambda a, b: np.choose(np.array([0, 3, 1]), [a, b], mode="wrap"), ((3,), ())),
    "compress": (lambda a: np.compress([True, False, True], a), (M,)),
    "compress axis": (lambda a: np.compress([False, True, True], a, axis=1), (M,)),
    ".compress": (lambda a: a.compress([True, False, True, True], axis=0), (M,)),
    "extract": (lambda a: np.extract(np.arange(12).reshape(4, 3) % 3 == 1, a), (M,)),
    "where": (lambda a, b: np.where(np.arange(6) % 2 == 0, a, b), (V, V)),
    "where broadcast": (lambda a, b: np.where([[True], [False]], a, b), (V, ())),
    "where with zero": (lambda a: np.where(np.arange(6) > 2, a, 0.0), (V,)),
    "select": (lambda a, b: np.select([[True, False, False], [False, True, False]], [a, b]), ((3,), (3,))),
    "select default": (lambda a, b: np.select([np.arange(3) == 0], [a], default=b), ((3,), ())),
    "sliding_window_view": (lambda a: np.lib.stride_tricks.sliding_window_view(a, 3), (V,)),
    "sliding_window_view axis": (lambda a: np.lib.stride_tricks.sliding_window_view(a, (2, 2)), (M,)),
    # diagonals
    "diag of vector": (np.diag, (V,)),
    "diag of vector k": (lambda a: np.diag(a, k=-2), ((3,),)),
    "diag of matrix": (np.diag, (M,)),
    "diag of matrix k": (lambda a: np.diag(a, k=1), (M,)),
    "diagflat": (np.diagflat, ((2, 2),)),
    "diagflat k": (lambda a: np.diagflat(a, k=1), ((3,),)),
    "diagonal": (np.diagonal, (M,)),
    "diagonal parameters": (lambda a: np.diagonal(a, offset=1, axis1=-1, axis2=1), (T,)),
    ".diagonal": (lambda a: a.diagonal(-1), (M,)),
    "linalg.diagonal": (lambda a: np.linalg.diagonal(a, offset=1), (T,)),
    "tril": (np.tril, (M,)),
    "tril k": (lambda a: np.tril(a, k=-1), (T,)),
    "triu": (np.triu, (M,)),
    "triu k": (lambda a: np.triu(a, 1), (T,)),
    "trace": (np.trace, (M,)),
    "trace parameters": (lambda a: np.trace(a, offset=-1, axis1=2, axis2=0), (T,)),
    ".trace": (lambda a: a.trace(1), (M,)),
    "linalg.trace": (np.linalg.trace, (T,)),
    # pads
    "pad zeros": (lambda a: np.pad(a, 2), (M,)),
    "pad widths": (lambda a: np.pad(a, ((1, 0), (0, 2))), (M,)),
    "pad edge": (lambda a: np.pad(a, (1, 2), mode="edge"), (V,)),
    "pad reflect": (lambda a: np.pad(a, 2, mode="reflect"), (V,)),
    "pad symmetric": (lambda a: np.pad(a, 2, mode="symmetric"), (M,)),
    "pad wrap": (lambda a: np.pad(a, (3, 1), mode="wrap"), (V,)),
    "pad linear_ramp": (lambda a: np.pad(a, 2, mode="linear_ramp"), (V,)),
    "pad mean": (lambda a: np.pad(a, 1, mode="mean"), (V,)),
    "meshgrid": (lambda a, b: np.meshgrid(a, b), (V, (3,))),
    "meshgrid ij": (lambda a, b: np.meshgrid(a, b, indexing="ij"), (V, (3,))),
    "meshgrid sparse": (lambda a, b: np.meshgrid(a, b, sparse=True), (V, (3,))),
    # sums
    "sum": (np.sum, (M,)),
    "sum axis": (lambda a: np.sum(a, axis=0), (T,)),
    "sum negative axis": (lambda a: np.sum(a, axis=-1), (T,)),
    "sum axes": (lambda a: np.sum(a, axis=(0, -1)), (T,)),
    "sum no axes": (lambda a: np.sum(a, axis=()), (M,)),
    "sum keepdims": (lambda a: np.sum(a, axis=1, keepdims=True), (M,)),
    "sum all keepdims": (lambda a: np.sum(a, keepdims=True), (M,)),
    "sum where": (lambda a: np.sum(a, axis=1, where=np.arange(3) != 1), (M,)),
    "sum where initial": (lambda a: np.sum(a, axis=0, where=np.eye(4, 3) > 0, initial=0.0), (M,)),
    "sum dtype": (lambda a: np.sum(a, axis=0, dtype=np.float32), (M,)),
    "sum of nothing": (np.sum, ((0,),)),
    "sum over an empty axis": (lambda a: np.sum(a, axis=0), ((0, 3),)),
    ".sum": (lambda a: a.sum(), (M,)),
    ".sum axis": (lambda a: a.sum(1), (M,)),
    ".sum keepdims": (lambda a: a.sum(axis=(0, 2), keepdims=True), (T,)),
    "sum of a list": (lambda a: np.sum([a[0], a[1]]), (V,)),
    "sum over axis 0 of 0-d": (lambda a: np.sum(a, axis=0), ((),)),
    "sum over axis -1 of 0-d": (lambda a: np.sum(a, axis=-1), ((),)),
    ".sum(0) of 0-d": (lambda a: a.sum(0), ((),)),
    "sum of 0-d": (np.sum, ((),)),
    "mean of 0-d": (np.mean, ((),)),
    "add.reduce of 0-d": (np.add.reduce, ((),)),
    "cumsum of 0-d": (np.cumsum, ((),)),
    "cumsum over axis 0 of 0-d": (lambda a: np.cumsum(a, axis=0), ((),)),
    "take from 0-d": (lambda a: np.take(a, [0, 0]), ((),)),
    "roll 0-d": (lambda a: np.roll(a, 1), ((),)),
    "repeat 0-d": (lambda a: np.repeat(a, 3), ((),)),
    "tile 0-d": (lambda a: np.tile(a, 3), ((),)),
    "ravel 0-d": (np.ravel, ((),)),
    "transpose 0-d": (np.transpose, ((),)),
    "expand_dims 0-d": (lambda a: np.expand_dims(a, (0, 1)), ((),)),
    "trace of a 1 x 1": (lambda a: np.trace(np.reshape(a, (1, 1))), ((),)),
    "full_like of 0-d": (lambda a: np.full_like(a, a), ((),)),
    "stack dtype": (lambda a, b: np.stack([a, b], dtype=float), (V, V)),
    "concatenate dtype": (lambda a, b: np.concatenate([a, b], dtype=np.float64), (V, V)),
    "builtin sum": (sum, (M,)),
    "add.reduce": (lambda a: np.add.reduce(a, axis=1), (M,)),
    "add.accumulate": (lambda a: np.add.accumulate(a, axis=1), (M,)),
    "add.reduceat": (lambda a: np.add.reduceat(a, [0, 2, 1]), (V,)),
    "mean": (np.mean, (M,)),
    "mean axis": (lambda a: np.mean(a, axis=0), (M,)),
    "mean axes": (lambda a: np.mean(a, axis=(-1, 0), keepdims=True), (T,)),
    "mean where": (lambda a: np.mean(a, axis=0, where=np.arange(12).reshape(4, 3) % 2 == 0), (M,)),
    ".mean": (lambda a: a.mean(axis=1), (M,)),
    "nansum": (lambda a: np.nansum(a, axis=0), (M,)),
    "nanmean": (lambda a: np.nanmean(a, axis=0), (M,)),
    "average": (np.average, (M,)),
    "average axis": (lambda a: np.average(a, axis=1), (M,)),
    "average weights": (lambda a: np.average(a, axis=0, weights=[1.0, 2.0, 3.0, 4.0]), (M,)),
    "cumsum": (np.cumsum, (M,)),
    "cumsum axis": (lambda a: np.cumsum(a, axis=-1), (T,)),
    ".cumsum": (lambda a: a.cumsum(axis=0), (M,)),
    "nancumsum": (np.nancumsum, (M,)),
    "cumulative_sum": (lambda a: np.cumulative_sum(a, axis=1), (M,)),
    "cumulative_sum initial": (lambda a: np.cumulative_sum(a, include_initial=True), (V,)),
    "diff": (np.diff, (M,)),
    "diff n axis": (lambda a: np.diff(a, n=2, axis=0), (M,)),
    "diff prepend": (lambda a: np.diff(a, prepend=0.0), (V,)),
    "diff append": (lambda a, b: np.diff(a, append=b), (V, ())),
    "ediff1d": (np.ediff1d, (V,)),
    "ediff1d ends": (lambda a: np.ediff1d(a, to_end=0.0, to_begin=[0.0, 0.0]), (V,)),
    "trapezoid": (np.trapezoid, (M,)),
    "trapezoid dx axis": (lambda a: np.trapezoid(a, dx=0.5, axis=0), (M,)),
    "trapezoid x": (lambda a: np.trapezoid(a, x=np.array([0.0, 1.0, 3.0])), (M,)),
    "gradient": (np.gradient, (V,)),
    "gradient spacing": (lambda a: np.gradient(a, 0.5, axis=0), (M,)),
    "gradient all axes": (lambda a: np.gradient(a), (M,)),
    "gradient coordinates": (lambda a: np.gradient(a, np.array([0.0, 1.0, 1.5, 3.0, 4.0, 7.0])), (V,)),
    "gradient edge_order": (lambda a: np.gradient(a, edge_order=2), (V,)),
    "bincount weights": (lambda a: np.bincount([0, 2, 2, 1, 0, 4], weights=a), (V,)),
    "interp in fp": (lambda a: np.interp([0.5, -1.0, 2.25, 9.0], np.arange(6.0), a), (V,)),
    # real and complex parts, linear algebra with constants
    "real": (np.real, (M,)),
    "imag": (np.imag, (M,)),
    ".real": (lambda a: a.real, (M,)),
    ".imag": (lambda a: a.imag, (M,)),
    "conj": (np.conj, (M,)),
    "real_if_close": (np.real_if_close, (M,)),
    "times i": (lambda a: 1j * a, (M,)),
    "real of complex": (lambda a: np.real((2 + 3j) * a), (M,)),
    "imag of complex": (lambda a: ((2 + 3j) * a).imag, (M,)),
    "fft": (np.fft.fft, (M,)),
    "fft n axis": (lambda a: np.fft.fft(a, n=5, axis=0), (M,)),
    "fft n shorter": (lambda a: np.fft.fft(a, n=2), (M,)),
    "fft norm": (lambda a: np.fft.fft(a, norm="ortho"), (V,)),
    "ifft": (np.fft.ifft, (V,)),
    "fft2": (np.fft.fft2, (M,)),
    "ifft2": (lambda a: np.fft.ifft2(a, axes=(0, 2)), (T,)),
    "fftn": (np.fft.fftn, (T,)),
    "fftn s": (lambda a: np.fft.fftn(a, s=(3, 3), axes=(0, 1)), (T,)),
    "ifftn": (np.fft.ifftn, (M,)),
    "rfft": (np.fft.rfft, (V,)),
    "rfft axis": (lambda a: np.fft.rfft(a, axis=0, norm="forward"), (M,)),
    "irfft": (lambda a: np.fft.irfft(a, n=7), (V,)),
    "rfft2": (np.fft.rfft2, (M,)),
    "rfftn": (np.fft.rfftn, (T,)),
    "irfft2": (np.fft.irfft2, (M,)),
    "irfftn": (np.fft.irfftn, (M,)),
    "hfft": (np.fft.hfft, (V,)),
    "ihfft": (np.fft.ihfft, (V,)),
    "rfft and back": (lambda a: np.fft.irfft(np.fft.rfft(a), n=6), (V,)),
    "dot constant": (lambda a: np.dot(np.arange(8.0).reshape(2, 4), a), (M,)),
    "constant @": (lambda a: np.arange(8.0).reshape(2, 4) @ a, (M,)),
    "@ constant": (lambda a: a @ np.arange(3.0), (M,)),
    "stacked @": (lambda a: a @ np.arange(8.0).reshape(1, 4, 2), (T,)),
    "einsum constant": (lambda a: np.einsum("ij,jk->ik", a, np.arange(6.0).reshape(3, 2)), (M,)),
    "einsum trace": (lambda a: np.einsum("ii", a), ((3, 3),)),
    "einsum diagonal": (lambda a: np.einsum("ii->i", a), ((3, 3),)),
    "einsum transpose": (lambda a: np.einsum("ijk->kij", a), (T,)),
    "einsum ellipsis": (lambda a: np.einsum("...i->...", a), (T,)),
    "einsum lists": (lambda a: np.einsum(a, [0, 1], [1, 0]), (M,)),
    "tensordot constant": (lambda a: np.tensordot(a, np.ones((3, 2)), axes=1), (T[:2],)),
    "solve constant matrix": (lambda b: np.linalg.solve(np.diag([2.0, 3.0, 4.0, 5.0]) + 0.1, b), (M,)),
    "astype": (lambda a: a.astype(np.float32), (M,)),
    "astype function": (lambda a: np.astype(a, np.complex128), (M,)),
    "negative": (np.negative, (M,)),
    "copy": (np.copy, (M,)),
    "unwrap": (lambda a: np.unwrap(a * 0.1), (V,)),
    "nan_to_num": (np.nan_to_num, (M,)),
    "trim_zeros": (np.trim_zeros, (V,)),
    "outer constant": (lambda a: np.outer(a, [1.0, 2.0]), (V,)),
    "kron constant": (lambda a: np.kron(np.eye(2), a), (M,)),
    "convolve constant": (lambda a: np.convolve(a, [1.0, 2.0, -1.0]), (V,)),
    "apply_along_axis": (lambda a: np.apply_along_axis(lambda row: 2.0 * row[::-1], 1, a), (M,)),
}

# ---------------------------------------------------------------- everything else
S, Q = (3, 3), (3,)
NONLINEAR: dict[str, Case] = {
    # products over axes
    "prod": (np.prod, (M,)),
    "prod axis": (lambda a: np.prod(a, axis=0), (M,)),
    "prod axes": (lambda a: np.prod(a, axis=(0, 2)), (T,)),
    "prod keepdims": (lambda a: np.prod(a, axis=-1, keepdims=True), (M,)),
    "prod initial": (lambda a: np.prod(a, axis=1, initial=3.0), (M,)),
    "prod where": (lambda a: np.prod(a, axis=0, where=np.arange(3) != 1), (M,)),
    "prod over an empty axis": (lambda a: np.prod(a, axis=0), ((0, 3),)),
    "prod of one": (np.prod, ((1,),)),
    ".prod": (lambda a: a.prod(axis=1), (M,)),
    "multiply.reduce": (lambda a: np.multiply.reduce(a), (M,)),
    "multiply.accumulate": (lambda a: np.multiply.accumulate(a, axis=1), (M,)),
    "multiply.reduceat": (lambda a: np.multiply.reduceat(a, [0, 2, 4]), (V,)),
    "prod over an axis of one": (lambda a: np.prod(a[None], axis=0), (M,)),
    "prod over no axes": (lambda a: np.prod(a, axis=()), (M,)),
    "cumprod over an axis of one": (lambda a: np.cumprod(a[None], axis=0)[0], (M,)),
    "max over an axis of one": (lambda a: np.max(a[None], axis=0), (M,)),
    "max over no axes": (lambda a: np.max(a, axis=()), (M,)),
    "var over an axis of one": (lambda a: np.mean(a[None], axis=0) * 1.0 + np.var(a[None], axis=0), (M,)),
    "median over an axis of one": (lambda a: np.median(a[None], axis=0), (M,)),
    "norm over an axis of one": (lambda a: np.linalg.norm(a[None], 1, axis=0), (M,)),
    "cumprod": (np.cumprod, (V,)),
    "cumprod axis": (lambda a: np.cumprod(a, axis=-1), (M,)),
    ".cumprod": (lambda a: a.cumprod(0), (M,)),
    "cumulative_prod": (lambda a: np.cumulative_prod(a, axis=1, include_initial=True), (M,)),
    "sum initial": (lambda a: np.sum(a**2, initial=5.0), (M,)),
    # order statistics
    "max": (np.max, (M,)),
    "max axis": (lambda a: np.max(a, axis=0), (M,)),
    "max axes keepdims": (lambda a: np.max(a, axis=(0, -1), keepdims=True), (T,)),
    "max initial": (lambda a: np.max(a, axis=1, initial=0.05), (M,)),
    "max where": (lambda a: np.max(a, axis=1, where=np.arange(3) != 1, initial=-9.0), (M,)),
    ".max": (lambda a: a.max(axis=-1), (M,)),
    "amax": (np.amax, (M,)),
    "min": (np.min, (M,)),
    "min axis": (lambda a: np.min(a, axis=1, keepdims=True), (M,)),
    ".min": (lambda a: a.min(), (M,)),
    "amin": (lambda a: np.amin(a, axis=0), (M,)),
    "nanmax": (lambda a: np.nanmax(a, axis=0), (M,)),
    "nanmin": (np.nanmin, (M,)),
    "maximum.reduce": (lambda a: np.maximum.reduce(a, axis=1), (M,)),
    "maximum.accumulate": (lambda a: np.maximum.accumulate(a), (V,)),
    "minimum.accumulate": (lambda a: np.minimum.accumulate(a, axis=1), (M,)),
    "ptp": (np.ptp, (M,)),
    "ptp axis": (lambda a: np.ptp(a, axis=0, keepdims=True), (M,)),
    "median": (np.median, (M,)),
    "median odd": (np.median, ((5,),)),
    "median axis": (lambda a: np.median(a, axis=0, keepdims=True), (M,)),
    "median axes": (lambda a: np.median(a, axis=(0, 2)), (T,)),
    "percentile": (lambda a: np.percentile(a, 30.0), (M,)),
    "quantile": (lambda a: np.quantile(a, [0.1, 0.5, 0.77], axis=0), (M,)),
    "quantile method": (lambda a: np.quantile(a, 0.3, method="higher"), (V,)),
    "sort": (np.sort, (M,)),
    "sort axis": (lambda a: np.sort(a, axis=0), (M,)),
    "sort axis None": (lambda a: np.sort(a, axis=None), (M,)),
    "sort stable": (lambda a: np.sort(a, stable=True), (V,)),
    "sort by argsort": (lambda a: a[np.argsort(a)], (V,)),
    "partition": (lambda a: np.partition(a, 2), (V,)),
    "partition several": (lambda a: np.partition(a, (1, 3)), (V,)),
    "clip": (lambda a: np.clip(a, -0.55, 0.77), (M,)),
    "clip one side": (lambda a: np.clip(a, None, 0.77), (M,)),
    ".clip": (lambda a: a.clip(-0.55, 0.77), (M,)),
    "clip min= max=": (lambda a: np.clip(a, min=-0.55, max=0.77), (M,)),
    "clip dual bounds": (lambda a, lo, hi: np.clip(a, lo - 1.0, hi + 1.0), (V, (), ())),
    "where by value": (lambda a: np.where(a > 0.1, a**2, np.exp(a)), (M,)),
    "select by value": (lambda a: np.select([a < -1, a > 1], [a**2, a**3], default=a), (M,)),
    "piecewise": (lambda a: np.piecewise(a, [a < -1, a >= 1], [np.square, lambda x: x**3, 7.0]), (V,)),
    "piecewise otherwise": (lambda a: np.piecewise(a, [a > 0], [np.exp, np.sin]), (V,)),
    "mask assignment": (lambda a: _masked(a), (M,)),
    "argmax gather": (lambda a: a[np.argmax(a)] ** 2, (V,)),
    "unique": (np.unique, (V,)),
    "clip from below": (lambda a: np.clip(a, 0.05, None), (M,)),
    "clip from above": (lambda a: np.clip(a, None, a_max=0.05), (M,)),
    ".clip from below": (lambda a: a.clip(0.05), (M,)),
    "max over axis 0 of 0-d": (lambda a: np.max(a, axis=0) ** 2, ((),)),
    "max of 0-d": (lambda a: np.max(a) ** 2, ((),)),
    "maximum.reduce of 0-d": (lambda a: np.maximum.reduce(a) ** 2, ((),)),
    "multiply.reduce of 0-d": (lambda a: np.multiply.reduce(a) ** 2, ((),)),
    "prod over axis 0 of 0-d": (lambda a: np.prod(a, axis=0) ** 2, ((),)),
    "cumprod over axis 0 of 0-d": (lambda a: np.cumprod(a, axis=0) ** 2, ((),)),
    "median of 0-d": (lambda a: np.median(a) ** 2, ((),)),
    "sort 0-d": (lambda a: np.sort(a, axis=None) ** 2, ((),)),
    "piecewise of 0-d": (lambda a: np.piecewise(a, [a > 0], [np.square]), ((),)),
    "filled with 0-d": (lambda a: np.full_like(a, a**2, shape=(2, 2)), ((),)),
    # moments
    "var": (np.var, (M,)),
    "var axis": (lambda a: np.var(a, axis=0), (M,)),
    "var ddof": (lambda a: np.var(a, axis=-1, ddof=1, keepdims=True), (M,)),
    "var correction": (lambda a: np.var(a, axis=0, correction=1), (M,)),
    "var axes": (lambda a: np.var(a, axis=(0, 2)), (T,)),
    "var where": (lambda a: np.var(a, axis=0, where=np.arange(12).reshape(4, 3) % 5 != 0), (M,)),
    "var mean": (lambda a: np.var(a, axis=0, mean=np.mean(a, axis=0, keepdims=True)), (M,)),
    ".var": (lambda a: a.var(axis=1, ddof=1), (M,)),
    "std": (np.std, (M,)),
    "std axis": (lambda a: np.std(a, axis=1), (M,)),
    "std ddof": (lambda a: np.std(a, axis=0, ddof=1, keepdims=True), (M,)),
    ".std": (lambda a: a.std(), (M,)),
    "nanvar": (lambda a: np.nanvar(a, axis=0), (M,)),
    "nanstd": (np.nanstd, (M,)),
    "average dual weights": (lambda a, w: np.average(a, axis=0, weights=w + 4.0), (M, (4,))),
    "average returned": (lambda a, w: np.average(a, weights=w + 4.0, returned=True), (V, V)),
    "cov": (np.cov, (M,)),
    "corrcoef": (np.corrcoef, (M,)),
    "trapezoid dual x": (lambda a, x: np.trapezoid(a, x=x), (V, V)),
    "gradient dual coordinates": (lambda a, x: np.gradient(a, np.cumsum(x**2 + 1.0)), (V, V)),
    "interp in x": (lambda x: np.interp(x, np.linspace(-3.0, 3.0, 4), [0.0, 1.0, -2.0, 5.0]), (V,)),
    "bincount dual weights": (lambda a: np.bincount([0, 1, 1, 0, 2, 2], weights=a**2, minlength=5), (V,)),
    # products
    "dot vectors": (np.dot, (V, V)),
    "dot matrices": (np.dot, (M, S)),
    "dot matrix vector": (np.dot, (M, Q)),
    "dot tensors": (np.dot, (T, (2, 4, 3))),
    "dot scalars": (np.dot, ((), M)),
    ".dot": (lambda a, b: a.dot(b), (M, Q)),
    "inner": (np.inner, (V, V)),
    "inner matrices": (np.inner, (M, (2, 3))),
    "outer": (np.outer, (V, Q)),
    "outer of matrices": (np.outer, ((2, 2), Q)),
    "linalg.outer": (np.linalg.outer, (V, Q)),
    "multiply.outer": (np.multiply.outer, (M, Q)),
    "add.outer": (lambda a, b: np.add.outer(a, b) ** 2, (Q, V)),
    "vdot": (np.vdot, (M, M)),
    "matmul": (np.matmul, (M, S)),
    "matmul vectors": (np.matmul, (V, V)),
    "matmul vector matrix": (np.matmul, ((4,), M)),
    "matmul matrix vector": (np.matmul, (M, Q)),
    "matmul stacks": (np.matmul, (T, (2, 4, 2))),
    "matmul broadcast": (np.matmul, ((5, 1, 2, 3), (4, 3, 2))),
    "matmul stack vector": (np.matmul, (T, (4,))),
    "matmul axes": (lambda a, b: MATMUL(a, b, axes=[(0, 1), (1, 0), (0, 1)]), (M, (2, 3))),
    "matmul empty": (np.matmul, ((2, 0), (0, 3))),
    "linalg.matmul": (np.linalg.matmul, (M, S)),
    "@": (lambda a, b: a @ b, (M, S)),
    "A.T @ A": (lambda a: a.T @ a, (M,)),
    "multi_dot": (lambda a, b, c: np.linalg.multi_dot([a, b, c]), (M, S, Q)),
    "vecdot": (np.vecdot, (M, M)),
    "vecdot axis": (lambda a, b: VECDOT(a, b, axis=0), (M, M)),
    "vecdot broadcast": (np.vecdot, (T, (4,))),
    "linalg.vecdot": (lambda a, b: LINALG_VECDOT(a, b, axis=0), (M, M)),
    "matvec": (lambda a, b: np.matvec(a, b), (T, (4,))),
    "matvec stacks": (lambda a, b: np.matvec(a, b), (T, (2, 4))),
    "vecmat": (lambda a, b: np.vecmat(a, b), ((2, 3), T)),
    "vecmat broadcast": (lambda a, b: np.vecmat(a, b), ((3,), T)),
    "tensordot": (np.tensordot, (T, (3, 4, 2))),
    "tensordot axes": (lambda a, b: np.tensordot(a, b, axes=([1, 0], [0, 2])), (T, (3, 5, 2))),
    "tensordot 0": (lambda a, b: np.tensordot(a, b, axes=0), (Q, (2, 2))),
    "linalg.tensordot": (lambda a, b: np.linalg.tensordot(a, b, axes=1), (M, S)),
    "einsum ij,jk": (lambda a, b: np.einsum("ij,jk->ik", a, b), (M, S)),
    "einsum implicit": (lambda a, b: np.einsum("ij,jk", a, b), (M, S)),
    "einsum three": (lambda a, b, c: np.einsum("i,ij,j->", a, b, c), ((4,), M, Q)),
    "einsum ellipsis": (lambda a, b: np.einsum("...ij,...j->...i", a, b), (T, (2, 4))),
    "einsum repeated operand": (lambda a: np.einsum("ij,kj->ik", a, a), (M,)),
    "einsum repeated index": (lambda a, b: np.einsum("ii,i->i", a, b), (S, Q)),
    "einsum broadcast dimension": (lambda a, b: np.einsum("ij,ij->i", a, b), (M, (1, 3))),
    "einsum optimize": (lambda a, b, c: np.einsum("ij,jk,kl->il", a, b, c, optimize=True), (M, S, (3, 2))),
    "einsum lists": (lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [0, 2]), (M, S)),
    "einsum lists implicit": (lambda a, b: np.einsum(a, [0, 1], b, [1, 2]), (M, S)),
    "kron": (np.kron, ((2, 2), M)),
    "kron of different ranks": (np.kron, (Q, (2, 2))),
    "cross": (np.cross, (M, M)),
    "cross broadcast": (np.cross, (M, Q)),
    "cross axis": (lambda a, b: np.cross(a, b, axis=0), ((3, 4), (3, 4))),
    "cross axes": (lambda a, b: np.cross(a, b, axisa=0, axisc=0), ((3, 4), (4, 3))),
    "linalg.cross": (np.linalg.cross, (M, M)),
    "convolve": (np.convolve, (V, Q)),
    "convolve same": (lambda a, b: np.convolve(a, b, mode="same"), (Q, V)),
    "convolve valid": (lambda a, b: np.convolve(a, b, "valid"), (V, Q)),
    "correlate": (np.correlate, (V, Q)),
    "correlate full": (lambda a, b: np.correlate(a, b, mode="full"), (V, Q)),
    "correlate same": (lambda a, b: np.correlate(a, b, mode="same"), (Q, V)),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, 3), (S,)),
    "matrix_power negative": (lambda a: np.linalg.matrix_power(a + 4.0 * np.eye(3), -2), (S,)),
    # linear algebra
    "solve": (lambda a, b: np.linalg.solve(a + 4.0 * np.eye(3), b), (S, (3, 2))),
    "solve vector": (lambda a, b: np.linalg.solve(a + 4.0 * np.eye(3), b), (S, Q)),
    "solve stacks": (lambda a, b: np.linalg.solve(a + 4.0 * np.eye(3), b), ((2, 3, 3), (2, 3, 1))),
    "solve broadcast": (lambda a, b: np.linalg.solve(a + 4.0 * np.eye(3), b), ((2, 3, 3), (3, 2))),
    "solve stack vector": (lambda a, b: np.linalg.solve(a + 4.0 * np.eye(3), b), ((2, 3, 3), Q)),
    "inv": (lambda a: np.linalg.inv(a + 4.0 * np.eye(3)), (S,)),
    "inv stacks": (lambda a: np.linalg.inv(a + 4.0 * np.eye(3)), ((2, 3, 3),)),
    "det": (np.linalg.det, (S,)),
    "det stacks": (np.linalg.det, ((2, 3, 3),)),
    "det 1 x 1": (np.linalg.det, ((1, 1),)),
    "slogdet": (lambda a: tuple(np.linalg.slogdet(a + 4.0 * np.eye(3))), (S,)),
    "slogdet attribute": (lambda a: np.linalg.slogdet(a + 4.0 * np.eye(3)).logabsdet, ((2, 3, 3),)),
    "norm": (np.linalg.norm, (V,)),
    "norm matrix": (np.linalg.norm, (M,)),
    "norm 1": (lambda a: np.linalg.norm(a, 1), (V,)),
    "norm inf": (lambda a: np.linalg.norm(a, np.inf), (V,)),
    "norm -inf": (lambda a: np.linalg.norm(a, -np.inf), (V,)),
    "norm 3": (lambda a: np.linalg.norm(a, 3), (V,)),
    "norm 2.5": (lambda a: np.linalg.norm(a, 2.5), (V,)),
    "norm 0": (lambda a: np.linalg.norm(a, 0), (V,)),
    "norm -1": (lambda a: np.linalg.norm(a, -1), (V,)),
    "norm axis": (lambda a: np.linalg.norm(a, axis=1), (M,)),
    "norm axis keepdims": (lambda a: np.linalg.norm(a, ord=1, axis=0, keepdims=True), (M,)),
    "norm axes": (lambda a: np.linalg.norm(a, axis=(0, 2)), (T,)),
    "norm fro": (lambda a: np.linalg.norm(a, "fro"), (M,)),
    "norm matrix 1": (lambda a: np.linalg.norm(a, 1), (M,)),
    "norm matrix inf": (lambda a: np.linalg.norm(a, np.inf, axis=(0, 1)), (M,)),
    "norm nuc": (lambda a: np.linalg.norm(a, "nuc"), (M,)),
    "norm matrix 2": (lambda a: np.linalg.norm(a, 2), (M,)),
    "vector_norm": (np.linalg.vector_norm, (M,)),
    "vector_norm parameters": (lambda a: np.linalg.vector_norm(a, axis=0, ord=3, keepdims=True), (M,)),
    "matrix_norm": (np.linalg.matrix_norm, (T,)),
    "linalg.tensorsolve": (
        lambda a, b: np.linalg.tensorsolve(a.reshape(2, 2, 4) + np.eye(4).reshape(2, 2, 4), b),
        ((4, 4), (2, 2)),
    ),
    "linalg.tensorinv": (lambda a: np.linalg.tensorinv(a.reshape(2, 2, 4) + 4 * np.eye(4).reshape(2, 2, 4)), ((4, 4),)),
    "linalg.cholesky": (lambda a: np.linalg.cholesky(a @ a.T + np.eye(3)), (S,)),
    "linalg.eigvalsh": (lambda a: np.linalg.eigvalsh(a + a.T), (S,)),
    "linalg.eigh": (lambda a: np.linalg.eigh(a + a.T).eigenvalues, (S,)),
    "linalg.svd": (lambda a: np.linalg.svd(a, compute_uv=False), (M,)),
    "linalg.svdvals": (np.linalg.svdvals, (M,)),
    "linalg.qr": (lambda a: np.linalg.qr(a).R, (M,)),
    "linalg.pinv": (np.linalg.pinv, (M,)),
    "linalg.lstsq": (lambda a, b: np.linalg.lstsq(a, b)[0], (M, (4,))),
    "linalg.cond": (np.linalg.cond, (S,)),
    "linalg.eigvals": (lambda a: np.linalg.eigvals(a + a.T), (S,)),
    # compositions
    "softmax": (lambda a: np.exp(a) / np.sum(np.exp(a), axis=-1, keepdims=True), (M,)),
    "standardise": (lambda a: (a - np.mean(a, axis=0)) / np.std(a, axis=0), (M,)),
    "normalise": (lambda a: a / np.linalg.norm(a, axis=1)[:, None], (M,)),
    "distances": (lambda a: np.linalg.norm(a[:, None] - a[None] + np.eye(4)[..., None], axis=-1), (M,)),
    "power spectrum": (lambda a: np.abs(np.fft.rfft(a)) ** 2, (V,)),
    "convolution by fft": (lambda a, b: np.fft.irfft(np.fft.rfft(a) * np.fft.rfft(b), n=6), (V, V)),
    "logsumexp": (lambda a: np.log(np.sum(np.exp(a - np.max(a)))) + np.max(a), (V,)),
    "linspace": (lambda a, b: np.linspace(a, b, 5) ** 2, ((), ())),
    "geomspace": (lambda a, b: np.geomspace(a + 1.0, b + 2.0, 4), ((), ())),
    "logspace": (lambda a, b: np.logspace(a, b, 4), ((), ())),
    "full_like": (lambda a: np.full_like(a, a[0] ** 2), (V,)),
    "vander by powers": (lambda a: a[:, None] ** np.arange(4), (V,)),
    "polyval": (lambda c, x: np.polyval(c, x), (V, Q)),
    "Horner": (lambda c, x: _horner(c, x), (V, Q)),
    "angle": (lambda a: np.angle(a + 1j * a[::-1] + 3.0), (V,)),
    "sinc": (np.sinc, (V,)),
    "i0": (np.i0, (V,)),
}


def _masked(a: Any) -> Any:
    b = a * 1.0
    b[a > 0.1] = a[a > 0.1] ** 2
    b[b < -1] *= 3.0
    return b


def _horner(c: Any, x: Any) -> Any:
    total = np.zeros_like(x)
    for coefficient in c:
        total = total * x + coefficient
    return total


ALL: dict[str, Case] = {**{f"linear: {name}": case for name, case in LINEAR.items()}, **NONLINEAR}
#: Functions that the lowest supported NumPy does not have.
YOUNG = ("unstack", "cumulative_sum", "cumulative_prod", "matvec", "vecmat")
ALL = {name: case for name, case in ALL.items() if all(hasattr(np, young) or young not in name for young in YOUNG)}
if not hasattr(np, "unstack"):  # their keywords are as young as it
    del ALL["linear: reshape copy"], ALL["clip min= max="]
NOW = list(ALL)


def arguments(name: str) -> tuple[Callable[..., Any], tuple[Any, ...], tuple[tuple[int, ...], ...]]:
    """Return the function of a case with a point to evaluate it at."""
    f, shapes = ALL[name]
    return listed(f), tuple(made(shape, seed) for seed, shape in enumerate(shapes)), shapes


def precision(expected: list[Any], exact: float, single: float = 1e-6) -> float:
    """Return the tolerance: that of float32 where the function itself rounds to it."""
    return single if any(np.asarray(e).dtype.type in {np.float32, np.complex64} for e in expected) else exact


@pytest.mark.parametrize("name", NOW)
def test_value_is_numpys(name: str) -> None:
    """The value is NumPy's, bit for bit, with its shape and dtype."""
    f, args, shapes = arguments(name)
    assert_value(jvp(f, args, directions(shapes, 1))[0], f(*args))


@pytest.mark.parametrize("name", [name for name in NOW if name.startswith("linear: ")])
def test_tangent_of_a_linear_function(name: str) -> None:
    """The tangent of a linear function is the function of the tangent."""
    f, args, shapes = arguments(name)
    along = directions(shapes, 1)
    value, tangent = jvp(f, args, along)
    expected = f(*along)
    for leaf, part in zip(tangent, value, strict=True):
        assert np.asarray(leaf).dtype == np.asarray(part).dtype
    assert_close(tangent, expected, precision(expected, 1e-14))


@pytest.mark.parametrize("name", NOW)
def test_tangent_against_differences(name: str) -> None:
    """The tangent agrees with a five-point difference quotient."""
    f, args, shapes = arguments(name)
    along = directions(shapes, 1)
    expected = difference(f, args, along)
    rounds = precision(f(*args), 0.0, 1e-3)
    assert_close(jvp(f, args, along)[1], expected, max(rounds, 2e-8))


@pytest.mark.parametrize("name", NOW)
def test_each_argument_alone(name: str) -> None:
    """With all other arguments plain, the tangent is that of a zero tangent for the others."""
    f, args, shapes = arguments(name)
    along = directions(shapes, 1)
    for i in range(len(args)):
        alone = jvp(lambda a, i=i: f(*args[:i], a, *args[i + 1 :]), (args[i],), (along[i],))[1]
        zeros = tuple(d if j == i else np.zeros_like(d) for j, d in enumerate(along))
        assert_close(alone, jvp(f, args, zeros)[1], 1e-13)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("name", NOW)
def test_many_directions(name: str, k: int) -> None:
    """k directions at once give what k calls give."""
    f, args, shapes = arguments(name)
    each = [directions(shapes, seed) for seed in range(1, k + 1)]
    together = tuple(np.stack([d[i] for d in each]) for i in range(len(shapes)))
    value, tangent = jvp(f, args, together)
    assert_value(value, f(*args))
    singles = [jvp(f, args, d)[1] for d in each]
    expected = [np.stack([single[leaf] for single in singles]) for leaf in range(len(tangent))]
    assert_close(tangent, expected, precision(expected, 1e-12))


@pytest.mark.parametrize("name", NOW)
def test_nested(name: str) -> None:
    """The jvp of a jvp is the difference quotient of the jvp, and does not depend on the order of the directions."""
    f, args, shapes = arguments(name)
    u, v = directions(shapes, 1), directions(shapes, 2)

    def first(*points: Any) -> list[Any]:
        return jvp(f, points, u)[1]

    mixed = jvp(first, args, v)[1]
    rounds = precision(f(*args), 0.0, 1e-3)
    # The difference quotient of the condition number is truncated early: its third derivative is large.
    assert_close(mixed, difference(first, args, v), max(rounds, 1e-6 if name == "linalg.cond" else 1e-7))
    swapped = jvp(lambda *points: jvp(f, points, v)[1], args, u)[1]
    assert_close(mixed, swapped, max(rounds, 1e-11))


@pytest.mark.parametrize("name", NOW)
def test_nested_with_many_directions(name: str) -> None:
    """k directions outside and m inside give all k x m second derivatives."""
    f, args, shapes = arguments(name)
    inner = [directions(shapes, seed) for seed in (1, 2)]
    outer = [directions(shapes, seed) for seed in (3, 4, 5)]
    stacked_inner = tuple(np.stack([d[i] for d in inner]) for i in range(len(shapes)))
    stacked_outer = tuple(np.stack([d[i] for d in outer]) for i in range(len(shapes)))
    together = jvp(lambda *points: jvp(f, points, stacked_inner)[1], args, stacked_outer)[1]
    rounds = precision(f(*args), 0.0, 1e-3)
    for i, v in enumerate(outer):
        for j, u in enumerate(inner):
            one = jvp(lambda *points, u=u: jvp(f, points, u)[1], args, v)[1]
            assert_close([leaf[i, j] for leaf in together], one, max(rounds, 1e-11))


@pytest.mark.parametrize("inner", [None, 2])
@pytest.mark.parametrize("name", [name for name in NOW if len(ALL[name][1]) > 1])
def test_arguments_of_different_levels(name: str, inner: int | None) -> None:
    """One argument differentiated inside and another outside give the mixed derivative, either way round."""
    f, args, shapes = arguments(name)
    u, v = directions(shapes, 1), directions(shapes, 2)
    rounds = precision(f(*args), 0.0, 1e-3)

    def mixed(first: int, second: int) -> tuple[list[Any], list[Any]]:
        """Return the derivative by the first argument, and that differentiated by the second one."""

        def partial(b: Any) -> Any:
            def g(a: Any) -> Any:
                return f(*(a if i == first else b if i == second else arg for i, arg in enumerate(args)))

            direction = u[first] if inner is None else np.stack([u[first], -u[first]])
            return jvp(g, (args[first],), (direction,))[1]

        return jvp(partial, (args[second],), (v[second],))

    for first, second in [(0, 1), (1, 0)]:
        value, tangent = mixed(first, second)
        alone = tuple(d if i == first else np.zeros_like(d) for i, d in enumerate(u))
        other = tuple(d if i == second else np.zeros_like(d) for i, d in enumerate(v))

        def first_order(*points: Any, alone: tuple[Any, ...] = alone) -> list[Any]:
            return jvp(f, points, alone)[1]

        exact, second_order = jvp(first_order, args, other)
        if inner is not None:
            exact, second_order = ([np.stack([leaf, -leaf]) for leaf in part] for part in (exact, second_order))
        assert_close(value, exact, max(rounds, 1e-12))
        assert_close(tangent, second_order, max(rounds, 1e-11))


@pytest.mark.parametrize("name", NOW)
def test_hyper_dual(name: str) -> None:
    """A hyper-dual carries the value, both first derivatives and the mixed second one."""
    f, args, shapes = arguments(name)
    u, v = directions(shapes, 1), directions(shapes, 2)
    numbers = [dd.HyperDual(a, p, q, np.zeros_like(a)) for a, p, q in zip(args, u, v, strict=True)]
    found = f(*numbers)
    value, first = jvp(f, args, u)
    second = jvp(f, args, v)[1]
    mixed = jvp(lambda *points: jvp(f, points, u)[1], args, v)[1]
    rounds = precision(value, 0.0, 1e-3)
    found = [leaf if isinstance(leaf, dd.HyperDual) else dd.HyperDual(leaf, 0 * leaf, 0 * leaf, 0 * leaf) for leaf in found]
    assert_value([np.asarray(leaf.value)[()] for leaf in found], value)
    for part, expected in [("eps1", first), ("eps2", second), ("eps12", mixed)]:
        dense = [np.broadcast_to(np.asarray(_dense(getattr(leaf, part), leaf)), np.shape(leaf)) for leaf in found]
        assert_close(dense, expected, max(rounds, 1e-11))


def _dense(part: Any, number: Any) -> Any:
    """Return a part as an array: a symbolic zero as zeros."""
    return part if isinstance(part, (np.ndarray, float, complex, np.generic)) else np.zeros(np.shape(number))


KINDS: dict[str, Callable[[Any, Any], Any]] = {
    "one direction": lambda a, d: dd.Dual(a.copy(), d.copy()),
    "k directions": lambda a, d: dd.Dual(a.copy(), np.stack([d, -d])),
    "nested": lambda a, d: dd.Dual(dd.Dual(a.copy(), d.copy()), dd.Dual(2 * d, 3 * d)),
    "hyper-dual": lambda a, d: dd.HyperDual(a.copy(), d.copy(), 2 * d, 3 * d),
}


def parts(number: Any) -> list[Any]:
    """Return the plain arrays inside a number, the value first."""
    if isinstance(number, dd.HyperDual):
        inner: tuple[Any, ...] = (number.value, number.eps1, number.eps2, number.eps12)
    elif isinstance(number, dd.Dual):
        inner = (number.value, number.tangent)
    else:
        return [number if isinstance(number, (np.ndarray, np.generic, float, int, complex)) else 0.0]
    return [part for leaf in inner for part in parts(leaf)]


def assert_overwritten(now: Any, before: list[Any], plain: Any) -> None:
    """Assert that a number is as it was, but for the places where a plain array became 99: there it is a constant."""
    after = parts(now)
    if plain.dtype.kind not in "fc":
        return
    hit = plain == 99.0
    np.testing.assert_array_equal(np.asarray(after[0])[~hit], before[0][~hit])
    np.testing.assert_array_equal(np.asarray(after[0])[hit], 99.0)
    for a, b in zip(after[1:], before[1:], strict=True):
        whole, was = np.broadcast_to(a, b.shape), b
        np.testing.assert_array_equal(whole[..., ~hit], was[..., ~hit])
        np.testing.assert_array_equal(whole[..., hit], 0.0)


def kept(number: Any) -> list[Any]:
    """Return copies of the parts of a number."""
    shape = np.shape(number)
    return [np.array(np.broadcast_to(p, shape) if np.ndim(p) < len(shape) else p) for p in parts(number)]


#: NumPy itself warns about writes into these.
UNWRITTEN = {"linear: broadcast_arrays"}
#: Functions of 0-d arrays, which a dual may hold as Python floats, so that nothing can be a view of them.
SCALARS = {name for name in NOW if () in ALL[name][1]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [name for name in NOW if name not in UNWRITTEN | SCALARS])
def test_writing_into_the_result(name: str, kind: str) -> None:
    """A write into a result reaches the argument where NumPy's result is a view of it, and nowhere else."""
    f, args, shapes = arguments(name)
    numbers = [KINDS[kind](a, d) for a, d in zip(args, directions(shapes, 1), strict=True)]
    before = [kept(number) for number in numbers]
    for leaf in f(*numbers):
        if isinstance(leaf, (dd.Dual, dd.HyperDual)) and leaf.ndim:
            try:
                leaf[...] = 99.0
            except ValueError as error:
                assert "read-only" in str(error)  # noqa: PT017
    plain = [a.copy() for a in args]
    for leaf in f(*plain):
        if isinstance(leaf, np.ndarray) and leaf.ndim and leaf.flags.writeable:
            leaf[...] = 99.0
    for number, was, reference in zip(numbers, before, plain, strict=True):
        assert_overwritten(number, was, reference)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [name for name in NOW if name not in SCALARS])
def test_writing_into_the_argument(name: str, kind: str) -> None:
    """A write into an argument reaches an earlier result where NumPy's result is a view of it, and nowhere else."""
    f, args, shapes = arguments(name)
    numbers = [KINDS[kind](a, d) for a, d in zip(args, directions(shapes, 1), strict=True)]
    plain = [a.copy() for a in args]
    results, references = f(*numbers), f(*plain)
    before = [kept(leaf) for leaf in results]
    for number, reference in zip(numbers, plain, strict=True):
        if reference.ndim:
            number[...] = 99.0
            reference[...] = 99.0
    for leaf, was, reference in zip(results, before, references, strict=True):
        if isinstance(leaf, (dd.Dual, dd.HyperDual)):
            assert_overwritten(leaf, was, np.asarray(reference))


@pytest.mark.parametrize("name", NOW)
def test_float32_stays_float32(name: str) -> None:
    """Value and tangent have the dtype that NumPy gives for float32 input."""
    f, args, shapes = arguments(name)
    args = tuple(np.asarray(a, np.float32) for a in args)
    along = tuple(np.asarray(d, np.float32) for d in directions(shapes, 1))
    expected = f(*args)
    value, tangent = jvp(f, args, along)
    for v, t, e in zip(value, tangent, expected, strict=True):
        assert np.asarray(v).dtype == np.asarray(e).dtype
        if np.asarray(e).dtype.kind in "fc":
            assert np.asarray(t).dtype == np.asarray(e).dtype
    double = jvp(f, tuple(a.astype(float) for a in args), tuple(d.astype(float) for d in along))[1]
    for t, d in zip(tangent, double, strict=True):
        scale = max(float(np.max(np.abs(d), initial=0.0)), 1.0)
        np.testing.assert_allclose(np.asarray(t, complex), np.asarray(d, complex), rtol=2e-2, atol=2e-4 * scale)


# ---------------------------------------------------------------- complex input
COMPLEX: dict[str, Callable[..., Any]] = {
    "real": np.real,
    "imag": np.imag,
    ".real": lambda a: a.real,
    ".imag": lambda a: a.imag,
    "conj": np.conj,
    ".conj()": lambda a: a.conj(),
    "sum": np.sum,
    "mean": lambda a: np.mean(a, axis=0),
    "cumsum": np.cumsum,
    "fft": np.fft.fft,
    "ifft": lambda a: np.fft.ifft(a, axis=0),
    "fft2": np.fft.fft2,
    "irfft": np.fft.irfft,
    "hfft": np.fft.hfft,
    "fftn": np.fft.fftn,
    "transpose": np.transpose,
    "diagonal": np.diagonal,
    "trace": np.trace,
    "roll": lambda a: np.roll(a, 1),
    "matmul constant": lambda a: a @ np.array([1.0, 1j, 2.0]),
    "diff": np.diff,
    "trapezoid": np.trapezoid,
    "H": lambda a: np.conj(a.T),
}
COMPLEX_NONLINEAR: dict[str, Callable[..., Any]] = {
    "prod": np.prod,
    "cumprod": np.cumprod,
    "var": np.var,
    "std": lambda a: np.std(a, axis=0),
    "norm": np.linalg.norm,
    "norm 1": lambda a: np.linalg.norm(a[0], 1),
    "vdot": lambda a: np.vdot(a, a[::-1]),
    "vecdot": lambda a: np.vecdot(a, a[::-1]),
    "inner": lambda a: np.inner(a, a),
    "dot": lambda a: np.dot(a, a),
    "matmul": lambda a: a @ np.conj(a.T),
    "einsum": lambda a: np.einsum("ij,jk->ik", a, np.conj(a)),
    "outer": lambda a: np.outer(a, a),
    "kron": lambda a: np.kron(a, a),
    "correlate": lambda a: np.correlate(a[0], a[1]),
    "convolve": lambda a: np.convolve(a[0], a[1]),
    "solve": lambda a: np.linalg.solve(a + 4 * np.eye(3), a[0]),
    "inv": lambda a: np.linalg.inv(a + 4 * np.eye(3)),
    "det": np.linalg.det,
    "slogdet": lambda a: tuple(np.linalg.slogdet(a)),
    "abs": np.abs,
    "angle": np.angle,
}


def complex_point() -> tuple[Any, Any]:
    """Return a complex matrix and a complex direction."""
    rng = np.random.default_rng(0)
    return (
        rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)),
        rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)),
    )


@pytest.mark.parametrize("name", COMPLEX)
def test_linear_function_of_complex_input(name: str) -> None:
    """For complex input the tangent of a real-linear function is the function of the tangent."""
    z, t = complex_point()
    f = listed(COMPLEX[name])
    value, tangent = jvp(f, (z,), (t,))
    assert_value(value, f(z))
    assert_close(tangent, f(t), 1e-14)
    many = jvp(f, (z,), (np.stack([t, 2j * t]),))[1]
    assert_close(many, [np.stack([a, b]) for a, b in zip(f(t), f(2j * t), strict=True)], 1e-14)


@pytest.mark.parametrize("name", COMPLEX_NONLINEAR)
def test_nonlinear_function_of_complex_input(name: str) -> None:
    """For complex input the tangent is the real-linear differential, conjugations included."""
    z, t = complex_point()
    f = listed(COMPLEX_NONLINEAR[name])
    value, tangent = jvp(f, (z,), (t,))
    assert_value(value, f(z))
    assert_close(tangent, difference(f, (z,), (t,)), 1e-8)
    assert_close(jvp(f, (z,), (1j * t,))[1], difference(f, (z,), (1j * t,)), 1e-8)


# ---------------------------------------------------------------- out=
OUT: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sum": (lambda a, out: np.sum(a, axis=0, out=out), lambda a: np.sum(a, axis=0)),
    ".sum": (lambda a, out: a.sum(axis=0, out=out), lambda a: np.sum(a, axis=0)),
    "mean": (lambda a, out: np.mean(a, axis=0, out=out), lambda a: np.mean(a, axis=0)),
    "prod": (lambda a, out: np.prod(a, axis=0, out=out), lambda a: np.prod(a, axis=0)),
    "max": (lambda a, out: np.max(a, axis=0, out=out), lambda a: np.max(a, axis=0)),
    "var": (lambda a, out: np.var(a, axis=0, out=out), lambda a: np.var(a, axis=0)),
    "std": (lambda a, out: np.std(a, axis=0, out=out), lambda a: np.std(a, axis=0)),
    "cumsum": (lambda a, out: np.cumsum(a[0], out=out), lambda a: np.cumsum(a[0])),
    "cumprod": (lambda a, out: np.cumprod(a[0], out=out), lambda a: np.cumprod(a[0])),
    "clip": (lambda a, out: np.clip(a[0], -0.5, 0.5, out=out), lambda a: np.clip(a[0], -0.5, 0.5)),
    "dot": (
        lambda a, out: np.dot(a[1], a.T[:, :3] if a.shape[0] == 3 else a[:3], out=out),
        lambda a: np.dot(a[1], a[:3]),
    ),
    "matmul": (lambda a, out: np.matmul(a[1], a[:3], out=out), lambda a: np.matmul(a[1], a[:3])),
    "einsum": (lambda a, out: np.einsum("ij->j", a, out=out), lambda a: np.einsum("ij->j", a)),
    "take": (lambda a, out: np.take(a[0], [2, 0, 1], out=out), lambda a: a[0][[2, 0, 1]]),
    "compress": (lambda a, out: np.compress([True, False, True, True], a[:, 0], out=out), lambda a: a[[0, 2, 3], 0]),
    "concatenate": (
        lambda a, out: np.concatenate([a[0, :2], a[1, :1]], out=out),
        lambda a: np.concatenate([a[0, :2], a[1, :1]]),
    ),
    "stack": (lambda a, out: np.stack([a[0, 0], a[1, 0], a[2, 0]], out=out), lambda a: a[:3, 0]),
    "outer": (lambda a, out: np.multiply.outer(a[0], 2.0, out=out), lambda a: 2.0 * a[0]),
    "exp": (lambda a, out: np.exp(a[0], out=out), lambda a: np.exp(a[0])),
    "add": (lambda a, out: np.add(a[0], a[1], out=out), lambda a: a[0] + a[1]),
    "add.reduce": (lambda a, out: np.add.reduce(a, out=out), lambda a: np.sum(a, axis=0)),
    "median": (lambda a, out: np.median(a, axis=0, out=out), lambda a: np.median(a, axis=0)),
    "round": (lambda a, out: np.multiply(a[0], a[0], out=out), lambda a: a[0] * a[0]),
}


@pytest.mark.parametrize("k", [None, 2])
@pytest.mark.parametrize("out", ["zeros_like", "view", "dual"])
@pytest.mark.parametrize("name", OUT)
def test_out(name: str, out: str, k: int | None) -> None:
    """out= takes a dual array, fills its value and tangent, returns it, and changes nothing else."""
    with_out, without = OUT[name]
    x = made((4, 3))
    t = np.random.default_rng(1).normal(size=(4, 3) if k is None else (k, 4, 3))

    def f(a: Any) -> Any:
        if out == "zeros_like":
            target = np.zeros_like(a, shape=3)
        elif out == "view":
            base = np.zeros_like(a, shape=(2, 3))
            target = base[1]
        else:
            target = a[3] * 7.0
        result = with_out(a, target)
        assert result is target
        return (base[1] if out == "view" else target) * 1.0, a * 1.0

    value, tangent = dd.jvp(f, x, t)
    expected, derivative = dd.jvp(without, x, t)
    np.testing.assert_array_equal(value[0], expected)
    np.testing.assert_allclose(tangent[0], derivative, rtol=1e-14, atol=1e-15)
    np.testing.assert_array_equal(value[1], x)
    np.testing.assert_array_equal(tangent[1], t)


# ---------------------------------------------------------------- duals in odd parameters
PARAMETERS: dict[str, Callable[[Any], Any]] = {
    "sum initial": lambda s: np.sum(np.stack([s, 2.0 * s]), initial=s),
    "prod initial": lambda s: np.prod(np.stack([s, 2.0 * s]), initial=s),
    "max initial": lambda s: np.max(np.stack([s, -s]), initial=3.0 * s),
    "min initial": lambda s: np.min(np.stack([s, 9.0 * s]), initial=s / 2),
    "add.reduce initial": lambda s: np.add.reduce(np.stack([s, s]), initial=s),
    "plain sum, dual initial": lambda s: np.sum(np.ones(3), initial=s),
    "pad constant_values": lambda s: np.pad(np.stack([s, s]), 1, constant_values=s**2),
    "plain pad": lambda s: np.pad(np.ones(2), 1, constant_values=s),
    "pad end_values": lambda s: np.pad(np.stack([s, s]), 1, mode="linear_ramp", end_values=s),
    "select default": lambda s: np.select([np.array([True, False])], [np.ones(2)], default=s),
    "clip bounds": lambda s: np.clip(np.array([-5.0, 0.5, 5.0]), -s, s),
    "plain.clip": lambda s: np.array([-5.0, 0.5, 5.0]).clip(-s, s),
    "where in a plain array": lambda s: np.where([True, False], np.ones(2), s),
    "diff prepend": lambda s: np.diff(np.array([1.0, 4.0]), prepend=s),
    "insert": lambda s: np.insert(np.ones(2), 1, s),
    "append": lambda s: np.append(np.ones(2), s),
    "ediff1d to_end": lambda s: np.ediff1d(np.array([1.0, 4.0]), to_end=s),
    "trapezoid dx": lambda s: np.trapezoid(np.array([1.0, 2.0, 4.0]), dx=s),
    "gradient spacing": lambda s: np.gradient(np.array([1.0, 2.0, 4.0]), s),
    "average weights": lambda s: np.average(np.array([1.0, 2.0]), weights=np.stack([s, s**2])),
    "full_like": lambda s: np.full_like(np.stack([s, s]), s**2),
    "nan_to_num": lambda s: np.nan_to_num(np.array([np.nan, 1.0]), nan=s),
    "interp left": lambda s: np.interp([-1.0, 0.5], [0.0, 1.0], [2.0, 3.0], left=s),
    "interp in fp": lambda s: np.interp([0.25, 0.5], [0.0, 1.0], np.stack([s, s**2])),
    "piecewise constant": lambda s: np.piecewise(np.stack([s, -s]), [np.array([True, False])], [s, lambda x: x**2]),
    "piecewise constant of a plain array": lambda s: np.piecewise(np.ones(2), [np.array([True, False])], [s, 0.0]),
    "sum where": lambda s: np.sum(np.stack([s, s, s**3]), where=np.array([True, False, True])),
    "plain.dot": lambda s: np.ones(2).dot(np.stack([s, s**2])),
    "plain.choose": lambda s: np.array([0, 1]).choose([s, s**2]),
    "var mean": lambda s: np.var(np.stack([s, 3.0 * s]), mean=2.0 * s),
    "plain var, dual mean": lambda s: np.var(np.array([1.0, 4.0]), mean=s),
    "quantile q": lambda s: np.quantile(np.array([1.0, 4.0]), s / 10.0),
    "linspace": lambda s: np.linspace(s, s**2, 3),
    "arange": lambda s: np.arange(3) * s,
    "block": lambda s: np.block([[np.ones(1), s]]),
    "r_": lambda s: np.r_[s, 1.0],
    "vander": lambda s: np.vander(np.stack([s, 2.0 * s])),
    "geomspace": lambda s: np.geomspace(1.0, s, 3),
    "apply_along_axis": lambda s: np.apply_along_axis(lambda row: row * s, 0, np.ones((2, 2))),
    "fromfunction": lambda s: np.fromfunction(lambda i: i * s, (3,)),
    "outer of lists": lambda s: np.outer([1.0, 2.0], np.stack([s, s])),
    "mixed list": lambda s: np.sum(np.array([s, 1.0, s**2])),
    "sin of list": lambda s: np.sin([s, s]),
    "dot of lists": lambda s: np.dot([s, 1.0], [2.0, s]),
    "mean of list": lambda s: np.mean([s, s**2]),
    "max of list": lambda s: np.max([s, s**2]),
    "nested stack": lambda s: np.stack([[s, 1.0], [2.0, s]]),
    "hypot of lists": lambda s: np.hypot([s, 3.0], 2.0),
    "multiply with list": lambda s: np.stack([s, s]) * [1.0, 2.0],
    "list plus": lambda s: [1.0, 2.0] - np.stack([s, s]),
    "norm of list": lambda s: np.linalg.norm([s, s**2]),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_dual_in_a_parameter(name: str) -> None:
    """A dual in a parameter, or in a list, is differentiated rightly or raises a DualDiffError: nothing is dropped."""
    f = listed(PARAMETERS[name])
    try:
        value, tangent = jvp(f, (1.7,), (1.0,))
    except (dd.DualDiffError, TypeError, AttributeError):
        return
    expected = f(1.7)
    for a, b in zip(value, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a, float), b, rtol=1e-15)
    assert_close(tangent, difference(f, (1.7,), (1.0,)), 1e-9)


#: The rows of PARAMETERS that work (the others raise).
WORKING_PARAMETERS: set[str] = {
    "add.reduce initial",
    "append",
    "apply_along_axis",
    "arange",
    "average weights",
    "block",
    "clip bounds",
    "diff prepend",
    "dot of lists",
    "ediff1d to_end",
    "fromfunction",
    "full_like",
    "insert",
    "linspace",
    "list plus",
    "max initial",
    "max of list",
    "min initial",
    "mixed list",
    "multiply with list",
    "nested stack",
    "norm of list",
    "outer of lists",
    "piecewise constant",
    "plain var, dual mean",
    "plain.choose",
    "plain.clip",
    "plain.dot",
    "prod initial",
    "r_",
    "select default",
    "sin of list",
    "sum initial",
    "sum where",
    "trapezoid dx",
    "var mean",
    "where in a plain array",
}


@pytest.mark.parametrize("name", sorted(WORKING_PARAMETERS))
def test_dual_in_a_parameter_works(name: str) -> None:
    """These rows do not raise."""
    jvp(listed(PARAMETERS[name]), (1.7,), (1.0,))


# ---------------------------------------------------------------- repeated values, ties and zeros
def test_max_and_min_share_ties() -> None:
    """Equal entries share the derivative of max, min, ptp and sort equally."""
    x = np.array([1.0, 3.0, 3.0, 0.0, 0.0])
    rows: list[tuple[Any, Any]] = [
        (np.max, [0, 0.5, 0.5, 0, 0]),
        (np.min, [0, 0, 0, 0.5, 0.5]),
        (np.ptp, [0, 0.5, 0.5, -0.5, -0.5]),
        (np.maximum.reduce, [0, 0.5, 0.5, 0, 0]),
        (lambda x: np.sort(x)[-1], [0, 0.5, 0.5, 0, 0]),
        (lambda x: np.sort(x)[0], [0, 0, 0, 0.5, 0.5]),
        (lambda x: np.median(x[1:4]), [0, 0.5, 0.5, 0, 0]),
    ]
    for f, exact in rows:
        np.testing.assert_allclose(dd.grad(f)(x), exact)
    three = np.array([2.0, 2.0, 2.0])
    np.testing.assert_allclose(dd.grad(np.max)(three), [1 / 3] * 3)
    np.testing.assert_allclose(dd.jacobian(np.sort)(three), np.full((3, 3), 1 / 3))
    np.testing.assert_allclose(dd.grad(lambda x: np.max(x, axis=0).sum())(np.ones((2, 2))), np.full((2, 2), 0.5))


@pytest.mark.parametrize("x", [[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], ids=str)
def test_products_with_zeros(x: list[float]) -> None:
    """prod and cumprod are exact with zeros, to second order too."""
    v = np.array(x)
    a, b, c = x
    np.testing.assert_array_equal(dd.grad(np.prod)(v), [b * c, a * c, a * b])
    np.testing.assert_array_equal(dd.hessian(np.prod)(v), [[0, c, b], [c, 0, a], [b, a, 0]])
    np.testing.assert_array_equal(dd.jacobian(np.cumprod)(v), [[1, 0, 0], [b, a, 0], [b * c, a * c, a * b]])
    np.testing.assert_array_equal(dd.jacobian(dd.grad(lambda x: np.cumprod(x)[-1]))(v), [[0, c, b], [c, 0, a], [b, a, 0]])


def test_determinant_of_a_singular_matrix() -> None:
    """The gradient of det at singular matrices is the adjugate transposed, to second order too."""
    for A in (np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros((2, 2)), np.array([[0.0, 1.0], [0.0, 0.0]])):
        np.testing.assert_allclose(dd.grad(np.linalg.det)(A), [[A[1, 1], -A[1, 0]], [-A[0, 1], A[0, 0]]], atol=1e-15)
        H = dd.hessian(np.linalg.det)(A)
        exact = np.zeros((2, 2, 2, 2))
        exact[0, 0, 1, 1] = exact[1, 1, 0, 0] = 1.0
        exact[0, 1, 1, 0] = exact[1, 0, 0, 1] = -1.0
        np.testing.assert_allclose(H, exact, atol=1e-14)
    rank_one = np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0])
    np.testing.assert_allclose(dd.grad(np.linalg.det)(rank_one), np.zeros((3, 3)), atol=1e-13)
    rank_two = np.diag([2.0, 3.0, 0.0])
    np.testing.assert_allclose(dd.grad(np.linalg.det)(rank_two), np.diag([0.0, 0.0, 6.0]), atol=1e-14)


def test_norm_and_std_at_their_zero() -> None:
    """The symmetric derivative of norm and std at zero is 0, and along a zero tangent it is 0 everywhere."""
    np.testing.assert_array_equal(dd.grad(np.linalg.norm)(np.zeros(3)), np.zeros(3))
    np.testing.assert_array_equal(dd.grad(np.std)(np.ones(3)), np.zeros(3))
    np.testing.assert_array_equal(dd.grad(lambda x: np.linalg.norm(x, axis=1).sum())(np.zeros((2, 2))), np.zeros((2, 2)))
    mixed = dd.grad(lambda x: np.linalg.norm(x, axis=1).sum())(np.array([[0.0, 0.0], [3.0, 4.0]]))
    np.testing.assert_allclose(mixed, [[0.0, 0.0], [0.6, 0.8]], rtol=1e-15)
    for order in (1, 2, np.inf, 3):
        np.testing.assert_array_equal(dd.grad(lambda x, p=order: np.linalg.norm(x, p))(np.zeros(3)), np.zeros(3))


def test_variance_far_from_zero() -> None:
    """The gradient of var and std does not lose digits far from zero."""
    x = 1e8 + np.array([0.0, 1.0, 2.0, 4.0])
    centred = x - np.mean(x)
    np.testing.assert_allclose(dd.grad(np.var)(x), 2 * centred / 4, rtol=1e-14)
    np.testing.assert_allclose(dd.grad(np.std)(x), centred / 4 / np.std(x), rtol=1e-14)


def test_unselected_branches_are_never_nan() -> None:
    """where, select and piecewise give no nan from the branch that is not taken."""
    x = np.array([-1.0, 0.0, 4.0])
    with np.errstate(all="ignore"):
        for f in (
            lambda x: np.where(x > 0, np.sqrt(np.abs(x)), 0.0),
            lambda x: np.where(x > 0, np.log(x), 0.0),
            lambda x: np.select([x > 0], [np.sqrt(x)]),
            lambda x: np.piecewise(x, [x > 0], [np.sqrt, 0.0]),
        ):
            J = dd.jacobian(f)(x)
            assert np.all(np.isfinite(J))
            assert not np.any(J[:2])
            assert J[2, 2] == 0.25


def test_empty_arrays() -> None:
    """Sums, products and norms of empty arrays have gradients without entries."""
    for f in (np.sum, np.prod, np.linalg.norm, lambda x: x @ x, lambda x: np.sum(np.sort(x))):
        assert dd.grad(f)(np.empty(0)).shape == (0,)
    assert dd.jacobian(lambda x: np.sum(x, axis=0))(np.empty((0, 3))).shape == (3, 0, 3)
    with pytest.raises(ValueError, match=r"zero-size|identity"):
        dd.grad(np.max)(np.empty(0))


# ---------------------------------------------------------------- directions are never taken for a batch axis
def shifted_solve(a: Any, b: Any) -> Any:
    """Return the solution of a well-conditioned system."""
    return np.linalg.solve(a + 5.0 * np.eye(a.shape[-1]), b)


Shapes = tuple[tuple[int, ...], ...]
BATCHES: list[tuple[str, Callable[..., Any], list[Shapes]]] = [
    (
        "matmul",
        np.matmul,
        [
            ((3,), (3,)),
            ((2, 3), (3,)),
            ((3,), (3, 2)),
            ((4, 2, 3), (3, 2)),
            ((2, 3), (4, 3, 2)),
            ((1, 2, 3), (4, 3, 2)),
            ((5, 1, 2, 3), (4, 3, 2)),
            ((3,), (4, 3, 2)),
            ((4, 2, 3), (3,)),
            ((3, 3, 3), (3, 3, 3)),
            ((0, 3), (3, 2)),
            ((2, 0), (0, 2)),
        ],
    ),
    (
        "dot",
        np.dot,
        [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((4, 2, 3), (4, 3, 2)), ((), (3,)), ((2, 3), (4, 3, 2))],
    ),
    (
        "solve",
        shifted_solve,
        [
            ((3, 3), (3,)),
            ((3, 3), (3, 2)),
            ((4, 3, 3), (3, 2)),
            ((4, 3, 3), (4, 3, 2)),
            ((4, 3, 3), (3,)),
            ((3, 3), (4, 3, 2)),
            ((3, 3), (3, 3, 3)),
            ((2, 1, 3, 3), (4, 3, 1)),
            ((1, 1), (1,)),
            ((0, 3, 3), (0, 3, 1)),
            ((4, 4, 4), (4,)),
        ],
    ),
    ("cross", np.cross, [((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((3, 3), (3, 3)), ((4, 1, 3), (2, 3))]),
    ("kron", np.kron, [((2, 3), (3,)), ((2, 2), (3, 3)), ((1, 2, 3), (2, 2)), ((), (3,))]),
    ("vecdot", np.vecdot, [((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3))]),
    ("inner", np.inner, [((3,), (3,)), ((2, 3), (4, 3)), ((2, 2, 3), (4, 3)), ((), (3,))]),
    ("add", np.add, [((), (3,)), ((1,), (3,)), ((3, 1), (1, 3)), ((3, 2, 3), (3,)), ((2, 1), (3,)), ((0,), (1,))]),
    ("multiply", np.multiply, [((), (3,)), ((3, 1), (1, 3)), ((3, 2, 3), (2, 1)), ((1, 1), (3,)), ((2, 0), (1,))]),
    ("where", lambda a, b: np.where(a > 0, a, b), [((), (3,)), ((3, 1), (1, 3)), ((3, 2, 3), (2, 1))]),
    ("maximum", np.maximum, [((), (3,)), ((3, 1), (1, 3)), ((3, 2, 3), (2, 1))]),
    ("clip", lambda a, b: np.clip(a, b, b + 1.0), [((), (3,)), ((3, 1), (1, 3)), ((3, 2, 3), (2, 1))]),
    ("einsum matrix product", lambda a, b: np.einsum("...ij,...jk", a, b), [((3, 3), (3, 3)), ((4, 2, 3), (3, 2))]),
    ("tensordot", lambda a, b: np.tensordot(a, b, 1), [((2, 3), (3, 4)), ((3, 3, 3), (3, 3, 3)), ((3,), (3,))]),
    ("stack", lambda a, b: np.stack(np.broadcast_arrays(a, b)) * 1.0, [((), (3,)), ((3, 1), (1, 3)), ((3, 3), (3,))]),
]
BATCH_ROWS = [(name, f, shapes) for name, f, rows in BATCHES for shapes in rows]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name, f, shapes", BATCH_ROWS, ids=[f"{name} {shapes}" for name, _, shapes in BATCH_ROWS])
def test_directions_are_no_batch_axis(name: str, f: Callable[..., Any], shapes: Shapes, k: int) -> None:
    """Whatever the broadcasting and however many directions, k at once give what k calls give, for each argument."""
    rng = np.random.default_rng(0)
    args = tuple(rng.normal(size=shape) for shape in shapes)
    along = tuple(rng.normal(size=(k, *shape)) for shape in shapes)
    whole = [np.zeros_like(d) for d in along]
    both = dd.jvp(f, args, along)[1]
    singles = [dd.jvp(f, args, tuple(d[i] for d in along))[1] for i in range(k)]
    assert_close([both], [np.stack(singles)], 1e-11)
    first = dd.jvp(lambda a: f(a, args[1]), args[0], along[0])[1]
    second = dd.jvp(lambda b: f(args[0], b), args[1], along[1])[1]
    assert_close([first], [dd.jvp(f, args, (along[0], whole[1]))[1]], 1e-11)
    assert_close([second], [dd.jvp(f, args, (whole[0], along[1]))[1]], 1e-11)
    assert_close([first + second], [both], 1e-11)


def test_sums_into_new_zeros_are_one_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often an entry is named: np.add.at, np.bincount and np.histogram of many into few."""

    def refused(*_: Any) -> Any:
        raise AssertionError("round by round")

    monkeypatch.setattr(ufunc_methods, "apply_ufunc", refused)
    x = np.linspace(0.0, 1.0, 3000)
    bins: Any = np.arange(3000) % 3
    directions = np.stack([np.ones(3000), x])

    def f(x: Any) -> Any:
        out = np.zeros_like(x, shape=(2, 4))
        view = out[:, 1:]
        where: Any = (slice(None), bins)
        np.add.at(view, where, x)
        np.subtract.at(out[1], bins, x)
        return out, np.bincount(bins, weights=x), np.histogram(bins, 3, weights=x)[0]

    _, (slope, counts, weights) = dd.jvp(f, (x,), (directions,))
    expected = np.stack([np.bincount(bins, v) for v in directions])
    np.testing.assert_allclose(slope[:, 0, 1:], expected)
    np.testing.assert_allclose(slope[:, 1], np.pad(expected, [(0, 0), (1, 0)]) - np.pad(expected, [(0, 0), (0, 1)]))
    np.testing.assert_allclose(counts, expected)
    np.testing.assert_allclose(weights, expected)
