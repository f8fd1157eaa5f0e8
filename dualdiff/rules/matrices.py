"""Linear algebra written with other functions of linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from ..errors import NotDifferentiableError
from .kinds import Composite, Table
from .values import value_of

__all__ = ["MATRICES"]


def _matrix_power(a: Array, n: int) -> Array:
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    result = None
    while n:
        if n & 1:
            result = a if result is None else result @ a
        n >>= 1
        a = a @ a if n else a
    return result


def _multi_dot(arrays: Any, *, out: None = None) -> Array:
    result = arrays[0]
    for factor in arrays[1:]:
        result = result @ factor
    return result


def _cond(x: Array, p: Any = None) -> Array:
    if p is None or p in (2, -2):
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))


def _lstsq(a: Array, b: Array, rcond: Any = None) -> Any:
    values = value_of(a)
    m, n = values.shape
    rank = int(np.linalg.lstsq(values, value_of(b), rcond)[2])
    if rank < min(m, n):
        raise NotDifferentiableError("np.linalg.lstsq of a matrix without full rank has no derivative.")
    x = np.linalg.pinv(a) @ b
    rest = b - a @ x
    squares = np.real(rest * np.conjugate(rest)) if np.iscomplexobj(value_of(rest)) else rest * rest
    residuals = np.atleast_1d(np.sum(squares, axis=0)) if m > n else np.zeros(0)
    return x, residuals, rank, np.linalg.svd(a, compute_uv=False)


def _tensorinv(a: Array, ind: int = 2) -> Array:
    shape = a.shape[ind:] + a.shape[:ind]
    return np.reshape(np.linalg.inv(np.reshape(a, (int(np.prod(a.shape[:ind])), -1))), shape)


def _tensorsolve(a: Array, b: Array, axes: Any = None) -> Array:
    if axes is not None:
        order = [k for k in range(a.ndim) if k not in {axis % a.ndim for axis in axes}]
        a = np.transpose(a, order + [axis % a.ndim for axis in axes])
    shape = a.shape[-(a.ndim - np.ndim(b)) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (np.size(b), -1)), np.ravel(b)), shape)


def _matrix_norm(x: Array, *, keepdims: bool = False, ord: Any = "fro") -> Array:
    return np.linalg.norm(x, ord, axis=(-2, -1), keepdims=keepdims)


MATRICES: Table = {
    np.linalg.matrix_power: Composite(_matrix_power),
    np.linalg.multi_dot: Composite(_multi_dot),
    np.linalg.cond: Composite(_cond),
    np.linalg.lstsq: Composite(_lstsq),
    np.linalg.tensorinv: Composite(_tensorinv),
    np.linalg.tensorsolve: Composite(_tensorsolve),
    np.linalg.matrix_norm: Composite(_matrix_norm),
}
