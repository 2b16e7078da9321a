"""The deck of ten slides, and the work that it cites: for tests of the stage."""

STEPS = """## Steps come one by one

First.

<!-- step -->

Second.

<!-- step -->

Third.
"""
DECK = (
    """---
title: Ten slides
bibliography: refs.bib
---

# Ten slides

A deck for tests.

---

"""
    + STEPS
    + """
---

<!-- layout: section-break -->

## A new part

---

## A work is cited

Policy gradients are old [@williams1992reinforce].

<!-- notes: Say that it is from 1992. -->

---

## A formula

$$\\nabla J = E[\\nabla \\log \\pi]$$

---

## Six

<!-- id: sixth -->
<!-- alias: old-six -->

---

## Seven

---

## Eight

---

## Nine

---

## Ten
"""
)

BIB = """@article{williams1992reinforce,
  author = {Williams, Ronald J.},
  title = {Simple statistical gradient-following algorithms},
  journal = {Machine Learning},
  year = {1992},
  url = {https://doi.org/10.1007/BF00992696}
}
"""
