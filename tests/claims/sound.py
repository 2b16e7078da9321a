"""A ledger without a fault, for tests that change one thing in it."""

GOOD = """\
- id: C1
  sentence: What goes up comes down.
  slide: probability
  references: [radford2018gpt]
  status: shown here
  demo:
    sim: climbs
    params: {height: 4}
    expect:
      height: {peaks_inside: true}
    null: {without: height, params: {height: 0}}
"""
