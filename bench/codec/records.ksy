meta:
  id: records
  title: Half a million records of 16 bytes
  license: MIT
  endian: le
doc: Fixed fields only, as headers and table entries have them.
seq:
  - id: records
    type: record
    repeat: eos
types:
  record:
    seq:
      - id: kind
        type: u2
      - id: flags
        type: u2
      - id: length
        type: u4
      - id: offset
        type: u4
      - id: checksum
        type: u4
