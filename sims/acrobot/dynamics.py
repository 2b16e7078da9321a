"""The acrobot's equations: two rods that hang from a bar, and a motor at the hinge between them.

A state is [theta1, theta2, omega1, omega2] in rad and rad/s; arrays of shape (4, …) hold many
bodies. theta1 is the first rod's angle from hanging, counter-clockwise; theta2 is the second rod's
against the first. The motor is too weak to lift the body: it has to swing itself up.

    M(theta2) (omega1', omega2') + Coriolis + gravity = (0, torque)

(Sutton, 1996; the equations of Sutton and Barto's book, in Gymnasium's Acrobot-v1.) One step is one
fourth-order Runge-Kutta step of 0.2 s, as there. Angles are not wrapped: turns can be counted.
"""

import numpy as np

GRAVITY = 9.8  # m/s^2
LENGTH = 1.0  # m, of the first rod; each rod weighs 1 kg
CENTRE = 0.5  # m, from a rod's hinge to its centre
INERTIA = 1.0  # kg m^2, of each rod about its centre
TORQUES = (-1.0, 0.0, 1.0)  # N m: all that the motor can do
SPEED_LIMITS = (4 * np.pi, 9 * np.pi)  # rad/s, of either hinge
TIME_STEP = 0.2  # s
START_LIMIT = 0.1  # each number of a start state is uniform in +- this


def step(state: np.ndarray, torque: np.ndarray | float, dt: float = TIME_STEP) -> np.ndarray:
    """The states (4, …) after `dt` seconds of `torque` newton metres (one number or an array)."""
    first = rates(state, torque)
    second = rates(state + dt / 2 * first, torque)
    third = rates(state + dt / 2 * second, torque)
    fourth = rates(state + dt * third, torque)
    state = state + dt / 6 * (first + 2 * second + 2 * third + fourth)
    for row, limit in zip((2, 3), SPEED_LIMITS, strict=True):
        state[row] = np.clip(state[row], -limit, limit)
    return state


def rates(state: np.ndarray, torque: np.ndarray | float) -> np.ndarray:
    """d state / dt, in rad/s and rad/s^2: the equation of motion solved for both accelerations."""
    theta1, theta2, omega1, omega2 = state
    cos2, sin2 = np.cos(theta2), np.sin(theta2)
    # the mass matrix [[m11, m12], [m12, m22]]; m11 and m12 change as the body bends
    m22 = CENTRE**2 + INERTIA
    m12 = m22 + LENGTH * CENTRE * cos2
    m11 = CENTRE**2 + INERTIA + LENGTH**2 + m22 + 2 * LENGTH * CENTRE * cos2

    pull2 = CENTRE * GRAVITY * np.sin(theta1 + theta2)
    pull1 = (CENTRE + LENGTH) * GRAVITY * np.sin(theta1) + pull2
    whirl = LENGTH * CENTRE * sin2
    force1 = whirl * omega2 * (omega2 + 2 * omega1) - pull1
    force2 = torque - whirl * omega1**2 - pull2

    out = np.empty_like(state)
    out[0], out[1] = omega1, omega2
    out[3] = (force2 - m12 / m11 * force1) / (m22 - m12**2 / m11)
    out[2] = (force1 - m12 * out[3]) / m11
    return out


def energy(state: np.ndarray) -> np.ndarray:
    """Kinetic and potential energy (J), 0 where the body hangs at rest: shape (…)."""
    theta1, theta2, omega1, omega2 = state
    both = omega1 + omega2
    kinetic = 0.5 * (CENTRE**2 + INERTIA + LENGTH**2) * omega1**2
    kinetic = kinetic + 0.5 * (CENTRE**2 + INERTIA) * both**2
    kinetic = kinetic + LENGTH * CENTRE * np.cos(theta2) * omega1 * both
    drop1, drop2 = 1 - np.cos(theta1), 1 - np.cos(theta1 + theta2)
    return kinetic + GRAVITY * ((CENTRE + LENGTH) * drop1 + CENTRE * drop2)


def tip_height(state: np.ndarray) -> np.ndarray:
    """How high the free end is above the bar (m), from -2 to 2: shape (…)."""
    return -np.cos(state[0]) - np.cos(state[0] + state[1])


def start_states(rng: np.random.Generator, num_bodies: int) -> np.ndarray:
    """Bodies that hang almost still, shape (4, num_bodies)."""
    return rng.uniform(-START_LIMIT, START_LIMIT, (4, num_bodies))
