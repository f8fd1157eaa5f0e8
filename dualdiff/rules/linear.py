"""Functions that are linear in their argument: applied to the tangent as they are.

``axes`` names the parameters that count axes, ``none`` what None means there.
"""

from __future__ import annotations

import numpy as np

from .kinds import Linear, Table

__all__ = ["LINEAR"]

# fmt: off
LINEAR: Table = {
    np.sum:                Linear(axes="axis", none="all", offset="initial"),
    np.mean:               Linear(axes="axis", none="all"),
    np.cumsum:             Linear(axes="axis", none="flat"),
    np.trace:              Linear(axes="axis1 axis2", none="all"),
    np.linalg.trace:       Linear(),
    np.real:               Linear(),
    np.imag:               Linear(),
    np.fft.fft:            Linear(axes="axis"),
    np.fft.ifft:           Linear(axes="axis"),
    np.fft.rfft:           Linear(axes="axis"),
    np.fft.irfft:          Linear(axes="axis"),
    np.fft.hfft:           Linear(axes="axis"),
    np.fft.ihfft:          Linear(axes="axis"),
    np.fft.fft2:           Linear(axes="axes", none="all"),
    np.fft.ifft2:          Linear(axes="axes", none="all"),
    np.fft.rfft2:          Linear(axes="axes", none="all"),
    np.fft.irfft2:         Linear(axes="axes", none="all"),
    np.fft.fftn:           Linear(axes="axes", none="last"),
    np.fft.ifftn:          Linear(axes="axes", none="last"),
    np.fft.rfftn:          Linear(axes="axes", none="last"),
    np.fft.irfftn:         Linear(axes="axes", none="last"),
}
# fmt: on
if hasattr(np, "cumulative_sum"):
    LINEAR[np.cumulative_sum] = Linear(axes="axis")
