meta:
  id: chunks
  title: Chunks told apart by a text
  endian: be
seq:
  - id: magic
    contents: [0x89, 0x50]
  - id: chunks
    type: chunk
    repeat: until
    repeat-until: _.kind == "IEND" or _io.eof
types:
  chunk:
    seq:
      - id: len
        type: u4
      - id: kind
        type: str
        size: 4
        encoding: UTF-8
      - id: body
        size: len
        type:
          switch-on: kind
          cases:
            '"PLTE"': palette
            '"pHYs"': density
      - id: checksum
        type: u4
  palette:
    seq:
      - id: entries
        type: rgb
        repeat: eos
  rgb:
    seq:
      - id: r
        type: u1
      - id: g
        type: u1
      - id: b
        type: u1
  density:
    seq:
      - id: x
        type: u4
      - id: y
        type: u4
      - id: unit
        type: u1
