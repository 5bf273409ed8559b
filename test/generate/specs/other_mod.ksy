meta:
  id: other_mod
  endian: be
seq:
  - id: q
    type: sub
types:
  sub:
    seq:
      - id: w
        type: u2
  needy:
    seq:
      - id: w
        size: _root.q.w
enums:
  color:
    1: red
    2: green
