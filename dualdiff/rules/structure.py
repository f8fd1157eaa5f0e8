"""Functions that only move entries: a name is enough.

The name's string lists the parameters that hold entries (the first parameter when it is empty); plain entries there are
constants, so zeros stand for them among the tangents.
"""

from __future__ import annotations

import numpy as np

from .._typing import NumPyFunction
from .kinds import Moves, Table

__all__ = ["STRUCTURE"]

_FIRST: list[NumPyFunction] = [
    np.array_split, np.broadcast_to, np.copy, np.delete, np.diag, np.diagflat, np.diagonal, np.dsplit, np.expand_dims,
    np.fft.fftshift, np.fft.ifftshift, np.flip, np.fliplr, np.flipud, np.hsplit, np.lib.stride_tricks.sliding_window_view,
    np.linalg.diagonal, np.linalg.matrix_transpose, np.matrix_transpose, np.moveaxis, np.ravel, np.repeat, np.reshape,
    np.resize, np.roll, np.rollaxis, np.rot90, np.split, np.squeeze, np.swapaxes, np.take, np.take_along_axis, np.tile,
    np.transpose, np.tril, np.triu, np.vsplit,
]  # fmt: skip

STRUCTURE: Table = {
    **dict.fromkeys(_FIRST, Moves()),
    np.append: Moves("arr values"),
    np.atleast_1d: Moves("arys"),
    np.atleast_2d: Moves("arys"),
    np.atleast_3d: Moves("arys"),
    np.block: Moves("arrays"),
    np.choose: Moves("choices", conditions="a"),
    np.column_stack: Moves("tup"),
    np.compress: Moves("a", conditions="condition"),
    np.concatenate: Moves("arrays"),
    np.dstack: Moves("tup"),
    np.extract: Moves("arr", conditions="condition"),
    np.hstack: Moves("tup"),
    np.insert: Moves("arr values"),
    np.select: Moves("choicelist default", conditions="condlist"),
    np.stack: Moves("arrays"),
    np.vstack: Moves("tup"),
    np.where: Moves("x y", conditions="condition"),
}
STRUCTURE |= {
    function: Moves()
    for name in ("permute_dims", "unstack")
    if (function := getattr(np, name, None)) is not None and function not in STRUCTURE
}
