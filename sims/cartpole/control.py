"""The answer that needs no learning: balance by four numbers out of the equations themselves."""

import numpy as np

from sims.cartpole import dynamics

STATE_COST = (1.0, 1.0, 10.0, 1.0)  # of x, x_dot, theta, theta_dot, squared
FORCE_COST = 0.1  # of the force in newtons, squared


def linear_gain() -> tuple[float, float, float, float]:
    """Gains g of the linear agent: push right where g . [x, x_dot, theta, theta_dot] > 0.

    Near upright sin(theta) = theta, cos(theta) = 1 and theta_dot^2 = 0, so with D = l (4/3 - m/M)

        theta'' = (g theta - F/M) / D,    x'' = F/M - (m l / M) theta''

    and one Euler step of dt is s' = A s + B F. Among all F = -K s, the K that makes the sum of
    s^T Q s + R F^2 smallest is K = (R + B^T P B)^-1 B^T P A, where P solves Riccati's equation
    P = Q + A^T P (A - B K); iterating that equation converges to it. The agent here can push with
    10 N only, so it keeps the sign: g = -K.
    """
    drop = dynamics.LENGTH * (4.0 / 3.0 - dynamics.POLE_MASS / dynamics.TOTAL_MASS)
    lever = dynamics.MASS_LENGTH / dynamics.TOTAL_MASS
    tilt = dynamics.GRAVITY / drop  # theta'' per radian
    turn = -1 / (dynamics.TOTAL_MASS * drop)  # theta'' per newton
    a, b = np.eye(4), np.zeros((4, 1))
    a[0, 1] = a[2, 3] = dynamics.TIME_STEP
    a[1, 2], a[3, 2] = -dynamics.TIME_STEP * lever * tilt, dynamics.TIME_STEP * tilt
    b[1, 0] = dynamics.TIME_STEP * (1 / dynamics.TOTAL_MASS - lever * turn)
    b[3, 0] = dynamics.TIME_STEP * turn

    q = cost = np.diag(STATE_COST)
    gain = np.zeros((1, 4))
    for _ in range(2000):
        gain = np.linalg.solve(FORCE_COST + b.T @ cost @ b, b.T @ cost @ a)
        following = q + a.T @ cost @ (a - b @ gain)
        if np.abs(following - cost).max() < 1e-9:
            break
        cost = following
    x, x_dot, theta, theta_dot = (-float(k) for k in gain[0])
    return x, x_dot, theta, theta_dot
