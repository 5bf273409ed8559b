meta:
  id: calc_endian
  endian:
    switch-on: ind
    cases:
      '"II"': le
      '"MM"': be
seq:
  - id: hdr
    type: u2
  - id: arr
    type: u4
    repeat: expr
    repeat-expr: 2
  - id: f
    type: f8
  - id: sub
    type: sub(3)
  - id: other
    type: fixed_le
instances:
  ind:
    pos: 0
    type: str
    size: 2
    encoding: ASCII
types:
  sub:
    params:
      - id: n
        type: u1
    seq:
      - id: v
        type: u2
      - id: w
        type: u4
      - id: deep
        type: deep
        repeat: expr
        repeat-expr: n
    types:
      deep:
        seq:
          - id: q
            type: s8
  fixed_le:
    meta:
      endian: le
    seq:
      - id: v
        type: u2
