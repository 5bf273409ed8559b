meta:
  id: vhd
  title: Virtual Hard Disk (VHD), version 1
  application:
    - Microsoft Virtual PC
    - Microsoft Hyper-V
    - XenServer
    - VirtualBox
  file-extension:
    - vhd
    - avhd
  license: MIT
  ks-version: '0.11'
  endian: be
doc: |
  Structures of a fixed, dynamic or differencing VHD. A "sector" is 512 bytes. The block allocation table is a plain array of
  32-bit sector numbers, `0xffff_ffff` for a block that is not allocated.
doc-ref: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006)
types:
  footer:
    doc: |
      Last sector of every VHD, and in dynamic and differencing disks a copy of it in the first sector. All else is found from here.
    doc-ref: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format
    seq:
      - id: cookie
        -orig-id: Cookie
        -encoding: ASCII
        size: 8
        doc: |
          The letters "conectix". blktap writes "v_poison" while an operation is under way. What it means that neither is there depends
          on the place in the file, so that the code judges it.
      - id: features
        -orig-id: Features
        type: footer_features
        doc: Features of the disk.
      - id: file_format_version
        -orig-id: File Format Version
        type: u4
        valid: 0x00010000
        -rule: vhd/format-version
        doc: Version 1.0, the major number in the upper half.
      - id: data_offset
        -orig-id: Data Offset
        -unit: bytes
        type: u8
        doc: Byte position of the dynamic disk header, usually 512; `0xffff_ffff_ffff_ffff` in a fixed disk.
      - id: time_stamp
        -orig-id: Time Stamp
        -unit: seconds since 2000-01-01 00:00 UTC
        type: u4
        doc: When the disk was created, or last changed.
      - id: creator_application
        -orig-id: Creator Application
        type: u4
        enum: creator_application
        valid:
          in-enum: true
        -rule: vhd/creator-unknown
        doc: Program that made the disk, as four letters. Readers choose by it which of the sizes is the disk's.
      - id: creator_version
        -orig-id: Creator Version
        type: u4
        valid:
          expr: creator_application != creator_application::blktap or (_ != 0x00000001 and _ <= 0x00010003)
        -expected: 1.0 to 1.3 in a disk of blktap
        -rule: vhd/creator-tap-version
        doc: |
          Version of that program, the major number in the upper half. blktap went up to 1.3; disks of its version 0.1 have sector bitmaps with
          the bits of each byte the other way round.
      - id: creator_host_os
        -orig-id: Creator Host OS
        type: u4
        enum: creator_host_os
        doc: Operating system of the program, as four letters; 0 in disks of blktap.
      - id: original_size
        -orig-id: Original Size
        -unit: bytes
        type: u8
        doc: Guest size when the disk was made, a multiple of 512.
      - id: current_size
        -orig-id: Current Size
        -unit: bytes
        type: u8
        valid:
          max: '0x1fe_0000_0000'
        -rule: vhd/current-size-limit
        doc: Guest size now, a multiple of 512, not 0 and at most 2040 GiB.
      - id: disk_geometry
        -orig-id: Disk Geometry
        type: disk_geometry
        doc: Geometry of the disk, from which Virtual PC and QEMU work out its size.
      - id: disk_type
        -orig-id: Disk Type
        type: u4
        enum: disk_type
        valid:
          in-enum: true
        -rule: vhd/disk-type
        doc: How the guest's bytes are stored. 0, 1, 5 and 6 are deprecated.
      - id: checksum
        -orig-id: Checksum
        type: u4
        doc: One's complement of the sum of all bytes of the footer, these four taken as 0.
      - id: unique_id
        -orig-id: Unique Id
        size: 16
        valid:
          expr: _.max != 0
        -expected: not null
        -rule: vhd/unique-id-null
        doc: UUID by which children know their parent, big-endian, not null.
      - id: saved_state
        -orig-id: Saved State
        type: u1
        doc: 1 where the disk belongs to a saved virtual machine, 0 otherwise.
      - id: hidden
        type: u1
        valid:
          expr: _ == 0 or creator_application == creator_application::blktap
        -expected: 0 except in a disk of blktap
        -rule: vhd/reserved-nonzero
        doc: 0; XenServer writes 1 for a disk that only serves as a parent. Part of the reserved bytes in the document.
      - id: reserved
        -orig-id: Reserved
        size: 426
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: vhd/reserved-nonzero
        doc: Zeros up to the end of the sector. Virtual PC before 2004 left the last byte out.
  footer_features:
    meta:
      bit-endian: be
    doc: The 32-bit features word of the footer, highest bit first.
    doc-ref: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format, Features
    seq:
      - id: unknown
        type: b30
        valid: 0
        -rule: vhd/features-unknown
        doc: Bits 2 to 31, zero.
      - id: reserved
        type: b1
        valid: true
        -rule: vhd/features-reserved-bit
        doc: Bit 1, always set.
      - id: temporary
        type: b1
        valid: false
        -rule: vhd/features-temporary
        doc: Bit 0. The disk may be deleted when its host shuts down.
  disk_geometry:
    doc: Cylinders, heads and sectors of the disk; their product is rarely the exact size.
    doc-ref: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format, Disk Geometry
    seq:
      - id: cylinders
        -orig-id: Cylinder
        -unit: cylinders
        type: u2
        valid:
          min: 1
        -rule: vhd/geometry-invalid
        doc: Number of cylinders, at least 1.
      - id: heads
        -orig-id: Heads
        -unit: heads
        type: u1
        valid:
          expr: _ >= 1 and _ <= 16 or _ == 255
        -expected: 1 to 16
        -rule: vhd/geometry-invalid
        doc: Heads per cylinder, 1 to 16; old versions of QEMU wrote 255 for disks over 127 GiB.
      - id: sectors_per_track
        -orig-id: Sectors per track/cylinder
        -unit: sectors
        type: u1
        valid:
          min: 1
        -rule: vhd/geometry-invalid
        doc: Sectors per track, at least 1.
  dynamic_header:
    doc: Two sectors that describe the blocks of a dynamic or differencing disk, and the parent of the latter.
    doc-ref: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Dynamic Disk Header Format
    seq:
      - id: cookie
        -orig-id: Cookie
        contents: cxsparse
        -rule: vhd/header-cookie
        doc: The letters "cxsparse".
      - id: data_offset
        -orig-id: Data Offset
        -unit: bytes
        type: u8
        valid: '0xffff_ffff_ffff_ffff'
        -rule: vhd/header-data-offset
        doc: |
          Unused, all 64 bits set. The document's text shows 32 of them.
      - id: table_offset
        -orig-id: Table Offset
        -unit: bytes
        type: u8
        valid:
          min: 512
        -rule: vhd/table-offset-invalid
        doc: Byte position of the block allocation table, a multiple of 512 after the copy of the footer; usually 1536.
      - id: header_version
        -orig-id: Header Version
        type: u4
        valid: 0x00010000
        -rule: vhd/header-version
        doc: Version 1.0, the major number in the upper half.
      - id: max_table_entries
        -orig-id: Max Table Entries
        -unit: entries
        type: u4
        doc: Entries of the block allocation table, at least one for each block of the disk.
      - id: block_size
        -orig-id: Block Size
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
        -rule: vhd/block-size-invalid
        doc: Bytes of one block without its sector bitmap, a power of two of at least 512; 2 MiB in practice.
      - id: checksum
        -orig-id: Checksum
        type: u4
        doc: One's complement of the sum of all bytes of this header, these four taken as 0.
      - id: parent_unique_id
        -orig-id: Parent Unique ID
        size: 16
        doc: |
          UUID of the parent in a differencing disk, otherwise zeros. XenServer leaves zeros for a parent that is a raw disk.
      - id: parent_time_stamp
        -orig-id: Parent Time Stamp
        -unit: seconds since 2000-01-01 00:00 UTC
        type: u4
        doc: When the parent's file was last changed; 0 in a dynamic disk.
      - id: reserved1
        -orig-id: Reserved
        type: u4
        valid: 0
        -rule: vhd/header-reserved
        doc: Reserved, 0.
      - id: parent_unicode_name
        -orig-id: Parent Unicode Name
        -encoding: UTF-16BE
        size: 512
        doc: File name of the parent, padded with zeros; a full path in some checkpoints of Hyper-V. Kept as bytes, for lone surrogates occur.
      - id: parent_locators
        -orig-id: Parent Locator Entry
        type: parent_locator_entry
        repeat: expr
        repeat-expr: 8
        doc: Where to look for the parent, each entry in the manner of one platform.
      - id: reserved2
        -orig-id: Reserved
        size: 256
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: vhd/header-reserved
        doc: Zeros up to the end of the second sector.
  parent_locator_entry:
    doc: Points to the name of the parent in the manner of one platform. All zero where it is not used.
    doc-ref: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Dynamic Disk Header Format, Parent Locator Entries
    seq:
      - id: platform_code
        -orig-id: Platform Code
        type: u4
        enum: platform_code
        valid:
          in-enum: true
        -rule: vhd/locator-code
        doc: Manner of the name, as four letters; 0 for an unused entry.
      - id: platform_data_space
        -orig-id: Platform Data Space
        type: u4
        doc: Room for the name. The document counts sectors, most writers count bytes; below 512 it can only be sectors.
      - id: platform_data_length
        -orig-id: Platform Data Length
        -unit: bytes
        type: u4
        valid:
          expr: not (platform_code == platform_code::w2ru or platform_code == platform_code::w2ku) or (_ != 0 and _ % 2 == 0)
        -expected: an even number, not 0
        -rule: vhd/locator-length-odd
        doc: Bytes of the name, an even number in the UTF-16 manners. There is no zero at its end.
      - id: reserved
        -orig-id: Reserved
        type: u4
        valid: 0
        -rule: vhd/header-reserved
        doc: Reserved, 0.
      - id: platform_data_offset
        -orig-id: Platform Data Offset
        -unit: bytes
        type: u8
        valid:
          expr: platform_code != platform_code::none or (platform_data_space == 0 and platform_data_length == 0 and _ == 0)
        -expected: 0 like length and space in an unused entry
        -rule: vhd/locator-none-nonzero
        doc: Byte position of the name, a multiple of 512; zero like space and length in an unused entry.
  batmap_header:
    doc: |
      One sector after the padded block allocation table in disks of blktap. The map it points to has one bit for each block,
      highest bit first, set where every sector of the block is written.
    doc-ref: blktap (XenServer), libvhd, struct dd_batmap_hdr
    -rule: vhd/batmap-header
    seq:
      - id: cookie
        contents: tdbatmap
        -rule: vhd/batmap-cookie
        doc: The letters "tdbatmap".
      - id: batmap_offset
        -unit: bytes
        type: u8
        valid:
          min: 512
        -rule: vhd/batmap-header
        doc: Byte position of the map, a multiple of 512 after the copy of the footer.
      - id: batmap_size
        -unit: sectors
        type: u4
        valid:
          min: 1
        -rule: vhd/batmap-header
        doc: Sectors of the map, enough for one bit for each table entry.
      - id: batmap_version
        type: u4
        valid:
          max: 0x00010002
        -rule: vhd/batmap-header
        doc: Version 1.1 or 1.2, the major number in the upper half.
      - id: checksum
        type: u4
        doc: One's complement of the sum of all bytes of the map; version 1.1 adds them up as signed bytes.
      - id: marker
        type: u1
        doc: Mark of an operation of blktap that is under way.
      - id: keyhash
        type: batmap_keyhash
        doc: Hash of the key of an encrypted disk.
      - id: reserved
        size: 418
        doc: Reserved up to the end of the sector.
  batmap_keyhash:
    doc: Says which key an encrypted disk was written with.
    doc-ref: blktap (XenServer), libvhd, struct vhd_keyhash
    seq:
      - id: cookie
        type: u1
        doc: Whether a hash is stored, 0 or 1.
      - id: nonce
        size: 32
        doc: Random bytes that go into the hash.
      - id: hash
        size: 32
        doc: Hash of nonce and key.
