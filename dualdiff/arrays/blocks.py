"""Elementwise functions of large arrays in blocks that fit the cache, several at once in threads.

Each block is a number of the same kind, under the same operation, so no rule knows of it, and each entry is what it would be in
a small array: a quotient is rounded otherwise in a block with a special divisor (zero, subnormal, nan) than in one without.
What is not laid out alike, or warns, is evaluated in one piece.
"""

from __future__ import annotations

import contextvars
import itertools
import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import Tangent
from ..tangents import Zero, ndim
from ..tangents.blocks import Block, Whole, closed, common_term, is_divisible, opened
from .number import Number, is_number

__all__ = ["in_blocks", "is_alike", "is_whole", "is_worthwhile", "numbers", "threads", "undivided", "workers"]

#: Entries from which an array may be divided.
LARGE = 1 << 16

#: Numbers, in all parts of an operand, from which threads save more than they cost a single operation; and those of one block.
WORTHWHILE, BLOCK = 1 << 20, 1 << 16

_workers: contextvars.ContextVar[int] = contextvars.ContextVar("workers", default=-1)
_undivided: contextvars.ContextVar[bool] = contextvars.ContextVar("undivided", default=False)


@contextmanager
def workers(count: int) -> Iterator[None]:
    """Choose, for a ``with`` statement, how many threads share the elementwise functions of large arrays.

    Parameters
    ----------
    count : int
        The number of threads; 1 for none but the caller's, -1 for one per core (the default).

    Raises
    ------
    ValueError
        If the count is neither positive nor -1.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> with dd.workers(1):
    ...     dd.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2_000_000))[0]
    np.float64(1.0)
    """
    if not hasattr(count, "__index__") or (count < 1 and count != -1):
        raise ValueError(f"workers must be a positive integer, or -1 for one per core, not {count!r}.")
    token = _workers.set(int(count))
    try:
        yield
    finally:
        _workers.reset(token)


@cache
def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """How many threads share the work."""
    count = _workers.get()
    return _cores() if count == -1 else count


@cache
def _pool(process: int, count: int) -> ThreadPoolExecutor:
    """The threads of a process; one that was forked has none of its parent's."""
    return ThreadPoolExecutor(count, thread_name_prefix="dualdiff")


def is_whole(array: Any) -> bool:
    """Whether an array is not to be divided."""
    return array.size < LARGE or _undivided.get()


def undivided(function: Any, operands: Sequence[Any]) -> Any:
    """The function of these operands, evaluated in one piece."""
    token = _undivided.set(True)
    try:
        return function(*operands)
    finally:
        _undivided.reset(token)


def numbers(operands: Sequence[Any]) -> int:
    """The numbers that the largest operand has in all its parts."""
    return max((x.size * _width(x.value, _parts(x)) for x in operands if is_number(x) and ndim(x)), default=0)


def is_worthwhile(operands: Sequence[Any]) -> bool:
    """Whether a single operation on these operands is large enough for threads."""
    return threads() > 1 and numbers(operands) >= WORTHWHILE


