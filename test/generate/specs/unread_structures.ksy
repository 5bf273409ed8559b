meta:
  id: unread_structures
doc: Structures that may ask for what comes after them.
seq:
  - id: kind
    type: u1
  - id: first
    type: part(kind, _root)
  - id: second
    type: part(0, _root)
instances:
  own:
    value: third.kind
    if: kind == 9
  third:
    pos: own
    type: part(0, _root)
types:
  part:
    params:
      - id: wish
        type: u1
      - id: whole
        type: unread_structures
    seq:
      - id: kind
        type: u1
      - id: number
        size: _root.second.kind
        if: wish == 1
      - id: by_param
        size: whole.second.kind
        if: wish == 2
      - id: own
        size: whole.first.kind
        if: wish == 3
      - id: own_behind
        size: whole.first.behind
        if: wish == 4
      - id: behind
        type: u1
