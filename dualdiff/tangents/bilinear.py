"""Structured forms of products that are no ``einsum``: convolutions and the cross product."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, NDArray, NumPyFunction, Tangent
from .contraction import summed
from .movement import moved_together
from .structured import Structured

__all__ = ["BILINEAR"]


def _convolve(place: int, tangent: Structured, values: list[Array], mode: str = "full") -> Tangent:
    """out[k] = sum of weights[j] t[k - j]: as many terms as weights, or sparse rows."""
    weights = values[1 - place]
    (length,), taps = tangent.inner, len(weights)
    first, count = _window(length, taps, mode)
    source = np.arange(first, first + count)[:, None] - np.arange(taps) + 1
    return _gathered_by(tangent, np.where((source > 0) & (source <= length), source, 0), weights)


def _correlate(place: int, tangent: Structured, values: list[Array], mode: str = "valid") -> Tangent:
    """The convolution with the conjugate of the second operand, reversed."""
    a, v = values
    if len(v) > len(a):
        return None
    if place == 0:
        return _convolve(0, tangent, [a, np.conjugate(v)[::-1]], mode)
    turned = tangent.over_directions(lambda array: array[::-1])
    return _convolve(1, np.conjugate(turned), [a, v], mode) if isinstance(turned, Structured) else None


def _window(length: int, taps: int, mode: str) -> tuple[int, int]:
    """The first entry of the full convolution that belongs to the result, and how many do."""
    short, long = sorted((length, taps))
    if mode.startswith("v"):
        return short - 1, long - short + 1
    if mode.startswith("s"):
        return (short - 1) // 2, long
    return 0, length + taps - 1


def _gathered_by(tangent: Structured, source: NDArray, weights: Array) -> Tangent:
    """The sums over the second axis of weights times entries; 0 in the source stands for no entry."""

    def move(array: Any) -> Any:
        return np.concatenate([np.zeros_like(array, shape=(1,)), array])[source]

    return summed(tangent.over_directions(move) * weights, (1,))


def _cross(place: int, tangent: Structured, values: list[Array], **others: Any) -> Tangent:
    """(a2 b3 - a3 b2, a3 b1 - a1 b3, a1 b2 - a2 b1)."""
    other = values[1 - place]
    if others or tangent.inner[-1:] != (3,) or other.shape[-1:] != (3,):
        return None
    sign = 1 if place == 0 else -1
    shape = np.broadcast_shapes(tangent.inner[:-1], other.shape[:-1])
    t = [tangent.over_directions(_component(i, shape)) for i in range(3)]
    b = [sign * other[..., i] for i in range(3)]
    parts = [t[1] * b[2] - t[2] * b[1], t[2] * b[0] - t[0] * b[2], t[0] * b[1] - t[1] * b[0]]
    if not all(isinstance(part, Structured) for part in parts):
        return np.stack(parts, axis=-1)
    shapes = [part.inner for part in parts]
    return moved_together(lambda arrays: np.stack(arrays, axis=-1), parts, shapes, tangent.space, ("cross", *shapes))


def _component(i: int, shape: tuple[int, ...]) -> Any:
    return lambda array: np.broadcast_to(array[..., i], shape)


#: ``form(place, tangent, values, parameters)``: the product with one operand replaced by its tangent, None if it has no form.
BILINEAR: dict[NumPyFunction, Any] = {
    np.convolve: _convolve,
    np.correlate: _correlate,
    np.cross: _cross,
    np.linalg.cross: _cross,
}
