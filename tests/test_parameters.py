"""Every parameter of every overridable NumPy function, with a dual in it: the right derivative, or an error.

The pairs are those of tests/data/numpy_parameters.csv. What is right is measured: the plain call at nearby values gives the
derivative as a difference quotient, so that a dual that acts by value only must have a derivative of zero.

The file is long since each function needs a call that is valid, and a value for each of its parameters.
"""

from __future__ import annotations

import contextlib
import csv
import operator
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

STEP = 1e-3
#: NumPy, for calls that its stubs do not allow.
nx: Any = np
REFUSALS = (dd.DualDiffError, TypeError, ValueError)

# ------------------------------------------------------------------------------------------------- points
#: Entries are apart from each other, from zero and from ±1 by much more than the step.
V = np.array([0.62, -1.31, 2.13, -0.47])
W = np.array([1.52, 0.34, -0.83, 2.41])
P = np.array([0.55, 1.72, 0.83, 2.44])
RISING = np.array([-1.55, -0.25, 0.85, 2.65])
M = np.array([[0.71, -1.42, 2.03, 0.24], [1.35, 0.56, -0.87, -2.18], [-0.39, 1.91, 1.12, -1.73]])
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
S = np.array([[2.31, 0.42, -0.53], [0.64, 1.75, 0.36], [-0.27, 0.88, 3.19]])
A, B = np.array([0.41, -1.22, 0.93]), np.array([1.14, 0.75, -0.66])
T = np.linspace(-2.0, 2.35, 24).reshape(2, 3, 4)
SYMMETRIC = S @ S.T
DAY = np.datetime64("2024-01-02")


def applied(function: Any, array: Any, *args: Any, **kwargs: Any) -> Any:
    """Return a copy of the array after a function has written into it."""
    array = array.copy()
    function(array, *args, **kwargs)
    return array


#: Functions whose parameters are not all keywords, and those that write into their first argument.
WRAPPED: dict[str, Callable[..., Any]] = {
    "apply_along_axis": lambda func1d, axis, arr, args=(), kwargs={}: np.apply_along_axis(func1d, axis, arr, *args, **kwargs),
    "arange": lambda start_or_stop, *rest, **kwargs: np.arange(start_or_stop, **kwargs),
    "atleast_1d": lambda arys: np.atleast_1d(*arys),
    "atleast_2d": lambda arys: np.atleast_2d(*arys),
    "atleast_3d": lambda arys: np.atleast_3d(*arys),
    "broadcast_arrays": lambda args, **kwargs: np.broadcast_arrays(*args, **kwargs),
    "clip": lambda a, *bounds, kwargs={}, **named: nx.clip(a, *bounds, **named, **kwargs),
    "common_type": lambda arrays: np.common_type(*arrays),
    "copyto": lambda dst, src, **kwargs: applied(np.copyto, dst, src, **kwargs),
    "einsum": lambda operands, kwargs={}, **named: np.einsum(*operands, **named, **kwargs),
    "einsum_path": lambda operands, **kwargs: np.einsum_path(*operands, **kwargs),
    "fill_diagonal": lambda a, val, **kwargs: applied(np.fill_diagonal, a, val, **kwargs),
    "fromfunction": lambda function, shape, kwargs={}, **named: np.fromfunction(function, shape, **named, **kwargs),
    "gradient": lambda f, varargs=(), **kwargs: np.gradient(f, *varargs, **kwargs),
    "ix_": lambda args: np.ix_(*args),
    "meshgrid": lambda xi, **kwargs: np.meshgrid(*xi, **kwargs),
    "pad": lambda array, pad_width, mode="constant", kwargs={}: np.pad(array, pad_width, mode, **kwargs),
    "piecewise": lambda x, condlist, funclist, args=(), kw={}: np.piecewise(x, condlist, funclist, *args, **kw),
    "place": lambda arr, mask, vals: applied(np.place, arr, mask, vals),
    "put": lambda a, ind, v, **kwargs: applied(np.put, a, ind, v, **kwargs),
    "put_along_axis": lambda arr, indices, values, axis: applied(np.put_along_axis, arr, indices, values, axis),
    "putmask": lambda a, mask, values: applied(np.putmask, a, mask, values),
    "result_type": lambda arrays_and_dtypes: np.result_type(*arrays_and_dtypes),
}  # fmt: skip

#: How many of its first arguments a function gets by position, where it is more than one.
LEADING = {
    "astype": 2, "can_cast": 2, "dot": 2, "inner": 2, "may_share_memory": 2, "shares_memory": 2, "vdot": 2, "where": 3,
    "linalg.cross": 2, "linalg.matmul": 2, "linalg.outer": 2, "linalg.tensordot": 2, "linalg.vecdot": 2,
}  # fmt: skip


