meta:
  id: archive
  title: Sections with headers, names and small substreams
  endian: le
  bit-endian: le
seq:
  - id: sections
    type: section
    repeat: until
    repeat-until: _.kind == kinds::end
types:
  section:
    seq:
      - id: magic
        contents: PK
      - id: kind
        type: u2
        enum: kinds
      - id: body
        type:
          switch-on: kind
          cases:
            kinds::entry: entry
            kinds::file: file
            kinds::end: end
  file:
    seq:
      - id: header
        type: file_header
      - id: body
        size: header.len_body
  file_header:
    seq:
      - id: version
        type: u2
      - id: flags
        type: flags
        size: 2
      - id: method
        type: u2
        enum: methods
      - id: modified
        type: moment
        size: 4
      - id: checksum
        type: u4
      - id: len_body
        type: u4
      - id: len_original
        type: u4
      - id: len_name
        type: u2
      - id: len_extra
        type: u2
      - id: name
        type: str
        size: len_name
        encoding: UTF-8
      - id: extra
        type: extras
        size: len_extra
  flags:
    seq:
      - id: is_encrypted
        type: b1
      - id: options
        type: b2
      - id: has_descriptor
        type: b1
      - id: reserved
        type: b7
      - id: is_utf8
        type: b1
      - id: rest
        type: b4
  moment:
    seq:
      - id: time
        type: u2
      - id: date
        type: u2
    instances:
      hour:
        value: time >> 11
      year:
        value: 1980 + (date >> 9)
  extras:
    seq:
      - id: fields
        type: extra
        repeat: eos
  extra:
    seq:
      - id: code
        type: u2
      - id: len_body
        type: u2
      - id: body
        size: len_body
  entry:
    seq:
      - id: version_made
        type: u2
      - id: version
        type: u2
      - id: flags
        type: u2
      - id: method
        type: u2
        enum: methods
      - id: modified
        type: moment
        size: 4
      - id: checksum
        type: u4
      - id: len_body
        type: u4
      - id: len_original
        type: u4
      - id: len_name
        type: u2
      - id: len_extra
        type: u2
      - id: len_comment
        type: u2
      - id: disk
        type: u2
      - id: internal
        type: u2
      - id: external
        type: u4
      - id: ofs_file
        type: s4
      - id: name
        type: str
        size: len_name
        encoding: UTF-8
      - id: extra
        type: extras
        size: len_extra
      - id: comment
        type: str
        size: len_comment
        encoding: UTF-8
    instances:
      file:
        pos: ofs_file
        type: section
  end:
    seq:
      - id: disk
        type: u2
      - id: len_comment
        type: u2
      - id: comment
        type: str
        size: len_comment
        encoding: UTF-8
enums:
  methods:
    0: stored
    8: deflated
  kinds:
    0x0201: entry
    0x0403: file
    0x0605: end
