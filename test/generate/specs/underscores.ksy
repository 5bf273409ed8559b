meta:
  id: underscores
seq:
  - id: val_
    type: u1
  - id: foo_1
    type: u1
  - id: foo1
    type: u1
instances:
  val:
    value: val_ + foo_1 + foo1
