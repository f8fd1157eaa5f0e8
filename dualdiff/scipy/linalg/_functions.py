"""Functions of matrices.

Sources: N. J. Higham, Functions of matrices, 2008 (chapter 3: the derivative as a block of the function of a block
triangular matrix; 6.1: the square root); A. H. Al-Mohy and N. J. Higham, Computing the Frechet derivative of the matrix
exponential, 2009 (scaling and squaring is as accurate for the derivative as for the value).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array, NDArray, Tangent
from ...arrays import is_number, plain
from ...errors import NotDifferentiableError
from ...rules.values import value_of
from ..border import by_rule
from ..systems import one_by_one, solution
from ._equations import over_batch, sylvester_solver
from ._original import differentiated, original

__all__ = [
    "coshm",
    "cosm",
    "expm",
    "expm_frechet",
    "fractional_matrix_power",
    "funm",
    "logm",
    "refuse_ill_conditioned",
    "signm",
    "sinhm",
    "sinm",
    "sqrtm",
    "tanhm",
    "tanm",
]

#: The coefficients of the Pade approximant of order 13, and the norm up to which it is exact for derivatives too.
_PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0, 10559470521600.0,
    670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
_RADIUS = 4.0
#: The least singular value, relative to the largest, of a matrix whose square keeps three digits of it.
_ILL_CONDITIONED = 1e-6


@differentiated("A")
def expm(A: Array) -> Array:
    """The exponential of a matrix, by scaling and squaring, which is differentiated as it stands.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> A = np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> dd.derivative(lambda t: linalg.expm(t * A))(0.0)
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    norm = np.max(np.sum(np.abs(plain(A)), axis=-2), initial=0.0)
    squarings = max(0, int(np.ceil(np.log2(norm / _RADIUS)))) if np.isfinite(norm) and norm > 0 else 0
    X = _pade(A * A.dtype.type(0.5**squarings))
    for _ in range(squarings):
        X = X @ X
    return X


