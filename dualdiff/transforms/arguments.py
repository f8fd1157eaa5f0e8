"""Arguments and results as trees: tuples, lists, named tuples and dicts of arrays, flattened to their leaves."""

from __future__ import annotations

import copy
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, NamedTuple
from warnings import warn

import numpy as np

from .. import tangents as ts
from .._typing import Array, NDArray, Tree, is_ndarray, is_numpy
from ..arrays import Number, is_number, plain
from ..arrays.construction import as_tangent, as_value, room_for
from ..arrays.levels import is_open, new_level, open_levels
from ..arrays.number import absorb, rebuilt
from ..errors import (
    DerivativeLostError,
    DerivativeLostWarning,
    DualDiffError,
    NoRuleError,
    NotDifferentiableError,
    ShapeError,
    refusals,
)
from ..tangents.structured import Structured
from .foreign import advice

__all__ = ["HOLDERS", "Inputs", "Result", "flatten", "named_after", "owned", "rebuild", "split"]


_CONTAINERS = (dict, list, tuple)

#: Types of objects that hold their entries as ``data``, and make the same of others by ``with_data``; who defines one adds it.
HOLDERS: set[type] = set()


def named_after(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that gives a derivative the name of its function, but not its attributes or its docstring."""
    name, full = getattr(function, "__name__", None), getattr(function, "__qualname__", None)

    def named(derivative: Any) -> Any:
        # What functools.wraps would do, in a fourth of the time.
        if name is not None:
            derivative.__name__ = name
        if full is not None:
            derivative.__qualname__ = full
        derivative.__wrapped__ = function
        return derivative

    return named


def _is_container(tree: Tree) -> bool:
    # By its type: isinstance would ask a number of ours what it pretends to be, which takes longer.
    return issubclass(type(tree), _CONTAINERS)


def flatten(tree: Tree) -> list[Any]:
    """The leaves of a tree, in order."""
    kind = type(tree)
    if kind in HOLDERS:
        return [tree.data]
    if not issubclass(kind, _CONTAINERS):
        return [tree]
    branches = tree.values() if isinstance(tree, dict) else tree
    return [leaf for branch in branches for leaf in flatten(branch)]


def leaves_of_direction(point: Tree, direction: Tree) -> list[Any]:
    """The leaves of a direction at a point; a list of numbers in the place of an array is an array."""
    if issubclass(type(direction), list) and not _is_container(point):
        return [absorb(direction)]
    return flatten(direction)


def rebuild(tree: Tree, leaves: Iterator[Any]) -> Tree:
    """A tree of the same form with these leaves."""
    kind = type(tree)
    if kind in HOLDERS:
        return tree.with_data(next(leaves))
    if not issubclass(kind, _CONTAINERS):
        return next(leaves)
    if isinstance(tree, dict):
        branches = copy.copy(tree)
        for key, branch in tree.items():
            branches[key] = rebuild(branch, leaves)
        return branches
    return rebuilt(tree, [rebuild(branch, leaves) for branch in tree])


def call(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Call the user's function; an error of ours that NumPy has masked, or the program, comes to light again."""
    found: list[tuple[str, object]] = []
    token = refusals.set(found) if refusals.get() is None else None
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        explained = _explained(error, args)
        if explained is None:
            raise
        raise explained from error
    finally:
        if token is not None:
            refusals.reset(token)
    if found:
        warn(
            "the function caught an error and went on, so a derivative may be missing from its result. The error was: "
            f"{found[0][0]}",
            DerivativeLostWarning,
            stacklevel=_distance(),
        )
    return result


def _distance() -> int:
    """The stack level of the user's line."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("dualdiff."):
        level, frame = level + 1, frame.f_back
    return level


def _explained(error: Exception, args: Sequence[Any]) -> Exception | None:
    """The error to raise instead, with the line to write; None if this one says it all."""
    if isinstance(error, DualDiffError) and not isinstance(error, DerivativeLostError):
        return None
    instead = advice(error)
    if isinstance(error, DerivativeLostError):
        return None if instead is None else DerivativeLostError(f"{error} But {instead}")
    cause = error.__cause__
    if not isinstance(error, (ValueError, TypeError, AttributeError, SystemError)):
        # SciPy's compiled code has errors of its own.
        return None if instead is None else NoRuleError(f"{error}: {instead}")
    if isinstance(cause, DualDiffError):
        # A new one: its cause may not be caused by itself.
        return type(cause)(str(cause) if instead is None else f"{cause} But {instead}")
    if instead is not None:
        return NoRuleError(f"{error}: {instead}")
    if re.match(r"could not convert string to float: '\w*Dual\(", str(error)):
        return DerivativeLostError(
            f"{error}: the text of a dual is read as a number, which has no derivative. To round it use np.round; for the "
            "value alone write dd.value_of(x)."
        )
    if _is_about_objects(str(error)):
        return NoRuleError(
            f"{error}. np.array([...]) of duals makes an object array, which this function of NumPy refuses: write "
            "np.stack([...]), or `import dualdiff.numpy as np`."
        )
    if re.search(r"must be .*, not (Dual|HyperDual|Quadratic|Taylor)$", str(error)):
        return NoRuleError(
            f"{error}: this compiled function takes plain arrays. If it is SciPy's, dualdiff.scipy may have it for duals "
            "(an object of SciPy's too: dualdiff.scipy.sparse.linalg.splu); else give it a rule with dd.custom_jvp."
        )
    if "'list'" in str(error) and any(type(arg) is list for arg in args):
        return TypeError(
            f"{error}. The function was called with a list, and is given a list of duals: call it with np.array([...])."
        )
    if str(error).startswith("Error setting single item"):
        return DerivativeLostError(
            "a float array cannot hold a derivative. Allocate it with np.zeros_like(x, shape=...), or "
            "`import dualdiff.numpy as np`, or wrap the function: dd.lift(f)."
        )
    return None


def _is_about_objects(message: str) -> bool:
    """Whether NumPy complains of an object array that it made of duals."""
    lost = re.fullmatch(r"'(?:int|float|complex|Dual|HyperDual)' object has no attribute '(\w+)'", message)
    return "which has no callable" in message or "dtype('O')" in message or (lost is not None and hasattr(np, lost[1]))


class Result(NamedTuple):
    """What a function returned: the leaves of its output, the form they had, what came along, and the level it ran at."""

    leaves: list[Any]
    form: Tree
    aux: Any
    level: int


_FLOAT64 = np.dtype(float)
_PYTHON_NUMBERS = frozenset((int, float, complex, bool))


def _is_complex(leaf: Any) -> bool:
    kind = type(leaf)
    if kind is float or kind is complex:
        return kind is complex
    return getattr(leaf if kind is np.ndarray else plain(leaf), "dtype", _FLOAT64).kind == "c"


def _from_the_front(argnums: int | Sequence[int], count: int) -> list[int]:
    """The numbers of the differentiated arguments among so many."""
    if type(argnums) is int and 0 <= argnums < count:
        return [argnums]
    if type(argnums) is range and argnums == range(count):
        return list(argnums)
    numbers: tuple[int, ...] = (argnums,) if isinstance(argnums, (int, np.integer)) else tuple(argnums)
    for number in numbers:
        if not -count <= number < count:
            raise ValueError(f"argnums={argnums} but the function was called with {count} positional argument(s).")
    found = [number % count for number in numbers]
    if len(set(found)) < len(found):
        raise ValueError(f"argnums={argnums} names an argument twice.")
    return found


class Inputs:
    """The arguments of a function, of which those numbered by ``argnums`` are differentiated."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnums: int | Sequence[int],
        has_aux: bool,
    ) -> None:  # fmt: skip
        self.function, self.args, self.kwargs, self.has_aux = function, args, kwargs, has_aux
        self.argnums = argnums
        self.single = isinstance(argnums, (int, np.integer))
        self.numbers = _from_the_front(argnums, len(args))
        self.trees = list(map(args.__getitem__, self.numbers))
        given = flatten(self.trees[0]) if len(self.trees) == 1 else flatten(self.trees)
        self.leaves = list(map(owned, map(as_value, given)))
        self.shapes = [getattr(leaf, "shape", ()) for leaf in self.leaves]
        self.sizes = list(map(math.prod, self.shapes))
        self.size = sum(self.sizes)
        self.python_scalars = _PYTHON_NUMBERS.issuperset(map(type, given))

    @property
    def is_complex(self) -> bool:
        """Whether any input is complex."""
        return any(map(_is_complex, self.leaves))

    def evaluate(self, kind: Any, tangents: Iterable[tuple[Any, ...]]) -> Result:
        """Call the function with numbers of this kind, with these tangents, in the place of the inputs' leaves."""
        around, args = open_levels(), list(self.args)
        # Nobody but the numbers will hold their memory.
        values = map(owned, self.leaves) if not around else [room_for(owned(leaf), around) for leaf in self.leaves]
        with new_level(kind) as level:
            supply = map(kind.of, values, tangents, repeat(level))
            for number in self.numbers:
                args[number] = rebuild(args[number], supply)
            output, aux = call(self.function, args, self.kwargs), None
            if self.has_aux:
                if not isinstance(output, tuple) or len(output) != 2:
                    raise TypeError("with has_aux=True the function must return a pair (output, aux).")
                output, aux = output
            leaves = list(map(_checked, flatten(output), repeat(level)))
            return Result(leaves, output, None if aux is None else stripped(aux, level), level)

    def seeds(self, start: int, stop: int) -> list[Any]:
        """The unit vectors start:stop of all inputs together, cut to the leaves, directions in front."""
        rows, offset, seeds = stop - start, 0, []
        if not self.size:
            return [None] * len(self.leaves)
        if len(self.leaves) == 1 and rows == self.size and type(self.leaves[0]) is np.ndarray:
            block = np.zeros((rows, rows), self.leaves[0].dtype)
            block.reshape(-1)[:: rows + 1] = 1
            return [block.reshape((rows, *self.shapes[0]))]
        for leaf, size, shape in zip(self.leaves, self.sizes, self.shapes, strict=True):
            value = plain(leaf)
            block = np.zeros((rows, size), value.dtype if hasattr(value, "dtype") else type(value))
            first, last = max(start, offset), min(stop, offset + size)
            for_rows = np.arange(first, last)
            block[for_rows - start, for_rows - offset] = 1
            seeds.append(block.reshape((rows, *shape)))
            offset += size
        return seeds

    def at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Inputs:
        """The same function at other arguments."""
        return Inputs(self.function, args, kwargs, self.argnums, self.has_aux)

    def structured_seeds(self, space: Any) -> list[Any]:
        """The unit vectors of all inputs together as structured tangents, one for each leaf."""
        starts = np.cumsum([0, *self.sizes])
        dtypes = (np.result_type(plain(leaf)) for leaf in self.leaves)
        each = zip(starts, self.shapes, dtypes, strict=False)
        return [Structured.seed(space, int(start), shape, dtype) for start, shape, dtype in each]

    def directions(self, tree: Tree, name: str) -> list[Any]:
        """The leaves of a direction, checked against those of the point."""
        if self.single:
            given = leaves_of_direction(self.trees[0], tree)
        elif _is_container(tree) and len(tree) == len(self.trees) and not isinstance(tree, dict):
            given = [leaf for point, along in zip(self.trees, tree, strict=True) for leaf in leaves_of_direction(point, along)]
        else:
            given = flatten(tree)
        if len(given) != len(self.leaves):
            raise ShapeError(f"the direction {name} holds {len(given)} arrays, the point {len(self.leaves)}.")
        return list(map(as_tangent, map(owned, given), self.leaves, repeat(f"direction {name}")))

    def leading(self, tangents: list[Any]) -> tuple[int, ...]:
        """The directions in front, the same of every leaf; a symbolic zero has any."""
        found: set[tuple[int, ...]] = set()
        for tangent, shape in zip(tangents, self.shapes, strict=True):
            if not ts.is_zero(tangent):
                found.add(ts.directions(tangent, len(shape)))
        if len(found) > 1:
            raise ShapeError(f"directions of different number: {sorted(found)}")
        return found.pop() if found else ()

    def cut(self, array: Array, front: int = 0) -> Tree:
        """Cut the last axis, which runs over all inputs, to the form of the differentiated arguments."""
        shape, lead = array.shape, array.shape[:-1]
        if len(self.shapes) == 1:
            piece = array if self.shapes[0] == shape[-1:] else array.reshape(lead + self.shapes[0])
            return self.formed(iter((self.scalar(piece),)))
        pieces, offset = [], 0
        for size, shape in zip(self.sizes, self.shapes, strict=True):
            pieces.append(self.scalar(array[..., offset : offset + size].reshape(lead + shape)))
            offset += size
        return self.formed(iter(pieces))

    def formed(self, leaves: Iterator[Any]) -> Tree:
        """These leaves in the form of the differentiated arguments."""
        return rebuild(self.trees[0], leaves) if self.single else tuple(rebuild(self.trees, leaves))

    def scalar(self, x: Any) -> Any:
        """A result of shape () as a Python number for Python inputs, as a NumPy scalar for NumPy's."""
        if type(x) is float:
            return x if self.python_scalars else np.float64(x)
        if ts.ndim(x) or is_number(x) or np.ndim(x):
            return x
        x = x[()] if is_ndarray(x) else x
        if self.python_scalars:
            return float(x) if type(x) is np.float64 else complex(x) if type(x) is np.complex128 else x
        return np.float64(x) if type(x) is float else np.complex128(x) if type(x) is complex else x


