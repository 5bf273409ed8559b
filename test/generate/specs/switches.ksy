meta:
  id: switches
  endian: be
  encoding: ASCII
seq:
  - id: code
    type: u1
    enum: c
  - id: opt
    type: u2
    if: code == c::a
  - id: sw1
    type:
      switch-on: opt
      cases:
        1: u1
        2: u2
  - id: sw2
    type:
      switch-on: sw1
      cases:
        1: u1
        500: s8
  - id: sw3
    size-eos: true
    type:
      switch-on: sw2
      cases:
        1: a
        500: b
        _: b
  - id: sw4
    type:
      switch-on: 'code == c::a ? 1 : 2'
      cases:
        1: str_t
        2: u4
    if: code == c::b
  - id: sw5
    type:
      switch-on: code.to_i
      cases:
        1: f4
        2: f8
        3: u4
    repeat: eos
  - id: sw6
    type:
      switch-on: true
      cases:
        true: u1
        false: u2
  - id: sw7
    type:
      switch-on: '"abc"'
      cases:
        '"abc"': u1
        '"def"': u2
  - id: sw8
    type:
      switch-on: c::a
      cases:
        c::a: u1
        c::b: b12
  - id: sw9
    size: 4
    type:
      switch-on: '[1, 2].as<bytes>'
      cases:
        '[1, 2]': a
        '[2]': b
    repeat: expr
    repeat-expr: 3
  - id: sw10
    type:
      switch-on: code
      cases:
        c::a: u1
        c::b: u2
    if: code == c::a
  - id: early
    size: late
    if: late == 3
  - id: late
    type: u1
instances:
  v0:
    value: 'code == c::a and code == c::b or not (late != 1) and (late == 2 ? late == 3 : late == 4)'
  v1:
    value: sw1 + 1
  v2:
    value: 'sw2 > 3 ? 1 : 2'
  v3:
    value: sw3.as<a>.x
  v4:
    value: sw5[0]
  v5:
    value: sw6 + sw7
  v6:
    value: sw8 == 5
  v7:
    value: '[sw6, sw7]'
  v8:
    value: sw2
  v9:
    value: sw1 & 0xff
  v10:
    pos: 3
    type:
      switch-on: code
      cases:
        c::a: a
        c::b: b
  v11:
    value: v10.as<b>.y
    if: code == c::b
types:
  a:
    seq:
      - id: x
        type: u1
  b:
    seq:
      - id: y
        type: u8
  str_t:
    seq:
      - id: s
        type: strz
enums:
  c:
    1: a
    2: b
