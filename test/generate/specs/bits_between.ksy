meta:
  id: bits_between
  ks-version: '0.11'
doc: Bit fields before whatever is no bit field itself, though it may begin with one.
seq:
  - id: kind
    type: b4
  - id: first
    type: nibble
  - id: second
    type: nibble
  - id: three
    type: nibble
    repeat: expr
    repeat-expr: 3
  - id: letters
    type: b2
    repeat: expr
    repeat-expr: 3
  - id: chosen
    type:
      switch-on: kind
      cases:
        1: b4
        2: u1
  - id: is_long
    type: b1
  - id: extra
    type: b3
    if: is_long
  - id: absent
    type: u1
    if: kind == 9
  - id: rest
    type: b4
  - id: name
    type: strz
    encoding: UTF-8
  - id: last
    type: strz
    encoding: UTF-8
types:
  nibble:
    seq:
      - id: value
        type: b4
