"""Second derivatives in the form that pays: a dense matrix, a sparse one, or products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._typing import NDArray
from ...tangents import is_structured
from ...transforms.arguments import Inputs
from ...transforms.curvature import differentiated_slopes
from ...transforms.hessian import hvp, value_grad_and_hessian
from ...transforms.prepare import prepare_hessian
from ...transforms.sparse import exact_space
from .evaluation import Bound, Once

__all__ = ["gradient_and_hessian", "hessian_keywords", "is_sparse", "sparse_hessian_of"]

#: Up to so many unknowns a Hessian is dense.
DENSE = 64
#: Up to so many, one that has no sparse pattern is a matrix at all.
MATRIX = 1000
#: A matrix with a larger share of entries is not sparse.
SHARE = 0.2

#: The methods of minimize that use second derivatives: as a matrix, by products with vectors, or as either.
_FORMS = {
    "newton-cg": "product",
    "trust-ncg": "product",
    "trust-krylov": "product",
    "dogleg": "matrix",
    "trust-exact": "matrix",
    "trust-constr": "either",
}


def hessian_keywords(objective: Bound, x: NDArray, method: str) -> dict[str, Any]:
    """The keyword ``hess`` or ``hessp`` for a method of `scipy.optimize.minimize`."""
    form = _FORMS.get(method)
    if form is None:
        return {}
    dense = objective.derived(value_grad_and_hessian).part(2)
    if x.size <= DENSE or form == "matrix":
        return {"hess": dense}
    sparse = sparse_hessian_of(objective, x)
    if sparse is not None:
        matrix = Once(lambda y: sparse(y)[2])
        return {"hess": matrix} if form == "either" else {"hessp": lambda y, v: matrix(y) @ v}
    if x.size <= MATRIX:
        return {"hess": dense}
    return {"hessp": lambda y, v: objective.values(hvp(objective, y, v))}


def sparse_hessian_of(objective: Bound, x: NDArray) -> Callable[[Any], Any] | None:
    """Value, gradient and sparse Hessian as a function; None if the Hessian is not sparse."""
    if objective.hidden:
        return None
    inputs = Inputs(objective, (x,), {}, 0, False)
    found = differentiated_slopes(inputs, "structured", None, exact_space(inputs))
    if found is None or not is_sparse(found[2][0][1], x.size):
        return None
    return prepare_hessian(objective, x).with_value


def is_sparse(tangent: Any, columns: int) -> bool:
    """Whether the rows of a matrix in the form of a tangent have few entries."""
    return is_structured(tangent) and sum(term.parent.width() for term in tangent.terms) <= SHARE * columns


def gradient_and_hessian(objective: Bound, x: NDArray) -> Callable[[NDArray], tuple[NDArray, Any]]:
    """The gradient and the Hessian, sparse where it is, as values."""
    sparse = sparse_hessian_of(objective, x) if x.size > DENSE else None
    both = value_grad_and_hessian(objective) if sparse is None else sparse

    def at(y: NDArray) -> tuple[NDArray, Any]:
        _, gradient, matrix = both(y) if sparse is not None else objective.values(both(y))
        return gradient, matrix

    return at
