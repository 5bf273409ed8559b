meta:
  id: api_names
seq:
  - id: fields
    type: u1
  - id: version
    type: version
  - id: writers
    type: writers
  - id: params
    type: params(fields, 1)
  - id: to_j_s_o_n
    type: u1
types:
  version:
    seq:
      - id: patch
        type: u1
    instances:
      at:
        value: patch + 1
  writers:
    seq:
      - id: to_bytes
        type: u1
  params:
    params:
      - id: values
        type: u1
      - id: sink
        type: u1
    seq:
      - id: content
        size: values
