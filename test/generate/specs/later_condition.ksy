meta:
  id: later_condition
  ks-version: '0.11'
seq:
  - id: early
    type: u1
    if: late == 1
  - id: late
    type: u1
  - id: more
    type: u1