def in_blocks(like: Number, function: Any, operands: Sequence[Any]) -> Any:
    """The numbers that a function, composed of elementwise ones, gives; None if the operands are not alike, or to warn."""
    shape = max((getattr(x, "shape", ()) for x in operands), key=len)
    if not all(is_alike(x, like, shape) for x in operands):
        return None
    term, places = _common_term(like, operands)
    divided = [_Operand(x, shape, places) for x in operands]
    width = max(_width(o.value, o.parts) for o in divided if o.value is not None)
    evaluation = _Evaluation(function, divided, shape, min(max(BLOCK // width, 1 << 10), LARGE - 1))
    # A warning belongs to the whole operation: it is then done again in one piece.
    strict: Any = {kind: given if given == "ignore" else "raise" for kind, given in np.geterr().items()}
    with np.errstate(**strict):
        try:
            if not evaluation.run():
                return None
        except FloatingPointError:
            return None
        finally:
            results = evaluation.released()
    return [result.number(like, term, places) for result in results]


def is_alike(x: Any, number: Any, shape: tuple[int, ...]) -> bool:
    """Whether an argument is a scalar, or can be divided beside the others."""
    mine = is_number(x)
    if mine and (type(x) is not type(number) or x.level != number.level):
        return False
    value = x.value if mine else x
    if not ndim(value):
        return not mine or (type(value) is float and not any(ts.is_structured(t) for t in x.tangents()))
    if type(value) is not np.ndarray or value.shape != shape or value.dtype.kind not in "fc":
        return False
    if value.ndim > 1 and not value.flags.c_contiguous:
        return False
    return not mine or all(isinstance(t, Zero) or is_divisible(t) for t in x.tangents())


def _common_term(like: Number, operands: Sequence[Any]) -> tuple[Any, tuple[int, ...]]:
    """The one term that parts of the numbers have in common, and which parts these are; no part if there is none."""
    rows = [_parts(x) for x in operands if is_number(x)]
    for places in like.LINEAR:
        among = [row[i] for row in rows for i in places if row[i] is not None]
        beside = [t for row in rows for i, t in enumerate(row) if i not in places and t is not None]
        term = common_term(among) if among else None
        if term is not None and all(np.shape(t) in ((), term.inner) for t in beside):
            return term, places
    return None, ()


class _Operand:
    """An argument of the operation: a vector, or a scalar for all blocks; the parts at some places as coefficients."""

    __slots__ = ("given", "parts", "value")

    def __init__(self, x: Any, shape: tuple[int, ...], places: tuple[int, ...]) -> None:
        self.given = x
        self.value: Any = None
        self.parts: list[Tangent] = []
        if not ndim(x):
            return
        self.value = x
        if is_number(x):
            self.value, self.parts = x.value, _parts(x)
            for i in places:
                if self.parts[i] is not None:
                    self.parts[i] = opened(self.parts[i])
        if len(shape) > 1:
            self.value = self.value.reshape(-1)
            self.parts = [None if t is None else t.reshape((*t.shape[: t.ndim - len(shape)], -1)) for t in self.parts]

    def block(self, block: Block) -> Any:
        """The operand in one block."""
        if self.value is None:
            return self.given
        value = self.value[block.slice]
        if not self.parts:
            return value
        return self.given.of(value, [None if t is None else block.of(t) for t in self.parts], self.given.level, view=True)


def _width(value: Any, parts: list[Tangent]) -> int:
    """The numbers that an entry has in all its parts."""
    size = max(value.size, 1)
    return 1 + sum(len(t.terms) if ts.is_structured(t) else t.size // size for t in parts if t is not None)


def _parts(number: Number) -> list[Tangent]:
    return [None if isinstance(t, Zero) else t for t in number.tangents()]


class _Result:
    """One result, laid out as its first block is."""

    __slots__ = ("_rows", "_value", "_wholes")

    def __init__(self, block: Block, number: Number, shape: tuple[int, ...]) -> None:
        self._value = np.empty(shape, number.value.dtype)
        self._rows = self._value.reshape(-1)
        self._wholes = [None if t is None else Whole(block, t, shape) for t in _parts(number)]

    def put(self, block: Block, number: Number) -> bool:
        """Write a block where it belongs; False if it is unlike the first."""
        if number.value.dtype != self._value.dtype:
            return False
        self._rows[block.slice] = number.value
        pairs = zip(self._wholes, _parts(number), strict=True)
        return all(t is None if whole is None else whole.put(block, t) for whole, t in pairs)

    def number(self, like: Number, term: Any, places: tuple[int, ...]) -> Any:
        """The whole; the parts at some places are coefficients of the term."""
        parts = [None if whole is None else whole.tangent() for whole in self._wholes]
        for i in places:
            if parts[i] is not None:
                parts[i] = closed(parts[i], term)
        return like.of(self._value, parts, like.level)


class _Evaluation:
    """A function of large operands, evaluated block after block."""

    __slots__ = ("_failed", "_function", "_operands", "_shape", "_size", "_step", "results")

    def __init__(self, function: Any, operands: list[_Operand], shape: tuple[int, ...], step: int) -> None:
        self._function: Any = function
        self._operands, self._shape, self._step = operands, shape, step
        self._size = math.prod(shape)
        self._failed = False
        self.results: list[_Result] = []

    def run(self) -> bool:
        """Evaluate all blocks; False if they cannot be put together."""
        block, numbers = self._evaluated(0)
        if not all(map(is_number, numbers)):
            return False
        self.results = [_Result(block, number, self._shape) for number in numbers]
        if not self._put(block, numbers):
            return False
        starts = itertools.count(self._step, self._step)
        count = min(threads(), (self._size - 1) // self._step)
        pool = _pool(os.getpid(), count - 1) if count > 1 else None
        helping = [pool.submit(contextvars.copy_context().run, self._work, starts) for _ in range(count - 1)] if pool else []
        try:
            self._work(starts)
        finally:
            for future in helping:
                if not future.cancel():
                    future.result()
        return not self._failed

    def released(self) -> list[_Result]:
        """The results, of which nothing stays here: a thread keeps its last work for a while."""
        results, self.results = self.results, []
        self._operands, self._function = [], None
        return results

    def _work(self, starts: Iterator[int]) -> None:
        """Evaluate blocks until none is left; several threads may share the starts."""
        for start in starts:
            if start >= self._size or self._failed:
                return
            done = False
            try:
                done = self._put(*self._evaluated(start))
            finally:
                if not done:
                    self._failed = True

    def _evaluated(self, start: int) -> tuple[Block, list[Any]]:
        block = Block(start, min(start + self._step, self._size))
        return block, self._function(*(operand.block(block) for operand in self._operands))

    def _put(self, block: Block, numbers: list[Any]) -> bool:
        return all(result.put(block, number) for result, number in zip(self.results, numbers, strict=True))
