meta:
  id: roundabout_paths
  ks-version: '0.11'
doc: Names are looked up from the type that stands before them outwards.
seq:
  - id: color
    type: u1
    enum: box::color
    valid:
      min: color::red
      max: box::color::green
  - id: other
    type: box::other
  - id: pair
    type: 'pair(one, [1, 2].as<u1[]>, )'
    size: 2
instances:
  one:
    value: 1
  is_red:
    value: color == other::color::red
types:
  box: {}
  other:
    seq:
      - id: size
        type: u1
  pair:
    params:
      - id: a
        type: u1
      - id: more
        type: u1[]
    instances:
      sum:
        value: a + more[1]
enums:
  color:
    1: red
    2: green
