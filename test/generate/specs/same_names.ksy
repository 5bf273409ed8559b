meta:
  id: same_names
  endian: be
seq:
  - id: a
    type: foo
  - id: b
    type: foo::foo
  - id: c
    type: bar::foo
  - id: d
    type: baz::bar::foo
types:
  foo:
    seq:
      - id: x
        type: foo
    types:
      foo:
        seq:
          - id: y
            type: u1
            enum: foo
        enums:
          foo:
            1: one
  bar:
    types:
      foo:
        seq:
          - id: v
            type: u2
  baz:
    types:
      bar:
        types:
          foo:
            seq:
              - id: z
                type: u4
                enum: e
            enums:
              e:
                1: q
enums:
  e:
    5: top
