"""What each operation of a function did to its derivative, and what it cost."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Dual
from ..arrays.dispatch import READY, name_of
from ..arrays.methods import ArrayMethods
from ..arrays.shortcuts import Shortcuts
from ..arrays.slopes import Power
from ..tangents import is_structured, is_zero
from .arguments import Inputs
from .representation import Tangents, checked, space_for

__all__ = ["Explanation", "Operation", "explain"]


class Operation(NamedTuple):
    """One operation of the function.

    representation: what the derivative of its result is stored in. terms: how many terms, if it is structured. bytes: what
    it takes. time: seconds, without the operations inside. lost: whether a structured derivative went in and none came out.
    """

    name: str
    shape: tuple[int, ...]
    representation: str
    terms: int
    bytes: int
    time: float
    lost: bool


class Explanation:
    """The operations of one evaluation, in order; ``str`` of it is a table."""

    def __init__(self, operations: list[Operation], size: int) -> None:
        self.operations = operations
        self.size = size

    def __str__(self) -> str:
        lines = [f"{'operation':28s} {'shape':>14s} {'derivative':>11s} {'terms':>6s} {'bytes':>12s} {'time':>10s}"]
        for o in self.operations:
            shape = "x".join(map(str, o.shape)) or "scalar"
            terms = str(o.terms) if o.representation == "structured" else ""
            mark = "  <- structure lost" if o.lost else ""
            stored = f"{o.representation:>11s} {terms:>6s} {o.bytes:12,d}"
            lines.append(f"{o.name[:28]:28s} {shape:>14s} {stored} {1e6 * o.time:7.0f} us{mark}")
        total = sum(o.time for o in self.operations)
        lines.append(f"{len(self.operations)} operations, {self.size} inputs, {1e3 * total:.2f} ms")
        return "\n".join(lines)

    __repr__ = __str__


class _Observed(Dual):
    """A dual that tells of what is done with it."""

    __slots__ = ()

    #: The evaluation that runs: its operations, and the time spent inside each that has begun.
    log: Any = None

    def _observed(self, name: str, method: Callable[..., Any], *args: Any) -> Any:
        log = type(self).log
        if log is None:
            return method(self, *args)
        operations, inside = log
        structured = _holds_structured(args) or _holds_structured((self,))
        inside.append(0.0)
        start = time.perf_counter()
        result = method(self, *args)
        spent = time.perf_counter() - start
        own = spent - inside.pop()
        if inside:
            inside[-1] += spent
        operations.append(_operation(name, result, own, structured))
        return result

    def elementwise(self, rule: Any, ufunc: Any, inputs: Any, kwargs: Any) -> Any:
        """Observed."""
        return self._observed(
            "np.power" if isinstance(ufunc, Power) else name_of(ufunc), Dual.elementwise, rule, ufunc, inputs, kwargs
        )

    def unary(self, rule: Any, function: Any) -> Any:
        """Left to the chain rule."""

    def product(self, rule: Any, function: Any, operands: Any, others: Any) -> Any:
        """Observed."""
        return self._observed(name_of(function), Dual.product, rule, function, operands, others)

    def custom(self, rule: Any, function: Any, operands: Any, others: Any) -> Any:
        """Observed."""
        return self._observed(name_of(function), Dual.custom, rule, function, operands, others)

    def move(self, function: Any, inputs: Any) -> Any:
        """Observed."""
        return self._observed(_known_as(function, "a movement"), Dual.move, function, inputs)

    def partwise_front(self, over: Any) -> Any:
        """Observed."""
        return self._observed(_known_as(over, "a linear function"), Dual.partwise_front, over)

    def __getitem__(self, index: Any) -> Any:
        return self._observed("x[...]", ArrayMethods.__getitem__, index)

    def __setitem__(self, index: Any, new: Any) -> None:
        self._observed("x[...] = y", _written, index, new)


def _known_as(step: Any, otherwise: str) -> str:
    """The name of the function of NumPy's behind a step."""
    function = getattr(step, "function", None)
    return otherwise if function is None else name_of(function)


READY.add(_Observed)


def _written(number: Any, index: Any, new: Any) -> Any:
    ArrayMethods.__setitem__(number, index, new)
    return number


# No shortcuts: each operation goes through the methods above.
for _name in vars(Shortcuts):
    if (
        _name.startswith("__")
        and hasattr(ArrayMethods, _name)
        and _name not in vars(_Observed)
        and callable(vars(Shortcuts)[_name])
    ):
        setattr(_Observed, _name, getattr(ArrayMethods, _name))


def _holds_structured(tree: Any) -> bool:
    if isinstance(tree, (list, tuple)):
        return any(map(_holds_structured, tree))
    return isinstance(tree, _Observed) and any(map(is_structured, tree.tangents()))


def _operation(name: str, result: Any, spent: float, structured: bool) -> Operation:
    while isinstance(result, (list, tuple)) and result:
        result = result[0]
    shape = np.shape(result) if not isinstance(result, (list, tuple)) else ()
    if not isinstance(result, _Observed) or is_zero(result._tangent):
        return Operation(name, shape, "zero", 0, 0, spent, False)
    (tangent,) = result.tangents()
    if is_structured(tangent):
        return Operation(name, shape, "structured", len(tangent.terms), tangent.nbytes, spent, False)
    size = int(np.size(tangent)) * np.result_type(tangent).itemsize if not hasattr(tangent, "parts") else 0
    return Operation(name, shape, "dense", 0, size, spent, structured and math.prod(shape) > 1)


def explain(
    f: Callable[..., Any], *args: Any, argnums: int | tuple[int, ...] = 0, tangents: Tangents = "structured"
) -> Explanation:
    """What happens to the derivative in each operation of a function: how it is stored, what it costs, where structure is lost.

    Parameters
    ----------
    f : callable
        A function of arrays.
    *args : array_like
        Its arguments.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to.
    tangents : {"structured", "auto", "dense"}
        As for `jacobian`; "auto" shows what `jacobian` does by itself, which for few inputs is dense.

    Returns
    -------
    Explanation
        Its ``str`` is a table with a row for each operation; ``operations`` holds the rows.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> report = dd.explain(lambda x: np.cumsum(np.sin(x) * x), np.ones(100))
    >>> [(o.name, o.representation, o.lost) for o in report.operations]
    [('np.sin', 'structured', False), ('np.multiply', 'structured', False), ('np.cumsum', 'dense', True)]
    """
    inputs = Inputs(f, args, {}, argnums, False)
    space = space_for(inputs, checked(tangents))
    seeds = inputs.seeds(0, inputs.size) if space is None else inputs.structured_seeds(space)
    operations: list[Operation] = []
    _Observed.log = (operations, [])
    try:
        inputs.evaluate(_Observed, [(seed,) for seed in seeds])
    finally:
        _Observed.log = None
    return Explanation(operations, inputs.size)
