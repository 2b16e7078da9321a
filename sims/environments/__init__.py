"""Our worlds as Gymnasium environments, for any agent that Gymnasium's users have.

    import gymnasium
    import sims.environments

    gymnasium.make("practicum/CartPoleFriction-v0")
    gymnasium.make_vec("practicum/Arithmetic-v0", num_envs=8, task="sums", size=4)

They are registered when this package is imported, as `import sims` does where Gymnasium is there
already; `gymnasium.make("sims.environments:practicum/Sequence-v0")` imports it by itself. What
an environment needs, torch for the last two, is imported when it is made.
"""

import gymnasium

from sims.cartpole.dynamics import MAX_EPISODE_STEPS

SOLVED = 475.0  # mean return, as of CartPole-v1

ENVIRONMENTS = {  # id -> what makes it, and what else `register` takes
    "practicum/CartPoleFriction-v0": {
        "entry_point": "sims.environments.cartpole:PhysicsCartPole",
        "kwargs": {"physics": "friction"},
        "max_episode_steps": MAX_EPISODE_STEPS,
        "reward_threshold": SOLVED,
    },
    "practicum/PointMassCartPole-v0": {
        "entry_point": "sims.environments.cartpole:PhysicsCartPole",
        "kwargs": {"physics": "point_mass"},
        "max_episode_steps": MAX_EPISODE_STEPS,
        "reward_threshold": SOLVED,
    },
    "practicum/Sequence-v0": {"entry_point": "sims.environments.sequence:Sequence"},
    "practicum/Arithmetic-v0": {"entry_point": "sims.environments.arithmetic:Arithmetic"},
}

for _id, _how in ENVIRONMENTS.items():
    if _id not in gymnasium.registry:
        gymnasium.register(_id, **_how)
