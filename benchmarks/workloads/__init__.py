"""Sixteen functions to differentiate, W1 to W14b; README.md says what each asks for.

They are those of the project's first comparison with other libraries (its file ``workloads.py``), with the same names, data
and references. Each is ordinary NumPy code, with the namespace as an argument, so that a library which has NumPy's functions
under another name can take part.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .elementwise import chain, elementwise_sum, spherical
from .loops import runge_kutta, thomas
from .matrices import decompositions, logistic, two_layers
from .second_order import curvature
from .short import helmholtz_and_wood, many_steps, option
from .sparse import brusselator, rosenbrock_chain
from .workload import Colouring, Workload, complex_step

__all__ = ["ALL", "Colouring", "Workload", "complex_step"]

ALL: dict[str, Callable[[], Workload]] = {
    "W1": option,
    "W2": helmholtz_and_wood,
    "W3": chain,
    "W4": many_steps,
    "W5": two_layers,
    "W6": logistic,
    "W7_32": partial(brusselator, 32),
    "W7_256": partial(brusselator, 256),
    "W8": rosenbrock_chain,
    "W9": spherical,
    "W10": decompositions,
    "W11": elementwise_sum,
    "W12": curvature,
    "W13": runge_kutta,
    "W14a": partial(thomas, "empty_like"),
    "W14b": partial(thomas, "zeros"),
}
