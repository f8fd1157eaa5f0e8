"""SciPy's functions for arrays that carry derivatives, by SciPy's names; SciPy is imported on first use.

The namespaces below are ours; every other name is SciPy's own, so that ``dualdiff.scipy`` can stand for ``scipy``.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

__all__ = ["NAMESPACES", "counterparts"]

#: The modules of SciPy's that have a namespace of their own here.
NAMESPACES = ("linalg", "optimize", "sparse", "sparse.linalg", "special")


def __getattr__(name: str) -> Any:
    if name.startswith("__") and "scipy" not in sys.modules:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in NAMESPACES:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(importlib.import_module("scipy"), name)


def counterparts(module: str) -> list[tuple[Any, Any]]:
    """A module of SciPy's that is loaded, and what in it means something else here, each with what it is here."""
    theirs, ours = sys.modules[module], importlib.import_module(f"dualdiff.{module}")
    if module == "scipy":
        return [(theirs, ours)]
    names = [name for name in dir(theirs) if not name.startswith("_")]
    pairs = [(getattr(theirs, name), getattr(ours, name)) for name in names]
    return [(theirs, ours), *((a, b) for a, b in pairs if a is not b and callable(a))]
