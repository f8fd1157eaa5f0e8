"""What becomes of each public name of scipy.sparse. A name in no group is refused when a dual meets it.

=========================  =========================================================================================
``CLASSES``                constructors: of numbers they make a `SparseArray`
``MOVERS``                 place the entries of their first argument
``DIFFERENTIATED``         by a formula of this folder
``REFUSED``                for duals there is nothing; what to write instead
``OTHERS``                 take no entries
=========================  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ...errors import NoRuleError
from . import _construction
from ._construction import CLASSES, has_numbers, maker, mover, sp

__all__ = ["CLASSES", "DIFFERENTIATED", "MOVERS", "OTHERS", "REFUSED", "decided", "refusing"]

MOVERS = ["block_array", "block_diag", "bmat", "diags", "diags_array", "hstack", "spdiags", "tril", "triu", "vstack"]

DIFFERENTIATED = ["find", "issparse", "kron", "kronsum"]

_AXES = "a sparse array of numbers has two axes: use A.T and A.reshape."

REFUSED = {"expand_dims": _AXES, "permute_dims": _AXES, "swapaxes": _AXES, "save_npz": "save dd.value_of(A.data) and A.coords."}

OTHERS = [
    *("eye", "eye_array", "identity", "rand", "random", "random_array", "load_npz"),
    *("get_index_dtype", "safely_cast_index_arrays", "sparray", "spmatrix", "SparseEfficiencyWarning", "SparseWarning"),
    *("isspmatrix", *(f"isspmatrix_{form}" for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil"))),
    *("base", "bsr", "compressed", "construct", "coo", "csc", "csr", "data", "dia", "dok", "extract", "lil", "sparsetools"),
    *("sputils", "csgraph", "linalg", "test"),
]


def refusing(function: Callable[..., Any], place: str, reason: str) -> Callable[..., Any]:
    """SciPy's own function, which takes no numbers for this reason."""

    @wraps(function)
    def refused(*args: Any, **kwargs: Any) -> Any:
        if has_numbers([*args, *kwargs.values()]):
            raise NoRuleError(f"{place}.{function.__name__} of duals: {reason}")
        return function(*args, **kwargs)

    return refused


def decided(name: str) -> Any:
    """What a name of scipy.sparse is here."""
    value = getattr(sp, name)
    if name in CLASSES:
        return maker(name)
    if name in MOVERS:
        return mover(name)
    if name in DIFFERENTIATED:
        return getattr(_construction, name)
    if name in OTHERS or not callable(value) or isinstance(value, type):
        return value
    return refusing(value, "scipy.sparse", REFUSED.get(name, "no formula for its derivative is known here."))
