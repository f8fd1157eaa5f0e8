"""Levels: every differentiation has its own infinitesimal, so nested derivatives are never confused.

An operation differentiates at the highest level among its operands; numbers of lower levels are constants to it.
"""

from __future__ import annotations

import itertools
from typing import Any

__all__ = ["HAND_MADE", "nesting", "new_level"]

#: The level of numbers made by hand; those nested in them by hand count up from here.
HAND_MADE = 0

# Two levels at a time: a hyper-dual is a dual of duals, and its inner level lies just below its own.
_counter = itertools.count(1 << 20, 2)


def new_level() -> int:
    """A level above all that exist; safe across threads, since ``next`` of a counter is atomic."""
    return next(_counter)


def nesting(*parts: Any) -> int:
    """The level of a number made by hand of these parts: just above theirs."""
    levels = [part.level for part in parts if hasattr(part, "parts")]
    return max(levels) + 2 if levels else HAND_MADE
