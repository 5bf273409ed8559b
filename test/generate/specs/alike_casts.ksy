meta:
  id: alike_casts
seq:
  - id: kind
    type: u1
  - id: parts
    type: part
    repeat: expr
    repeat-expr: 2
  - id: other
    type: other
types:
  part:
    seq:
      - id: len
        type: u1
      - id: inner
        type: inner
  other:
    seq:
      - id: len
        type: u1
      - id: len_far
        type: u1
      - id: inner
        type: inner
  inner:
    seq:
      - id: content
        size: _parent.as<part>.len
      - id: far
        size: _parent.as<other>.len_far
        if: _root.kind == 1
