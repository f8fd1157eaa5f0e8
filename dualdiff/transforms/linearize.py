"""The differential at a point: evaluated once, applied to as many directions, forwards and backwards, as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Array, NDArray
from ..arrays import is_number, plain
from ..errors import NotDifferentiableError, ShapeError
from ..tangents import is_structured
from .arguments import Inputs, flatten, owned, rebuild
from .jvp import jvp
from .representation import leaves_of, structured_result
from .sparse import sparse_jacobian

__all__ = ["Differential", "linearize"]


class Differential:
    """The derivative of a function at a point, as a linear map.

    Called with tangents, one for each primal, it gives the derivative along them, in the form of the function's output. To
    SciPy it is a linear operator between flat vectors: all inputs, and all outputs, one after another in C order.

    Attributes
    ----------
    shape : tuple of int
        (number of outputs, number of inputs).
    dtype : numpy.dtype
        Of the outputs.
    """

    ndim = 2

    def __init__(self, point: Inputs, kept: tuple[Any, ...]) -> None:
        self._point, self._kept = point, kept
        self._tangents: list[Any] | None = None
        nested = any(is_number(leaf) for leaf in point.leaves)
        result = None if point.is_complex or nested else structured_result(point, "structured")
        if result is None:
            zeros = tuple(rebuild(point.trees, (np.zeros(shape) for shape in point.shapes)))
            self.value = jvp(point.function, kept, zeros)[0]
            self._form, self._values = self.value, flatten(self.value)
        else:
            pairs = leaves_of(result)
            self._form, self._values = result.form, [value for value, _ in pairs]
            if not any(np.iscomplexobj(plain(v)) for v in self._values):
                self._tangents = [t for _, t in pairs]
            self.value = rebuild(self._form, (point.scalar(v) for v in self._values))
        self._sizes = [int(np.size(plain(v))) for v in self._values]
        self.shape = (sum(self._sizes), point.size)
        self.dtype = np.result_type(float if not self._values else np.result_type(*(plain(v) for v in self._values)))

    # -------------------------------------------------------------------------------------- as a function

    def __call__(self, *tangents: Any) -> Any:
        """The derivative along tangents of the form of the primals, ``(k, *x.shape)`` for several directions."""
        point = self._point
        if self._tangents is None:
            return jvp(point.function, self._kept, tangents)[1]
        along = point.directions(tangents, "of the differential")
        leading = point.leading(along)
        rows = [
            np.zeros((*leading, size))
            if not hasattr(t, "shape") and not isinstance(t, float)
            else np.reshape(t, (*leading, size))
            for t, size in zip(along, point.sizes, strict=True)
        ]
        vectors = np.moveaxis(np.concatenate(rows, axis=-1), -1, 0)
        results = []
        for value, product in zip(self._values, self._products(vectors), strict=True):
            back = np.moveaxis(product, 0, -1) if leading else product
            results.append(np.reshape(back, leading + np.shape(value)))
        return rebuild(self._form, (point.scalar(r) for r in results))

    def _products(self, vectors: NDArray) -> list[Array]:
        """The product with vectors of shape (n, ...), one array of shape (size, ...) for each leaf of the output."""
        products = []
        for value, tangent, size in zip(self._values, self._tangents or (), self._sizes, strict=True):
            if tangent is None:
                products.append(np.zeros((size, *vectors.shape[1:]), np.result_type(value, float)))
            elif is_structured(tangent):
                products.append(tangent.times(vectors))
            else:
                products.append(np.tensordot(np.reshape(tangent, (self.shape[1], size)), vectors, (0, 0)))
        return products

    # -------------------------------------------------------------------------------- as a linear operator

    def matvec(self, v: Any) -> NDArray:
        """The product with a vector of shape (n,) or (n, 1)."""
        v = np.asarray(v)
        return self._forwards(v.reshape(-1)).reshape((-1,) + v.shape[1:])

    def matmat(self, v: Any) -> NDArray:
        """The product with the columns of a matrix of shape (n, k)."""
        return self._forwards(np.asarray(v))

    def rmatvec(self, w: Any) -> NDArray:
        """The transposed product with a vector of shape (m,) or (m, 1): a vector-Jacobian product."""
        w = np.asarray(w)
        return self._backwards(w.reshape(-1)).reshape((-1,) + w.shape[1:])

    def rmatmat(self, w: Any) -> NDArray:
        """The transposed product with the columns of a matrix of shape (m, k)."""
        return self._backwards(np.asarray(w))

    def __matmul__(self, v: Any) -> NDArray:
        return self._forwards(np.asarray(v))

    def dot(self, v: Any) -> NDArray:
        """The product with a vector or a matrix."""
        return self._forwards(np.asarray(v))

    @property
    def T(self) -> Any:
        """The transposed map as SciPy's linear operator."""
        from scipy.sparse.linalg import aslinearoperator

        return aslinearoperator(self).T

    @property
    def H(self) -> Any:
        """The adjoint map as SciPy's linear operator."""
        from scipy.sparse.linalg import aslinearoperator

        return aslinearoperator(self).H

    def _forwards(self, vectors: NDArray) -> NDArray:
        if vectors.shape[0] != self.shape[1] or vectors.ndim > 2:
            raise ShapeError(f"the differential has shape {self.shape}; it takes {self.shape[1]} entries, not {vectors.shape}.")
        if self._tangents is None:
            return self.toarray() @ vectors
        products = self._products(vectors)
        return np.concatenate(products) if products else np.zeros((0, *vectors.shape[1:]))

    def _backwards(self, vectors: NDArray) -> NDArray:
        if vectors.shape[0] != self.shape[0] or vectors.ndim > 2:
            raise ShapeError(f"the differential has shape {self.shape}; transposed it takes {self.shape[0]} entries, not "
                             f"{vectors.shape}.")  # fmt: skip
        if self._tangents is None:
            return self.toarray().conj().T @ vectors
        total = np.zeros((self.shape[1], *vectors.shape[1:]), np.result_type(self.dtype, vectors))
        cuts = np.cumsum([0, *self._sizes])
        for start, stop, tangent in zip(cuts, cuts[1:], self._tangents, strict=False):
            part = vectors[start:stop]
            if is_structured(tangent):
                total = total + tangent.transposed_times(part)
            elif tangent is not None:
                total = total + np.tensordot(np.reshape(tangent, (self.shape[1], stop - start)), part, (1, 0))
        return total

    # ---------------------------------------------------------------------------------------- as a matrix

    def toarray(self) -> NDArray:
        """The Jacobian as a dense matrix of this shape."""
        if self._tangents is not None:
            return self._forwards(np.eye(self.shape[1]))
        if self._point.is_complex:
            raise NotDifferentiableError("the differential of complex inputs is real-linear: it has no complex matrix.")
        units = self._point.seeds(0, self.shape[1])
        leaves = flatten(jvp(self._point.function, self._kept, tuple(rebuild(self._point.trees, iter(units))))[1])
        return np.concatenate([np.reshape(leaf, (self.shape[1], -1)) for leaf in leaves], axis=1).T

    def to_sparse(self) -> Any:
        """The Jacobian as a scipy.sparse.csr_array of this shape."""
        return sparse_jacobian(self._point)[3]

    def __repr__(self) -> str:
        return f"<differential of shape {self.shape}>"