# ------------------------------------------------------------------------------------------------- calls
def each(names: str, arguments: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return these arguments for every function named."""
    return dict.fromkeys(names.split(), arguments)


#: The arguments that make a call of each function valid.
CALLS: dict[str, dict[str, Any]] = {
    **each(
        "all amax amin any argmax argmin argwhere around count_nonzero cumprod cumsum flatnonzero max mean median min "
        "nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar ndim nonzero "
        "ones_like prod ptp ravel round shape size sort std sum var zeros_like argsort copy",
        {"a": M},
    ),
    **each(
        "cumulative_prod cumulative_sum fix i0 iscomplex iscomplexobj isneginf isposinf isreal isrealobj sinc unique_all "
        "unique_counts unique_inverse unique_values vander fft.fftshift fft.ifftshift lib.scimath.arccos lib.scimath.arcsin "
        "lib.scimath.arctanh lib.scimath.log lib.scimath.log10 lib.scimath.log2 lib.scimath.sqrt linalg.vector_norm",
        {"x": V},
    ),
    **each("array2string array_str asanyarray asarray ascontiguousarray asfortranarray require", {"a": V}),
    **each("fft.fft fft.ifft fft.rfft fft.irfft fft.hfft fft.ihfft", {"a": V}),
    **each("fft.fft2 fft.fftn fft.ifft2 fft.ifftn fft.irfft2 fft.irfftn fft.rfft2 fft.rfftn", {"a": M}),
    **each("column_stack dstack hstack vstack", {"tup": [V, W]}),
    **each("atleast_1d atleast_2d atleast_3d", {"arys": (V, W)}),
    **each(
        "allclose inner isclose kron may_share_memory outer shares_memory vdot",
        {"a": V, "b": W},
    ),
    **each(
        "linalg.det linalg.eig linalg.eigvals linalg.inv linalg.pinv linalg.qr linalg.slogdet linalg.svd",
        {"a": S},
    ),
    **each("linalg.cholesky linalg.eigh linalg.eigvalsh", {"a": SYMMETRIC}),
    **each("flip fliplr flipud rot90 tril triu", {"m": M}),
    **each("diag_indices_from tril_indices_from triu_indices_from", {"arr": S}),
    **each("setdiff1d setxor1d union1d", {"ar1": np.array([0.5, 1.5, 2.5]), "ar2": np.array([1.7, 3.5])}),
    **each("polyadd polymul polysub", {"a1": V, "a2": A}),
    **{name: {"a": M, "q": q} for name, q in (
        ("quantile", 0.37), ("nanquantile", 0.37), ("percentile", 37.0), ("nanpercentile", 37.0)
    )},
    "angle": {"z": V + 0.3j},
    "append": {"arr": V, "values": W},
    "apply_along_axis": {"func1d": lambda row, *args, **kwargs: np.sum(row * row), "axis": 1, "arr": M},
    "apply_over_axes": {"func": np.sum, "a": M, "axes": [0]},
    "arange": {"start_or_stop": 3.5},
    "argpartition": {"a": V, "kth": 2},
    "array": {"object": V},
    "array_equal": {"a1": V, "a2": W},
    "array_equiv": {"a1": V, "a2": W},
    "array_repr": {"arr": V},
    "array_split": {"ary": V, "indices_or_sections": 2},
    "astype": {"x": V, "dtype": np.dtype(float)},
    "average": {"a": M, "weights": P, "axis": 1},
    "bincount": {"x": np.array([0, 2, 2, 1]), "weights": V},
    "block": {"arrays": [V, W]},
    "broadcast_arrays": {"args": (V, M)},
    "broadcast_to": {"array": V, "shape": (3, 4)},
    "busday_count": {"begindates": DAY, "enddates": DAY + 30},
    "busday_offset": {"dates": DAY, "offsets": 1},
    "can_cast": {"from_": V, "to": float},
    "choose": {"a": np.array([0, 1, 1, 0]), "choices": [V, W]},
    "clip": {"a": M, "a_min": -0.8, "a_max": 0.8},
    "common_type": {"arrays": (V, W)},
    "compress": {"condition": [True, False, True], "a": M, "axis": 0},
    "concatenate": {"arrays": [V, W]},
    "convolve": {"a": V, "v": A},
    "copyto": {"dst": M, "src": V},
    "corrcoef": {"x": M},
    "correlate": {"a": V, "v": A},
    "cov": {"m": M},
    "cross": {"a": A, "b": B},
    "datetime_as_string": {"arr": DAY},
    "delete": {"arr": V, "obj": 1},
    "diag": {"v": V},
    "diagflat": {"v": V},
    "diagonal": {"a": M},
    "diff": {"a": M},
    "digitize": {"x": V, "bins": RISING},
    "dot": {"a": M, "b": V},
    "dsplit": {"ary": T, "indices_or_sections": 2},
    "ediff1d": {"ary": V},
    "einsum": {"operands": ("ij,j->i", M, V)},
    "einsum_path": {"operands": ("ij,j->i", M, V)},
    "empty": {"shape": 3},
    "empty_like": {"prototype": V},
    "expand_dims": {"a": V, "axis": 0},
    "extract": {"condition": MASK, "arr": M},
    "eye": {"N": 3},
    "fill_diagonal": {"a": S, "val": 1.5},
    "fromfunction": {"function": lambda i, j, **kwargs: i + 2.0 * j, "shape": (2, 3)},
    "fromiter": {"iter": [1.5, 2.5], "dtype": np.dtype(float)},
    "full": {"shape": 3, "fill_value": 1.5},
    "full_like": {"a": V, "fill_value": 1.5},
    "geomspace": {"start": 1.2, "stop": 5.3, "num": 4},
    "gradient": {"f": V},
    "histogram": {"a": V, "bins": RISING},
    "histogram2d": {"x": V, "y": W, "bins": [np.array([-2.0, 0.1, 3.0]), np.array([-1.0, 1.0, 3.0])]},
    "histogram_bin_edges": {"a": V, "bins": 3},
    "histogramdd": {"sample": np.stack([V, W], axis=1), "bins": [np.array([-2.0, 0.1, 3.0]), np.array([-1.0, 1.0, 3.0])]},
    "hsplit": {"ary": M, "indices_or_sections": 2},
    "identity": {"n": 3},
    "imag": {"val": V + 0.3j},
    "insert": {"arr": V, "obj": 1, "values": 0.75},
    "intersect1d": {"ar1": np.array([0.5, 1.5, 2.5]), "ar2": np.array([1.5, 3.5])},
    "interp": {"x": V, "xp": RISING, "fp": P},
    "is_busday": {"dates": DAY},
    "isin": {"element": V, "test_elements": W},
    "ix_": {"args": ([True, False], [True, True])},
    "lexsort": {"keys": (V, W)},
    "linspace": {"start": 1.2, "stop": 5.3, "num": 4},
    "logspace": {"start": 0.2, "stop": 1.3, "num": 4},
    "matrix_transpose": {"x": M},
    "meshgrid": {"xi": (V, A)},
    "min_scalar_type": {"a": V},
    "moveaxis": {"a": M, "source": 0, "destination": 1},
    "nan_to_num": {"x": V},
    "ones": {"shape": 3},
    "packbits": {"a": np.array([1, 0, 1], dtype=np.uint8)},
    "pad": {"array": M, "pad_width": 1},
    "partition": {"a": V, "kth": 2},
    "piecewise": {"x": V, "condlist": [V > 0], "funclist": [lambda t, *args, **kwargs: t * t, 0.5]},
    "place": {"arr": M, "mask": MASK, "vals": A},
    "poly": {"seq_of_zeros": V},
    "polyder": {"p": V},
    "polydiv": {"u": V, "v": B},
    "polyfit": {"x": RISING, "y": P, "deg": 1},
    "polyint": {"p": V},
    "polyval": {"p": A, "x": V},
    "put": {"a": V, "ind": [0, 2], "v": A[:2]},
    "put_along_axis": {"arr": M, "indices": np.array([[0, 1, 2, 0]]), "values": V[None], "axis": 0},
    "putmask": {"a": M, "mask": MASK, "values": A},
    "ravel_multi_index": {"multi_index": ([0, 1], [1, 2]), "dims": (3, 4)},
    "real": {"val": V + 0.3j},
    "real_if_close": {"a": V},
    "repeat": {"a": M, "repeats": 2},
    "reshape": {"a": M, "shape": (4, 3)},
    "resize": {"a": M, "new_shape": (2, 2)},
    "result_type": {"arrays_and_dtypes": (V, float)},
    "roll": {"a": M, "shift": 1},
    "rollaxis": {"a": M, "axis": 1},
    "roots": {"p": V},
    "searchsorted": {"a": RISING, "v": V},
    "select": {"condlist": [V > 1, V > 0], "choicelist": [V, W]},
    "sort_complex": {"a": V},
    "split": {"ary": V, "indices_or_sections": 2},
    "squeeze": {"a": M[None]},
    "stack": {"arrays": [V, W]},
    "swapaxes": {"a": M, "axis1": 0, "axis2": 1},
    "take": {"a": M, "indices": [0, 2]},
    "take_along_axis": {"arr": M, "indices": np.array([[0, 1, 2, 0]]), "axis": 0},
    "tensordot": {"a": M, "b": M, "axes": 2},
    "tile": {"A": V, "reps": 2},
    "trace": {"a": M},
    "transpose": {"a": M},
    "trapezoid": {"y": M},
    "tri": {"N": 3},
    "trim_zeros": {"filt": np.array([0.0, 0.0, 1.5, 2.5, 0.0])},
    "unique": {"ar": V},
    "unpackbits": {"a": np.array([7, 3], dtype=np.uint8)},
    "unravel_index": {"indices": [1, 6], "shape": (3, 4)},
    "unstack": {"x": M},
    "unwrap": {"p": 4.3 * RISING},
    "vsplit": {"ary": M, "indices_or_sections": 3},
    "where": {"condition": V > 0, "x": V, "y": W},
    "zeros": {"shape": 3},
    "lib.scimath.logn": {"n": 2.5, "x": V},
    "lib.scimath.power": {"x": V, "p": 1.5},
    "lib.stride_tricks.sliding_window_view": {"x": V, "window_shape": 2},
    "linalg.cond": {"x": S},
    "linalg.cross": {"x1": A, "x2": B},
    "linalg.diagonal": {"x": S},
    "linalg.lstsq": {"a": M.T, "b": V, "rcond": None},
    "linalg.matmul": {"x1": M, "x2": V},
    "linalg.matrix_norm": {"x": S},
    "linalg.matrix_power": {"a": S, "n": 3},
    "linalg.matrix_rank": {"A": S},
    "linalg.matrix_transpose": {"x": M},
    "linalg.multi_dot": {"arrays": [A, S, B]},
    "linalg.norm": {"x": S},
    "linalg.outer": {"x1": V, "x2": A},
    "linalg.solve": {"a": S, "b": A},
    "linalg.svdvals": {"x": S},
    "linalg.tensordot": {"x1": M, "x2": M, "axes": 2},
    "linalg.tensorinv": {"a": S.reshape(3, 3), "ind": 1},
    "linalg.tensorsolve": {"a": S, "b": A},
    "linalg.trace": {"x": S},
    "linalg.vecdot": {"x1": V, "x2": W},
    "polynomial.polynomial.polygrid2d": {"x": V, "y": A, "c": S},
    "polynomial.polynomial.polyval2d": {"x": V, "y": W, "c": S},
}  # fmt: skip

#: A value for every optional parameter, by its name. A float is differentiated; anything else acts by value or is refused.
OPTIONS: dict[str, Any] = {
    "append": 0.35, "prepend": 0.65, "assume_unique": True, "atol": 0.12, "aweights": P, "axes": (0,), "axis": 0,
    "axis1": 0, "axis2": 1, "axisa": 0, "axisb": 0, "axisc": 0, "base": 2.5, "bias": True, "bitorder": "big",
    "busdaycal": np.busdaycalendar(), "casting": "same_kind", "compute_uv": True, "copy": True, "correction": 0.5, "cov": True,
    "ddof": 0.5, "decimals": 1, "default": 0.75, "deg": True, "density": True, "device": "cpu", "discont": 3.5, "dtype": float,
    "dx": 0.7, "edge_order": 1, "edgeitems": 3, "einsum_call": False, "endpoint": True, "equal_nan": True, "floatmode": "fixed",
    "formatter": None, "full": True, "full_matrices": True, "fweights": np.array([1, 2, 1, 3]), "hermitian": False,
    "holidays": [], "include_initial": True, "increasing": True, "indexing": "ij", "initial": 0.3, "invert": True, "k": 1,
    "keepdims": True, "kind": None, "left": -1.2, "legacy": False, "like": np.zeros(2), "M": 3, "m": 2, "max_line_width": 60,
    "max_work": 10, "maxlength": 6, "method": "hazen", "minlength": 6, "mode": "raise", "N": 3, "n": 2, "ndmax": 2, "ndmin": 1,
    "neginf": -2.5, "norm": "ortho", "nan": 0.5, "offset": 0, "optimize": True, "ord": 3.0, "order": "C",
    "overwrite_input": False, "p": 2, "period": 7.5, "posinf": 2.5, "precision": 3, "prefix": "", "rcond": 1e-9,
    "requirements": ["C"], "retstep": True, "return_counts": True, "return_index": True, "return_indices": True,
    "return_inverse": True, "returned": True, "right": 1.3, "roll": "forward", "rowvar": True, "rtol": 0.15, "separator": " ",
    "shape": (2, 3), "side": "left", "sign": "-", "sorted": True, "sorter": np.array([0, 1, 2, 3]), "sparse": True,
    "stable": True, "start": 0, "step": 0.8, "stop": 3.5, "subok": False, "suffix": "", "suppress_small": True,
    "threshold": 100, "timezone": "naive", "to_begin": 0.35, "to_end": 0.65, "tol": 0.001, "trim": "fb", "UPLO": "L",
    "unit": "D", "upper": False, "w": P, "weekmask": "1111100", "where": MASK, "wrap": True, "writeable": False, "y": V,
    "varargs": (0.7,), "args": (), "count": 2,
}  # fmt: skip

#: The arguments of a pair whose function wants other ones: for what they should be, the parameter's own value is given.
SPECIAL: dict[tuple[str, str], dict[str, Any]] = {
    ("all", "a"): {},
    ("apply_along_axis", "args"): {"func1d": lambda row, s: np.sum(row * s), "args": (1.5,)},
    ("apply_along_axis", "kwargs"): {"func1d": lambda row, s: np.sum(row * s), "kwargs": {"s": 1.5}},
    ("argpartition", "kind"): {"kind": "introselect"},
    ("argpartition", "order"): {"order": None},
    ("argsort", "order"): {"order": None},
    ("array", "copy"): {"copy": True},
    ("arange", "stop"): {"start_or_stop": 0.5},
    ("arange", "step"): {"start_or_stop": 0.5, "stop": 3.1},
    ("average", "axis"): {"axis": 1},
    ("choose", "mode"): {"mode": "clip"},
    ("clip", "min"): {"a_min": ..., "a_max": ..., "min": -0.8},
    ("clip", "max"): {"a_min": ..., "a_max": ..., "max": 0.8},
    ("clip", "kwargs"): {"kwargs": {"dtype": np.dtype(float)}},
    ("compress", "axis"): {"axis": 0},
    ("convolve", "mode"): {"mode": "same"},
    ("correlate", "mode"): {"mode": "same"},
    ("corrcoef", "y"): {"y": V},
    ("count_nonzero", "keepdims"): {"axis": 0},
    ("cov", "y"): {"y": V},
    ("cov", "ddof"): {"ddof": 1},
    ("cross", "axis"): {"axis": -1},
    ("cumulative_prod", "axis"): {"axis": 0},
    ("diff", "n"): {"n": 2},
    ("einsum", "kwargs"): {"kwargs": {"dtype": np.dtype(float)}},
    ("eye", "order"): {"order": "C"},
    ("fromfunction", "kwargs"): {"function": lambda i, j, s: i + s * j, "kwargs": {"s": 1.5}},
    ("full", "order"): {"order": "C"},
    ("geomspace", "dtype"): {"dtype": np.dtype(float)},
    ("gradient", "axis"): {"axis": 0},
    ("histogram", "range"): {"bins": 3, "range": (-2.5, 3.5)},
    ("histogram", "weights"): {"weights": W},
    ("histogram2d", "range"): {"bins": 3, "range": [(-2.5, 3.5), (-1.5, 2.5)]},
    ("histogram2d", "weights"): {"weights": W},
    ("histogram_bin_edges", "range"): {"range": (-2.5, 3.5)},
    ("histogram_bin_edges", "weights"): {"weights": W},
    ("histogramdd", "range"): {"bins": 3, "range": [(-2.5, 3.5), (-1.5, 2.5)]},
    ("histogramdd", "weights"): {"weights": W},
    ("isin", "kind"): {"kind": "sort"},
    ("linalg.matrix_norm", "ord"): {"ord": "fro"},
    ("linalg.norm", "ord"): {"x": V, "ord": 3.0},
    ("linalg.norm", "axis"): {"axis": 0},
    ("linalg.vector_norm", "axis"): {"axis": 0},
    ("linalg.multi_dot", "out"): {"arrays": [S, S.T, S]},
    ("linalg.qr", "mode"): {"mode": "reduced"},
    ("linalg.tensorsolve", "axes"): {"axes": (0,)},
    ("logspace", "base"): {"base": 2.5},
    ("nan_to_num", "nan"): {"x": np.array([np.nan, 0.5]), "nan": 0.5},
    ("nan_to_num", "posinf"): {"x": np.array([np.inf, 0.5]), "posinf": 2.5},
    ("nan_to_num", "neginf"): {"x": np.array([-np.inf, 0.5]), "neginf": -2.5},
    ("nancumprod", "dtype"): {"dtype": np.dtype(float)},
    ("packbits", "axis"): {"axis": 0},
    ("pad", "kwargs"): {"kwargs": {"constant_values": 0.5}},
    ("pad", "mode"): {"mode": "edge"},
    ("partition", "kind"): {"kind": "introselect"},
    ("partition", "order"): {"order": None},
    ("piecewise", "args"): {"funclist": [lambda t, s: s * t * t, 0.5], "args": (1.5,)},
    ("piecewise", "kw"): {"funclist": [lambda t, s: s * t * t, 0.5], "kw": {"s": 1.5}},
    ("piecewise", "funclist"): {"funclist": [0.5, 1.5]},
    ("piecewise", "condlist"): {"condlist": [V > 0]},
    ("polyfit", "cov"): {"cov": True},
    ("polyint", "k"): {"k": 0.75},
    ("rot90", "axes"): {"axes": (0, 1)},
    ("require", "requirements"): {"requirements": ["C"]},
    ("sort", "order"): {"order": None},
    ("std", "mean"): {"axis": 1, "mean": np.mean(M, axis=1, keepdims=True) + 0.1},
    ("var", "mean"): {"axis": 1, "mean": np.mean(M, axis=1, keepdims=True) + 0.1},
    ("nanstd", "mean"): {"axis": 1, "mean": np.mean(M, axis=1, keepdims=True) + 0.1},
    ("nanvar", "mean"): {"axis": 1, "mean": np.mean(M, axis=1, keepdims=True) + 0.1},
    ("squeeze", "axis"): {"axis": 0},
    ("take", "mode"): {"mode": "raise"},
    ("transpose", "axes"): {"axes": (1, 0)},
    ("trapezoid", "x"): {"x": RISING},
    ("vander", "N"): {"N": 3},
    ("zeros_like", "order"): {"order": "K"},
    ("lib.scimath.arccos", "x"): {"x": V},
    ("linalg.eigh", "UPLO"): {"UPLO": "L"},
    **{(name, "where"): {"where": MASK, "initial": -3.0} for name in ("amax", "amin", "max", "min", "nanmax", "nanmin")},
    **{(name, "initial"): {"initial": 2.0} for name in ("amax", "max", "nanmax")},
    **{(name, "initial"): {"initial": -2.0} for name in ("amin", "min", "nanmin")},
    **{(name, "weights"): {"weights": np.abs(M), "axis": 1, "method": "inverted_cdf"} for name in (
        "nanpercentile", "nanquantile", "percentile", "quantile"
    )},
    **{(f"fft.{name}", "axes"): {"axes": (0, 1)} for name in (
        "fft2", "fftn", "ifft2", "ifftn", "irfft2", "irfftn", "rfft2", "rfftn"
    )},
    **{(f"fft.{name}", "s"): {"s": (2, 4), "axes": (0, 1)} for name in (
        "fft2", "fftn", "ifft2", "ifftn", "irfft2", "irfftn", "rfft2", "rfftn"
    )},
}  # fmt: skip

# ------------------------------------------------------------------------------------------------- refusals
#: Float parameters that may be refused, with the reason. All others must be differentiated.
_NOT_HANDED_OVER = "NumPy converts it to a float, or writes it into an array of its own, and asks nobody"
_PLAIN_TARGET = "a plain array cannot hold the derivative"
_TOLERANCE = "a tolerance, which LAPACK takes as a float"
REFUSED: dict[str, str] = {
    "arange-start_or_stop": _NOT_HANDED_OVER,
    "arange-stop": _NOT_HANDED_OVER,
    "arange-step": _NOT_HANDED_OVER,
    "copyto-src": _PLAIN_TARGET,
    "fill_diagonal-val": _PLAIN_TARGET,
    "fromiter-iter": _NOT_HANDED_OVER,
    "full_like-fill_value": _PLAIN_TARGET,
    "full-fill_value": _NOT_HANDED_OVER,
    "histogram-range": _NOT_HANDED_OVER,
    "histogram2d-range": _NOT_HANDED_OVER,
    "histogramdd-range": _NOT_HANDED_OVER,
    "histogram_bin_edges-range": _NOT_HANDED_OVER,
    "interp-left": _NOT_HANDED_OVER,
    "interp-period": _NOT_HANDED_OVER,
    "interp-right": _NOT_HANDED_OVER,
    "linalg.norm-ord": _NOT_HANDED_OVER,
    "linalg.vector_norm-ord": _NOT_HANDED_OVER,
    "nan_to_num-nan": _NOT_HANDED_OVER,
    "nan_to_num-neginf": _NOT_HANDED_OVER,
    "nan_to_num-posinf": _NOT_HANDED_OVER,
    "nanstd-correction": _NOT_HANDED_OVER,
    "nanstd-ddof": _NOT_HANDED_OVER,
    "nanstd-mean": _NOT_HANDED_OVER,
    "nanvar-correction": _NOT_HANDED_OVER,
    "nanvar-ddof": _NOT_HANDED_OVER,
    "nanvar-mean": _NOT_HANDED_OVER,
    "pad-kwargs": _NOT_HANDED_OVER,
    "piecewise-args": _NOT_HANDED_OVER,
    "piecewise-funclist": _NOT_HANDED_OVER,
    "piecewise-kw": _NOT_HANDED_OVER,
    "place-vals": _PLAIN_TARGET,
    "polyfit-rcond": _TOLERANCE,
    "put-v": _PLAIN_TARGET,
    "put_along_axis-values": _PLAIN_TARGET,
    "putmask-values": _PLAIN_TARGET,
    "select-default": _NOT_HANDED_OVER,
    "std-correction": _NOT_HANDED_OVER,
    "std-ddof": _NOT_HANDED_OVER,
    "unwrap-period": _NOT_HANDED_OVER,
    "var-correction": _NOT_HANDED_OVER,
    "var-ddof": _NOT_HANDED_OVER,
    **{f"{name}-initial": _NOT_HANDED_OVER for name in (
        "amax", "amin", "max", "min", "nanmax", "nanmin", "nanprod", "nansum", "prod", "sum"
    )},
    **{f"linalg.{name}": _TOLERANCE for name in (
        "lstsq-rcond", "matrix_rank-rtol", "matrix_rank-tol", "pinv-rcond", "pinv-rtol"
    )},
}  # fmt: skip

#: Where a difference quotient has no limit: the two directions of the output from those of the argument.
KINKS: dict[str, Callable[[Any], Any]] = {
    "intersect1d-ar1": lambda rows: rows[:, 1:2] / 2,
    "intersect1d-ar2": lambda rows: rows[:, :1] / 2,
    "trim_zeros-filt": lambda rows: rows[:, 2:4],
}

#: Functions whose result is not defined, or not a function of the entries.
UNDEFINED = {"empty", "empty_like"}


# ------------------------------------------------------------------------------------------------- machinery
def as_float(name: str, parameter: str, arguments: dict[str, Any]) -> tuple[Any, bool]:
    """Return the parameter's value as a float where NumPy takes one there, and whether it does."""
    value = arguments[parameter]
    changed = replaced(value, lambda v: np.asarray(v, float) if np.ndim(v) else float(v))
    try:
        called(name, arguments | {parameter: changed})
    except (*REFUSALS, AttributeError, IndexError, DeprecationWarning):
        return value, False
    return changed, True


def float_leaf(value: Any) -> bool:
    """Return whether the value is, or holds, a float or an array of floats."""
    if isinstance(value, dict):
        return any(map(float_leaf, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(float_leaf, value))
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc")


def replaced(value: Any, make: Callable[[Any], Any]) -> Any:
    """Return the value with its first float, or what stands in its place, made into something else."""
    if isinstance(value, dict):
        key = next((k for k in value if float_leaf(value[k])), next(iter(value)))
        return value | {key: replaced(value[key], make)}
    if isinstance(value, (list, tuple)) and len(value):
        place = next((i for i, v in enumerate(value) if float_leaf(v)), 0)
        return type(value)(replaced(v, make) if i == place else v for i, v in enumerate(value))
    if isinstance(value, (np.ndarray, float, int, bool)) and np.asarray(value).dtype.kind in "fciub":
        return make(value if float_leaf(value) else np.asarray(value, float))
    return make(1.0)


def flat(result: Any) -> list[Any]:
    """Return the outputs of a call as one list."""
    if isinstance(result, (tuple, list)):
        return [part for item in result for part in flat(item)]
    if isinstance(result, np.ndarray) and result.dtype == object and result.size:
        return [np.stack(list(result.ravel())).reshape(result.shape)]
    return [result]


def directions(value: Any) -> Any:
    """Return two directions for the value."""
    count = 2 * np.size(value)
    rows = np.cos(1.0 + 1.7 * np.arange(count)).reshape(2, *np.shape(value))
    return rows if not np.iscomplexobj(value) else rows * (1.0 + 0.4j)


def tangent_of(part: Any, shape: tuple[int, ...]) -> Any:
    """Return both tangents of an output, zeros for a constant."""
    tangent = part.tangent if isinstance(part, dd.Dual) else 0.0
    return np.broadcast_to(tangent, (2, *shape)) if np.ndim(tangent) <= len(shape) else tangent


def moved(value: Any, by: Any) -> Any:
    """Return the value moved, an array if it was one."""
    return np.asarray(value + by) if isinstance(value, np.ndarray) else value + by


def difference(call: Callable[[Any], Any], value: Any) -> list[Any]:
    """Return the five-point difference quotients of all float outputs, in both directions."""
    columns = []
    for direction in directions(next(leaf for leaf in _leaf(value))):
        at = [flat(call(replaced(value, partial(moved, by=step * STEP * direction)))) for step in (1, -1, 2, -2)]
        columns.append([_quotient(*outputs) for outputs in zip(*at, strict=True)])
    return [np.stack(rows) for rows in zip(*columns, strict=True)]


def _leaf(value: Any) -> list[Any]:
    found: list[Any] = []
    replaced(value, lambda v: found.append(v) or v)  # type: ignore[func-returns-value]
    return found


def _quotient(p: Any, m: Any, pp: Any, mm: Any) -> Any:
    p, m, pp, mm = (np.asarray(x) for x in (p, m, pp, mm))
    return (8.0 * (p - m) - (pp - mm)) / (12.0 * STEP) if p.dtype.kind in "fc" else np.zeros(p.shape)


def assert_derivative(found: list[Any], expected: list[Any], slopes: list[Any], both: list[Any]) -> None:
    """Assert that values are NumPy's own, and that tangents in one direction and in two are the difference quotients."""
    assert len(found) == len(expected) == len(slopes) == len(both)
    for one, value, slope, two in zip(found, expected, slopes, both, strict=True):
        if not isinstance(value, (np.ndarray, float, complex, np.number, np.bool_, bool, int)):
            assert isinstance(value, str) or value == one
            continue
        for part in (one, two):
            known = part.value if isinstance(part, dd.Dual) else part
            assert np.shape(known) == np.shape(value)
            np.testing.assert_array_equal(np.asarray(known), value)
        single = np.asarray(value).dtype in (np.float32, np.complex64)
        close = (2e-3 if single else 1e-8) * (1.0 + float(np.nanmax(np.abs(slope), initial=0.0)))
        # Where the result is nan there is no difference quotient.
        number = np.asarray(value == value)
        want, in_two, in_one = (np.where(number, x, 0.0) for x in (slope, *(tangent_of(p, number.shape) for p in (two, one))))
        np.testing.assert_allclose(in_two, want, rtol=0.0, atol=close)
        np.testing.assert_allclose(in_one[0], want[0], rtol=0.0, atol=close)


def pairs() -> list[tuple[str, str]]:
    """Return the pairs of function and parameter, each once."""
    with (Path(__file__).parent / "data" / "numpy_parameters.csv").open(newline="") as lines:
        rows = [((r["module"] + ".").removeprefix("numpy.") + r["function"], r["parameter"]) for r in csv.DictReader(lines)]
    return list(dict.fromkeys(rows))


def arguments_of(name: str, parameter: str) -> dict[str, Any]:
    """Return the arguments of a valid call that gives the parameter."""
    arguments = CALLS[name] | SPECIAL.get((name, parameter), {})
    arguments = {key: value for key, value in arguments.items() if value is not ...}
    if parameter == "out":
        result = called(name, arguments)
        arguments["out"] = np.full_like(result, 1) if np.ndim(result) else np.full((), 1, np.result_type(result))
    elif parameter not in arguments:
        arguments[parameter] = OPTIONS[parameter]
    return arguments


def called(name: str, arguments: dict[str, Any]) -> Any:
    """Return the result of the function of this name; what it could write into is a copy."""
    function = WRAPPED.get(name) or operator.attrgetter(name)(np)
    arguments = {
        key: value.copy() if key == "out" or (key == "a" and "overwrite_input" in arguments) else value
        for key, value in arguments.items()
    }
    first = list(arguments)[: 0 if name in WRAPPED else LEADING.get(name, 1)]
    leading = [arguments.pop(key) for key in first]
    return function(*leading, **arguments)


@pytest.mark.filterwarnings("ignore:Passing .legacy:FutureWarning", "ignore:legacy printing option:UserWarning")
@pytest.mark.parametrize("name, parameter", pairs())
def test_a_dual_in_a_parameter_is_differentiated_or_refused(name: str, parameter: str) -> None:
    """No parameter takes a dual and silently drops its tangent."""
    try:
        operator.attrgetter(name)(np)
        arguments = arguments_of(name, parameter)
        called(name, arguments)
    except (AttributeError, TypeError) as error:
        if np.lib.NumpyVersion(np.__version__) < "2.4.0":
            pytest.skip(f"not in this NumPy: {error}")
        raise
    may_refuse = not float_leaf(arguments[parameter]) or f"{name}-{parameter}" in REFUSED
    value, floats = (arguments[parameter], True) if not may_refuse else as_float(name, parameter, arguments)

    def call(changed: Any) -> Any:
        return called(name, arguments | {parameter: changed})

    (leaf,) = _leaf(value)
    rows = directions(leaf)
    try:
        found = flat(call(replaced(value, lambda v: dd.Dual(v, rows[0]))))
        both = flat(call(replaced(value, lambda v: dd.Dual(v, rows))))
    except REFUSALS:
        if may_refuse:
            return
        raise
    except (AttributeError, IndexError) as error:
        # What NumPy says to a float in the place of a name or an index.
        assert may_refuse
        with pytest.raises(type(error)):
            call(replaced(value, float))
        return
    if name in UNDEFINED:
        return
    expected = flat(call(value))
    if f"{name}-{parameter}" in KINKS:
        slopes = [KINKS[f"{name}-{parameter}"](rows)]
    else:
        slopes = [np.zeros((2, *np.asarray(e).shape)) for e in expected]
        with contextlib.suppress(*REFUSALS) if may_refuse else contextlib.nullcontext():
            measured = difference(call, value) if floats else slopes
            if all(m.shape == s.shape for m, s in zip(measured, slopes, strict=True)):
                slopes = measured
    assert_derivative(found, expected, slopes, both)


# ------------------------------------------------------------------------------------------------- plain parameters, dual array
Function = Callable[[Any], Any]
HOLES = np.where(MASK, M, np.nan)
METHODS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear",
    "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip
WEIGHTS = np.abs(np.cos(np.arange(12.0))).reshape(3, 4) + 0.2
CENTRE = np.array([[0.31], [-0.42], [0.53]])
REDUCTIONS = (
    "sum", "prod", "mean", "var", "std", "max", "min",
    "nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin",
)  # fmt: skip
START = {"sum": 0.7, "prod": 0.7, "nansum": 0.7, "nanprod": 0.7, "max": 1.5, "min": -1.1, "nanmax": 1.5, "nanmin": -1.1}


def on(name: str, **options: Any) -> Function:
    """Return the function of NumPy with these options, of a matrix; the functions past nan get some."""
    function = operator.attrgetter(name)
    if name.startswith("nan") and name != "nan_to_num":
        return lambda x: function(np)(np.where(MASK, x, np.nan), **options)
    return lambda x: function(np)(x, **options)


def spelled(options: dict[str, Any]) -> str:
    """Return options as they stand in a call."""
    return ", ".join(f"{key}={'...' if isinstance(value, np.ndarray) else value}" for key, value in options.items())


def table(names: Any, *choices: dict[str, Any]) -> dict[str, Function]:
    """Return every function with each of these options, named like the call."""
    return {f"{name}({spelled(options)})": on(name, **options) for name in names for options in choices}


def weighted(row: Any, s: Any, t: Any = 1.0) -> Any:
    """Return something that depends on all arguments."""
    return row * s * np.sum(row) * t


AXES: tuple[dict[str, Any], ...] = (
    {"axis": 0}, {"axis": -1}, {"axis": (0, 1)}, {"axis": (-1,)}, {"axis": (1, -2), "keepdims": True}, {"keepdims": True},
    {"axis": -2, "keepdims": True}, {"axis": ()},
)  # fmt: skip
PLAIN_PARAMETERS: dict[str, Function] = {
    **table(REDUCTIONS, *AXES[:-1]),
    **table(("sum", "prod", "mean", "var", "std", "max", "min"), AXES[-1]),
    **table(("median", "nanmedian", "ptp"), *AXES[:-1]),
    **{key: f for name, start in START.items() for key, f in table(
        [name], {"initial": start}, {"initial": start, "axis": -1}, {"initial": start, "where": MASK},
        {"initial": start, "axis": 0, "where": MASK, "keepdims": True}, {"initial": -1e3 if "max" in name else 1e3},
    ).items()},
    **table(("sum", "prod", "mean", "var", "std", "nansum", "nanprod", "nanmean", "nanvar", "nanstd"),
            {"where": MASK}, {"where": MASK, "axis": 1}, {"where": MASK[:, :1], "axis": 0}, {"where": True}),
    **table(("var", "std", "nanvar", "nanstd"), {"ddof": 1}, {"ddof": 0.5, "axis": -1}, {"correction": 1},
            {"correction": 1, "axis": 0},
            {"mean": CENTRE, "axis": 1}, {"mean": CENTRE, "axis": -1, "ddof": 1, "where": MASK}, {"mean": 0.3}),
    **table(("sum", "prod", "mean", "var", "std", "nansum", "nanprod", "nanmean", "cumsum", "cumprod", "trace", "nancumsum",
             "nancumprod"), {"dtype": np.float32}, {"dtype": complex}),
    **table(("nanvar", "nanstd"), {"dtype": np.float32}),
    **table(("linspace", "logspace"), {"stop": 5.0, "num": 3}),
    **table(("cumsum", "cumprod", "nancumsum", "nancumprod"), {"axis": None}, {"axis": 0}, {"axis": -1}),
    **table(("cumulative_sum", "cumulative_prod"), {"axis": -1}, {"axis": 0, "include_initial": True},
            {"axis": -1, "dtype": complex}),
    **table(("average",), {"weights": WEIGHTS}, {"weights": P, "axis": 1}, {"weights": P, "axis": -1, "returned": True},
            {"weights": WEIGHTS, "axis": (0, 1)}, {"weights": WEIGHTS.T, "axis": (1, 0)}, {"axis": 0, "returned": True},
            {"weights": WEIGHTS, "axis": 0, "keepdims": True}, {"returned": True}, {"axis": -1, "keepdims": True}),
    **{f"{name}(method={m!r})": on(name, q=q, axis=1, method=m) for m in METHODS for name, q in (
        ("quantile", [0.1, 0.37, 0.92]), ("nanquantile", 0.37), ("percentile", 37.0), ("nanpercentile", [0.0, 60.0, 100.0])
    )},
    **table(("quantile", "nanquantile"), *({"q": 0.37} | options for options in AXES[:-1]),
            {"q": [[0.1, 0.9], [0.4, 0.5]], "axis": (0, 1)}, {"q": [0.3], "axis": -1, "keepdims": True},
            {"q": 0.37, "weights": WEIGHTS, "method": "inverted_cdf"},
            {"q": [0.2, 0.7], "weights": WEIGHTS, "axis": 1, "method": "inverted_cdf"}),
    **table(("sort",), {}, {"axis": None}, {"axis": 0}, {"axis": -2, "kind": "stable"}, {"kind": "heapsort"}, {"stable": True}),
    **table(("partition",), {"kth": 1}, {"kth": (0, 2), "axis": 0}, {"kth": 5, "axis": None}, {"kth": -1}),
    **table(("diff",), {"n": 0}, {"n": 2}, {"n": 3, "axis": -1}, {"axis": 0}, {"prepend": 0.5}, {"append": M[:, :2]},
            {"prepend": M[:1], "append": 2.0, "axis": -2, "n": 2}),
    **table(("fft.fft", "fft.ifft", "fft.rfft", "fft.ihfft", "fft.hfft", "fft.irfft"),
            {"norm": "ortho"}, {"norm": "forward"}, {"n": 6}, {"n": 2, "axis": 0}, {"axis": -2, "norm": "backward"}),
    **table(("fft.fft2", "fft.ifft2", "fft.rfft2", "fft.irfft2", "fft.fftn", "fft.ifftn", "fft.rfftn", "fft.irfftn"),
            {"norm": "ortho"}, {"norm": "forward"}, {"axes": (1, 0)}, {"axes": (-2, -1), "s": (4, 6)}, {"axes": (-1,)}),
    **table(("fft.fftn", "fft.ifftn", "fft.rfftn"), {"axes": (0,), "s": (2,)}, {"axes": (0, 0, 1)}),
    **table(("fft.fftshift", "fft.ifftshift"), {"axes": 0}, {"axes": (-1,)}),
    **table(("linalg.norm",), *({"ord": o} for o in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)),
            *({"ord": o, "axis": 1} for o in (None, 0, 1, -1, 2, -2, 3, 2.5, np.inf, -np.inf)),
            {"ord": 2, "axis": (0, 1), "keepdims": True}, {"ord": "nuc", "axis": (-1, -2)}, {"axis": -2, "keepdims": True},
            {"ord": 1, "axis": (-1, 0)}, {"keepdims": True}, {"ord": np.inf, "axis": (1, 0), "keepdims": True}),
    **table(("linalg.vector_norm",), {"ord": 1}, {"ord": 3, "axis": (0, 1)}, {"axis": -1, "keepdims": True}, {"ord": np.inf},
            {"keepdims": True}, {"ord": 0}, {"ord": -1.5, "axis": 0}),
    **table(("linalg.matrix_norm",), *({"ord": o} for o in ("nuc", 1, -1, 2, -2, np.inf)), {"keepdims": True}),
    **table(("linalg.svd",), {"compute_uv": False}, {"full_matrices": False}),
    **table(("linalg.pinv",), {}, {"rcond": 1e-8}, {"rtol": 1e-8}),
    **table(("linalg.qr",), {}, {"mode": "r"}),
    **{f"linalg.eigh(UPLO={u!r})": lambda x, u=u: np.linalg.eigh(x[:, :3] @ x[:, :3].T + x[:, 1:] / 9, UPLO=u) for u in "LU"},  # type: ignore[misc]
    **{f"linalg.eigvalsh(UPLO={u!r})": lambda x, u=u: np.linalg.eigvalsh(x[:, :3], UPLO=u) for u in "LU"},  # type: ignore[misc]
    "linalg.cholesky(upper=True)": lambda x: np.linalg.cholesky(x @ x.T, upper=True),
    "linalg.svd(hermitian=True)": lambda x: np.linalg.svd(x @ x.T, hermitian=True, compute_uv=False),
    "linalg.svd(hermitian=True) with vectors": lambda x: np.linalg.svd(x @ x.T, hermitian=True),
    "linalg.svd(hermitian=True) indefinite": lambda x: np.linalg.svd(x[:, :3] + x[:, :3].T, hermitian=True),
    "linalg.svd(full_matrices=True) square": lambda x: np.linalg.svd(x[:, :3]),
    "linalg.pinv(hermitian=True)": lambda x: np.linalg.pinv(x[:, :3] + x[:, :3].T, hermitian=True),
    "linalg.matrix_rank": lambda x: np.linalg.matrix_rank(x, tol=0.5),
    "linalg.lstsq": lambda x: np.linalg.lstsq(x.T, P, rcond=None),
    "linalg.lstsq(rcond=)": lambda x: np.linalg.lstsq(x.T, P, rcond=1e-9),
    "linalg.lstsq wide": lambda x: np.linalg.lstsq(x, A, rcond=None),
    **{f"linalg.cond({p})": lambda x, p=p: np.linalg.cond(x[:, :3], p) for p in (None, 2, -2, 1, -1, np.inf, -np.inf, "fro")},  # type: ignore[misc]
    "linalg.tensorinv(ind=1)": lambda x: np.linalg.tensorinv(x[:, :3], ind=1),
    "linalg.tensorsolve(axes=)": lambda x: np.linalg.tensorsolve(x[:, :3], A, axes=(0,)),
    "linalg.trace(offset=1)": lambda x: np.linalg.trace(x, offset=1),
    "linalg.diagonal(offset=-1)": lambda x: np.linalg.diagonal(x, offset=-1),
    "linalg.vecdot(axis=0)": lambda x: nx.linalg.vecdot(x, M, axis=0),
    "linalg.matrix_power(-2)": lambda x: np.linalg.matrix_power(x[:, :3], -2),
    "linalg.cross(axis=0)": lambda x: np.linalg.cross(x, M, axis=0),
    "cross(axisa, axisb, axisc)": lambda x: np.cross(x, M.T, axisa=0, axisb=1, axisc=0),
    **table(("trace", "diagonal"), {"offset": 1}, {"offset": -1, "axis1": 1, "axis2": 0}, {"axis1": -1, "axis2": -2}),
    **table(("clip",), {"min": -0.8}, {"max": 0.8}, {"min": None, "max": 0.8}, {"a_min": -0.8, "a_max": V},
            {"a_min": 1.0, "a_max": 0.5}),
    **table(("clip",), {"min": 0.0, "max": 1.0, "dtype": np.float32}),
    **table(("nan_to_num",), {"copy": True}),
    "nan_to_num(nan=, posinf=)": lambda x: np.nan_to_num(np.where(MASK, x, np.inf), nan=1.0, posinf=2.0, neginf=3.0),
    **table(("unwrap",), {"discont": 0.5}, {"period": 2.0}, {"axis": 0, "period": 1.5}),
    **table(("roll",), {"shift": 2}, {"shift": (1, -1), "axis": (0, -1)}, {"shift": -5, "axis": 1}),
    **table(("flip",), {"axis": (0, -1)}, {"axis": -1}),
    **table(("rot90",), {"k": -1}, {"k": 2, "axes": (1, 0)}),
    **table(("repeat",), {"repeats": 2}, {"repeats": [1, 0, 2], "axis": 0}, {"repeats": 3, "axis": -1}),
    **table(("take",), {"indices": [0, -1]}, {"indices": [[5, 13]], "mode": "wrap"},
            {"indices": [-9, 7], "axis": -1, "mode": "clip"}),
    **table(("delete",), {"obj": [0, 2]}, {"obj": slice(1, 3), "axis": 1}, {"obj": -1, "axis": 0}),
    **table(("insert",), {"obj": [0, 2], "values": 0.5}, {"obj": 1, "values": P, "axis": 0},
            {"obj": -1, "values": 2.0, "axis": -1}),
    **table(("append",), {"values": [1.0, 2.0]}, {"values": M[:1], "axis": 0}),
    **table(("trapezoid",), {"dx": 0.5}, {"x": RISING}, {"x": M.cumsum(axis=0), "axis": 0}, {"axis": 0, "dx": 2.0},
            {"x": A, "axis": -2}),
    **table(("gradient",), {"axis": 0}, {"axis": (1, 0)}, {"edge_order": 2}, {"axis": -1, "edge_order": 2}),
    "gradient(spacing)": lambda x: np.gradient(x, 0.5, RISING),
    "gradient(one spacing)": lambda x: np.gradient(x, 0.5, edge_order=2),
    "gradient(coordinates, axis=-1)": lambda x: np.gradient(x, RISING, axis=-1, edge_order=2),
    **{f"interp({spelled(o)})": lambda x, o=o: np.interp(x, RISING, P, **o) for o in (  # type: ignore[misc]
        {"left": -1.0}, {"right": 4.0}, {"left": 0.5, "right": -0.5}, {"period": 5.0}
    )},
    **{f"interp({spelled(o)}) in fp": lambda x, o=o: np.interp(W, RISING, x[0], **o) for o in (  # type: ignore[misc]
        {"left": -1.0}, {"period": 5.0}
    )},
    **{f"interp({spelled(o)}) in xp": lambda x, o=o: np.interp(W, np.cumsum(x[0] ** 2), P, **o) for o in (  # type: ignore[misc]
        {"right": 4.0}, {"period": 9.0}
    )},
    **{f"{f.__name__}({mode})": lambda x, f=f, mode=mode: f(x[0], x[1, :2] * x[2, 2:], mode=mode)  # type: ignore[misc]
       for f in (np.convolve, np.correlate) for mode in ("full", "same", "valid")},
    **{f"pad({mode}{', odd' * bool(o)})": lambda x, mode=mode, o=o: np.pad(x, ((2, 1), (3, 2)), mode, **o) for mode, o in (  # type: ignore[misc]
        ("constant", {}), ("edge", {}), ("linear_ramp", {}), ("maximum", {}), ("mean", {}), ("median", {}), ("minimum", {}),
        ("reflect", {}), ("reflect", {"reflect_type": "odd"}), ("symmetric", {}), ("symmetric", {"reflect_type": "odd"}),
        ("wrap", {}),
    )},
    **{f"pad({mode}, stat_length)": lambda x, mode=mode: np.pad(x, 1, mode, stat_length=((2, 1), (3, 2)))  # type: ignore[misc]
       for mode in ("maximum", "mean", "median", "minimum")},
    "pad wide": lambda x: np.pad(x, ((7, 8), (0, 9)), "reflect"),
    "pad wrap wide": lambda x: np.pad(x, ((7, 8), (0, 9)), "wrap"),
    "pad symmetric odd wide": lambda x: np.pad(x, ((7, 8), (0, 9)), "symmetric", reflect_type="odd"),
    "pad(constant_values=dual)": lambda x: np.pad(x, 2, constant_values=x[0, 1] ** 2),
    "pad(constant_values=pairs of duals)": lambda x: np.pad(x, 1, constant_values=((x[0, 0], 1.0), (2.0, x[1, 1] ** 2))),
    "pad(plain, constant_values=array)": lambda x: np.pad(x, 1, constant_values=x[:2, :2]),
    "pad(end_values=dual)": lambda x: np.pad(x, 2, "linear_ramp", end_values=x[0, 1] ** 2),
    "pad(end_values=pairs of duals)": lambda x: np.pad(x, 1, "linear_ramp", end_values=((x[0, 0], 1.0), (2.0, x[1, 1]))),
    "pad({axis: width})": lambda x: np.pad(x, {-1: (1, 2)}, "edge"),
    "polyfit(deg=2)": lambda x: np.polyfit(RISING, x[0], 2),
    "polyfit in x": lambda x: np.polyfit(x[0], x[1], 2, rcond=1e-12),
    "polyfit of columns": lambda x: np.polyfit(RISING, x.T, 1, w=P),
    "polyfit(w=dual)": lambda x: np.polyfit(RISING, P, 1, w=x[0] ** 2),
    "polyfit(full=True)": lambda x: np.polyfit(RISING, x[0], 1, full=True),
    "polyfit(full=True) in x": lambda x: np.polyfit(x[0], x[1], 1, full=True, w=P),
    "polyfit(cov=True)": lambda x: np.polyfit(RISING, x[0], 1, cov=True),
    "polyfit(cov=True) in x": lambda x: np.polyfit(x[0], x[1], 1, cov=True),
    "polyfit(cov='unscaled')": lambda x: np.polyfit(x[0], x[1], 1, w=P, cov="unscaled"),
    "polyfit(cov=True) of columns": lambda x: np.polyfit(x[0], x[1:].T, 1, cov=True),
    "polyint(k=)": lambda x: np.polyint(x[0], m=2, k=[1.0, 2.0]),
    "polyint(k=dual)": lambda x: np.polyint(x[0], m=2, k=x[1, :2]),
    "polyder(m=0)": lambda x: np.polyder(x[0], 0),
    "polyder(m=2)": lambda x: np.polyder(x[0], m=2),
    "polyval of a matrix": lambda x: np.polyval(A, x),
    "polydiv": lambda x: np.polydiv(x[0], x[1, :2]),
    "polydiv of a shorter one": lambda x: np.polydiv(x[0, :2], x[1]),
    "vander(N, increasing)": lambda x: np.vander(x[0], 3, increasing=True),
    "cov(rowvar=False)": lambda x: np.cov(x, rowvar=False),
    "cov(bias=True)": lambda x: np.cov(x, bias=True),
    "cov(ddof=0)": lambda x: np.cov(x, ddof=0),
    "cov(fweights, aweights)": lambda x: np.cov(x, fweights=[1, 2, 3, 1], aweights=P, ddof=1),
    "cov(aweights=dual)": lambda x: np.cov(M, aweights=x[0] ** 2),
    "cov(y=, rowvar=False)": lambda x: np.cov(x, WEIGHTS, rowvar=False),
    "cov(dtype=float32)": lambda x: np.cov(x, dtype=np.float32),
    "corrcoef(rowvar=False)": lambda x: np.corrcoef(x[:, :2], rowvar=False),
    "corrcoef(y=)": lambda x: np.corrcoef(x, x[:1] ** 2),
    "corrcoef(dtype=float32)": lambda x: np.corrcoef(x, dtype=np.float32),
    "bincount(minlength=)": lambda x: np.bincount([0, 2, 2, 5], weights=x[0], minlength=9),
    "searchsorted(side=right)": lambda x: np.searchsorted(RISING, x, side="right"),
    "searchsorted(sorter=)": lambda x: np.searchsorted(x[0], [0.1, 1.0], sorter=np.argsort(M[0])),
    "digitize(right=True)": lambda x: np.digitize(x, RISING, right=True),
    "isclose(equal_nan=True)": lambda x: np.isclose(x, HOLES, equal_nan=True),
    "array_equal(equal_nan=True)": lambda x: np.array_equal(np.where(MASK, x, np.nan), HOLES, equal_nan=True),
    "full_like(fill_value=dual)": lambda x: np.full_like(x, x[0, 0] ** 2),
    "full_like(shape=, dtype=float32)": lambda x: np.full_like(x, x[0, 0], shape=(2,), dtype=np.float32),
    "full_like(order=F)": lambda x: np.full_like(x, 2.0, order="F"),
    "zeros_like(dtype=int)": lambda x: np.zeros_like(x, dtype=int),
    "ones_like(shape=)": lambda x: np.ones_like(x, shape=(2, 2)),
    "reshape(order=F)": lambda x: np.reshape(x, (2, 6), order="F"),
    "ravel(order=F)": lambda x: np.ravel(x, order="F"),
    "copy(order=F)": lambda x: np.copy(x, order="F"),
    "resize": lambda x: np.resize(x, (5, 5)),
    "tril(k=-1)": lambda x: np.tril(x, k=-1),
    "triu(k=1)": lambda x: np.triu(x, 1),
    "diag(k=1)": lambda x: np.diag(x[0], k=1),
    "diagflat(k=-1)": lambda x: np.diagflat(x[0], k=-1),
    "tensordot(axes=)": lambda x: np.tensordot(x, M, axes=([1, 0], [-1, 0])),
    "einsum(optimize=, order=)": lambda x: np.einsum("ij,kj->ik", x, M, optimize=True, order="C"),
    "einsum(dtype=complex)": lambda x: np.einsum("ij,kj->ik", x, x, dtype=complex),
    "einsum(casting=)": lambda x: np.einsum("ij->j", x, dtype=np.float32, casting="same_kind"),
    "concatenate(axis=None)": lambda x: np.concatenate([x, M**2], axis=None),
    "concatenate(dtype=, casting=)": lambda x: np.concatenate([x, M], dtype=np.float32, casting="same_kind"),
    "stack(axis=-1, dtype=)": lambda x: np.stack([x, M], axis=-1, dtype=complex),
    "hstack(dtype=)": lambda x: np.hstack([x, M], dtype=np.float32, casting="same_kind"),
    "vstack(casting=)": lambda x: np.vstack([x, M], casting="safe"),
    "astype(float32)": lambda x: x.astype(np.float32),
    "astype(complex)": lambda x: x.astype(complex) ** 2,
    "ediff1d(to_begin, to_end)": lambda x: np.ediff1d(x, to_begin=[1.0, 2.0], to_end=x[0]),
    "meshgrid(ij, sparse)": lambda x: np.meshgrid(x[0], x[1, :3], indexing="ij", sparse=True),
    "meshgrid(copy=False)": lambda x: np.meshgrid(x[0], x[1, :3], copy=False),
    "select(default=dual)": lambda x: np.select([M > 1, M < -1], [x, x**2], default=x[0, 0]),
    "choose(mode=wrap)": lambda x: np.choose([0, 4, 2, -1], list(x), mode="wrap"),
    "compress(axis=-1)": lambda x: np.compress([True, False, True], x, axis=-1),
    "unique(return_*)": lambda x: np.unique(x[0], return_index=True, return_inverse=True, return_counts=True),
    "unique(return_*) of ties": lambda x: np.unique(np.append(x[0], x[0, :2]), return_index=True, return_counts=True),
    "unique(axis=0)": lambda x: np.unique(np.concatenate([x, x[:1]]), axis=0),
    "unique(axis=1, return_inverse)": lambda x: np.unique(x, axis=1, return_inverse=True),
    "unique(equal_nan=False)": lambda x: np.unique(np.where(MASK, x, np.nan), equal_nan=False, return_counts=True),
    "unique(equal_nan=True)": lambda x: np.unique(np.where(MASK, x, np.nan), equal_nan=True, return_counts=True),
    "unique(sorted=True)": lambda x: np.unique(x, sorted=True),
    "unique_all": lambda x: np.unique_all(np.concatenate([x[0], x[0, :2]])),
    "unique_counts": lambda x: np.unique_counts(x),
    "unique_inverse": lambda x: np.unique_inverse(x),
    "unique_values": lambda x: np.sort(np.unique_values(np.concatenate([x[0], x[0, :2]]))),
    "intersect1d": lambda x: np.intersect1d(x[0], np.concatenate([x[0, 1:3], x[1]])),
    "intersect1d(return_indices=True)": lambda x: np.intersect1d(x[0], x[0, ::2], assume_unique=True, return_indices=True),
    "setdiff1d": lambda x: np.setdiff1d(x, x[0, 1:]),
    "setdiff1d(assume_unique=True)": lambda x: np.setdiff1d(x[0], x[0, 1:3], assume_unique=True),
    "setxor1d": lambda x: np.setxor1d(x[0], np.concatenate([x[0, 1:3], x[1]])),
    "setxor1d(assume_unique=True)": lambda x: np.setxor1d(x[0], x[0, 1:3], assume_unique=True),
    "union1d of ties": lambda x: np.union1d(x[0], np.concatenate([x[0, 1:3], x[1]])),
    "trim_zeros(trim=b)": lambda x: np.trim_zeros(np.where(np.array([0, 1, 0, 0]) > 0, x[0], 0.0), trim="b"),
    "sliding_window_view(axis=)": lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(0, -1)),
    "angle(deg=True)": lambda x: np.angle(x + 1j, deg=True),
    "apply_along_axis(axis=-1, argument)": lambda x: np.apply_along_axis(weighted, -1, x, 2.0, t=x[0, 0]),
    "apply_over_axes": lambda x: np.apply_over_axes(np.sum, x**2, (0, -1)),
    "piecewise(*args, **kw)": lambda x: np.piecewise(x, [x > 0, x < -1], [weighted, 2.0, weighted], 3.0, t=2.0),
    "linspace(retstep, axis=-1)": lambda x: np.linspace(x[0], 2.0, 5, retstep=True, axis=-1, endpoint=False),
    "linspace(dtype=complex)": lambda x: np.linspace(x[0, 0], x[1, 1], 5, dtype=complex),
    "logspace(base=dual)": lambda x: np.logspace(x[0], 1.0, 5, base=x[0] ** 2 + 1.0, axis=1),
    "geomspace(axis=-1)": lambda x: np.geomspace(x[0] ** 2, 7.0, 4, axis=-1),
    "geomspace(endpoint=False)": lambda x: np.geomspace(x[0] ** 2, 7.0, 4, endpoint=False),
    "histogram(weights=dual)": lambda x: np.histogram(M, bins=RISING, weights=x),
    "histogram(weights=dual, density=True)": lambda x: np.histogram(M, 3, (-3, 3), density=True, weights=x**2),
    "histogram2d(weights=dual)": lambda x: np.histogram2d(V, W, bins=2, weights=x[0]),
    "histogram2d(weights=dual, density=True)": lambda x: np.histogram2d(V, W, bins=2, density=True, weights=x[0] ** 2),
    "histogramdd(weights=dual)": lambda x: np.histogramdd(M, bins=2, weights=x[:, 0], range=[(-3, 3)] * 4),
    "emath.sqrt": lambda x: np.emath.sqrt(x),
    "emath.log": lambda x: np.emath.log(x),
    "emath.logn": lambda x: np.emath.logn(2.0, x),
    "emath.power": lambda x: np.emath.power(x, 1.5),
    "emath.arccos": lambda x: np.emath.arccos(x),
    "emath.arctanh": lambda x: np.emath.arctanh(x),
    "polyval2d": lambda x: np.polynomial.polynomial.polyval2d(x[0], x[1], x[:2, :2]),
    "polygrid2d": lambda x: np.polynomial.polynomial.polygrid2d(x[0], x[1, :3], x),
    "sum(initial=dual)": lambda x: np.sum(x**2, axis=0, initial=x[0, 0]),
    "sum(initial=dual, where=)": lambda x: np.sum(x**2, initial=x[0, 0], where=MASK),
    "prod(initial=dual)": lambda x: np.prod(x, axis=-1, initial=x[0, 0], keepdims=True),
    "max(initial=dual)": lambda x: np.max(x, axis=0, initial=x[0, 0]),
    "min(initial=dual, where=)": lambda x: np.min(x, axis=0, initial=x[0, 1], where=MASK),
    "nansum(initial=dual)": lambda x: np.nansum(np.where(MASK, x, np.nan), initial=x[0, 0]),
    "nanmax(initial=dual)": lambda x: np.nanmax(np.where(MASK, x, np.nan), axis=1, initial=x[0, 0]),
    "var(mean=dual)": lambda x: np.var(x, axis=0, mean=x[:1] ** 2),
    "std(mean=dual, where=)": lambda x: np.std(x, axis=0, mean=x[:1] ** 2, where=MASK, ddof=1),
    "average(weights=dual)": lambda x: np.average(x, axis=1, weights=x[0] ** 2, returned=True),
    "quantile(q=dual)": lambda x: np.quantile(x, 0.4 + 0.01 * x[0], axis=0),
    "percentile(q=dual, keepdims)": lambda x: np.percentile(x, 40.0 + x[0, 0], axis=1, keepdims=True),
    "nanquantile(q=dual)": lambda x: np.nanquantile(np.where(MASK, x, np.nan), 0.4 + 0.01 * x[0, 1], axis=0),
    "trapezoid(dx=dual)": lambda x: np.trapezoid(x, dx=x[0, 0]),
    "trapezoid(x=dual)": lambda x: np.trapezoid(x**2, x, axis=0),
    "gradient(dual spacing)": lambda x: np.gradient(x, x[0, 0]),
    "gradient(dual coordinates)": lambda x: np.gradient(x, np.cumsum(x[0] ** 2), axis=1, edge_order=2),
    "interp(left=dual, right=dual)": lambda x: np.interp(x, RISING, P, left=x[0, 0], right=x[1, 1] ** 2),
    "interp(period=dual)": lambda x: np.interp(x[1:], RISING, P, period=5.0 + x[0, 0]),
    "unwrap(discont=dual)": lambda x: np.unwrap(3.0 * x, discont=x[0, 0] + 3.0),
    "nan_to_num(nan=dual)": lambda x: np.nan_to_num(np.where(MASK, x, np.nan), nan=x[0, 0] ** 2),
    "linalg.norm(ord=dual)": lambda x: np.linalg.norm(x, ord=x[0, 0] + 2.0, axis=1),
    "linalg.vector_norm(ord=dual)": lambda x: np.linalg.vector_norm(x, ord=x[0, 0] + 2.0),
    "var(ddof=dual)": lambda x: np.var(x, axis=1, ddof=0.1 * x[0, 0]),
    "std(correction=dual)": lambda x: np.std(x, axis=1, correction=0.1 * x[0, 0]),
    "nanvar(ddof=dual)": lambda x: np.nanvar(np.where(MASK, x, np.nan), ddof=0.1 * x[0, 0]),
    "allclose(atol=dual)": lambda x: np.allclose(x, M, atol=x[0, 0]),
    "diff(prepend=dual, append=dual)": lambda x: np.diff(x, n=2, prepend=x[:, :1] ** 2, append=x[0, 0]),
    "insert(values=dual)": lambda x: np.insert(x, [0, 2], x[0, :2, None] ** 2, axis=0),
    "clip(dual, dual)": lambda x: np.clip(x, x[0, 1] / 2, x[1] ** 2 + 0.3),
    "where(dual condition)": lambda x: np.where(x - x[0, 0] * 0.3, x, 0.0),
    "sum method": lambda x: x.sum(axis=-1, keepdims=True, initial=0.5, where=MASK),
    "prod method": lambda x: x.prod(axis=0, initial=2.0, where=MASK),
    "max method": lambda x: x.max(axis=-1, initial=-5.0, where=MASK),
    "var method": lambda x: x.var(axis=0, ddof=1, keepdims=True),
    "std method": lambda x: x.std(ddof=1, where=MASK),
    "mean method": lambda x: x.mean(axis=(0, 1), where=MASK),
    "clip method": lambda x: x.clip(max=0.5),
    "round method": lambda x: x.round(0),
    "cumsum method": lambda x: x.cumsum(axis=-1),
    "trace method": lambda x: x.trace(offset=1),
    "take method": lambda x: x.take([3, -1], mode="wrap"),
    "repeat method": lambda x: x.repeat(2, axis=-1),
    "diagonal method": lambda x: x.diagonal(-1),
    "ptp of the method's kind": lambda x: np.ptp(x, axis=-1, keepdims=True),
    "argsort method": lambda x: x.argsort(axis=0, kind="stable"),
    "searchsorted method": lambda x: x[0].searchsorted(0.3, side="right", sorter=np.argsort(M[0])),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN_PARAMETERS)
