"""Language models small enough to train while you wait, and worlds in which the truth is known.

world        the enumerable world: V words, completions of length T, all V^T of them at hand
raters       who compares completions, with noise and with tastes
rewards      reward models fitted on comparisons
exact        optimum, KL, best-of-n and frontier as sums over all completions
policies     a stack of tiny transformers over that world
training     REINFORCE, RLOO, GRPO and PPO on all of them at once
transformer  the one network of all tiny models, alone or many side by side
sampling     batched sampling with a key-value cache
checkpoint   tiny models saved and loaded in the `transformers` format
sentences    a world of questions and answers in a few hundred words
"""
