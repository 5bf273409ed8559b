meta:
  id: open_structures
doc: Structures that ask for those around them, which are still being read.
seq:
  - id: outer
    type: box
  - id: last
    type: u1
instances:
  aside:
    pos: 0
    type: box
types:
  box:
    seq:
      - id: len
        type: u1
      - id: inner
        type: wrap
      - id: behind
        type: u1
    instances:
      twice:
        value: len * 2
  wrap:
    seq:
      - id: mark
        type: u1
      - id: rest
        type: tail
  tail:
    seq:
      - id: content
        size: _root.outer.len
      - id: marked
        size: _root.outer.inner.mark
      - id: doubled
        size: _parent._parent.twice
