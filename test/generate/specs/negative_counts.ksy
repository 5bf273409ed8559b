meta:
  id: negative_counts
  endian: le
seq:
  - id: num
    type: s2
  - id: bytes
    type: u1
    repeat: expr
    repeat-expr: num
  - id: words
    type: u2
    repeat: expr
    repeat-expr: num - 1
  - id: floats
    type: f4
    repeat: expr
    repeat-expr: num
  - id: texts
    size: 2
    repeat: expr
    repeat-expr: num
  - id: points
    type: point
    repeat: expr
    repeat-expr: num
  - id: records
    type: record
    repeat: expr
    repeat-expr: num
  - id: last
    type: u1
types:
  point:
    seq:
      - id: len
        type: u1
      - id: content
        size: len
  record:
    seq:
      - id: x
        type: u2
