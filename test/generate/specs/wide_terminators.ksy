meta:
  id: wide_terminators
  ks-version: '0.11'
  encoding: UTF-16LE
doc: A terminator that is written is one byte, whatever the encoding; that of `strz` is one letter.
seq:
  - id: written
    type: strz
    terminator: 0
  - id: own
    type: strz
  - id: sized
    type: str
    size: 4
    terminator: 0
  - id: last
    type: u1
