"""All tables as one, keyed by function object: a name is not enough (np.exp2 is not scipy.special.exp2).

Tables of modules that are slow to import are added when a function of theirs is met for the first time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from .._typing import NumPyFunction
from .applied import APPLIED
from .complex_domain import COMPLEX_DOMAIN
from .composite import COMPOSITE
from .constant import CONSTANT
from .creation import CREATION
from .decompositions import DECOMPOSITIONS
from .elementwise import COMPLEX_RULES, ELEMENTWISE, ZERO_SLOPES
from .histograms import HISTOGRAMS
from .in_place import IN_PLACE
from .kinds import Product, Rule, Table, Unsupported
from .linalg import LINALG
from .linear import LINEAR
from .matrices import MATRICES
from .missing import MISSING
from .padding import PADDING
from .polynomials import POLYNOMIALS, series
from .products import PRODUCTS
from .sampling import SAMPLING
from .selection import SELECTION
from .sets import SETS
from .special import special
from .statistics import STATISTICS
from .structure import STRUCTURE
from .unsupported import UNSUPPORTED

__all__ = ["COMPLEX_RULES", "FUNCTIONS", "PARAMETERS", "TABLES", "UFUNCS", "nearest", "rule_of"]

TABLES: dict[str, Table] = {
    "elementwise": ELEMENTWISE,
    "zero slope": ZERO_SLOPES,
    "linear": LINEAR,
    "structure": STRUCTURE,
    "selection": SELECTION,
    "composite": COMPOSITE,
    "padding": PADDING,
    "sampling": SAMPLING,
    "missing": MISSING,
    "statistics": STATISTICS,
    "histograms": HISTOGRAMS,
    "polynomials": POLYNOMIALS,
    "complex domain": COMPLEX_DOMAIN,
    "applied": APPLIED,
    "sets": SETS,
    "products": PRODUCTS,
    "linalg": LINALG,
    "decompositions": DECOMPOSITIONS,
    "matrices": MATRICES,
    "in place": IN_PLACE,
    "creation": CREATION,
    "constant": CONSTANT,
    "unsupported": UNSUPPORTED,
    "einsum": {np.einsum: Product("operands")},
}

#: Tables that are made once their module has been imported by somebody.
LATE: dict[str, Callable[[], Table]] = {"numpy.polynomial.polynomial": series, "scipy.special._ufuncs": special}

_ALL: dict[NumPyFunction, Rule] = {function: rule for table in TABLES.values() for function, rule in table.items()}

UFUNCS: dict[NumPyFunction, Rule] = {f: r for f, r in _ALL.items() if isinstance(f, np.ufunc)}
FUNCTIONS: dict[NumPyFunction, Rule] = {f: r for f, r in _ALL.items() if not isinstance(f, np.ufunc)}


def rule_of(function: NumPyFunction) -> Rule | None:
    """The rule of a ufunc or function; None if it has none."""
    rules = UFUNCS if isinstance(function, np.ufunc) else FUNCTIONS
    if function not in rules:
        for module in [name for name in LATE if name in sys.modules]:
            TABLES[module] = LATE.pop(module)()
            for late, rule in TABLES[module].items():
                (UFUNCS if isinstance(late, np.ufunc) else FUNCTIONS)[late] = rule
    return rules.get(function)


#: The parameters of functions written in C, whose signature older NumPy does not tell.
PARAMETERS: dict[NumPyFunction, str] = {
    np.arange: "start_or_stop stop step",
    np.array: "object dtype",
    np.asanyarray: "a dtype order",
    np.asarray: "a dtype order",
    np.ascontiguousarray: "a dtype",
    np.asfortranarray: "a dtype",
    np.can_cast: "from_ to casting",
    np.concatenate: "arrays axis out dtype casting",
    np.copyto: "dst src casting where",
    np.dot: "a b out",
    np.empty_like: "prototype dtype order subok shape",
    np.empty: "shape dtype order",
    np.frombuffer: "buffer dtype count offset",
    np.fromfile: "file dtype count sep offset",
    np.fromiter: "iter dtype count",
    np.fromstring: "string dtype count",
    np.inner: "a b",
    np.lexsort: "keys axis",
    np.may_share_memory: "a b max_work",
    np.min_scalar_type: "a",
    np.packbits: "a axis bitorder",
    np.putmask: "a mask values",
    np.shares_memory: "a b max_work",
    np.unpackbits: "a axis count bitorder",
    np.vdot: "a b",
    np.where: "condition x y",
    np.zeros: "shape dtype order",
}


def nearest(name: str) -> str:
    """The message for a function without a rule, naming the nearest one that has."""
    from difflib import get_close_matches

    known = {getattr(f, "__name__", ""): f for f, r in _ALL.items() if not isinstance(r, Unsupported)}
    close = get_close_matches(name.rpartition(".")[2], known, n=1, cutoff=0.75)
    place = "np.linalg" if close and known[close[0]] in LINALG else "np"
    hint = f" The nearest function with one is {place}.{close[0]}." if close else ""
    return (
        f"{name} has no differentiation rule, and is not run on the values alone.{hint} Give it a rule with "
        "dd.define_rule (for a ufunc) or dd.custom_jvp (for any function). For the value alone pass dd.value_of(x)."
    )
