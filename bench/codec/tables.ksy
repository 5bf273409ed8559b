meta:
  id: tables
  title: One table of plain 32-bit integers
  license: MIT
  endian: be
doc: A block allocation table in the large.
seq:
  - id: entries
    type: u4
    repeat: eos
