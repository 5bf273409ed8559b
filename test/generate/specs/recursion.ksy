meta:
  id: recursion
  endian: be
seq:
  - id: num_items
    type: u1
  - id: items
    type: recursion
    repeat: expr
    repeat-expr: num_items
  - id: tail
    type: node
types:
  node:
    seq:
      - id: kind
        type: u1
      - id: body
        type:
          switch-on: kind
          cases:
            1: node
            2: leaf
            3: leaf2
            _: recursion
  leaf:
    seq:
      - id: v
        type: u4
      - id: w
        type: u4
    instances:
      p:
        value: _parent.kind
  leaf2:
    seq:
      - id: v
        type: u2
        valid:
          eq: _parent.kind
