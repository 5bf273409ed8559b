meta:
  id: boolean_names
  ks-version: '0.11'
doc: Names that YAML could take for booleans.
seq:
  - id: on
    type: u1
    enum: answer
  - id: after
    size: 1
    if: on != answer::no and is_yes
instances:
  is_yes:
    value: on == answer::yes
enums:
  answer:
    0: no
    1: yes
    2:
      id: off
