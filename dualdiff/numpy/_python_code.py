"""What NumPy itself writes in Python (``r_``, ``vectorize``, ``numpy.polynomial``): the same code in these namespaces."""

from __future__ import annotations

import itertools
from functools import wraps
from typing import Any

import numpy as np
from numpy.lib import _index_tricks_impl

from ..arrays import is_number
from ..arrays.dispatch import apply_function
from ..arrays.levels import open_levels
from ..arrays.number import absorb
from ..rebinding import Rebinding
from ..rules.kinds import Composite
from ..rules.registry import FUNCTIONS, UFUNCS
from ._mirror import REPLACED, holds_numbers, mirrored, replace, roomy

__all__ = ["NUMPYS"]

_FOLLOWED = (
    "numpy._core.numeric",
    "numpy.lib._function_base_impl",
    "numpy.lib._index_tricks_impl",
    "numpy.lib._shape_base_impl",
    "numpy.polynomial",
)

# What has a rule means its wrapped self in that code too.
for _known in [*FUNCTIONS]:
    mirrored(_known)

#: The rebinding of NumPy's own Python code.
NUMPYS = Rebinding(REPLACED, lambda module: module.startswith(_FOLLOWED))


def _in_python(function: Any) -> Any:
    """A function that calls functions of the user's on plain arrays: in its own code, with room for what they return."""
    code = NUMPYS.of(getattr(function, "_implementation", function))

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not open_levels():
            return function(*args, **kwargs)
        if any(map(holds_numbers, args)):
            return apply_function(function, args, kwargs)
        return code(*args, **kwargs)

    return wrapped


@wraps(np.fromfunction)
def _fromfunction(function: Any, shape: Any, **kwargs: Any) -> Any:
    kwargs.pop("like", None)
    return function(*REPLACED[id(np.indices)][1](shape, dtype=kwargs.pop("dtype", float)), **kwargs)


@wraps(np.fromiter)
def _fromiter(iter: Any, dtype: Any, count: int = -1, *, like: Any = None) -> Any:
    if not open_levels():
        return np.fromiter(iter, dtype, count)
    entries = list(iter) if count < 0 else list(itertools.islice(iter, count))
    if len(entries) < count:
        raise ValueError(f"iterator too short: Expected {count} but iterator had only {len(entries)} items.")
    made = REPLACED[id(np.array)][1]
    return made(entries, dtype=dtype)


@wraps(np.frompyfunc)
def _frompyfunc(func: Any, /, nin: int, nout: int, **kwargs: Any) -> Any:
    ufunc = np.frompyfunc(func, nin, nout, **kwargs)

    def on_objects(*inputs: Any) -> Any:
        results = ufunc(*(np.asarray(x, dtype=object) if is_number(x) else x for x in inputs))
        return tuple(map(absorb, results)) if nout > 1 else absorb(results)

    UFUNCS[ufunc] = Composite(on_objects, own_value=True)
    return ufunc


@wraps(np.asarray_chkfinite)
def _asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    array = REPLACED[id(np.asarray)][1](a, dtype=dtype, order=order)
    if array.dtype.kind in "fc" and not np.all(np.isfinite(array)):
        raise ValueError("array must not contain infs or NaNs")
    return array


@wraps(np.isscalar)
def _isscalar(element: Any) -> bool:
    return np.isscalar(element) or isinstance(element, REPLACED[id(np.number)][1])


_MAKERS: list[Any] = [np.indices, np.bartlett, np.blackman, np.hamming, np.hanning, np.kaiser, np.fft.fftfreq, np.fft.rfftfreq]
for _maker in _MAKERS:
    replace(_maker, roomy(_maker))
replace(np.fromfunction, _fromfunction)
replace(np.fromiter, _fromiter)
replace(np.frompyfunc, _frompyfunc)
replace(np.isscalar, _isscalar)
replace(np.asarray_chkfinite, _asarray_chkfinite)
for _function in (np.apply_along_axis, np.apply_over_axes, np.piecewise):
    replace(_function, _in_python(_function))
replace(np.vectorize, NUMPYS.class_of(np.vectorize))
for _indexer in (np.r_, np.c_, np.mgrid, np.ogrid):
    NUMPYS.class_of(type(_indexer))
    replace(_indexer, NUMPYS.instance_of(_indexer))
replace(_index_tricks_impl, NUMPYS.of(_index_tricks_impl))