def test_plain_parameters_keep_value_and_derivative(name: str) -> None:
    """With a dual array, every parameter means what it means to NumPy, for the value and for the derivative."""
    f = PLAIN_PARAMETERS[name]
    try:
        expected = flat(f(M))
    except (AttributeError, TypeError) as error:
        if np.lib.NumpyVersion(np.__version__) < "2.4.0":
            pytest.skip(f"not in this NumPy: {error}")
        raise
    rows = directions(M)
    found, both = (flat(f(dd.Dual(M, r))) for r in (rows[0], rows))
    assert_derivative(found, expected, difference(f, M), both)


#: What may be refused, but must be right if it is not.
RIGHT_OR_REFUSED: dict[str, Function] = {
    **table(("linalg.pinv",), {"rtol": 0.6}, {"rcond": 0.6}),
    "linalg.pinv(hermitian=True, rtol=0.6)": lambda x: np.linalg.pinv(x @ x.T, rtol=0.6, hermitian=True),
    "linalg.pinv(rcond=dual)": lambda x: np.linalg.pinv(x, rcond=1e-9 * x[0, 0] ** 2),
    "linalg.lstsq(rcond=0.6)": lambda x: np.linalg.lstsq(x.T, P, rcond=0.6)[0],
    "unwrap(period=dual)": lambda x: np.unwrap(3.0 * x, period=2.0 + 0.1 * x[0, 0]),
    **{f"quantile(q=dual, method={m!r})": lambda x, m=m: np.quantile(x, 0.4 + 0.01 * x[0, 0], axis=1, method=m)  # type: ignore[misc]
       for m in METHODS},
    **{f"quantile(weights=dual, axis={axis})": lambda x, axis=axis: np.quantile(  # type: ignore[misc]
        x, 0.4, axis=axis, weights=x**2, method="inverted_cdf"
    ) for axis in (None, 0, -1)},
    "polyfit(rcond=0.5)": lambda x: np.polyfit(x[0], x[1], 2, rcond=0.5),
    "histogram of duals": lambda x: np.histogram(x, bins=RISING, density=True),
    "histogram(bins=dual)": lambda x: np.histogram(M, bins=np.cumsum(x[0] ** 2), density=True),
    "histogram(bins=3) of duals": lambda x: np.histogram(x, bins=3, density=True),
    "histogram(range=dual)": lambda x: np.histogram(x, bins=3, range=(x[0, 0] - 4.0, 4.0)),
    "histogram_bin_edges(bins='fd')": lambda x: np.histogram_bin_edges(x, bins="fd"),
    "histogram2d of duals": lambda x: np.histogram2d(x[0], x[1], bins=2, density=True),
    "histogramdd of duals": lambda x: np.histogramdd(x[:, :2], bins=2, density=True),
    "unwrap(discont=0.5, period=dual)": lambda x: np.unwrap(x, discont=0.5, period=x[0, 0] + 1.0),
    "trim_zeros of a selection": lambda x: np.trim_zeros(np.where(x[0] > 1, 0.0, x[0])),
    "linalg.norm(ord=dual, axis=tuple)": lambda x: np.linalg.norm(x, ord=x[0, 0] + 1.5, axis=(0,)),
    "cov(ddof=dual)": lambda x: np.cov(x, ddof=x[0, 0]),
    "linspace(num=dual)": lambda x: np.linspace(0.0, 1.0, x[0, 0]),
    "repeat(dual)": lambda x: np.repeat(x, x[0]),
    "roll(dual)": lambda x: np.roll(x, x[0, 0]),
    "take(dual)": lambda x: np.take(x, x[0]),
    "round(dual)": lambda x: np.round(x, x[0, 0]),
    "tile(dual)": lambda x: np.tile(x, x[0, 0]),
    "matrix_power(dual)": lambda x: np.linalg.matrix_power(x[:, :3], x[0, 0]),
    "cond(dual)": lambda x: np.linalg.cond(x[:, :3], x[0, 0]),
    "bincount(dual)": lambda x: np.bincount(x[0] ** 2, weights=P),
    "ldexp(dual)": lambda x: np.ldexp(x, x),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT_OR_REFUSED)
