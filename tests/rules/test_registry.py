"""The tables of rules are complete for ufuncs, and no function is in two of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dualdiff.rules.registry import FUNCTIONS, TABLES, UFUNCS

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


def test_ufuncs_and_functions_are_told_apart() -> None:
    """Ufuncs are dispatched by one table, all other functions by the other."""
    assert all(isinstance(ufunc, np.ufunc) for ufunc in UFUNCS)
    assert not any(isinstance(function, np.ufunc) for function in FUNCTIONS)
