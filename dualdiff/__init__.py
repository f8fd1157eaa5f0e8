"""dualdiff: exact derivatives of ordinary NumPy code, forward mode."""

from . import scipy as scipy
from . import testing
from .arrays import Dual, HyperDual, Taylor
from .arrays.blocks import workers
from .errors import (
    DerivativeLostError,
    DerivativeLostWarning,
    DualDiffError,
    NoRuleError,
    NotDifferentiableError,
    NotScalarError,
    PerformanceWarning,
    ShapeError,
    TooDenseError,
)
from .lift import lift
from .transforms.custom_jvp import custom_jvp
from .transforms.define_rule import define_rule
from .transforms.derivative import derivative
from .transforms.directional import directional_derivative
from .transforms.escape import stop_gradient, value_of
from .transforms.explain import explain
from .transforms.fields import curl, divergence, hessian_diagonal, laplacian
from .transforms.hessian import hessian, hvp, second_directional_derivative, value_grad_and_hessian
from .transforms.implicit import implicit_root
from .transforms.jacobian import grad, jacobian, value_and_grad, value_and_jacobian
from .transforms.jvp import jvp
from .transforms.linearize import linearize
from .transforms.prepare import prepare_hessian, prepare_jacobian
from .transforms.sparse import hessian_sparsity, jacobian_sparsity
from .transforms.taylor import taylor

__version__ = "0.1.0"

__all__ = [
    # numbers
    "Dual",
    "HyperDual",
    "Taylor",
    # first derivatives
    "derivative",
    "grad",
    "jacobian",
    "value_and_grad",
    "value_and_jacobian",
    # along directions
    "directional_derivative",
    "jvp",
    "linearize",
    # second derivatives
    "hessian",
    "hvp",
    "second_directional_derivative",
    "value_grad_and_hessian",
    # sparse derivatives
    "hessian_sparsity",
    "jacobian_sparsity",
    "prepare_hessian",
    "prepare_jacobian",
    # what happens inside
    "explain",
    # threads
    "workers",
    # any order
    "taylor",
    # vector calculus
    "curl",
    "divergence",
    "hessian_diagonal",
    "laplacian",
    # rules of your own
    "custom_jvp",
    "define_rule",
    # solutions of equations
    "implicit_root",
    # unmodified programs
    "lift",
    # values alone
    "stop_gradient",
    "value_of",
    # checkers
    "testing",
    # errors
    "DerivativeLostError",
    "DerivativeLostWarning",
    "DualDiffError",
    "NoRuleError",
    "NotDifferentiableError",
    "NotScalarError",
    "PerformanceWarning",
    "ShapeError",
    "TooDenseError",
]
