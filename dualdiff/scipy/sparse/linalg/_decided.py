"""What becomes of each public name of scipy.sparse.linalg. A name in no group is refused when a dual meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._decided import refusing
from . import _direct, _functions
from ._iterative import ITERATIVE, iterative
from ._original import original

__all__ = ["DIFFERENTIATED", "OTHERS", "REFUSED", "decided"]

DIFFERENTIATED: dict[str, Callable[..., Any]] = {
    **{name: getattr(module, name) for module in (_direct, _functions) for name in module.__all__ if hasattr(original, name)},
    **{name: iterative(name) for name in ITERATIVE if hasattr(original, name)},
}

_NORMAL = "write spsolve(A.T @ A, A.T @ b), or dense least squares, linalg.lstsq(A.toarray(), b)."

REFUSED = {
    "LaplacianNd": "it takes a shape.",
    "aslinearoperator": "an operator applies compiled code; use the sparse array itself.",
    "eigs": "write linalg.eig(A.toarray()).",
    "expm": "its result is dense mostly: write linalg.expm(A.toarray()), or expm_multiply.",
    "funm_multiply_krylov": "write expm_multiply, or functions of dense matrices.",
    "inv": "an inverse is dense mostly: write spsolve(A, np.eye(n)), or linalg.inv(A.toarray()).",
    "lobpcg": "write eigsh.",
    "lsmr": _NORMAL,
    "lsqr": _NORMAL,
    "onenormest": "it is an estimate; write norm(A, 1).",
    "svds": "write linalg.svd(A.toarray(), full_matrices=False).",
}

#: Settings, errors, questions, and submodules.
OTHERS = [
    *("ArpackError", "ArpackNoConvergence", "LinearOperator", "MatrixRankWarning", "SuperLU", "use_solver"),
    *("is_sptriangular", "spbandwidth", "dsolve", "eigen", "interface", "isolve", "matfuncs", "test"),
]


def decided(name: str) -> Any:
    """What a name of scipy.sparse.linalg is here."""
    value = getattr(original, name)
    if name in DIFFERENTIATED:
        return DIFFERENTIATED[name]
    if name in OTHERS or not callable(value):
        return value
    return refusing(value, "scipy.sparse.linalg", REFUSED.get(name, "no formula for its derivative is known here."))
