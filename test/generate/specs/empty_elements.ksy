meta:
  id: empty_elements
  endian: le
seq:
  - id: num_blocks
    type: u4
instances:
  blocks:
    pos: 0
    type: block(_index)
    repeat: expr
    repeat-expr: num_blocks
types:
  block:
    params:
      - id: idx
        type: u4
    instances:
      first:
        io: _root._io
        pos: idx % 4
        type: u1
