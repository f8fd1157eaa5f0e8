"""SciPy's result objects within a differentiation: some entries carry derivatives, those that would lose theirs raise."""

from __future__ import annotations

from functools import cache
from typing import Any

from ...errors import NotDifferentiableError

__all__ = ["differentiated", "failure"]

#: What counts, tells or names: it has no derivative to lose.
_KEPT = (
    *("success", "status", "message", "method", "active_mask", "execution_time"),
    *("nfev", "njev", "nhev", "nit", "niter", "nfjev", "cg_niter", "cg_stop_cond"),
    *("constr_nfev", "constr_njev", "constr_nhev"),
)


def differentiated(result: Any, what: str, **fields: Any) -> Any:
    """The result with these entries in the place of SciPy's; asking for one that has lost its derivative raises."""
    lost = tuple(sorted(name for name in result if name not in _KEPT and name not in fields))
    made = _result_type(what, lost)()
    made.update({name: fields.get(name, result.get(name)) for name in (*result, *fields) if name not in lost})
    return made


@cache
def _result_type(what: str, lost: tuple[str, ...]) -> Any:
    """An OptimizeResult that refuses these names."""
    from scipy.optimize import OptimizeResult

    class DifferentiatedResult(OptimizeResult):
        """A result of which ``x`` carries derivatives."""

        def __missing__(self, name: str) -> Any:
            if name in lost:
                raise NotDifferentiableError(
                    f"{what}: result.{name} has no derivative here, and its value alone would drop one. Compute it from "
                    "result.x, for example with dd.jacobian or dd.hessian, or call scipy.optimize on dd.value_of(...)."
                )
            raise KeyError(name)

        def __repr__(self) -> str:
            return "\n".join(f"{name:>12}: {value!r}" for name, value in self.items())

    return DifferentiatedResult


def failure(result: Any) -> float:
    """How far from the answer the root may be: a solver that reports a failure must have found it nevertheless."""
    return 1e-2 if getattr(result, "success", True) else 1e-6
