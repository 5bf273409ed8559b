meta:
  id: failing_instances
  ks-version: '0.11'
  encoding: ASCII
seq:
  - id: num_items
    type: u1
  - id: is_eager
    type: u1
  - id: checksum
    type: u1
    valid: items.size
    if: is_eager != 0
instances:
  items:
    pos: 2
    type: item
    repeat: expr
    repeat-expr: num_items
  plain:
    pos: 2
    type: u1
  position:
    value: _io.pos
types:
  item:
    seq:
      - id: letter
        type: u1
      - id: name
        type: strz
