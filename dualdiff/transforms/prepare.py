"""Sparse derivatives at many points: the indices, their merges and the layout of the matrix are found once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tangents.space import Space
from .arguments import Inputs, rebuild
from .sparse import exact_space, sparse_hessian, sparse_jacobian

__all__ = ["PreparedHessian", "PreparedJacobian", "prepare_hessian", "prepare_jacobian"]


class _Prepared:
    """A function whose structured tangents keep their indices from one point to the next.

    Everything that depends on values is computed anew each time; what is kept are indices, looked up by how they came
    about. So a program that takes another branch simply finds other indices.
    """

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> None:
        self._function, self._argnums = f, argnums
        self._spaces: dict[Any, Space] = {}
        self._inputs(args)

    def _inputs(self, args: tuple[Any, ...]) -> tuple[Inputs, Space]:
        inputs = Inputs(self._function, args, {}, self._argnums, False)
        key = (*inputs.shapes, *(getattr(leaf, "dtype", float) for leaf in inputs.leaves))
        space = self._spaces.get(key)
        if space is None or space.crowded:
            space = self._spaces[key] = exact_space(inputs)
        return inputs, space


class PreparedJacobian(_Prepared):
    """The sparse Jacobian of a function, to be evaluated at many points."""

    def __call__(self, *args: Any) -> Any:
        """The Jacobian at a point, a csr_array of its own."""
        return sparse_jacobian(*self._inputs(args))[3]

    def with_value(self, *args: Any) -> tuple[Any, Any]:
        """The value and the Jacobian at a point."""
        inputs, space = self._inputs(args)
        values, form, _, matrix = sparse_jacobian(inputs, space)
        return rebuild(form, map(inputs.scalar, values)), matrix


class PreparedHessian(_Prepared):
    """The sparse Hessian of a scalar function, to be evaluated at many points."""

    def __call__(self, *args: Any) -> Any:
        """The Hessian at a point, a csr_array of its own."""
        return sparse_hessian(*self._inputs(args))[4]

    def with_value(self, *args: Any) -> tuple[Any, Any, Any]:
        """The value, the gradient and the Hessian at a point."""
        inputs, space = self._inputs(args)
        value, _, _, gradient, matrix = sparse_hessian(inputs, space)
        return inputs.scalar(value), inputs.cut(gradient), matrix


def prepare_jacobian(f: Callable[..., Any], *args: Any, argnums: int | tuple[int, ...] = 0) -> PreparedJacobian:
    """A sparse Jacobian to be evaluated at many points: in Newton's method, in implicit time steps.

    Parameters
    ----------
    f : callable
        A function of arrays.
    *args : array_like
        The arguments of f at the first point.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to.

    Returns
    -------
    PreparedJacobian
        Called with the arguments of f it returns what ``jacobian(f, sparse=True)`` does; ``with_value`` returns the value
        too. Points of another shape, and other branches of f, are as right, they only take longer the first time. Threads
        may share it.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> P = dd.prepare_jacobian(lambda x: x[1:] * x[:-1], np.zeros(3))
    >>> P(np.array([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    prepared = PreparedJacobian(f, args, argnums)
    prepared(*args)
    return prepared


def prepare_hessian(f: Callable[..., Any], *args: Any, argnums: int | tuple[int, ...] = 0) -> PreparedHessian:
    """A sparse Hessian to be evaluated at many points, as `prepare_jacobian` does for Jacobians.

    Parameters
    ----------
    f : callable
        A scalar function of arrays.
    *args : array_like
        The arguments of f at the first point.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to.

    Returns
    -------
    PreparedHessian
        Called with the arguments of f it returns what ``hessian(f, sparse=True)`` does; ``with_value`` returns value,
        gradient and Hessian.

    Raises
    ------
    NotScalarError
        If f returns an array.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> P = dd.prepare_hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]), np.zeros(3))
    >>> P(np.array([1.0, 2.0, 3.0])).toarray()
    array([[0., 4., 0.],
           [4., 2., 6.],
           [0., 6., 4.]])
    """
    prepared = PreparedHessian(f, args, argnums)
    prepared(*args)
    return prepared
