"""The programs of docs/lmfit_statsmodels.md run, where the packages are installed."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "lmfit_statsmodels.md").read_text(encoding="utf-8")


def _run(package: str) -> dict[str, Any]:
    """The names that the page's program for a package defines, after its own assertions hold."""
    pytest.importorskip(package)
    (program,) = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if package in block]
    names: dict[str, Any] = {"__name__": "page"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages' own making
        exec(compile(program, "lmfit_statsmodels.md", "exec"), names)
    return names


def test_lmfit() -> None:
    """Its standard errors are the certified ones with an exact Jacobian; bounds and fixed parameters are respected."""
    names = _run("lmfit")
    fixed = names["start"].copy()
    fixed["b1"].set(value=238.94212918, vary=False)
    found = names["lmfit"].minimize(names["residuals"], fixed, args=(names["x"], names["y"]), Dfun=names["jacobian"])
    np.testing.assert_allclose(found.params["b2"].value, 5.5015643181e-04, rtol=1e-6)


def test_statsmodels() -> None:
    """Its estimates and standard errors are those of the class that has derivatives by hand."""
    names = _run("statsmodels")
    discrete = pytest.importorskip("statsmodels.discrete.discrete_model")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = discrete.NegativeBinomial(names["y"], names["X"]).fit(method="newton", maxiter=100, disp=False)
    *slopes, dispersion = expected.params
    np.testing.assert_allclose(names["result"].params, [*slopes, -np.log(dispersion)], rtol=1e-5)
    np.testing.assert_allclose(names["result"].bse, [*expected.bse[:-1], expected.bse[-1] / dispersion], rtol=1e-5)
