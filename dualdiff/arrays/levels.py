"""Levels: every differentiation has its own infinitesimal, so nested derivatives are never confused.

An operation differentiates at the highest level among its operands; numbers of lower levels are constants to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

__all__ = ["HAND_MADE", "is_open", "nesting", "new_level", "open_levels"]

#: The level of numbers made by hand; those nested in them by hand count up from here.
HAND_MADE = 0

# Two levels at a time: a hyper-dual is a dual of duals, and its inner level lies just below its own.
_FIRST = 1 << 20
_counter = itertools.count(_FIRST, 2)
_open: ContextVar[tuple[tuple[int, Any], ...]] = ContextVar("open levels", default=())


@contextmanager
def new_level(kind: Any) -> Iterator[int]:
    """A level above all that exist, for numbers of this kind, open while the function to be differentiated runs.

    Safe across threads: ``next`` of a counter is atomic, and each thread has its own open levels.
    """
    level = next(_counter)
    token = _open.set((*_open.get(), (level, kind)))
    try:
        yield level
    finally:
        _open.reset(token)


def open_levels() -> tuple[tuple[int, Any], ...]:
    """The levels of the differentiations that are running, from the outermost on, with the kind of their numbers."""
    return _open.get()


def is_open(level: int) -> bool:
    """Whether a number of this level means something here."""
    return level < _FIRST or any(level == known for known, _ in _open.get())


def nesting(*parts: Any) -> int:
    """The level of a number made by hand of these parts: just above theirs."""
    levels = [part.level for part in parts if hasattr(part, "parts")]
    return max(levels) + 2 if levels else HAND_MADE
