"""What becomes of each public name of scipy.linalg. A name in no group is refused when a dual meets it.

=========================  =========================================================================================
``DIFFERENTIATED``         by a formula of this folder, or by the rule that `numpy.linalg` has
``QUESTIONS``              about values: the plain answer
``REFUSED``                for duals there is no derivative; the reason, and what to write instead
``OTHERS``                 takes no arrays that could be differentiated
=========================  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..border import plain_of
from . import _eigenvalues, _equations, _factorizations, _functions, _quantities, _special_matrices, _systems
from ._original import original, refused

__all__ = ["DIFFERENTIATED", "OTHERS", "QUESTIONS", "REFUSED", "decided"]

_MODULES = (_eigenvalues, _equations, _factorizations, _functions, _quantities, _special_matrices, _systems)

DIFFERENTIATED: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in _MODULES for name in module.__all__ if hasattr(original, name)
}
if hasattr(original, "kron"):  # until SciPy 1.16
    DIFFERENTIATED["kron"] = np.kron

QUESTIONS = ["bandwidth", "find_best_blas_type", "get_blas_funcs", "get_lapack_funcs", "ishermitian", "issymmetric"]

_UPDATE = "the rotations that update a factorization have no rule: write linalg.qr of the changed matrix."
_NOT_UNIQUE = "the blocks of its result are not determined by the matrix."

REFUSED: dict[str, str] = {
    "cdf2rdf": "write the real and imaginary parts of eigenvalues and eigenvectors by themselves.",
    "clarkson_woodruff_transform": "its matrix is a constant: S = linalg.clarkson_woodruff_transform(np.eye(m), k, rng), and "
    "write S @ A.",
    "cossin": f"{_NOT_UNIQUE} The angles alone are np.arccos(linalg.svdvals(x11)).",
    "expm_cond": "it is an estimate. The derivative of the exponential is linalg.expm_frechet.",
    "hessenberg": f"{_NOT_UNIQUE} Write what you need of it with linalg.eig, linalg.solve or linalg.expm.",
    "ldl": f"{_NOT_UNIQUE} Write linalg.cholesky, linalg.lu, or linalg.solve(..., assume_a='sym').",
    "matrix_balance": "its powers of two jump with the entries.",
    "null_space": "a basis of the null space is determined up to a rotation only. Its projection is I - linalg.pinv(A) @ A.",
    "ordqz": f"{_NOT_UNIQUE} Write linalg.eig(A, B).",
    "orth": "a basis of the range is determined up to a rotation only. Its projection is A @ linalg.pinv(A), and a basis that "
    "follows the columns of A is linalg.qr(A, mode='economic')[0].",
    "qr_delete": _UPDATE,
    "qr_insert": _UPDATE,
    "qr_update": _UPDATE,
    "qz": f"{_NOT_UNIQUE} Write linalg.eig(A, B).",
    "rsf2csf": f"{_NOT_UNIQUE} Write linalg.eig.",
    "schur": f"{_NOT_UNIQUE} Write linalg.eig, or functions of matrices (linalg.expm, linalg.sqrtm, linalg.logm).",
}

#: Matrices of integers, errors, and submodules.
OTHERS = [
    *("dft", "hadamard", "helmert", "hilbert", "invhilbert", "invpascal", "pascal"),
    *("LinAlgError", "LinAlgWarning"),
    *("basic", "blas", "cython_blas", "cython_lapack", "decomp", "decomp_cholesky", "decomp_lu", "decomp_qr"),
    *("decomp_schur", "decomp_svd", "interpolative", "lapack", "matfuncs", "misc", "special_matrices", "test"),
]


def _of_values(name: str) -> Callable[..., Any]:
    """A question about values."""
    function = getattr(original, name)

    @wraps(function)
    def question(*args: Any, **kwargs: Any) -> Any:
        return function(*map(plain_of, args), **{key: plain_of(x) for key, x in kwargs.items()})

    return question


def decided(name: str) -> Any:
    """What a name of scipy.linalg is here."""
    value = getattr(original, name)
    if name in DIFFERENTIATED:
        return DIFFERENTIATED[name]
    if name in QUESTIONS:
        return _of_values(name)
    if name in OTHERS or not callable(value) or isinstance(value, type):
        return value
    return refused(name, REFUSED.get(name, "no formula for its derivative is known here."))
