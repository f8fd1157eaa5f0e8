"""What a derivative is stored in. Nothing outside this package asks which representation a tangent has."""

from .careful import scale_carefully, vanishes
from .contraction import einsum_of_pairs
from .dense import (
    add,
    align,
    cast,
    copy,
    densely,
    directions,
    finite,
    fitting,
    flat,
    has_zeros,
    laid_out,
    moved,
    ndim,
    over_directions,
    positions,
    put,
    selected,
    shares_memory,
    storage,
    zeros,
)
from .forms import product, scattered_into
from .pairs import paired
from .structured import is_structured
from .zero import ZERO, Zero, current, is_zero

__all__ = [
    "ZERO",
    "Zero",
    "add",
    "align",
    "cast",
    "copy",
    "current",
    "densely",
    "directions",
    "einsum_of_pairs",
    "finite",
    "fitting",
    "flat",
    "has_zeros",
    "is_structured",
    "is_zero",
    "laid_out",
    "moved",
    "ndim",
    "over_directions",
    "paired",
    "positions",
    "product",
    "put",
    "scale_carefully",
    "scattered_into",
    "selected",
    "shares_memory",
    "storage",
    "vanishes",
    "zeros",
]
