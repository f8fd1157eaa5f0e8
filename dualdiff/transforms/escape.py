"""Ways out of differentiation: values without their derivatives."""

from __future__ import annotations

from .._typing import Tree, is_ndarray
from ..arrays import plain
from ..arrays.number import absorb
from .arguments import flatten, rebuild

__all__ = ["stop_gradient", "value_of"]


def value_of(x: Tree) -> Tree:
    """The value of x without its derivatives, at every level.

    Parameters
    ----------
    x : array_like
        A dual, anything else, or a tuple, list or dict of them.

    Returns
    -------
    array or float
        The plain value: it shares memory with x.

    Examples
    --------
    >>> import dualdiff as dd
    >>> dd.value_of(dd.Dual(2.0, 1.0))
    2.0
    """
    return rebuild(x, (plain(absorb(leaf)) if is_ndarray(leaf) else plain(leaf) for leaf in flatten(x)))


def stop_gradient(x: Tree) -> Tree:
    """A copy of x that is constant to every differentiation.

    Parameters
    ----------
    x : array_like
        A dual, anything else, or a tuple, list or dict of them.

    Returns
    -------
    array or float
        The plain value, in memory of its own.

    Examples
    --------
    >>> import dualdiff as dd
    >>> dd.derivative(lambda x: x * dd.stop_gradient(x))(3.0)
    3.0
    """
    values = (plain(absorb(leaf)) if is_ndarray(leaf) else plain(leaf) for leaf in flatten(x))
    return rebuild(x, (value.copy() if is_ndarray(value) else value for value in values))
