meta:
  id: enum_keys
seq:
  - id: items
    type: s1
    enum: e
    repeat: eos
instances:
  is_last_minus:
    value: items.last == e::minus
enums:
  e:
    '2': two
    "0x10": sixteen
    '-1': minus
    0x0_20: thirty_two
    1_0_0: hundred
    '007': seven
