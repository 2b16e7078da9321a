"""What every learning algorithm here hands over after each update."""

from collections.abc import Sequence
from dataclasses import dataclass

from sims.cartpole.policy import Policy


@dataclass(frozen=True, eq=False)
class Update:
    """The policy after one update, and how the update went."""

    policy: Policy
    env_steps: int  # all environment steps since the start
    returns: Sequence[float]  # of the training episodes that ended during this update
    entropy: float  # nats, mean over the states of this update
    learning_rate: float  # the step size it was made with; 0 where there is no gradient
