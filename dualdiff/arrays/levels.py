"""Levels: every differentiation has its own infinitesimal, so nested derivatives are never confused.

An operation differentiates at the highest level among its operands; numbers of lower levels are constants to it.
"""

from __future__ import annotations

import itertools
import warnings
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np

__all__ = [
    "HAND_MADE",
    "at_the_end",
    "filters_of_warnings",
    "is_lent",
    "is_open",
    "lend",
    "nesting",
    "new_level",
    "open_levels",
    "scratch",
]

#: The level of numbers made by hand; those nested in them by hand count up from here.
HAND_MADE = 0

# Two levels at a time: a hyper-dual is a dual of duals, and its inner level lies just below its own.
_FIRST = 1 << 20
_counter = itertools.count(_FIRST, 2)
_open: ContextVar[tuple[tuple[int, Any, Any], ...]] = ContextVar("open levels", default=())
#: What belongs to the outermost differentiation that is running, by the level of its numbers.
_scratch: dict[int, dict[Any, Any]] = {}


class new_level:  # noqa: N801 - called like a function
    """A level above all that exist, for numbers of this kind, open while the function to be differentiated runs.

    Safe across threads: ``next`` of a counter is atomic, and each thread has its own open levels.
    """

    __slots__ = ("_level", "_token")

    def __init__(self, kind: Any) -> None:
        self._level = next(_counter)
        self._token = _open.set((*_open.get(), (self._level, kind, filters_of_warnings())))

    def __enter__(self) -> int:
        return self._level

    def __exit__(self, *error: object) -> None:
        _open.reset(self._token)
        if _scratch:
            for call in _scratch.pop(self._level, {}).get(at_the_end, ()):
                call()


#: The filters of warnings that hold here: a new list in every ``warnings.catch_warnings``. From Python 3.14 on they may be
#: those of a context.
filters_of_warnings: Callable[[], Any] = getattr(warnings, "_get_filters", lambda: warnings.filters)


def open_levels() -> tuple[tuple[int, Any, Any], ...]:
    """The running differentiations, from the outermost on: level, kind of number, the filters of warnings at the beginning."""
    return _open.get()


def scratch() -> dict[Any, Any] | None:
    """A dictionary that lives as long as the outermost running differentiation; None while there is none."""
    levels = _open.get()
    return _scratch.setdefault(levels[0][0], {}) if levels else None


def lend(tangent: Any) -> None:
    """Remember that the program was given the memory of this tangent, and may write into it."""
    if type(tangent) is np.ndarray and (here := scratch()) is not None:
        here.setdefault(lend, weakref.WeakValueDictionary())[id(tangent)] = tangent


def is_lent(tangent: Any) -> bool:
    """Whether the program was given the memory of this tangent in the running differentiation."""
    lent = (scratch() or {}).get(lend)
    return lent is not None and lent.get(id(tangent)) is tangent


def at_the_end(level: int, call: Callable[[], None]) -> None:
    """Have this called when the outermost differentiation of this level ends; at once if it has."""
    here = _scratch.get(level)
    if here is None:
        call()
    else:
        here.setdefault(at_the_end, []).append(call)


def is_open(level: int) -> bool:
    """Whether a number of this level means something here."""
    return level < _FIRST or any(level == known for known, *_ in _open.get())


def nesting(*parts: Any) -> int:
    """The level of a number made by hand of these parts: just above theirs."""
    levels = [part.level for part in parts if hasattr(part, "parts")]
    return max(levels) + 2 if levels else HAND_MADE
