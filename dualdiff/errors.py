"""The errors dualdiff raises: what happened, why, and the line to write instead."""

__all__ = [
    "DerivativeLostError",
    "DualDiffError",
    "NoRuleError",
    "NotDifferentiableError",
    "NotScalarError",
    "PerformanceWarning",
    "ShapeError",
    "TooDenseError",
]


class DualDiffError(Exception):
    """Base class of every error that dualdiff raises on purpose."""


class DerivativeLostError(DualDiffError, TypeError):
    """A conversion, or a write into a plain array, would drop a derivative."""


class NoRuleError(DualDiffError, TypeError):
    """The function has no differentiation rule."""


class NotDifferentiableError(DualDiffError, TypeError):
    """The function has no derivative with respect to this argument."""


class ShapeError(DualDiffError, ValueError):
    """A tangent does not fit the shape of its value."""


class NotScalarError(DualDiffError, ValueError):
    """``grad`` or ``hessian`` met a function whose value is not a scalar."""


class TooDenseError(DualDiffError, MemoryError):
    """A derivative would have to be stored densely, and is too large for that."""


class PerformanceWarning(UserWarning):
    """The computation is right, but there is a much faster way to write it."""
