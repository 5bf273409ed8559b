meta:
  id: vdi
  title: VirtualBox Disk Image (VDI), version 1.1
  application:
    - VirtualBox
    - QEMU
  file-extension: vdi
  license: MIT
  ks-version: '0.11'
  endian: le
doc: |
  The header of a dynamic, static or differencing VDI. The block map that it points to is a plain array of 32-bit numbers, one for each block of
  the disk: which of the stored blocks it is, `0xffff_ffff` for one that is not stored, `0xffff_fffe` for one of zeros.
doc-ref: VirtualBox 7.0, src/VBox/Storage/VDICore.h
types:
  header:
    doc: |
      The first 472 bytes of the file: a text for people, signature and version, then the fields of version 1.1. Writers that know nothing of the
      logical geometry leave it out and give a header size of 384.
    doc-ref: VirtualBox 7.0, src/VBox/Storage/VDICore.h, VDIPREHEADER and VDIHEADER1PLUS
    -rule: vdi/header-truncated
    seq:
      - id: file_info
        -orig-id: szFileInfo
        -encoding: ASCII
        size: 64
        doc: A text that names the writer, padded with zeros; no reader looks at it.
      - id: signature
        -orig-id: u32Signature
        contents: [0x7f, 0x10, 0xda, 0xbe]
        -rule: vdi/signature
        doc: The number 0xbeda107f, lowest byte first.
      - id: version
        -orig-id: u32Version
        type: u4
        valid: 0x00010001
        -rule: vdi/version
        doc: Version 1.1, the major number in the upper half.
      - id: header_size
        -orig-id: cbHeader
        -unit: bytes
        type: u4
        valid:
          min: 384
        -rule: vdi/header-size
        doc: Bytes of the fields from this one on, 400 with the logical geometry and 384 without it.
      - id: image_type
        -orig-id: u32Type
        type: u4
        enum: image_type
        valid:
          in-enum: true
        -rule: vdi/image-type
        doc: How the guest's bytes are stored.
      - id: flags
        -orig-id: fFlags
        type: image_flags
        doc: What VirtualBox noted when it made the image.
      - id: comment
        -orig-id: szComment
        -encoding: UTF-8
        size: 256
        doc: A text of the user's, padded with zeros.
      - id: blocks_offset
        -orig-id: offBlocks
        -unit: bytes
        type: u4
        valid:
          min: 456
        -rule: vdi/blocks-offset-invalid
        doc: Byte position of the block map, after the header; 512 or 1 MiB in practice.
      - id: data_offset
        -orig-id: offData
        -unit: bytes
        type: u4
        doc: Byte position of the first stored block, after the block map.
      - id: legacy_geometry
        -orig-id: LegacyGeometry
        type: geometry
        doc: Geometry as the first versions stored it; zeros but for the size of a sector.
      - id: translation
        -orig-id: u32Dummy
        type: u4
        doc: Once the BIOS's way to translate geometries, not used any more.
      - id: disk_size
        -orig-id: cbDisk
        -unit: bytes
        type: u8
        valid:
          min: 1
        -rule: vdi/disk-size-zero
        doc: Guest size, a multiple of 512.
      - id: block_size
        -orig-id: cbBlock
        -unit: bytes
        type: u4
        valid:
          any-of:
            - 0x200
            - 0x400
            - 0x800
            - 0x1000
            - 0x2000
            - 0x4000
            - 0x8000
            - 0x10000
            - 0x20000
            - 0x40000
            - 0x80000
            - 0x100000
            - 0x200000
            - 0x400000
            - 0x800000
            - 0x1000000
            - 0x2000000
            - 0x4000000
            - 0x8000000
            - 0x10000000
            - 0x20000000
            - 0x40000000
            - '0x8000_0000'
        -rule: vdi/block-size-invalid
        doc: Guest bytes of one block, a power of two of at least 512; 1 MiB in practice.
      - id: block_extra
        -orig-id: cbBlockExtra
        -unit: bytes
        type: u4
        valid:
          expr: _ == 0 or (_ != 1 and (_ & (_ - 1)) == 0)
        -expected: 0 or a power of two above 1
        -rule: vdi/block-extra-invalid
        doc: Bytes before the data of each stored block, which are not the guest's; 0 in practice.
      - id: num_blocks
        -orig-id: cBlocks
        -unit: blocks
        type: u4
        doc: Entries of the block map, one for each block of the disk.
      - id: num_blocks_allocated
        -orig-id: cBlocksAllocated
        -unit: blocks
        type: u4
        valid:
          expr: _ <= num_blocks
        -expected: at most the number of blocks
        -rule: vdi/allocated-exceeds-blocks
        doc: Blocks that are stored; the next one that is written is stored after so many.
      - id: uuid_create
        -orig-id: uuidCreate
        size: 16
        valid:
          expr: _.max != 0
        -expected: not null
        -rule: vdi/uuid-create-null
        doc: Which image this is; its first three parts have their lowest byte first.
      - id: uuid_modify
        -orig-id: uuidModify
        size: 16
        valid:
          expr: _.max != 0
        -expected: not null
        -rule: vdi/uuid-modify-null
        doc: Changes whenever the image was written to.
      - id: uuid_linkage
        -orig-id: uuidLinkage
        size: 16
        doc: Which image the parent of a differencing image is; zeros in all others.
      - id: uuid_parent_modify
        -orig-id: uuidParentModify
        size: 16
        doc: The modification UUID that the parent of a differencing image had; zeros in all others.
      - id: logical_geometry
        -orig-id: LCHSGeometry
        type: geometry
        if: header_size >= 400
        doc: Geometry that the guest's BIOS sees; zeros but for the size of a sector until a BIOS has chosen one.
  image_flags:
    meta:
      bit-endian: le
    doc: The 32-bit flags word, lowest bit first.
    doc-ref: VirtualBox 7.0, src/VBox/Storage/VDICore.h, getImageFlags
    seq:
      - id: zero_expand
        type: b1
        doc: Bit 0. New blocks are filled with zeros.
      - id: unknown_low
        type: b7
        valid: 0
        -rule: vdi/flags-unknown
        doc: Bits 1 to 7, zero.
      - id: fixed
        type: b1
        doc: Bit 8. The image is a static one, as its type says too.
      - id: differencing
        type: b1
        doc: Bit 9. The image is a differencing one, as its type says too.
      - id: unknown_high
        type: b22
        valid: 0
        -rule: vdi/flags-unknown
        doc: Bits 10 to 31, zero.
  geometry:
    doc: Cylinders, heads and sectors of a disk; all three are zero where they are unknown.
    doc-ref: VirtualBox 7.0, src/VBox/Storage/VDICore.h, VDIDISKGEOMETRY
    seq:
      - id: cylinders
        -orig-id: cCylinders
        -unit: cylinders
        type: u4
        doc: Number of cylinders.
      - id: heads
        -orig-id: cHeads
        -unit: heads
        type: u4
        doc: Heads per cylinder.
      - id: sectors_per_track
        -orig-id: cSectors
        -unit: sectors
        type: u4
        doc: Sectors per track.
      - id: sector_size
        -orig-id: cbSector
        -unit: bytes
        type: u4
        doc: Bytes of a sector, 512.
enums:
  image_type:
    1:
      id: dynamic
      -orig-id: VDI_IMAGE_TYPE_NORMAL
      doc: Blocks are stored when first written; the others read as zeros.
    2:
      id: static
      -orig-id: VDI_IMAGE_TYPE_FIXED
      doc: All blocks are stored from the start.
    3:
      id: undo
      -orig-id: VDI_IMAGE_TYPE_UNDO
      doc: Blocks are stored when first written; all else is the parent's. No released VirtualBox makes such images.
    4:
      id: differencing
      -orig-id: VDI_IMAGE_TYPE_DIFF
      doc: Blocks are stored when first written; all else is the parent's.
