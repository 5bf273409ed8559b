meta:
  id: vmdk4
  title: VMDK hosted sparse extent (VMDK4) and streamOptimized markers
  application:
    - VMware Workstation
    - VMware ESXi
    - VirtualBox
    - QEMU
  file-extension: vmdk
  license: MIT
  ks-version: '0.11'
  endian: le
doc: |
  Structures of a hosted sparse VMDK extent, one type for each. A "sector" is always 512 bytes, whatever the sector size of the disk.
  Directories and tables are plain arrays of 32-bit sector numbers and need no type of their own.
doc-ref: Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents
types:
  sparse_extent_header:
    doc: |
      First sector of the extent. A streamOptimized extent repeats it near the end of the file as its footer, and there the
      offsets are the true ones: the header then says `0xffff_ffff_ffff_ffff` for the grain directory.
      Fields from `capacity` on are not aligned to their size.
    doc-ref: Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents, SparseExtentHeader
    -rule: vmdk4/header-truncated
    seq:
      - id: magic_number
        -orig-id: magicNumber
        contents: KDMV
        -rule: vmdk4/magic
        doc: The letters "KDMV". Lower-case letters mark the output of a writer that did not finish.
      - id: version
        type: u4
        valid:
          min: 1
          max: 3
        -rule: vmdk4/version-unsupported
        doc: |
          Version of the layout: 1 in nearly all extents, 2 where a grain table entry of 1 means a zeroed grain, 3 for streamOptimized
          extents and disks with changed block tracking.
      - id: flags
        type: sparse_extent_flags
        valid:
          expr: not _.compressed or _.markers
        -expected: with markers where grains are compressed
        -rule: vmdk4/compressed-without-markers
        doc: Features in use. Readers disagree about compressed grains that have no markers, so the two flags go together.
      - id: capacity
        -unit: sectors
        type: u8
        valid:
          expr: _ < 0x40_0000_0000_0000 and (flags.compressed or _ <= 0x1_0000_0000)
        -expected: less than 2^63 bytes, and at most 2^32 sectors unless compressed
        -rule: vmdk4/capacity-overflow
        doc: |
          Guest size of the extent in sectors, at most 2^32 where grains are not compressed (tables contain 32-bit sector numbers), and always
          less than 2^63 bytes. 0 where the header only carries a text descriptor.
      - id: grain_size
        -orig-id: grainSize
        -unit: sectors
        type: u8
        valid:
          any-of:
            - 8
            - 16
            - 32
            - 64
            - 128
            - 256
            - 512
            - 1024
            - 2048
            - 4096
            - 8192
            - 16384
            - 32768
            - 65536
            - 131072
            - 262144
            - 524288
            - 1048576
            - 2097152
        -rule: vmdk4/grain-size-invalid
        doc: Guest sectors in one grain, a power of two; 128 (64 KiB) in practice.
      - id: descriptor_offset
        -orig-id: descriptorOffset
        -unit: sectors
        type: u8
        doc: Sector where the embedded text descriptor begins, usually 1; 0 where there is none.
      - id: descriptor_size
        -orig-id: descriptorSize
        -unit: sectors
        type: u8
        valid:
          expr: descriptor_offset == 0 or (_ > 0 and _ <= 20480)
        -expected: 1 to 20480 where there is a descriptor
        -rule: vmdk4/descriptor-bounds
        doc: Sectors reserved for the embedded descriptor, usually 20 and 10 MiB at most; 0 where there is none.
      - id: num_gtes_per_gt
        -orig-id: numGTEsPerGT
        -unit: entries
        type: u4
        valid:
          any-of:
            - 1
            - 2
            - 4
            - 8
            - 16
            - 32
            - 64
            - 128
            - 256
            - 512
        -rule: vmdk4/gtes-per-gt-invalid
        doc: Entries of one grain table, a power of two; 512 in practice.
      - id: rgd_offset
        -orig-id: rgdOffset
        -unit: sectors
        type: u8
        doc: |
          Sector of the redundant grain directory; 0 where there is none, and possibly `0xffff_ffff_ffff_ffff` where the directories
          follow the grains.
      - id: gd_offset
        -orig-id: gdOffset
        -unit: sectors
        type: u8
        valid:
          expr: _ != 0 or capacity == 0
        -expected: not 0
        -rule: vmdk4/gd-offset-missing
        doc: |
          Sector of the grain directory. `0xffff_ffff_ffff_ffff` (GD_AT_END) sends the reader to the footer. May be 0 only in a header that
          carries nothing but a text descriptor.
      - id: overhead
        -orig-id: overHead
        -unit: sectors
        type: u8
        valid:
          expr: _ != 0 or capacity == 0
        -expected: not 0
        -rule: vmdk4/overhead-invalid
        doc: Sectors of metadata before the first grain, usually a multiple of the grain size.
      - id: unclean_shutdown
        -orig-id: uncleanShutdown
        type: u1
        doc: 1 while a virtual machine has the extent open, 0 otherwise; 1 in a resting file means that its last use ended in a crash.
      - id: newline_detector
        -orig-id:
          - singleEndLineChar
          - nonEndLineChar
          - doubleEndLineChar1
          - doubleEndLineChar2
        size: 4
        valid:
          expr: not flags.valid_newline_detector or _ == [0x0a, 0x20, 0x0d, 0x0a]
        -expected: 0a 20 0d 0a
        -rule: vmdk4/newline-damage
        doc: |
          Line feed, space, carriage return, line feed. A transfer that rewrites line ends changes these bytes, and with them bytes all over
          the file. Without meaning where the flag for it is clear.
      - id: compress_algorithm
        -orig-id: compressAlgorithm
        type: u2
        enum: compress_algorithm
        valid:
          in-enum: true
        -rule: vmdk4/compression-unknown
        doc: How grains are compressed.
      - id: pad
        size: 433
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: vmdk4/pad-nonzero
        doc: Zeros up to the end of the sector.
  sparse_extent_flags:
    meta:
      bit-endian: le
    doc: |
      The 32-bit flags word, lowest bit first. A reader may ignore what it does not know in the lower half and must refuse the extent for what
      it does not know in the upper half.
    doc-ref: Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents, flags of SparseExtentHeader
    seq:
      - id: valid_newline_detector
        type: b1
        valid: true
        -rule: vmdk4/newline-flag-unset
        doc: Bit 0. The newline detector bytes mean something, so that a transfer in text mode shows.
      - id: use_redundant
        type: b1
        doc: Bit 1. A redundant grain directory with its own tables exists.
      - id: zeroed_grain
        type: b1
        doc: Bit 2, from version 2 on. A grain table entry of 1 means a grain that reads as zeros without asking the parent.
      - id: reserved_compatible
        type: b13
        valid: 0
        -rule: vmdk4/flags-unknown-compatible
        doc: Bits 3 to 15, zero. Features a reader could ignore.
      - id: compressed
        type: b1
        doc: Bit 16. Grains are compressed.
      - id: markers
        type: b1
        valid:
          expr: not _ or compressed
        -expected: clear unless grains are compressed
        -rule: vmdk4/markers-without-compression
        doc: Bit 17. Each compressed grain begins with its own address, and markers announce metadata; only together with bit 16.
      - id: reserved_incompatible
        type: b14
        valid: 0
        -rule: vmdk4/flags-unknown-incompatible
        doc: Bits 18 to 31, zero. Features a reader must know.
  grain_marker:
    doc: |
      Stands before the data of each compressed grain. A zlib stream of `cmp_size` bytes follows, then zeros up to the end of a sector.
    doc-ref: Virtual Disk Format 5.0 (VMware), Stream-Optimized Compressed Sparse Extents, grain marker
    -rule: vmdk4/grain-marker-out-of-file
    seq:
      - id: lba
        -unit: sectors
        type: u8
        doc: First guest sector of the grain, counted from the start of the extent.
      - id: cmp_size
        -orig-id: cmpSize
        -unit: bytes
        type: u4
        valid:
          min: 1
        -rule: vmdk4/grain-size-zero
        doc: Bytes of the zlib stream that follows, at least 1; 0 would make this a metadata marker.
  metadata_marker:
    doc: One sector that announces what follows it in a streamOptimized extent. Told from a grain marker by its `size` of 0.
    doc-ref: Virtual Disk Format 5.0 (VMware), Stream-Optimized Compressed Sparse Extents, metadata marker
    seq:
      - id: num_sectors
        -orig-id: numSectors
        -unit: sectors
        type: u8
        doc: Sectors of the metadata that follow; some writers leave 0.
      - id: size
        -unit: bytes
        type: u4
        doc: 0. Anything else is the data size of a grain marker, so the place where the marker was looked for decides what is wrong.
      - id: type
        type: u4
        enum: marker_type
        valid:
          in-enum: true
        -rule: vmdk4/marker-type-unknown
        doc: What follows the marker.
      - id: pad
        size: 496
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: vmdk4/marker-pad-nonzero
        doc: Zeros up to the end of the sector.
enums:
  compress_algorithm:
    0:
      id: none
      doc: Grains are stored as they are.
    1:
      id: deflate
      doc: Each grain is a zlib stream (RFC 1950).
  marker_type:
    0:
      id: end_of_stream
      -orig-id: MARKER_EOS
      doc: Nothing follows; the stream ends.
    1:
      id: grain_table
      -orig-id: MARKER_GT
      doc: A grain table follows, or several where the writer puts one marker before them all.
    2:
      id: grain_directory
      -orig-id: MARKER_GD
      doc: The grain directory follows.
    3:
      id: footer
      -orig-id: MARKER_FOOTER
      doc: The footer follows.
    4:
      id: progress
      doc: Nothing follows. Undocumented; seen in recent exports of vSphere.
