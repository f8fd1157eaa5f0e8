"""The errors dualdiff raises: what happened, why, and the line to write instead."""

from __future__ import annotations

from contextvars import ContextVar

__all__ = [
    "DerivativeLostError",
    "DerivativeLostWarning",
    "DualDiffError",
    "NoRuleError",
    "NotDifferentiableError",
    "NotScalarError",
    "PerformanceWarning",
    "ShapeError",
    "TooDenseError",
    "forgive",
    "refusals",
]

#: The refusals since the outermost running differentiation began, with what was to be converted; None while there is none.
refusals: ContextVar[list[tuple[str, object]] | None] = ContextVar("refusals", default=None)


class DualDiffError(Exception):
    """Base class of every error that dualdiff raises on purpose."""


def forgive(asked: object) -> None:
    """Forget that a conversion of this was refused just now: older NumPy tries one in ``array ** x``, and goes on."""
    found = refusals.get()
    if found and found[-1][1] is asked:
        found.pop()


class _RefusalError(DualDiffError, TypeError):
    """A refusal to go on without a derivative, which is remembered: the program might catch it."""

    def __init__(self, *args: object, asked: object = None) -> None:
        super().__init__(*args)
        found = refusals.get()
        if found is not None:
            found.append((str(self), asked))


class DerivativeLostError(_RefusalError):
    """A conversion, or a write into a plain array, would drop a derivative."""


class NoRuleError(_RefusalError):
    """The function has no differentiation rule."""


class NotDifferentiableError(_RefusalError):
    """The function has no derivative with respect to this argument."""


class ShapeError(DualDiffError, ValueError):
    """A tangent does not fit the shape of its value."""


class NotScalarError(DualDiffError, ValueError):
    """``grad`` or ``hessian`` met a function whose value is not a scalar."""


class TooDenseError(DualDiffError, MemoryError):
    """A derivative would have to be stored densely, and is too large for that."""


class DerivativeLostWarning(UserWarning):
    """The program caught an error of dualdiff's and went on: a derivative may be missing from its result."""


class PerformanceWarning(UserWarning):
    """The computation is right, but there is a much faster way to write it."""
