"""Functions that pass over nan."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table
from .values import is_complex, value_of

__all__ = ["MISSING"]

_NONE = np._NoValue


def _given(**kwargs: Any) -> dict[str, Any]:
    """The keywords that were given."""
    return {name: value for name, value in kwargs.items() if value is not _NONE and value is not None}


def _filled(function: Any, fill: float) -> Any:
    """The rule of a reduction over the entries that are not nan, which a neutral value stands for."""

    def rule(
        a: Array, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = _NONE, initial: Any = _NONE,
        where: Any = _NONE,
    ) -> Array:  # fmt: skip
        given = _given(dtype=dtype, keepdims=keepdims, initial=initial, where=where)
        return function(np.where(np.isnan(value_of(a)), fill, a), axis, **given)

    return rule


def _accumulated(function: Any, fill: float) -> Any:
    """The same of a cumulative function."""

    def rule(a: Array, axis: Any = None, dtype: Any = None, out: None = None) -> Array:
        return function(np.where(np.isnan(value_of(a)), fill, a), axis, **_given(dtype=dtype))

    return rule


def _present(function: Any) -> Any:
    """The rule of a statistic of the entries that are not nan."""

    def rule(
        a: Array, axis: Any = None, dtype: Any = None, out: None = None, ddof: Any = 0, keepdims: Any = _NONE, *,
        where: Any = _NONE, mean: Any = _NONE, correction: Any = _NONE,
    ) -> Array:  # fmt: skip
        present = ~np.isnan(value_of(a)) & (True if where is _NONE else value_of(where))
        clean = np.where(present, a, 0)
        given = _given(dtype=dtype, ddof=ddof, keepdims=keepdims, mean=mean, correction=correction)
        return function(clean, axis=axis, where=present, **given)

    return rule


def _nanmean(
    a: Array, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = _NONE, *, where: Any = _NONE
) -> Array:
    present = ~np.isnan(value_of(a)) & (True if where is _NONE else value_of(where))
    return np.mean(np.where(present, a, 0), axis=axis, where=present, **_given(dtype=dtype, keepdims=keepdims))


def _nan_to_num(x: Array, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    if is_complex(value_of(x)):
        options = {"nan": nan, "posinf": posinf, "neginf": neginf}
        real, imaginary = (_nan_to_num(part, True, **options) for part in (np.real(x), np.imag(x)))
        result = real + 1j * imaginary
        if not copy:
            x[...] = result
        return result if copy else x
    limits, values = np.finfo(x.dtype), value_of(x)
    result = np.where(np.isnan(values), nan, x)
    result = np.where(np.isposinf(values), limits.max if posinf is None else posinf, result)
    result = np.where(np.isneginf(values), limits.min if neginf is None else neginf, result)
    if not copy:
        x[...] = result
        return x
    return result


MISSING: Table = {
    np.nansum: Composite(_filled(np.sum, 0.0)),
    np.nanprod: Composite(_filled(np.prod, 1.0)),
    np.nancumsum: Composite(_accumulated(np.cumsum, 0.0)),
    np.nancumprod: Composite(_accumulated(np.cumprod, 1.0)),
    np.nanmean: Composite(_nanmean),
    np.nanvar: Composite(_present(np.var)),
    np.nanstd: Composite(_present(np.std)),
    np.nan_to_num: Composite(_nan_to_num),
}
