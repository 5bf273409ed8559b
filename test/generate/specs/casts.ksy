meta:
  id: casts
  endian: le
seq:
  - id: num
    type: u1
  - id: wide
    type: u8
  - id: fraction
    type: f4
  - id: either
    type:
      switch-on: num
      cases:
        1: u2
        _: u8
instances:
  quotient:
    value: num.as<f4> / 32
  wide_quotient:
    value: wide.as<f8> / 4
  literal_quotient:
    value: 3.as<f8> / 2
  truncated:
    value: fraction.as<u4> / 2
  truncated_wide:
    value: fraction.as<s8>
  narrowed:
    value: wide.as<u4>
  widened:
    value: num.as<u8>
  narrowed_either:
    value: either.as<u4> + 1
  widened_either:
    value: either.as<u8>
  rounds:
    pos: 0
    size: 0
    type: round(_index)
    repeat: expr
    repeat-expr: 3
  sum:
    value: 'num == 0 ? 0 : (sum_before + 1).as<u4>'
  sum_before:
    value: 'num > 100 ? sum : 41'
types:
  round:
    params:
      - id: idx
        type: s4
    instances:
      before:
        value: 'idx == 0 ? 1 : _parent.rounds[idx - 1].after.as<u8>'
      after:
        value: (before * 2).as<u8>