def test_what_is_not_refused_is_right(name: str) -> None:
    """Where a derivative need not exist, or is not known, the answer is an error or the right number."""
    f, rows = RIGHT_OR_REFUSED[name], directions(M)
    try:
        found, both = (flat(f(dd.Dual(M, r))) for r in (rows[0], rows))
    except REFUSALS:
        return
    assert_derivative(found, flat(f(M)), difference(f, M), both)


#: Where the second derivative does not exist, or neither value nor derivative is a number.
WITHOUT_SECOND = ("nan_to_num(nan=, posinf=)",)


@pytest.mark.parametrize("name", [name for name in PLAIN_PARAMETERS if name not in WITHOUT_SECOND])
def test_plain_parameters_keep_the_second_derivative(name: str) -> None:
    """A hyper-dual array gives the derivative of the derivative, whatever the parameters."""
    f = PLAIN_PARAMETERS[name]
    try:
        expected = flat(f(M))
    except (AttributeError, TypeError) as error:
        pytest.skip(f"not in this NumPy: {error}")
    first, second = directions(M)

    def slope(x: Any) -> Any:
        return [tangent_of(part, np.shape(part))[0] for part in flat(f(dd.Dual(x, first)))]

    at = [slope(M + h * second) for h in (STEP, -STEP, 2 * STEP, -2 * STEP)]
    found = flat(f(dd.HyperDual(M, first, second, np.zeros(M.shape))))
    for part, value, one, *slopes in zip(found, expected, slope(M), *at, strict=True):
        if not isinstance(part, dd.HyperDual):
            assert not np.any(np.where(one == one, one, 0.0))
            continue
        number = np.asarray(value == value)
        want = np.where(number, _quotient(*slopes), 0.0)
        single = np.asarray(value).dtype in (np.float32, np.complex64)
        close = (1e-2 if single else 1e-7) * (1.0 + float(np.max(np.abs(want), initial=0.0)))
        np.testing.assert_allclose(np.where(number, part.eps1, 0.0), np.where(number, one, 0.0), rtol=0.0, atol=close)
        np.testing.assert_allclose(np.where(number, part.eps12, 0.0), want, rtol=0.0, atol=close)


