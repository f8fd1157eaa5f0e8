"""What a derivative is stored in. Nothing outside this package asks which representation a tangent has."""

from .dense import (
    add,
    align,
    cast,
    copy,
    directions,
    finite,
    flat,
    laid_out,
    ndim,
    over_directions,
    positions,
    scale_carefully,
    shares_memory,
    storage,
    vanishes,
    zeros,
)
from .zero import ZERO, Zero, current, is_zero

__all__ = [
    "ZERO",
    "Zero",
    "add",
    "align",
    "cast",
    "copy",
    "current",
    "directions",
    "finite",
    "flat",
    "is_zero",
    "laid_out",
    "ndim",
    "over_directions",
    "positions",
    "scale_carefully",
    "shares_memory",
    "storage",
    "vanishes",
    "zeros",
]