def linearize(f: Callable[..., Any], *primals: Any) -> tuple[Any, Differential]:
    """The value of f at a point and its derivative there as a linear map.

    Parameters
    ----------
    f : callable
        A function of arrays.
    *primals : array_like
        The point.

    Returns
    -------
    value : array
        ``f(*primals)``.
    differential : Differential
        Maps tangents, one for each primal, to the derivative along them, without another evaluation of f. It is also a
        linear operator for `scipy.sparse.linalg`: ``matvec``, ``rmatvec`` (a vector-Jacobian product), ``@``, ``T``,
        ``toarray()``, ``to_sparse()``.

    Raises
    ------
    ShapeError
        By the differential, if a tangent does not fit its primal.

    Notes
    -----
    The derivative is kept as f's structured tangents; for complex inputs, inside another differentiation and where these
    would not fit into memory f is evaluated again for each direction.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> value, differential = dd.linearize(lambda x: x**2, np.array([1.0, 3.0]))
    >>> differential(np.array([1.0, 0.1]))
    array([2. , 0.6])
    >>> differential.rmatvec([1.0, 1.0])
    array([2., 6.])
    """
    point = Inputs(f, primals, {}, range(len(primals)), False)
    leaves = zip(flatten(point.trees), point.leaves, strict=True)
    kept = tuple(rebuild(point.trees, (given if np.ndim(given) == 0 else owned(leaf) for given, leaf in leaves)))
    differential = Differential(point.at(kept, {}), kept)
    return differential.value, differential
