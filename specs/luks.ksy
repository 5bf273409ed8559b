meta:
  id: luks
  title: LUKS header, version 1
  application: QEMU
  license: MIT
  ks-version: '0.11'
  endian: be
doc: |
  Header of an encrypted qcow2 image, at the position that the full disk encryption extension gives. Positions in it count from its own start.
doc-ref: LUKS On-Disk Format Specification 1.2.3
types:
  luks1_header:
    doc: Partition header of LUKS version 1, 592 bytes.
    doc-ref: LUKS On-Disk Format Specification 1.2.3, PHDR layout
    -rule: qcow2/luks-header-bounds
    seq:
      - id: magic
        contents: ['LUKS', 0xba, 0xbe]
        -rule: qcow2/luks-header-magic
        doc: The letters "LUKS" and the bytes 0xba 0xbe.
      - id: version
        type: u2
        valid: 1
        -rule: qcow2/luks-header-magic
        doc: Version of the header, 1.
      - id: cipher_name
        -orig-id: cipher-name
        -encoding: ASCII
        size: 32
        doc: Name of the cipher, padded with zeros.
      - id: cipher_mode
        -orig-id: cipher-mode
        -encoding: ASCII
        size: 32
        doc: Mode of the cipher, padded with zeros.
      - id: hash_spec
        -orig-id: hash-spec
        -encoding: ASCII
        size: 32
        doc: Name of the hash function, padded with zeros.
      - id: payload_offset
        -orig-id: payload-offset
        -unit: sectors
        type: u4
        doc: Sector where encrypted data would begin in a partition of its own; not used by qcow2.
      - id: key_bytes
        -orig-id: key-bytes
        -unit: bytes
        type: u4
        doc: Bytes of the master key.
      - id: mk_digest
        -orig-id: mk-digest
        size: 20
        doc: Digest that a recovered master key is checked against.
      - id: mk_digest_salt
        -orig-id: mk-digest-salt
        size: 32
        doc: Salt of that digest.
      - id: mk_digest_iter
        -orig-id: mk-digest-iter
        -unit: iterations
        type: u4
        doc: Iterations of that digest.
      - id: uuid
        -encoding: ASCII
        size: 40
        doc: UUID as text, padded with zeros.
      - id: key_slots
        -orig-id: key-slot
        type: key_slot
        repeat: expr
        repeat-expr: 8
        doc: One slot for each passphrase that opens the image.
  key_slot:
    doc: Where one encrypted copy of the master key is, 48 bytes.
    doc-ref: LUKS On-Disk Format Specification 1.2.3, key slot layout
    seq:
      - id: state
        -orig-id: active
        type: u4
        enum: key_slot_state
        valid:
          in-enum: true
        -rule: qcow2/luks-slot
        doc: Whether the slot is in use.
      - id: iterations
        -unit: iterations
        type: u4
        doc: Iterations that turn the passphrase into the slot's key, 1000 at least in practice.
      - id: salt
        size: 32
        doc: Salt of these iterations.
      - id: key_material_offset
        -orig-id: key-material-offset
        -unit: sectors
        type: u4
        doc: Sector of the slot's key material, counted from the start of this header.
      - id: stripes
        -unit: stripes
        type: u4
        valid:
          expr: _ != 0 or state != key_slot_state::active
        -expected: not 0 in a slot in use
        -rule: qcow2/luks-slot
        doc: Stripes that the key material is spread over, 4000 in practice and not 0 in a slot in use.
enums:
  key_slot_state:
    0x0000dead:
      id: disabled
      doc: The slot is free.
    0x00ac71f3:
      id: active
      doc: The slot contains a copy of the master key.
