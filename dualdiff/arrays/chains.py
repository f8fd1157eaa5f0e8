"""Chains of elementwise functions of large arrays: recorded, and evaluated together, block after block, when somebody looks.

While a function is differentiated, an elementwise function of large arrays gives a number that is *pending*: it knows how it
will be computed. Elementwise functions of pending numbers add to their chain; whatever else is done with a number of the
chain, its arguments included, first evaluates all that is pending. So no one sees a number that is not there yet, nor writes
into an argument that is still needed. The memory of an argument must belong to it alone; constant arrays are copied.

A chain is evaluated under the ``np.errstate`` it was recorded under. Where the program might ask whether an operation warned
(another ``warnings.catch_warnings`` than that of the caller, a filter that makes errors of warnings, or an errstate other than
"ignore" and "warn"), nothing is pending; what was pending before is evaluated there, and its warnings are given later. Only
NumPy's own functions are recorded, and each of them always succeeds: SciPy's have error states of their own, refuse some
derivatives and allow them in a context; those of the user's may do anything.
"""

from __future__ import annotations

import math
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..rules.elementwise import ELEMENTWISE
from ..rules.kinds import Elementwise
from ..tangents import is_structured, ndim
from . import blocks
from .indexing import is_shared
from .levels import at_the_end, filters_of_warnings, is_lent, open_levels, scratch
from .number import Number, is_number
from .slopes import Operator
from .sparse_operands import sparse_asks

__all__ = ["divided", "pending_kind"]

#: The longest chain, and the arguments and constants of one: without it, most of them would be given free by now.
LONGEST, MOST = 256, 8

#: Shorter chains of arguments that have fewer numbers in all their parts cost less without blocks.
SHORT, SMALL = 6, 1 << 18

_CONSTANTS = (float, int, np.float64)
_FLOAT64 = np.dtype(float)

#: Set while a chain is evaluated: nothing is pending then.
_at_once: ContextVar[bool] = ContextVar("at once", default=False)

#: Held while the class and the value of a number change, which other threads are not to see half done.
_changing = threading.RLock()


class Node:
    """A number of a chain: an argument (without a function), or the result of a function of other nodes and constants."""

    __slots__ = ("__weakref__", "chain", "function", "inputs", "number", "value")

    def __init__(self, chain: Chain, number: Number, function: Any = None, inputs: tuple[Any, ...] = ()) -> None:
        self.chain, self.function, self.inputs = chain, function, inputs
        #: The number as it will be: of an argument, a twin that has its parts.
        self.value: Any = None
        self.number = weakref.ref(number)
        chain.nodes.append(weakref.ref(self))

    def waiting(self) -> Any:
        """The number, if it is still held and pending."""
        number = self.number()
        return number if number is not None and _node(number) is self else None


class Chain:
    """What is pending together: numbers of one kind and shape. Their nodes live as long as somebody needs them."""

    __slots__ = ("errstate", "filters", "kept", "kind", "level", "lock", "nodes", "shape")

    def __init__(self, like: Number, shape: tuple[int, ...], errstate: dict[str, str], filters: Any, lock: Any) -> None:
        self.kind, self.level, self.shape, self.errstate, self.lock = type(like), like.level, shape, errstate, lock
        self.filters = filters
        self.nodes: list[weakref.ref[Node]] = []
        #: How many arguments and constants there are.
        self.kept = 0

    def join(self, other: Chain) -> None:
        """Take over the nodes of another chain."""
        for reference in other.nodes:
            node = reference()
            if node is not None:
                node.chain = self
                self.nodes.append(reference)
        self.kept += other.kept
        other.nodes = []

    def settle(self) -> None:
        """Evaluate what is pending; all numbers of the chain are then as any other."""
        nodes = [node for reference in self.nodes if (node := reference()) is not None]
        results = [node for node in nodes if node.function is not None and node.waiting() is not None]
        if results:
            for node, value in zip(results, self._evaluated(nodes, results), strict=True):
                node.value = value
        for node in nodes:
            number = node.waiting()
            if number is not None:
                _become(number, node.value)
        self.nodes = []

    def _evaluated(self, nodes: list[Node], results: list[Node]) -> Any:
        program = _Program(nodes, results)
        token = _at_once.set(True)
        try:
            with np.errstate(**self.errstate), _given_later(self.level, self.filters):  # type: ignore[arg-type]
                return self._in_blocks(program) or program(*program.operands)
        finally:
            _at_once.reset(token)

    def _in_blocks(self, program: _Program) -> Any:
        # A single operation knows itself whether it is worth to be divided.
        if program.length == 1 or (program.length < SHORT and blocks.numbers(program.operands) < SMALL):
            return None
        like = next(x for x in program.operands if type(x) is self.kind and ndim(x))
        return blocks.in_blocks(like, program, program.operands)


