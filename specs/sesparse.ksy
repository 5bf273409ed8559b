meta:
  id: sesparse
  title: VMDK space-efficient sparse extent (seSparse)
  application: VMware ESXi
  file-extension: vmdk
  license: MIT
  ks-version: '0.11'
  endian: le
doc: |
  Structures of a seSparse extent. VMware publishes no description: names and meanings come from public readers of the format.
  A "sector" is 512 bytes, and positions and sizes of areas are in sectors.
doc-ref: QEMU 7.2, block/vmdk.c, read support for seSparse
types:
  const_header:
    doc: First sector of the file, written once. It names the nine areas, which follow one another without gaps in all files known.
    doc-ref: QEMU 7.2, block/vmdk.c, seSparse constant header
    seq:
      - id: magic
        type: u8
        valid: '0xcafe_babe'
        -rule: sesparse/const-magic
        doc: 0x00000000cafebabe.
      - id: version
        type: u8
        valid: '0x2_0000_0001'
        -rule: sesparse/version
        doc: 0x0000000200000001, version 2.1 with the major number in the upper half; no other is known.
      - id: capacity
        -unit: sectors
        type: u8
        valid:
          min: 1
          max: '0x1f_ffff_ffff'
        -rule: sesparse/capacity-zero
        doc: Guest size in sectors, at least 1 and less than 64 TiB.
      - id: grain_size
        -unit: sectors
        type: u8
        valid: 8
        -rule: sesparse/grain-size
        doc: Sectors in one grain, 8 (4 KiB); no other size is known.
      - id: grain_table_size
        -unit: sectors
        type: u8
        valid: 64
        -rule: sesparse/grain-table-size
        doc: Sectors of one grain table, 64 (4096 entries, 16 MiB of the guest); no other size is known.
      - id: flags
        type: u8
        valid: 0
        -rule: sesparse/flags
        doc: 0; the meaning of its bits is unknown.
      - id: reserved1
        type: u8
        valid: 0
        -rule: sesparse/reserved-nonzero
        doc: Reserved, 0.
      - id: reserved2
        type: u8
        valid: 0
        -rule: sesparse/reserved-nonzero
        doc: Reserved, 0.
      - id: reserved3
        type: u8
        valid: 0
        -rule: sesparse/reserved-nonzero
        doc: Reserved, 0.
      - id: reserved4
        type: u8
        valid: 0
        -rule: sesparse/reserved-nonzero
        doc: Reserved, 0.
      - id: volatile_header_offset
        -unit: sectors
        type: u8
        doc: Sector of the volatile header; 1 in practice.
      - id: volatile_header_size
        -unit: sectors
        type: u8
        doc: Sectors of the volatile header; 1 in practice.
      - id: journal_header_offset
        -unit: sectors
        type: u8
        doc: Sector of the journal's header; 2 in practice.
      - id: journal_header_size
        -unit: sectors
        type: u8
        doc: Sectors of the journal's header; 2 in practice.
      - id: journal_offset
        -unit: sectors
        type: u8
        doc: Sector of the journal, which is replayed when a disk is opened after a crash; 2048 in practice.
      - id: journal_size
        -unit: sectors
        type: u8
        doc: Sectors of the journal; 2048 in practice.
      - id: grain_dir_offset
        -unit: sectors
        type: u8
        doc: Sector of the grain directory, an array of 64-bit entries.
      - id: grain_dir_size
        -unit: sectors
        type: u8
        doc: Sectors of the grain directory, 64 entries in each, rounded up to 2048.
      - id: grain_tables_offset
        -unit: sectors
        type: u8
        doc: Sector of the area of all grain tables; the directory counts tables from here.
      - id: grain_tables_size
        -unit: sectors
        type: u8
        doc: Sectors of the area of all grain tables, 64 for each, rounded up to 2048.
      - id: free_bitmap_offset
        -unit: sectors
        type: u8
        doc: Sector of the bitmap of grain slots.
      - id: free_bitmap_size
        -unit: sectors
        type: u8
        doc: Sectors of the bitmap, one bit for each grain slot, rounded up to 2048.
      - id: backmap_offset
        -unit: sectors
        type: u8
        doc: Sector of the map from a grain slot back to the table that contains it.
      - id: backmap_size
        -unit: sectors
        type: u8
        doc: Sectors of that map.
      - id: grains_offset
        -unit: sectors
        type: u8
        doc: Sector of grain slot 0.
      - id: grains_size
        -unit: sectors
        type: u8
        valid:
          min: capacity
        -rule: sesparse/grains-too-small
        doc: Sectors set aside for grains, equal to the capacity in practice; the file itself may be shorter.
      - id: pad
        size: 304
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: sesparse/reserved-nonzero
        doc: Zeros up to the end of the sector.
  volatile_header:
    doc: One sector of state that changes while the disk is in use.
    doc-ref: QEMU 7.2, block/vmdk.c, seSparse volatile header
    -rule: sesparse/area-out-of-file
    seq:
      - id: magic
        type: u8
        valid: '0xcafe_cafe'
        -rule: sesparse/volatile-magic
        doc: 0x00000000cafecafe.
      - id: free_gt_number
        type: u8
        doc: Believed to be the index of the grain table that will be handed out next.
      - id: next_txn_seq_number
        type: u8
        doc: Number that the next transaction of the journal will have.
      - id: replay_journal
        type: u8
        valid: 0
        -rule: sesparse/replay-journal
        doc: 0 after a clean close; otherwise the tables are stale until ESXi has replayed the journal.
      - id: pad
        size: 480
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: sesparse/volatile-pad-nonzero
        doc: Zeros up to the end of the sector.
  grain_dir_entry:
    meta:
      bit-endian: le
    doc: One 64-bit entry of the grain directory, lowest bits first. All zero where no table exists.
    doc-ref: QEMU 7.2, block/vmdk.c, seSparse grain directory entry
    seq:
      - id: table_index
        type: u4
        doc: Bits 0 to 31. Number of the table within the area of grain tables.
      - id: reserved
        type: b28
        valid: 0
        -rule: sesparse/gde-type
        doc: Bits 32 to 59, zero.
      - id: type
        type: b4
        enum: grain_dir_entry_type
        valid:
          expr: _ == grain_dir_entry_type::table or (_ == grain_dir_entry_type::none and table_index == 0)
        -expected: 1, or else all of the entry 0
        -rule: sesparse/gde-type
        doc: Bits 60 to 63. Whether there is a table; without one the whole entry is zero.
  grain_table_entry:
    meta:
      bit-endian: le
    doc: |
      One 64-bit entry of a grain table, lowest bits first. The slot of an allocated grain is `index_high * 4096 + index_low`, counted in grains
      from the start of the grain area.
    doc-ref: QEMU 7.2, block/vmdk.c, seSparse grain table entry
    seq:
      - id: index_high
        type: b48
        doc: Bits 0 to 47. Slot number without its lowest 12 bits.
      - id: index_low
        type: b12
        doc: Bits 48 to 59. Lowest 12 bits of the slot number.
      - id: type
        type: b4
        enum: grain_table_entry_type
        valid:
          in-enum: true
        -rule: sesparse/gte-type
        doc: Bits 60 to 63. What the guest sees in the grain.
enums:
  grain_dir_entry_type:
    0:
      id: none
      doc: No table; the grains are the parent's.
    1:
      id: table
      doc: A table exists.
  grain_table_entry_type:
    0:
      id: unallocated
      doc: The grain is the parent's; the index is 0.
    1:
      id: unmapped
      doc: The guest gave the grain up. The index names the slot it had, to be reclaimed; readers disagree whether it shows zeros or the parent.
    2:
      id: zero
      doc: The grain reads as zeros without asking the parent.
    3:
      id: allocated
      doc: The grain is stored in the slot of the index.