def _pade(A: Array) -> Array:
    """exp A = (V - U)^-1 (V + U), U odd and V even (Higham, 10.33)."""
    b = [A.dtype.type(c) for c in _PADE]
    eye = np.eye(A.shape[-1], dtype=A.dtype)
    A2 = A @ A
    A4 = A2 @ A2
    A6 = A4 @ A2
    U = A @ (A6 @ (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * eye)
    V = A6 @ (b[12] * A6 + b[10] * A4 + b[8] * A2) + b[6] * A6 + b[4] * A4 + b[2] * A2 + b[0] * eye
    return np.linalg.solve(V - U, V + U)


@differentiated("A", "E")
def expm_frechet(A: Array, E: Array, method: Any = None, compute_expm: bool = True, check_finite: bool = True) -> Any:
    """The exponential of A and its derivative along E: blocks of the exponential of [[A, E], [0, A]]."""
    F, L = _blocks_of(expm, A, E)
    return (F, L) if compute_expm else L


def _blocks_of(function: Callable[[Array], Array], A: Array, E: Array) -> tuple[Array, Array]:
    """F = f(A) and L = f'(A) E, from f of [[A, E], [0, A]] (Higham, 3.16)."""
    n = A.shape[-1]
    A, E = A + np.zeros(E.shape), E + np.zeros(A.shape)
    block = np.concatenate([np.concatenate([A, E], axis=-1), np.concatenate([np.zeros_like(A), A], axis=-1)], axis=-2)
    found = function(block)
    return found[..., :n, :n], found[..., :n, n:]


def _by_blocks(function: Callable[[Array], Array]) -> Callable[..., Tangent]:
    """The rule of an analytic function of a matrix."""

    def rule(d: list[Tangent], values: list[Array], F: Array) -> Tangent:
        (dA,), (A,) = d, values
        # Of the size of A, a direction does not change how the block is balanced.
        size = np.max(np.abs(value_of(dA)), initial=0.0) / (np.max(np.abs(value_of(A)), initial=0.0) or 1.0)
        scale = float(size) or 1.0
        return _blocks_of(function, A, dA / scale)[1] * scale

    return rule


@differentiated("A")
def logm(A: Array, disp: Any = None) -> Array:
    """The principal logarithm of a matrix.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> dd.derivative(lambda t: np.trace(linalg.logm(np.eye(2) + t * np.ones((2, 2)))))(1.0)
    0.666666666666667
    """
    _refuse_error_estimate("logm", disp)
    _refuse_singular("logm", plain(A))
    return by_rule(_by_blocks(logm), _logm, A)


def _logm(A: NDArray) -> NDArray:
    """SciPy's own, without its estimate of the error, which is for the value."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="logm result may be inaccurate")
        return np.asarray(original.logm(A))


def _refuse_singular(name: str, A: NDArray) -> None:
    """Raise where an eigenvalue is zero up to rounding; those of a triangular matrix are known exactly."""
    for M in A.reshape(-1, *A.shape[-2:]):
        if not np.all(np.isfinite(M)):
            continue
        if np.array_equal(M, np.triu(M)) or np.array_equal(M, np.tril(M)):
            singular = not np.all(np.diagonal(M))
        else:
            s = np.linalg.svd(M, compute_uv=False)
            singular = bool(s[-1] <= len(M) * np.finfo(s.dtype).eps * s[0])
        if singular:
            raise NotDifferentiableError(f"scipy.linalg.{name} of a singular matrix has no derivative.")


def refuse_ill_conditioned(name: str, A: NDArray) -> None:
    """Raise where the square of a matrix is singular up to rounding."""
    s = np.linalg.svd(A, compute_uv=False) if A.size and np.all(np.isfinite(A)) else np.ones(1)
    if np.any(s[..., -1] <= _ILL_CONDITIONED * s[..., 0]):
        raise NotDifferentiableError(f"scipy.linalg.{name} of a matrix that is singular, or nearly so, has no derivative here.")


def _refuse_error_estimate(name: str, disp: Any) -> None:
    if disp is False:
        raise NotDifferentiableError(f"scipy.linalg.{name} with disp=False: the error estimate has no derivative.")


@differentiated("A")
def sqrtm(A: Array, disp: Any = None, blocksize: Any = None) -> Array:
    """The principal square root of a matrix: X dX + dX X = dA."""
    _refuse_error_estimate("sqrtm", disp)
    if A.ndim > 2:
        return over_batch(sqrtm, (A, 2))
    _refuse_singular("sqrtm", plain(A))
    X = original.sqrtm(plain(A))
    inverse = one_by_one(sylvester_solver(X, X), X.shape)
    found = solution(lambda X: X @ X - A, X, inverse, A)
    if not np.all(np.isfinite(plain(found))):
        raise NotDifferentiableError("scipy.linalg.sqrtm of a singular matrix has no derivative.")
    return found


@differentiated("A")
def signm(A: Array, disp: Any = None) -> Array:
    """The sign function of a matrix, A (A^2)^(-1/2)."""
    _refuse_error_estimate("signm", disp)
    refuse_ill_conditioned("signm", plain(A))
    return A @ np.linalg.inv(sqrtm(A @ A))


@differentiated("A", "t")
def fractional_matrix_power(A: Array, t: Array) -> Array:
    """A power of a matrix, also with respect to the exponent: exp(t log A)."""
    if not is_number(t) and t == np.round(t):
        return np.linalg.matrix_power(A, int(t))
    _refuse_singular("fractional_matrix_power", plain(A))
    power = expm(t * logm(A))
    real = not np.iscomplexobj(original.fractional_matrix_power(plain(A), plain(t)))
    if not real or not np.iscomplexobj(plain(power)):
        return power
    if is_number(t):
        raise NotDifferentiableError(
            "scipy.linalg.fractional_matrix_power: the derivative by a whole exponent is complex for a matrix with negative "
            "eigenvalues: make the matrix complex."
        )
    return np.real(power)


@differentiated("A")
def cosm(A: Array) -> Array:
    """The cosine of a matrix, by exponentials."""
    if not np.iscomplexobj(plain(A)):
        return np.real(expm(1j * A))
    return 0.5 * (expm(1j * A) + expm(-1j * A))


@differentiated("A")
def sinm(A: Array) -> Array:
    """The sine of a matrix, by exponentials."""
    if not np.iscomplexobj(plain(A)):
        return np.imag(expm(1j * A))
    return -0.5j * (expm(1j * A) - expm(-1j * A))


@differentiated("A")
def tanm(A: Array) -> Array:
    """The tangent of a matrix."""
    return np.linalg.solve(cosm(A), sinm(A))


@differentiated("A")
def coshm(A: Array) -> Array:
    """The hyperbolic cosine of a matrix."""
    return 0.5 * (expm(A) + expm(-A))


@differentiated("A")
def sinhm(A: Array) -> Array:
    """The hyperbolic sine of a matrix."""
    return 0.5 * (expm(A) - expm(-A))


@differentiated("A")
def tanhm(A: Array) -> Array:
    """The hyperbolic tangent of a matrix."""
    return np.linalg.solve(coshm(A), sinhm(A))


@differentiated("A")
def funm(A: Array, func: Callable[[Any], Any], disp: bool = True) -> Array:
    """A function of a matrix by its eigenvalues, which must be distinct; ``func`` takes the array of them.

    Raises
    ------
    NotDifferentiableError
        Where two eigenvalues are the same.
    """
    _refuse_error_estimate("funm", disp)
    w, V = np.linalg.eig(A)
    found = (V * func(w)[..., None, :]) @ np.linalg.inv(V)
    expected: NDArray = original.funm(plain(A), lambda z: plain(func(z)))
    return found if np.iscomplexobj(expected) or not np.iscomplexobj(plain(found)) else np.real(found)