class _Program:
    """The functions of a chain in order: called with the arguments and constants, or with blocks of them."""

    def __init__(self, nodes: list[Node], results: list[Node]) -> None:
        self.operands: list[Any] = []
        places: dict[int, int] = {}
        for node in nodes:
            for x in (node.value,) if node.function is None else node.inputs:
                if type(x) is not Node and id(x) not in places:
                    places[id(x)] = len(self.operands)
                    self.operands.append(x)
            if node.function is None:
                places[id(node)] = places[id(node.value)]
        steps: list[tuple[Any, list[int]]] = []
        last: dict[int, int] = {}
        for node in nodes:
            if node.function is not None:
                sources = [places[id(x)] for x in node.inputs]
                last.update(dict.fromkeys(sources, len(steps)))
                places[id(node)] = len(self.operands) + len(steps)
                steps.append((node.function, sources))
        self._results = [places[id(node)] for node in results]
        # What no later step needs is given free.
        done: list[list[int]] = [[] for _ in steps]
        for place, step in last.items():
            if place not in self._results:
                done[step].append(place)
        self._steps = [(function, sources, free) for (function, sources), free in zip(steps, done, strict=True)]
        self.length = len(steps)

    def __call__(self, *operands: Any) -> list[Any]:
        places = list(operands)
        del operands
        for function, sources, free in self._steps:
            places.append(function(*[places[i] for i in sources]))
            for i in free:
                places[i] = None
        return [places[i] for i in self._results]


# ------------------------------------------------------------------------------------------- recording


def divided(number: Number, function: Any, inputs: tuple[Any, ...]) -> Any:
    """An elementwise function of large arguments, pending or in blocks; None if they are not to be divided."""
    if all(blocks.is_whole(x) for x in inputs if hasattr(x, "size")):
        return None
    result = recorded(function, inputs)
    if result is not None:
        return result
    _settle_all(inputs)
    found = None
    if blocks.is_worthwhile(inputs):
        found = blocks.in_blocks(number, lambda *operands: [function(*operands)], inputs)
    return blocks.undivided(function, inputs) if found is None else found[0]


def recorded(function: Any, inputs: Sequence[Any]) -> Any:
    """A pending number, the function of these arguments; None where it is to be computed at once."""
    levels = open_levels()
    if len(levels) != 1 or _at_once.get() or not _is_known(function):
        return None
    errstate: dict[str, str] = np.geterr()  # type: ignore[assignment]
    # The program could tell at which moment an operation fails, or warns.
    if not {"ignore", "warn"}.issuperset(errstate.values()) or not _are_callers(levels[0][2]):
        return None
    # Those who share the numbers of a differentiation are its threads.
    lock = scratch().setdefault("chains", threading.RLock())  # type: ignore[union-attr]
    with lock:
        chain = _chain_for(inputs, levels[0], errstate, lock)
        if chain is None or not all(_fits(x, chain) for x in inputs):
            return None
        nodes = tuple(_operand(x, chain) for x in inputs)
        number: Any = object.__new__(_PENDING[chain.kind])
        object.__setattr__(number, "level", chain.level)
        object.__setattr__(number, "value", Node(chain, number, function, nodes))
        if len(chain.nodes) >= LONGEST or chain.kept >= MOST:
            chain.settle()
        return number


