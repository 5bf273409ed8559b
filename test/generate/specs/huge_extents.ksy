meta:
  id: huge_extents
  endian: be
seq:
  - id: kind
    type: u1
  - id: extent
    type: u8
  - id: sized
    size: extent
    if: kind == 1
  - id: boxed
    size: extent
    type: box
    if: kind == 2
  - id: words
    type: u2
    repeat: expr
    repeat-expr: extent
    if: kind == 4
  - id: boxes
    type: box
    repeat: expr
    repeat-expr: extent
    if: kind == 5
instances:
  far:
    pos: extent
    type: u1
types:
  box:
    seq:
      - id: content
        type: u1
