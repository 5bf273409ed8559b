meta:
  id: own_values
doc: Fields that ask for themselves, before they are read and after that.
seq:
  - id: kind
    type: u1
  - id: pair
    type: pair
    if: kind == 1 and pair.x == 1
  - id: content
    size: content.length
    if: kind == 2
  - id: words
    type: u2le
    repeat: expr
    repeat-expr: words.size
    if: kind == 3
  - id: pairs
    type: pair
    repeat: expr
    repeat-expr: pairs.size
    if: kind == 4
  - id: checked
    type: u1
    valid:
      expr: checked == kind
  - id: grown
    size: 'grown.size == 0 ? 1 : grown.last[0]'
    repeat: until
    repeat-until: grown.size == 2
types:
  pair:
    seq:
      - id: x
        type: u1