enums:
  creator_application:
    0x76706320:
      id: virtual_pc
      doc: '"vpc ", Microsoft Virtual PC'
    0x76732020:
      id: virtual_server
      doc: '"vs  ", Microsoft Virtual Server'
    0x77696e20:
      id: windows
      doc: '"win ", Windows and Hyper-V'
    0x77610000:
      id: azure
      doc: '"wa" and two zero bytes, Azure'
    0x64327620:
      id: disk2vhd
      doc: '"d2v ", Disk2vhd'
    0x64327600:
      id: disk2vhd_zero
      doc: '"d2v" and a zero byte, Disk2vhd'
    0x71656d75:
      id: qemu
      doc: '"qemu", QEMU with a size rounded to the geometry'
    0x71656d32:
      id: qemu_exact
      doc: '"qem2", QEMU with the exact size (force_size)'
    0x74617000:
      id: blktap
      doc: '"tap" and a zero byte, blktap and XenServer'
    0x76626f78:
      id: virtualbox
      doc: '"vbox", VirtualBox'
    0x786f2020:
      id: xen_orchestra
      doc: '"xo  ", Xen Orchestra'
  creator_host_os:
    0:
      id: unspecified
      doc: Not given, as in disks of blktap
    0x4d616320:
      id: macintosh
      doc: '"Mac ", Macintosh'
    0x5769326b:
      id: windows
      doc: '"Wi2k", Windows'
  disk_type:
    2:
      id: fixed
      doc: The guest's bytes one after another, then the footer.
    3:
      id: dynamic
      doc: Blocks are allocated when first written; the others read as zeros.
    4:
      id: differencing
      doc: Blocks are allocated when first written; all else is the parent's.
  platform_code:
    0:
      id: none
      doc: The entry is not used.
    0x4d616320:
      id: mac
      doc: '"Mac ", an alias of Mac OS'
    0x4d616358:
      id: macx
      doc: '"MacX", a file URL in UTF-8'
    0x5769326b:
      id: wi2k
      doc: '"Wi2k", an absolute Windows path, deprecated'
    0x57693272:
      id: wi2r
      doc: '"Wi2r", a relative Windows path, deprecated'
    0x57326b75:
      id: w2ku
      doc: '"W2ku", an absolute Windows path in UTF-16LE'
    0x57327275:
      id: w2ru
      doc: '"W2ru", a Windows path relative to the child in UTF-16LE'
