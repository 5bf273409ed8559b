meta:
  id: contents_forms
  ks-version: '0.11'
doc: Constants, which have the size of their bytes whatever else is said.
seq:
  - id: signed
    contents: [-1, -128, 200]
  - id: quoted
    contents: ['0x41', '017', '-2', '1_0', '0x1F']
  - id: text
    contents: '12'
  - id: oversized
    contents: abc
    size: 4
  - id: to_end
    contents: [100]
    size-eos: true
  - id: ended
    contents: [1, 2]
    terminator: 0
  - id: rest
    type: list
instances:
  wrapped:
    value: rest.as<list[]>
types:
  list:
    seq:
      - id: items
        type: u1
        repeat: eos
