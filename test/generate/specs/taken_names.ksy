meta:
  id: taken_names
  endian: le
  encoding: ASCII
to-string: '"abc"'
seq:
  - id: to_string
    type: u1
  - id: value_of
    type: u1
  - id: io
    type: u1
  - id: parent
    type: u1
  - id: root
    type: u1
  - id: is_le
    type: u1
  - id: foo_1
    type: u1
  - id: foo1
    type: u1
  - id: from
    type: u1
  - id: decode
    type: u1
  - id: name
    type: u1
  - id: length
    type: u1
  - id: arguments
    type: u1
  - id: this
    type: u1
  - id: new
    type: child(this, length)
    repeat: expr
    repeat-expr: 2
  - id: layout
    type: layout
  - id: patch
    type: u1
  - id: count
    type: u1
  - id: index
    type: u1
    repeat: expr
    repeat-expr: count
  - id: item
    type: child(index[0], 2)
    repeat: until
    repeat-until: _.index == 3
instances:
  has_own_property:
    value: 5
  is_prototype_of:
    pos: 0
    type: u1
  result:
    pos: 0
    type: child(index[0], item[0].at)
    repeat: expr
    repeat-expr: 2
types:
  child:
    params:
      - id: index
        type: u1
      - id: at
        type: u1
    seq:
      - id: item
        type: u1
      - id: guard
        type: str
        size-eos: true
        if: at == 1
  layout:
    seq:
      - id: structure
        type: structure
  structure:
    seq:
      - id: byte_reader
        type: byte_reader
  byte_reader:
    seq:
      - id: string
        type: strz
  string: {}
  map: {}
  number: {}
  boolean: {}
  date: {}
  promise: {}
  record: {}
  partial: {}
  pick: {}
  taken_names: {}
  child_field: {}
  globalthis: {}
  open_enum: {}
  present: {}
  bytes_equal: {}
  array_like: {}
enums:
  child:
    1: a
  layout:
    1: constructor
    2: prototype
    3: length
    4: name
    5: default
