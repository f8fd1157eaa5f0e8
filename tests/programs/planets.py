# mypy: ignore-errors
"""Bodies that attract each other: classes with state, stepped in place."""

import math
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Body:
    """A mass with a place and a velocity."""

    mass: float
    place: np.ndarray
    velocity: np.ndarray
    force: np.ndarray = field(default_factory=lambda: np.zeros(2))

    @property
    def kinetic(self):
        """The kinetic energy."""
        return 0.5 * self.mass * np.dot(self.velocity, self.velocity)


class System:
    """Bodies and their forces."""

    G = 1.0

    def __init__(self, bodies):
        self.bodies = bodies
        self.time = 0.0
        self.log = np.zeros((8, 2))

    def pull(self, a, b):
        """The force of b on a."""
        d = b.place - a.place
        r = math.sqrt(d[0] ** 2 + d[1] ** 2)
        return self.G * a.mass * b.mass / r**3 * d

    def forces(self):
        """Sum the forces into the bodies' own arrays."""
        for body in self.bodies:
            body.force.fill(0.0)
        for i, a in enumerate(self.bodies):
            for b in self.bodies[i + 1 :]:
                f = self.pull(a, b)
                a.force += f
                b.force -= f

    def step(self, dt):
        """One step of leapfrog."""
        self.forces()
        for body in self.bodies:
            body.velocity += 0.5 * dt * body.force / body.mass
            body.place += dt * body.velocity
        self.forces()
        for body in self.bodies:
            body.velocity += 0.5 * dt * body.force / body.mass
        self.time += dt

    def run(self, count, dt):
        """Several steps, with a log of energies."""
        for k in range(count):
            self.step(dt)
            self.log[k] = self.energies()
        return self

    def energies(self):
        """Kinetic and potential energy."""
        potential = 0.0
        for i, a in enumerate(self.bodies):
            for b in self.bodies[i + 1 :]:
                potential -= self.G * a.mass * b.mass / np.linalg.norm(a.place - b.place)
        return sum(body.kinetic for body in self.bodies), potential


class Drag:
    """What slows a system down."""

    drag = 0.0

    def step(self, dt):
        """Slow all bodies down after a step."""
        super().step(dt)
        for body in self.bodies:
            body.velocity *= 1.0 - self.drag * dt


class DampedSystem(Drag, System):
    """A system with drag."""

    def __init__(self, bodies, drag):
        super().__init__(bodies)
        self.drag = drag


def system(p):
    """Three bodies of mass p0, p1, p2, with the velocity p3 and the drag p4."""
    places = [[0.0, 0.0], [1.0, 0.1], [-0.4, 1.5]]
    velocities = [[0.0, 0.0], [0.1, p[3]], [-0.8, -0.1]]
    bodies = [Body(p[i], np.array(places[i]), np.array(velocities[i], dtype=float)) for i in range(3)]
    return DampedSystem(bodies, p[4])


def places(p):
    """Where they are after eight steps."""
    return np.array([body.place for body in system(p).run(8, 0.05).bodies])


def energy_log(p):
    """Energies after each step."""
    return system(p).run(8, 0.05).log


def final_energy(p):
    """The energy at the end."""
    return sum(system(p).run(8, 0.05).energies())
