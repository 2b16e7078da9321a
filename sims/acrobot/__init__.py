"""The acrobot: two rods that hang from a bar, and a weak motor at the hinge between them.

It can be taught to swing, to stand and to flip. It comes without a reward of its own here: the
`preferences` simulation learns one from comparisons of short clips.
"""