def owned(value: Any) -> Any:
    """A copy: the function may write into its argument, the caller's array stays as it is."""
    kind = type(value)
    if kind is float:
        return value
    return value.copy("K") if kind is np.ndarray or is_ndarray(value) or (is_number(value) and np.ndim(value)) else value


def _checked(leaf: Any, level: int) -> Any:
    """A leaf of the output: a number of ours, an array or a scalar."""
    number = isinstance(leaf, Number)
    if not number and is_ndarray(leaf):
        try:
            leaf = absorb(leaf)
        except TypeError as error:
            raise TypeError(f"the function returned {leaf!r}: {error}") from error
        number = is_number(leaf)
    if number:
        if leaf.level != level or is_number(leaf.value):
            _refuse_stale(leaf)
        return leaf
    if leaf is None or isinstance(leaf, (str, bytes)):
        raise TypeError(f"the function returned {leaf!r}, which has no derivative. Does it lack a return statement?")
    if is_numpy(leaf) or isinstance(leaf, (int, float, complex)):
        if np.asarray(leaf).dtype.kind not in "biufc":
            raise TypeError(f"the function returned {leaf!r}, which has no derivative.")
        return leaf
    raise TypeError(f"the function returned a {type(leaf).__name__}, which has no derivative.")


def _refuse_stale(number: Any) -> None:
    """Raise when a number of a differentiation that has ended comes back from a cache."""
    while is_number(number):
        if not is_open(number.level):
            raise DerivativeLostError(
                "the function returned a dual of an earlier differentiation, which it must have kept in a cache, a global or "
                "a default argument. Keep dd.value_of(x) there."
            )
        number = number.value


