meta:
  id: wide_demands
  endian: le
seq:
  - id: limit
    type: u8
  - id: most
    type: u4
    valid:
      max: limit
  - id: least
    type: s4
    valid:
      min: (limit >> 62).as<s8> - 4
  - id: one_of
    type: u1
    valid:
      any-of: [limit, 7]
  - id: same
    type: u1
    if: limit < 10
    valid: limit
  - id: small
    type: u1
    valid:
      max: 0xffff_ffff_ffff_ffff
  - id: wide
    type: u8
    valid:
      min: small
  - id: items
    type: u2
    repeat: expr
    repeat-expr: 1
    valid:
      max: limit
