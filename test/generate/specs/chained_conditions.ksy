meta:
  id: chained_conditions
seq:
  - id: a
    type: u1
  - id: b
    type: u1
    if: a & 0x80 != 0
  - id: c
    type: u1
    if: b & 0x80 != 0
  - id: flag
    type: b1
    if: c > 1
  - id: has_pair
    type: b1
    if: flag
  - id: pair
    type: pair
    if: c != 5 and has_pair
  - id: d
    type: u1
    if: pair.x == 1 or pair.y == 2 or a == 3
instances:
  last:
    value: b + 1
    if: '(b > 0x7f ? c > 2 ? true : false : false) or b == 7'
types:
  pair:
    seq:
      - id: x
        type: u1
      - id: y
        type: u1
