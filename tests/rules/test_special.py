"""The rules of scipy.special agree with mpmath, in every argument, to second order.

The oracles in special_oracles.py are mpmath's functions or their definitions; mpmath.diff differentiates them at 40 digits.
Points are drawn from the domains of the census; edges and tails are in test_special_edges.py.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.rules.registry import TABLES, rule_of

sp: Any = pytest.importorskip("scipy.special")
mp: Any = pytest.importorskip("mpmath").mp

DATA = Path(__file__).parent.parent / "data"


def _module(path: Path) -> Any:
    """Return a file beside this one as a module: tests are no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


oracles = _module(Path(__file__).parent / "special_oracles.py")

with (DATA / "scipy_special_census.csv").open(newline="") as _file:
    CENSUS = {row["name"]: row for row in csv.DictReader(_file)}
DOMAINS = json.loads((DATA / "scipy_special_domains.json").read_text())

#: Names that the installed SciPy does not have are skipped: the census is of 1.17.
UFUNCS = [n for n, row in CENSUS.items() if "dispatch=ufunc" in row["note"] and hasattr(sp, n)]
DIFFERENTIABLE = [n for n in UFUNCS if CENSUS[n]["expected"] == "diff"]
#: Python functions around a private ufunc.
WRAPPED = ["lambertw", "zeta"]


def ufunc_of(name: str) -> Any:
    """Return the ufunc itself; with SCIPY_ARRAY_API=1 SciPy wraps it."""
    return getattr(getattr(sp, name), "__wrapped__", getattr(sp, name))


def moving(name: str) -> list[int]:
    """Return the positions of the arguments that a function is differentiable in."""
    return [int(a[1:]) for a in CENSUS[name]["diff_args"].split()]


def points(name: str, count: int) -> Iterator[list[Any]]:
    """Draw points of the census's domain."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for _ in range(count):
        point: list[Any] = []
        for kind, *bounds in DOMAINS[name]:
            if kind == "u":
                point.append(float(rng.uniform(*bounds)))
            elif kind == "i":
                point.append(int(rng.integers(bounds[0], bounds[1] + 1)))
            elif kind == "c":
                point.append(complex(rng.uniform(*bounds), rng.uniform(*bounds)))
            else:
                point.append(float(getattr(sp, f"{bounds[0]}_cv")(*point)))
        yield point


def first(f: Any, args: list[Any], i: int) -> list[Any]:
    """Return the derivatives of all results by argument i."""
    inputs = [dd.Dual(a, 1.0) if k == i else a for k, a in enumerate(args)]
    results = f(*inputs)
    return [r.tangent for r in (results if isinstance(results, tuple) else (results,))]


def second(f: Any, args: list[Any], i: int, j: int) -> list[Any]:
    """Return the second derivatives by arguments i and j, the same by hyper-duals and by nesting."""
    hyper = [dd.HyperDual(a, float(k == i), float(k == j), 0.0) if k in (i, j) else a for k, a in enumerate(args)]
    nested = [
        dd.Dual(dd.Dual(a, float(k == i), level=1), dd.Dual(float(k == j), 0.0, level=1), level=2) if k in (i, j) else a
        for k, a in enumerate(args)
    ]
    found, again = f(*hyper), f(*nested)
    found, again = (r if isinstance(r, tuple) else (r,) for r in (found, again))
    pairs = [(h.eps12, n.tangent.tangent) for h, n in zip(found, again, strict=True)]
    for h, n in pairs:
        assert h == pytest.approx(n, rel=1e-9, abs=1e-11)
    return [h for h, _ in pairs]


def error(found: Any, expected: Any) -> float:
    """Return the relative error."""
    difference = abs(mp.mpmathify(complex(found)) - expected)
    return float(difference / abs(expected) if abs(expected) > 1e-40 else difference)


def exact(args: list[Any]) -> list[Any]:
    """Return the arguments as mpmath numbers; integers stay integers."""
    return [a if isinstance(a, int) else mp.mpmathify(a) for a in args]


def oracle_of(name: str) -> tuple[Any, ...]:
    """Return the oracles of all results."""
    oracle = oracles.ORACLES[name]
    return oracle if isinstance(oracle, tuple) else (oracle,)


@cache
def errors(name: str) -> tuple[float, float, str]:
    """Return the largest relative errors of first and second derivatives, and where."""
    f, worst, where = getattr(sp, name), [0.0, 0.0], ["", ""]
    with mp.workdps(40):
        for args in points(name, 2):
            values = f(*args)
            values = values if isinstance(values, tuple) else (values,)
            cases = [(i, None) for i in moving(name)] + [(i, j) for i in moving(name) for j in moving(name) if i <= j]
            for i, j in cases:
                found = first(f, args, i) if j is None else second(f, args, i, j)
                for k, oracle in enumerate(oracle_of(name)):
                    expected = oracles.reference(oracle, exact(args), i, j, values[k])
                    e, order = error(found[k], expected), int(j is not None)
                    if not e <= worst[order]:
                        worst[order], where[order] = e, f"{args} result {k} by {(i, j)}: {found[k]} for {mp.nstr(expected, 17)}"
    return worst[0], worst[1], " | ".join(where)
