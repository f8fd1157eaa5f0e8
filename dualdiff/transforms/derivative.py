"""The derivative with respect to a scalar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arrays import Dual
from ..errors import ShapeError
from .arguments import Inputs, named_after, rebuild, refuse_complex, split

__all__ = ["derivative"]


def derivative(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False
) -> Callable[..., Any]:
    """The derivative of f with respect to a scalar argument, as a function.

    Parameters
    ----------
    f : callable
        A function of a scalar that returns an array of any shape.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to; a tuple gives a tuple of derivatives.
    has_aux : bool
        Whether f returns a pair (output, aux); then the result is a pair (derivative, aux).
    holomorphic : bool
        Says that a complex function of a complex number is holomorphic.

    Returns
    -------
    callable
        Takes the arguments of f, returns the derivative, of the output's shape.

    Raises
    ------
    ShapeError
        If the argument is not a scalar.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.derivative(np.exp)(0.0)
    1.0
    """

    @named_after(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs(f, args, kwargs, argnums, has_aux)
        if any(inputs.shapes):
            raise ShapeError(
                f"derivative is with respect to a scalar, but the argument has shape {inputs.shapes}: use dd.grad for a "
                "scalar function, dd.jacobian for any other."
            )
        found, aux, count = [], None, len(inputs.leaves)
        for i in range(count):
            along: list[Any] = [(None,)] * count
            along[i] = (1.0,)
            result = inputs.evaluate(Dual, along)
            values, slopes = split(result, ())
            refuse_complex(inputs, values, holomorphic, "derivative")
            aux = result.aux
            found.append(rebuild(result.form, map(inputs.scalar, slopes)))
        if holomorphic and inputs.is_complex:
            from .jacobian import jacobian

            jacobian(lambda *a: f(*a, **kwargs), argnums=argnums, has_aux=has_aux, holomorphic=True)(*args)
        tree = inputs.formed(iter(found))
        return (tree, aux) if has_aux else tree

    return differentiated
