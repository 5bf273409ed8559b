meta:
  id: index_sizes
  encoding: ASCII
seq:
  - id: lens
    type: u1
    repeat: expr
    repeat-expr: 3
  - id: blocks
    size: lens[_index]
    repeat: expr
    repeat-expr: 3
  - id: words
    type: str
    size: _index + 1
    repeat: until
    repeat-until: _.length == 2
  - id: boxes
    type: box
    size: _index + 1
    repeat: expr
    repeat-expr: 2
  - id: rows
    type: row(_index)
    repeat: expr
    repeat-expr: 2
  - id: rest
    size: 1 + _index % 2
    repeat: eos
instances:
  steps:
    pos: 0
    size: _index
    repeat: expr
    repeat-expr: 3
  pairs:
    pos: 0
    size: '_index == 0 ? 1 : 2'
    type: box
    repeat: expr
    repeat-expr: 2
types:
  box:
    seq:
      - id: content
        size-eos: true
  row:
    params:
      - id: width
        type: s4
    seq:
      - id: cells
        size: width
