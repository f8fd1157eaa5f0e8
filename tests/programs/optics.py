# mypy: ignore-errors
"""A stack of thin films: reflection by transfer matrices, in complex numbers."""

import cmath
import math

import numpy as np

WAVELENGTHS = [0.45, 0.55, 0.65]
SUBSTRATE = 1.52


def layer(index, thickness, wavelength):
    """The matrix of a film."""
    phase = 2.0 * math.pi * index * thickness / wavelength
    M = np.zeros((2, 2), dtype=complex)
    M[0, 0] = M[1, 1] = np.cos(phase)
    M[0, 1] = 1j * np.sin(phase) / index
    M[1, 0] = 1j * np.sin(phase) * index
    return M


def amplitude(thicknesses, wavelength):
    """The complex amplitude that a stack of alternating films reflects."""
    M = np.eye(2, dtype=complex)
    for k, thickness in enumerate(thicknesses):
        M = M @ layer(2.35 - 0.01j if k % 2 == 0 else 1.38, thickness, wavelength)
    B, C = M @ np.array([1.0, SUBSTRATE])
    return (B - C) / (B + C)


def reflectance(thicknesses):
    """How much is reflected at each wavelength."""
    out = np.empty(len(WAVELENGTHS))
    for i, wavelength in enumerate(WAVELENGTHS):
        r = amplitude(thicknesses, wavelength)
        out[i] = (r * r.conjugate()).real
    return out


def merit(thicknesses):
    """Distance from the reflectance and the phase that are wanted."""
    wanted = np.array([0.2, 0.5, 0.3])
    phase = np.angle(amplitude(thicknesses, WAVELENGTHS[1]) * cmath.exp(0.3j))
    return np.sum((reflectance(thicknesses) - wanted) ** 2) + 0.1 * phase**2