def split(result: Result, leading: tuple[int, ...]) -> tuple[list[Any], list[Any]]:
    """The values and the tangents of a result's leaves, the tangents with their directions, zero for a constant."""
    values, tangents = [], []
    for leaf in result.leaves:
        value, (tangent,) = parts_at(leaf, result.level, 1)
        values.append(value)
        tangents.append(tangent_or_zero(tangent, value, leading))
    return values, tangents


def parts_at(leaf: Any, level: int, count: int) -> tuple[Any, tuple[Any, ...]]:
    """The value and the tangents of a number of this level; None for each tangent of a constant."""
    if isinstance(leaf, Number) and leaf.level == level:
        return _simplified(leaf.value), tuple([_simplified(getattr(leaf, name)) for name in leaf.PARTS])
    return _simplified(leaf), (None,) * count


def _simplified(x: Any) -> Any:
    """A number that is constant at every level as the plain array it holds; None for a symbolic zero."""
    kind = type(x)
    if kind is float or kind is np.ndarray:
        return x
    x = ts.current(x)
    if is_number(x):
        return plain(x) if x.is_constant() else x
    return None if isinstance(x, ts.Zero) else x


def tangent_or_zero(tangent: Any, value: Any, leading: tuple[int, ...]) -> Any:
    """The tangent, or zeros of its shape."""
    if tangent is not None:
        return tangent
    if type(value) is float:
        return np.zeros(leading)[()]
    dtype = np.result_type(plain(value))
    return np.zeros(leading + np.shape(value), dtype if dtype.kind in "fc" else float)[()]


