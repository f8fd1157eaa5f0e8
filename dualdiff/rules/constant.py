"""Questions about values or shapes: NumPy's plain answer. And results that are piecewise constant."""

from __future__ import annotations

import numpy as np

from .._typing import NumPyFunction
from .kinds import Constant, Table, ZeroSlope

__all__ = ["CONSTANT"]

_UFUNCS: list[NumPyFunction] = [
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.isfinite, np.isinf, np.isnan,
    np.logical_and, np.logical_not, np.logical_or, np.logical_xor, np.signbit,
]  # fmt: skip

_FUNCTIONS: list[NumPyFunction] = [
    np.all, np.allclose, np.any, np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.array_equal,
    np.array_equiv, np.can_cast, np.common_type, np.count_nonzero, np.diag_indices_from, np.digitize, np.einsum_path,
    np.flatnonzero, np.isclose, np.iscomplex, np.iscomplexobj, np.isin, np.isneginf, np.isposinf, np.isreal, np.isrealobj,
    np.lexsort, np.linalg.matrix_rank, np.may_share_memory, np.min_scalar_type, np.nanargmax, np.nanargmin, np.ndim,
    np.nonzero, np.ravel_multi_index, np.result_type, np.searchsorted, np.shape, np.shares_memory, np.size,
    np.tril_indices_from, np.triu_indices_from, np.unravel_index,
]  # fmt: skip

# Until NumPy 2.3.
_FUNCTIONS += [getattr(np, name) for name in ("in1d",) if hasattr(np, name)]

_ZERO_SLOPES: list[NumPyFunction] = [np.around, np.empty_like, np.fix, np.ones_like, np.round, np.zeros_like]

CONSTANT: Table = {
    **dict.fromkeys(_UFUNCS + _FUNCTIONS, Constant()),
    **dict.fromkeys(_ZERO_SLOPES, ZeroSlope()),
}