def _is_known(function: Any) -> bool:
    """Whether a function is one of NumPy's, with an elementwise rule."""
    return type(function) is Operator or type(ELEMENTWISE.get(function)) is Elementwise


def _are_callers(filters: Any) -> bool:
    """Whether the filters of warnings are those of the caller, and make no error of one."""
    if filters_of_warnings() is not filters:
        return False
    for action, message, category, module, line in filters:
        if issubclass(RuntimeWarning, category):
            if action == "error":
                return False
            if message is None and module is None and not line:
                # The filters that follow do not count.
                break
    return True


@contextmanager
def _given_later(level: int, filters: Any) -> Iterator[None]:
    """Where other filters hold than when it was recorded: keep what warnings there are for the end of the differentiation."""
    if _are_callers(filters):
        yield
        return
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        yield

    def give() -> None:
        with warnings.catch_warnings():
            warnings.filters[:] = [item for item in warnings.filters if item[0] != "error"]  # type: ignore[index]
            for warning in given:
                warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)

    if given:
        at_the_end(level, give)


def _chain_for(inputs: Sequence[Any], opened: tuple[int, Any, Any], errstate: dict[str, str], lock: Any) -> Chain | None:
    """The chain that all pending inputs belong to, or a new one; None if these inputs make none."""
    chain: Chain | None = None
    level, _, filters = opened
    for x in inputs:
        if type(x) in _KINDS:
            node = _node(x)
            if type(node) is not Node:
                # Of another differentiation, whose thread is changing it.
                return None
            other = node.chain
            if (other.level, other.errstate) != (level, errstate):
                return None
            if chain is None:
                chain = other
            elif other is not chain:
                if (other.kind, other.shape) != (chain.kind, chain.shape):
                    return None
                chain.join(other)
    if chain is None:
        for x in inputs:
            if type(x) in _PENDING and type(x.value) is np.ndarray and x.value.ndim and x.level == level:
                return Chain(x, x.value.shape, errstate, filters, lock)
    return chain


def _fits(x: Any, chain: Chain) -> bool:
    """Whether an input can belong to the chain, or stand beside it as a constant."""
    kind = type(x)
    if kind in _KINDS:
        return True
    if kind is np.ndarray:
        return x.dtype is _FLOAT64 and x.shape == chain.shape and blocks.is_alike(x, None, chain.shape)
    if kind is not chain.kind:
        return kind in _CONSTANTS
    if x.level != chain.level or not blocks.is_alike(x, x, chain.shape):
        return False
    if type(x.value) is float:
        return True
    # Terms of a structured tangent are better computed with at once.
    simple = all(not is_structured(t) or len(t.terms) == 1 for t in x.tangents())
    return simple and x.value.dtype is _FLOAT64 and not is_shared(x) and not any(map(is_lent, x.tangents()))


def _operand(x: Any, chain: Chain) -> Any:
    """An input as the chain keeps it."""
    if type(x) in _KINDS:
        return _node(x)
    if type(x) is np.ndarray:
        chain.kept += 1
        return x.copy()
    if not is_number(x) or type(x.value) is float:
        return x
    chain.kept += 1
    # An argument: from now on, who looks at it settles the chain.
    node = Node(chain, x)
    node.value = object.__new__(chain.kind)
    _take(node.value, x)
    with _changing:
        _turn(x, _PENDING[chain.kind])
        object.__setattr__(x, "value", node)
    return node


def _node(number: Any) -> Node:
    found: Node = object.__getattribute__(number, "value")
    return found


# --------------------------------------------------------------------------------------- pending numbers

#: The kinds of pending numbers by the kinds they become, and the other way round.
_PENDING: dict[type, type] = {}
_KINDS: dict[type, type] = {}

