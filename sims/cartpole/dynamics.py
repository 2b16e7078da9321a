"""The cart and its pole: accelerations, one step of time, and when the pole counts as fallen.

A state is [x, x_dot, theta, theta_dot]: metres, m/s, radians from upright, rad/s; arrays of shape
(4, …) hold many carts. Three sets of equations, on purpose side by side:

    gymnasium   a rod without friction (Barto, Sutton and Anderson, 1983; Gymnasium's CartPole-v1)
    point_mass  all of the pole's mass at distance LENGTH: 4/3 becomes 1, and the pole falls faster
    friction    the rod, rubbing at the track and at the hinge (Florian, 2007, derived anew)

Operations stand in Gymnasium's order, so that its states and ours agree to the last bits.
"""

import numpy as np

GRAVITY = 9.8  # m/s^2
CART_MASS = 1.0  # kg
POLE_MASS = 0.1  # kg
TOTAL_MASS = POLE_MASS + CART_MASS
LENGTH = 0.5  # m, from the hinge to the pole's centre: HALF of the pole
MASS_LENGTH = POLE_MASS * LENGTH
FORCE = 10.0  # N, pushed left or right
TIME_STEP = 0.02  # s
TRACK_LIMIT = 2.4  # m, on either side
ANGLE_LIMIT = 12 * 2 * np.pi / 360  # rad
START_LIMIT = 0.05  # each number of a start state is uniform in +- this
MAX_EPISODE_STEPS = 500  # CartPole-v1 stops a balanced pole here: truncated, not terminated

CART_FRICTION = 5e-4  # coefficients of the 1983 paper
POLE_FRICTION = 2e-6

PHYSICS = ("gymnasium", "point_mass", "friction")
INTEGRATORS = ("euler", "semi_implicit")


def step(
    state: np.ndarray,
    force: np.ndarray | float,
    physics: str = "gymnasium",
    integrator: str = "euler",
    dt: float = TIME_STEP,
) -> np.ndarray:
    """The states (4, …) after `dt` seconds of `force` newtons (one number or an array (…)).

    "euler" moves positions with the OLD velocities, as Gymnasium does; it feeds a little energy
    into the pole. "semi_implicit" takes the new velocities and does not.
    """
    x_acc, theta_acc = accelerations(state, force, physics)
    rates = np.empty_like(state)
    rates[0], rates[1], rates[2], rates[3] = state[1], x_acc, state[3], theta_acc
    if integrator == "semi_implicit":
        rates[0] = state[1] + dt * x_acc
        rates[2] = state[3] + dt * theta_acc
    elif integrator != "euler":
        raise ValueError(f"no integrator '{integrator}': choose from {', '.join(INTEGRATORS)}")
    rates *= dt
    rates += state
    return rates


def accelerations(
    state: np.ndarray, force: np.ndarray | float, physics: str = "gymnasium"
) -> tuple[np.ndarray, np.ndarray]:
    """(x'', theta'') in m/s^2 and rad/s^2; `physics` is one of PHYSICS."""
    if physics == "gymnasium":
        return _frictionless(state, force, 4.0 / 3.0)
    if physics == "point_mass":
        return _frictionless(state, force, 1.0)
    if physics == "friction":
        return with_friction(state, force)
    raise ValueError(f"no physics '{physics}': choose from {', '.join(PHYSICS)}")


def _frictionless(
    state: np.ndarray, force: np.ndarray | float, inertia: float
) -> tuple[np.ndarray, np.ndarray]:
    """Solve for both accelerations. `inertia` is the pole's moment about the hinge / (m l^2):
    4/3 for a uniform rod of half-length l, 1 for a point at distance l.

        alpha   = (F + m l theta'^2 sin) / M
        theta'' = (g sin - alpha cos) / (l (inertia - m cos^2 / M))
        x''     = alpha - m l theta'' cos / M
    """
    theta, theta_dot = state[2], state[3]
    cos, sin = np.cos(theta), np.sin(theta)
    alpha = (force + MASS_LENGTH * np.square(theta_dot) * sin) / TOTAL_MASS
    denominator = LENGTH * (inertia - POLE_MASS * np.square(cos) / TOTAL_MASS)
    theta_acc = (GRAVITY * sin - cos * alpha) / denominator
    x_acc = alpha - MASS_LENGTH * theta_acc * cos / TOTAL_MASS
    return x_acc, theta_acc


def with_friction(
    state: np.ndarray,
    force: np.ndarray | float,
    cart_friction: float = CART_FRICTION,
    pole_friction: float = POLE_FRICTION,
) -> tuple[np.ndarray, np.ndarray]:
    """(x'', theta'') of the rod with friction at the track and at the hinge.

    Friction at the track is cart_friction * |N|, against the motion; the track's force N depends
    on theta'' and theta'' on the sign of N. So N is first taken to push upwards, then computed, and
    where it turned out to pull, the accelerations are computed once more with the other sign.
    """
    _, x_dot, theta, theta_dot = state
    direction = np.sign(x_dot)
    cos, sin = np.cos(theta), np.sin(theta)
    pull = MASS_LENGTH * np.square(theta_dot)

    def theta_acceleration(rub: np.ndarray) -> np.ndarray:  # rub = cart_friction * sgn(N x_dot)
        push = (-force - pull * (sin + rub * cos)) / TOTAL_MASS + rub * GRAVITY
        numerator = GRAVITY * sin + cos * push - pole_friction * theta_dot / MASS_LENGTH
        return numerator / (LENGTH * (4.0 / 3.0 - POLE_MASS * cos / TOTAL_MASS * (cos - rub * sin)))

    def normal_force(theta_acc: np.ndarray) -> np.ndarray:
        return TOTAL_MASS * GRAVITY - MASS_LENGTH * theta_acc * sin - pull * cos

    rub = cart_friction * direction
    theta_acc = theta_acceleration(rub)
    rub = np.where(normal_force(theta_acc) < 0, -rub, rub)
    theta_acc = theta_acceleration(rub)
    x_acc = (force + pull * sin - MASS_LENGTH * theta_acc * cos) / TOTAL_MASS
    return x_acc - rub * normal_force(theta_acc) / TOTAL_MASS, theta_acc


def fallen(state: np.ndarray) -> np.ndarray:
    """True where the pole leans more than 12 degrees or the cart has left the track."""
    return (np.abs(state[0]) > TRACK_LIMIT) | (np.abs(state[2]) > ANGLE_LIMIT)


def start_states(rng: np.random.Generator, num_carts: int) -> np.ndarray:
    """Fresh start states, shape (4, num_carts)."""
    return rng.uniform(-START_LIMIT, START_LIMIT, (4, num_carts))
