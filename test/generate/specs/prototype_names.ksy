meta:
  id: prototype_names
  ks-version: '0.11'
doc: Names that every object of JavaScript has.
seq:
  - id: to_string
    type: u1
  - id: value_of
    type: u1
  - id: has_own_property
    type: u1
    enum: property
  - id: inner
    type: constructor
    size: 1
types:
  constructor:
    seq:
      - id: constructor
        type: u1
enums:
  property:
    1: constructor
    2: to_string