#: What Python itself needs of a class, and what asks no number.
_UNTOUCHED = {
    *("__new__", "__init__", "__init_subclass__", "__subclasshook__", "__class__", "__getattribute__", "__class_getitem__"),
    *("__dir__", "__del__"),
}
_OPERATORS: dict[str, np.ufunc] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "floordiv": np.floor_divide,
    "mod": np.remainder, "pow": np.power,
}  # fmt: skip
_KNOWN: dict[str, Callable[..., Any]] = {"shape": tuple, "ndim": len, "size": math.prod}
_UNARY: dict[str, np.ufunc] = {"__neg__": np.negative, "__abs__": np.absolute}


def pending_kind(kind: type[Number]) -> type[Number]:
    """The class of the pending numbers of this kind."""
    namespace: dict[str, Any] = {"__slots__": (), "__getattribute__": _seen, "__array_ufunc__": _array_ufunc, "of": kind.of}
    for name in dir(kind):
        if name.startswith("__") and name not in _UNTOUCHED and callable(getattr(kind, name)):
            namespace.setdefault(name, _later(name))
    for name, ufunc in _OPERATORS.items():
        namespace[f"__{name}__"] = _recording(f"__{name}__", ufunc, False)
        namespace[f"__r{name}__"] = _recording(f"__r{name}__", ufunc, True)
    for name, ufunc in _UNARY.items():
        namespace[name] = _recording(name, ufunc, False)
    pending: type[Number] = type(kind.__name__, (kind,), namespace)
    _PENDING[kind], _KINDS[pending] = pending, kind
    return pending


def _seen(self: Any, name: str) -> Any:
    """An attribute of a pending number: its shape is known, all else settles it."""
    node = _node(self)
    if name in _KNOWN and type(node) is Node:
        return _KNOWN[name](node.chain.shape)
    if name == "__class__" and not sparse_asks():
        return np.ndarray
    _settle(self)
    return getattr(self, name)


def _later(name: str) -> Callable[..., Any]:
    """A method that Python looks for in the class: that of the settled number."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        _settle(self)
        return getattr(self, name)(*args, **kwargs)

    return method


def _recording(name: str, ufunc: np.ufunc, swap: bool) -> Callable[..., Any]:
    """An operator that adds to the chain if it can."""

    def operator(self: Any, *others: Any) -> Any:
        function: Any = ufunc
        inputs = (*others, self) if swap else (self, *others)
        if name == "__pow__" and type(others[0]) in _CONSTANTS:
            function, inputs = Operator(others[0]), (self,)
        result = recorded(function, inputs)
        if result is not None:
            return result
        _settle(self)
        return getattr(self, name)(*others)

    return operator


def _array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    if method == "__call__" and not kwargs:
        result = recorded(ufunc, inputs)
        if result is not None:
            return result
    # A number given as out= is not among the inputs.
    _settle_all((self, *inputs))
    return getattr(ufunc, method)(*inputs, **kwargs)


def _settle_all(operands: Sequence[Any]) -> None:
    """Make the pending numbers among the operands what they stand for."""
    for x in operands:
        if type(x) in _KINDS:
            _settle(x)


def _settle(number: Any) -> None:
    """Make a pending number what it stands for."""
    while type(number) in _KINDS:
        node = _node(number)
        if type(node) is Node:
            with node.chain.lock:
                # Another thread may have been faster.
                if _node(number) is node:
                    node.chain.settle()
        else:
            # Another thread changes it just now.
            with _changing:
                pass


def _become(number: Any, settled: Any) -> None:
    """Turn a pending number into what it stands for."""
    with _changing:
        _take(number, settled)
        _turn(number, type(settled))


def _take(number: Any, other: Any) -> None:
    """Take over all parts of another number."""
    for name in ("value", "level", *other.PARTS):
        object.__setattr__(number, name, getattr(other, name))


def _turn(number: Any, kind: type) -> None:
    """Change the class, which ``number.__class__`` does not tell."""
    object.__dict__["__class__"].__set__(number, kind)
