"""The tables of rules are complete for ufuncs, and no function is in two of them."""

from __future__ import annotations

import importlib
import itertools
from typing import Any

import numpy as np
import pytest
from numpy.testing.overrides import get_overridable_numpy_array_functions

import dualdiff as dd
from dualdiff.rules.kinds import Created
from dualdiff.rules.registry import FUNCTIONS, TABLES, UFUNCS, rule_of

#: The public names of NumPy's ufuncs (census/numpy.csv of the project's founding documents counts 106 of them).
NAMES = [name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)]


@pytest.mark.parametrize("name", NAMES)
def test_every_ufunc_has_a_rule(name: str) -> None:
    """A ufunc is differentiated, passed through or refused on purpose, never by oversight."""
    assert getattr(np, name) in UFUNCS


@pytest.mark.parametrize("pair", list(itertools.combinations(TABLES, 2)), ids="-".join)
def test_tables_are_disjoint(pair: tuple[str, str]) -> None:
    """No function stands in two tables."""
    first, second = pair
    assert not TABLES[first].keys() & TABLES[second].keys()


def overridable() -> set[Any]:
    """Return every function that NumPy hands over, but those of texts, whose default is to raise."""
    for module in ("numpy.fft", "numpy.lib.scimath", "numpy.lib.stride_tricks", "numpy.polynomial.polynomial"):
        importlib.import_module(module)
    found = {get_public(f) for f in get_overridable_numpy_array_functions()}
    return {f for f in found if not f.__module__.startswith(TEXTS)}


def get_public(function: Any) -> Any:
    """Return the function users call: creation functions have a private twin for like=."""
    return getattr(np, function.__name__, function) if function.__module__ == "numpy" else function


TEXTS = ("numpy.strings", "numpy.char", "numpy._core.strings", "numpy._core.defchararray", "numpy.lib.recfunctions")


def test_every_overridable_function_has_a_rule() -> None:
    """A function that NumPy hands over is differentiated, passed through or refused on purpose, never by oversight."""
    missing = {f for f in overridable() if rule_of(f) is None}
    assert not missing


def test_every_rule_is_reached() -> None:
    """No rule stands for a function that NumPy does not hand over.

    NumPy 2.0 lists only private twins of the functions with like=, and hands over nothing of numpy.polynomial.
    """
    known = overridable()
    unknown = {f for f, rule in FUNCTIONS.items() if f not in known and not isinstance(rule, Created)}
    assert not {f for f in unknown if not f.__module__.startswith("numpy.polynomial")}


def test_texts_are_refused() -> None:
    """What has no rule at all raises."""
    with pytest.raises(TypeError, match=r"upper|string"):
        np.strings.upper(dd.Dual([1.0], [1.0]))


def test_ufuncs_and_functions_are_told_apart() -> None:
    """Ufuncs are dispatched by one table, all other functions by the other."""
    assert all(isinstance(ufunc, np.ufunc) for ufunc in UFUNCS)
    assert not any(isinstance(function, np.ufunc) for function in FUNCTIONS)