def floats_of(name: str) -> list[str]:
    """Return the arguments of a function's call that hold floats."""
    return [parameter for parameter, value in CALLS[name].items() if float_leaf(value)]


@pytest.mark.parametrize("name", [name for name in CALLS if len(floats_of(name)) > 1 and name not in UNDEFINED])
def test_duals_in_all_arguments_add_up(name: str) -> None:
    """With a dual in every float argument at once, the derivative is that along all of them."""
    try:
        operator.attrgetter(name)(np)
    except AttributeError as error:
        pytest.skip(f"not in this NumPy: {error}")
    arguments, moving = CALLS[name], floats_of(name)

    def along(make: Callable[[Any], Any]) -> list[Any]:
        return flat(called(name, arguments | {parameter: replaced(arguments[parameter], make) for parameter in moving}))

    at = [[along(partial(shifted, step=h, direction=i)) for h in (STEP, -STEP, 2 * STEP, -2 * STEP)] for i in (0, 1)]
    slopes = [np.stack(rows) for rows in zip(*([_quotient(*p) for p in zip(*rows, strict=True)] for rows in at), strict=True)]
    if name == "intersect1d":
        slopes = [(directions(arguments["ar1"])[:, 1:2] + directions(arguments["ar2"])[:, :1]) / 2]
    found, both = along(lambda v: dd.Dual(v, directions(v)[0])), along(lambda v: dd.Dual(v, directions(v)))
    assert_derivative(found, flat(called(name, arguments)), slopes, both)