def directions_last(rows: Any) -> Any:
    """Rows of derivatives, directions in front, with the directions behind."""
    if ts.ndim(rows) < 2:
        return rows
    return rows.T if rows.ndim == 2 else np.moveaxis(rows, 0, -1)


def stripped(aux: Tree, level: int) -> Tree:
    """What came along, without the numbers of this level."""
    arrays = (absorb(x) if is_ndarray(x) and _holds_numbers(x) else x for x in flatten(aux))
    values = [parts_at(leaf, level, 1)[0] for leaf in arrays]
    for value in values:
        _refuse_stale(value)
    return rebuild(aux, iter(values))


def _holds_numbers(array: NDArray) -> bool:
    return bool(array.dtype.hasobject) and any(map(is_number, array.ravel().tolist()))


def refuse_complex(inputs: Inputs, values: list[Any], holomorphic: bool, verb: str) -> None:
    """A complex derivative exists for a holomorphic function only, which the user has to say."""
    if holomorphic or not inputs.is_complex:
        return
    if any(np.iscomplexobj(plain(v)) for v in values):
        raise NotDifferentiableError(
            f"{verb} of a complex function of complex numbers: if it is holomorphic, write {verb}(f, holomorphic=True); "
            "dd.jvp gives the real-linear differential of any function."
        )
    raise NotDifferentiableError(
        f"{verb} of a real function of complex numbers has no complex derivative: differentiate by the real and imaginary "
        "parts, or use dd.jvp along 1 and along 1j."
    )
