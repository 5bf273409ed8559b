meta:
  id: layout_of_all
  endian: be
  encoding: ASCII
doc: A header, a list of named entries and a tail, to try places, dumps and patches on.
seq:
  - id: magic
    contents: LOA
    -rule: loa/magic
    doc: Three letters.
  - id: num_entries
    type: u1
    valid:
      max: 4
    -rule: loa/count
  - id: flags
    type: flags
  - id: entries
    type: entry
    repeat: expr
    repeat-expr: num_entries
  - id: note
    type: strz
  - id: numbers
    type: u2
    repeat: expr
    repeat-expr: 3
  - id: tail
    type: u8
    enum: tail
    -radix: hex
    valid:
      any-of:
        - tail::none
        - tail::some
    if: flags.has_tail
instances:
  total:
    value: numbers[0] + numbers[1]
  first_letter:
    pos: 0
    type: u1
    valid: 0x4c
types:
  flags:
    meta:
      bit-endian: le
    seq:
      - id: has_tail
        type: b1
      - id: level
        type: b4
        valid:
          max: 9
        -rule: loa/level
      - id: rest
        type: b3
  entry:
    -rule: loa/entry-cut-off
    seq:
      - id: len_name
        type: u1
      - id: name
        type: str
        size: len_name
      - id: value
        type: s4
        valid:
          min: 0
        -rule: loa/value
enums:
  tail:
    0: none
    0xffff_ffff_ffff_fffe: some
