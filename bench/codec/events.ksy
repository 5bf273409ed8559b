meta:
  id: events
  title: Events with times of variable length
  endian: be
seq:
  - id: magic
    contents: MTrk
  - id: len_events
    type: u4
  - id: events
    type: track
    size: len_events
types:
  track:
    seq:
      - id: event
        type: event
        repeat: eos
  event:
    seq:
      - id: time
        type: vlq
      - id: head
        type: u1
      - id: body
        type:
          switch-on: kind
          cases:
            0x80: note
            0x90: note
            0xe0: bend
            0xc0: program
    instances:
      kind:
        value: head & 0xf0
      channel:
        value: head & 0xf
  note:
    seq:
      - id: note
        type: u1
      - id: velocity
        type: u1
  bend:
    seq:
      - id: b1
        type: u1
      - id: b2
        type: u1
    instances:
      value:
        value: (b2 << 7) + b1 - 0x4000
  program:
    seq:
      - id: program
        type: u1
  vlq:
    seq:
      - id: groups
        type: group
        repeat: until
        repeat-until: not _.has_next
    instances:
      value:
        value: groups[groups.size - 1].value
  group:
    seq:
      - id: b
        type: u1
    instances:
      has_next:
        value: (b & 0x80) != 0
      value:
        value: b & 0x7f
