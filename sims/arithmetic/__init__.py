"""Reasoning with a right answer: sums that a small model solves in written steps, and its verifier.

tasks        three kinds of problem, as hard as you like, with the steps that solve them
verifier     what a completion is worth: right, or of the right form only
base_model   a GPT-2 that has read solutions, good and bad, and is shipped
rollouts     answers sampled from a model, freely or with a set number of steps
trainer      GRPO, Dr. GRPO and RLOO on a verifier's reward
estimators   pass@k, majority vote, Wilson intervals, the Beta-binomial curve
"""