def shifted(value: Any, step: float, direction: int) -> Any:
    """Return the value a step along one of its directions."""
    return moved(value, step * directions(value)[direction])


#: The functions with out=, by the first of their arguments.
WITH_OUT = [name for name, parameter in pairs() if parameter == "out" and float_leaf(next(iter(CALLS[name].values())))]


def with_out(name: str) -> tuple[Any, str, dict[str, Any], bool]:
    """Return the plain result, the first argument's name, all arguments, and whether the result moves with the first."""
    try:
        arguments = arguments_of(name, "out")
    except AttributeError as error:
        pytest.skip(f"not in this NumPy: {error}")
    out = arguments.pop("out")
    first = next(iter(arguments))
    slopes = difference(lambda value: called(name, arguments | {first: value}), arguments[first])
    return out, first, arguments, bool(np.any(slopes[0]))


@pytest.mark.parametrize("name", WITH_OUT)
def test_a_plain_out_is_refused(name: str) -> None:
    """A result with a derivative is not written into a plain array, and a refused array stays as it was."""
    out, first, arguments, moves = with_out(name)
    before = out.copy()
    function = WRAPPED.get(name) or operator.attrgetter(name)(np)
    values = [replaced(arguments.pop(first), lambda v: dd.Dual(v, directions(v)))]
    if not moves:
        with contextlib.suppress(*REFUSALS):
            function(*values, *arguments.values(), out=out)
        return
    with pytest.raises(dd.DerivativeLostError):
        function(*values, *arguments.values(), out=out)
    np.testing.assert_array_equal(out, before)


