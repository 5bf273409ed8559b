meta:
  id: mixed
  title: Records with a bit field, a string and a switch
  license: MIT
  endian: le
  bit-endian: le
  encoding: ASCII
doc: What a reader meets beside plain fields.
seq:
  - id: records
    type: record
    repeat: eos
types:
  record:
    seq:
      - id: version
        type: b4
      - id: flags
        type: b12
      - id: len_name
        type: u1
      - id: kind
        type: u1
      - id: name
        type: str
        size: len_name
      - id: body
        type:
          switch-on: kind
          cases:
            1: point
            _: u4
  point:
    seq:
      - id: x
        type: u2
      - id: y
        type: u2
