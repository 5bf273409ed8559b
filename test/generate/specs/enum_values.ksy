meta:
  id: enum_values
  endian: le
seq:
  - id: width
    type: u1
  - id: tag
    type:
      switch-on: width
      cases:
        1: u4
        2: u8
  - id: body
    type:
      switch-on: kind
      cases:
        'kind::one': u1
        'kind::two': u2
  - id: large
    type: u8
    enum: large
instances:
  kind:
    value: tag
    enum: kind
  chosen:
    value: 'width == 1 ? 1 : tag'
    enum: kind
  is_one:
    value: kind == kind::one
  number:
    value: kind.to_i + 1
  small_of_large:
    value: width & 0xf
    enum: large
enums:
  kind:
    1: one
    2: two
  large:
    1: one
    2: two