@pytest.mark.parametrize("name", WITH_OUT)
def test_a_dual_out_holds_value_and_derivative(name: str) -> None:
    """A dual given as out= gets the result, derivative included, and is what the function returns."""
    out, first, arguments, moves = with_out(name)
    if not moves:
        pytest.skip("piecewise constant")
    function = WRAPPED.get(name) or operator.attrgetter(name)(np)
    leading = arguments.pop(first)

    def call(value: Any) -> Any:
        return function(value, *arguments.values())

    target = dd.Dual(out, np.zeros((2, *out.shape)))
    result = function(replaced(leading, lambda v: dd.Dual(v, directions(v))), *arguments.values(), out=target)
    assert result is target
    expected, slopes = call(leading), difference(call, leading)[0]
    np.testing.assert_array_equal(target.value, expected)
    np.testing.assert_allclose(target.tangent, slopes, rtol=0.0, atol=1e-8 * (1.0 + np.max(np.abs(slopes))))


# ------------------------------------------------------------------------------------------------- what must raise
RAISING: dict[str, Function] = {
    **{f"{name}(dtype=int)": on(name, dtype=int) for name in (
        "sum", "prod", "cumsum", "cumprod", "nansum", "nanprod", "trace"
    )},
    **{f"{name}(dtype=int)": lambda x, name=name: getattr(np, name)(x[0], dtype=int) for name in (  # type: ignore[misc]
        "cumulative_sum", "cumulative_prod"
    ) if hasattr(np, name)},
    "linspace(dtype=int)": lambda x: np.linspace(x[0, 0], 9.0, 3, dtype=int),
    "logspace(dtype=int)": lambda x: np.logspace(x[0, 0], 9.0, 3, dtype=int),
    "geomspace(dtype=int)": lambda x: np.geomspace(x[0, 0], 9.0, 3, dtype=int),
    "full_like(dtype=int)": lambda x: np.full_like(x, x[0, 0], dtype=int),
    "concatenate(dtype=int)": lambda x: np.concatenate([x, x], dtype=int, casting="unsafe"),
    "stack(dtype=int)": lambda x: np.stack([x, x], dtype=int, casting="unsafe"),
    "hstack(dtype=int)": lambda x: np.hstack([x, x], dtype=int, casting="unsafe"),
    "einsum(dtype=int)": lambda x: np.einsum("ij->j", x, dtype=int, casting="unsafe"),
    "array(dtype=int)": lambda x: np.array(x, dtype=int),
    "asarray(dtype=float)": lambda x: np.asarray(x, dtype=float),
    "astype(int)": lambda x: np.asarray(x).astype(float) if isinstance(x, np.ndarray) else x.astype(int),
    "concatenate(casting=no)": lambda x: np.concatenate([x, x], dtype=np.float32, casting="no"),
    "einsum(casting=no)": lambda x: np.einsum("ij->j", x, dtype=np.float32, casting="no"),
    "linalg.lstsq without full rank": lambda x: np.linalg.lstsq(x.T, P, rcond=0.6)[0],
    "linalg.svd(full_matrices=True) of a wide matrix": lambda x: np.linalg.svd(x)[2],
    "linalg.qr(mode=complete)": lambda x: np.linalg.qr(x.T, mode="complete")[0],
    "linalg.qr(mode=raw)": lambda x: np.linalg.qr(x, mode="raw")[0],
    "linalg.norm(ord=3) of a matrix": lambda x: np.linalg.norm(x, 3),
    "cross of lengths": lambda x: np.cross(x, x),
    "pad of an unknown mode": lambda x: nx.pad(x, 1, "none"),
    "quantile of an unknown method": lambda x: nx.quantile(x, 0.3, method="none"),
    "quantile out of range": lambda x: np.quantile(x, 1.5),
    "axis out of bounds": lambda x: np.sum(x, axis=2),
    "axis twice": lambda x: np.var(x, axis=(0, -2)),
    "repeated axis of max": lambda x: np.max(x, axis=(1, -1)),
    "where= of max without initial": lambda x: np.max(x, where=MASK),
    "average of weights that sum to zero": lambda x: np.average(x[0], weights=[1.0, -1.0, 0.0, 0.0]),
    "average(weights=) of another shape": lambda x: np.average(x, weights=P),
    "gradient(edge_order=3)": lambda x: nx.gradient(x, edge_order=3),
    "searchsorted(side=none)": lambda x: nx.searchsorted(RISING, x, side="none"),
    "take(mode=raise)": lambda x: np.take(x, [99]),
    "choose(mode=raise)": lambda x: np.choose([0, 4, 2, -1], list(x)),
    "fft(norm=none)": lambda x: nx.fft.fft(x, norm="none"),
    "fft(n=0)": lambda x: np.fft.fft(x, n=0),
    "eigh(UPLO=X)": lambda x: nx.linalg.eigh(x[:, :3], UPLO="X"),
    "clip(min, a_min)": lambda x: np.clip(x, 0.0, 1.0, min=0.5),
    "interp(period=0)": lambda x: np.interp(x, RISING, P, period=0.0),
    "sum of an unknown keyword": lambda x: nx.sum(x, none=1),
    "reshape to another size": lambda x: np.reshape(x, (5, 5)),
    "var(ddof, correction)": lambda x: np.var(x, ddof=1, correction=2),
    "median(axis) out of bounds": lambda x: np.median(x, axis=5),
    "sort(kind=none)": lambda x: nx.sort(x, kind="none"),
    "sort(kind, stable)": lambda x: np.sort(x, kind="heapsort", stable=True),
    "sort(order=) without fields": lambda x: np.sort(x, order="f"),
    "partition(kind=none)": lambda x: nx.partition(x, 1, kind="none"),
    "polyfit(cov=True) of too few points": lambda x: np.polyfit(x[0, :2], x[1, :2], 1, cov=True),
    "trapezoid of another length": lambda x: np.trapezoid(x, A),
    "diff(n=-1)": lambda x: np.diff(x, n=-1),
    "correlate(mode=none)": lambda x: nx.correlate(x[0], A, mode="none"),
    "cov(ddof=0.5)": lambda x: np.cov(x, ddof=0.5),
    "cov(fweights) negative": lambda x: np.cov(x, fweights=[1, -2, 3, 1]),
    "cov(fweights) of floats": lambda x: nx.cov(x, fweights=[1.5, 2.0, 3.0, 1.0]),
    "cov(aweights) of another length": lambda x: np.cov(x, aweights=A),
    "bincount of negative": lambda x: np.bincount([-1, 0, 1, 2], weights=x[0]),
    "unwrap(axis) out of bounds": lambda x: np.unwrap(x, axis=7),
    "meshgrid(indexing=none)": lambda x: nx.meshgrid(x[0], x[1], indexing="none"),
    "insert of another length": lambda x: np.insert(x[0], [0, 2], [1.0, 2.0, 3.0]),
    "ediff1d": lambda x: np.ediff1d(x, to_end="a"),
    "nan_to_num(copy=False) of a plain array": lambda x: np.nan_to_num(HOLES, copy=False, nan=x[0, 0]),
    "expand_dims out of bounds": lambda x: np.expand_dims(x, 7),
    "flip(axis) out of bounds": lambda x: np.flip(x, axis=2),
    "linspace(num=-1)": lambda x: np.linspace(x[0, 0], 1.0, num=-1),
    "logspace(num=-1)": lambda x: np.logspace(x[0, 0], 1.0, num=-1),
    "geomspace(num=-1)": lambda x: np.geomspace(x[0, 0], 1.0, num=-1),
    "geomspace(start=0)": lambda x: np.geomspace(x[0, 0] * 0.0, 1.0),
    "vander of a matrix": np.vander,
    "tensordot of other lengths": lambda x: np.tensordot(x, M, axes=1),
    "linalg.matrix_power of a wide matrix": lambda x: np.linalg.matrix_power(x, 2),
    "linalg.cond(p=none)": lambda x: nx.linalg.cond(x[:, :3], "none"),
    "linalg.vector_norm(ord=fro)": lambda x: nx.linalg.vector_norm(x, ord="none"),
    "histogram(weights) of another shape": lambda x: np.histogram(V, weights=x),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("name", RAISING)
def test_what_numpy_or_calculus_refuses_is_refused(name: str) -> None:
    """Arguments that NumPy refuses stay refused; a dtype that cuts off the derivative is refused too."""
    with pytest.raises((*REFUSALS, ArithmeticError, IndexError, np.linalg.LinAlgError)):
        RAISING[name](dd.Dual(M, directions(M)))


# ------------------------------------------------------------------------------------------------- like=
LIKE = [name for name, parameter in pairs() if parameter == "like"]


@pytest.mark.parametrize("name", LIKE)
def test_an_array_made_like_a_dual_can_hold_derivatives(name: str) -> None:
    """A float array made with like=<dual> has NumPy's values, is constant, and takes a derivative when it is written into."""
    x = dd.Dual(V, V**2)
    arguments = arguments_of(name, "like")
    expected = called(name, arguments | {"dtype": float})
    made = called(name, arguments | {"dtype": float, "like": x})
    assert isinstance(made, dd.Dual)
    assert name in UNDEFINED or np.array_equal(made.value, expected)
    made[...] = x[0]
    np.testing.assert_array_equal(made.tangent, np.full(expected.shape, V[0] ** 2))
