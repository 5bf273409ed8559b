# Maps that take entries from others with `<<`: their own come first, then those of the map that is named first.
meta:
  id: merge_keys
  endian: le
-defaults:
  - &wide {type: u2, doc: A wide number.}
  - &rare {type: u4, if: flags != 0, doc: Not always there.}
  - &names {1: one, 2: two}
seq:
  - &flags
    id: flags
    type: u1
  - <<: *wide
    id: first
  - id: second
    <<: [*rare, *wide]
    doc: Its own words.
  - <<: *flags
    id: third
    type: s1
    enum: names
enums:
  names:
    <<: *names
    -1: none
