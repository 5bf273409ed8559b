meta:
  id: qcow2
  title: QEMU copy-on-write image (qcow2), versions 2 and 3
  application: QEMU
  file-extension: qcow2
  license: MIT
  ks-version: '0.11'
  endian: be
doc: |
  Structures of a qcow2 image. A cluster is `1 << cluster_bits` bytes. Host offsets are positions in the image's file. In table entries they are
  without their nine lowest bits, which are flags or zero: in units of 512 bytes, here called sectors.
doc-ref: QEMU 7.2, docs/interop/qcow2.txt
types:
  header:
    doc: |
      Begins the file and its first cluster. Version 2 ends after `snapshots_offset`, at 72 bytes; version 3 says itself how long it is.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, General and Header
    -rule: qcow2/header-truncated
    seq:
      - id: magic
        contents: ['QFI', 0xfb]
        -rule: qcow2/magic
        doc: The letters "QFI" and the byte 0xfb.
      - id: version
        type: u4
        valid:
          any-of:
            - 2
            - 3
        -rule: qcow2/version
        doc: 2 or 3. Version 1 is another format of the same name.
      - id: backing_file_offset
        -unit: bytes
        type: u8
        doc: Position of the backing file's name, inside the first cluster; 0 without a backing file.
      - id: backing_file_size
        -unit: bytes
        type: u4
        valid:
          max: 1023
        -rule: qcow2/backing-name-bounds
        doc: Length of the backing file's name, at most 1023. There is no zero at its end.
      - id: cluster_bits
        -unit: bits
        type: u4
        valid:
          min: 9
          max: 21
        -rule: qcow2/cluster-bits
        doc: Binary logarithm of the cluster size, 9 (512 bytes) to 21 (2 MiB); 16 (64 KiB) in practice, and at least 14 with extended L2 entries.
      - id: size
        -unit: bytes
        type: u8
        valid:
          max: '0x2000_0000_0000_0000'
        -rule: qcow2/size-limit
        doc: Guest size, usually a multiple of 512.
      - id: crypt_method
        type: u4
        enum: crypt_method
        valid:
          in-enum: true
        -rule: qcow2/crypt-method
        doc: How guest clusters are encrypted. Metadata never is.
      - id: l1_size
        -unit: entries
        type: u4
        valid:
          max: 0x400000
        -rule: qcow2/l1-too-large
        doc: Entries of the active L1 table, at most 4194304 (32 MiB).
      - id: l1_table_offset
        -unit: bytes
        type: u8
        valid:
          expr: _ != 0 or l1_size == 0
        -expected: not 0
        -rule: qcow2/l1-unaligned
        doc: Position of the active L1 table, a multiple of the cluster size and not 0 where the table has entries.
      - id: refcount_table_offset
        -unit: bytes
        type: u8
        valid:
          min: 1
        -rule: qcow2/reftable-missing
        doc: Position of the refcount table, a multiple of the cluster size, not 0.
      - id: refcount_table_clusters
        -unit: clusters
        type: u4
        valid:
          min: 1
        -rule: qcow2/reftable-missing
        doc: Clusters of the refcount table, at least 1 and at most 8 MiB in all.
      - id: nb_snapshots
        -unit: entries
        type: u4
        valid:
          max: 65536
        -rule: qcow2/snapshot-table-bounds
        doc: Number of internal snapshots, at most 65536.
      - id: snapshots_offset
        -unit: bytes
        type: u8
        doc: Position of the snapshot table, a multiple of the cluster size where there are snapshots.
      - id: incompatible_features
        type: incompatible_features
        valid:
          expr: not _.external_data_file or nb_snapshots == 0
        -expected: without external data file where there are snapshots
        -rule: qcow2/snapshot-with-data-file
        if: version >= 3
        doc: Features that a reader must know. Internal snapshots and an external data file exclude each other.
      - id: compatible_features
        type: compatible_features
        if: version >= 3
        doc: Features that a reader may ignore.
      - id: autoclear_features
        type: autoclear_features
        valid:
          expr: not _.raw_external_data or incompatible_features.external_data_file
        -expected: without raw external data where there is no external data file
        -rule: qcow2/raw-external-without-data-file
        if: version >= 3
        doc: Features that a writer which does not know them switches off. Raw external data needs an external data file.
      - id: refcount_order
        type: u4
        valid:
          max: 6
        -rule: qcow2/refcount-order
        if: version >= 3
        doc: Binary logarithm of the width of a reference count in bits, 0 to 6; 4 (16 bits) in practice and always in version 2.
      - id: header_length
        -unit: bytes
        type: u4
        valid:
          expr: _ >= 104 and _ <= 0x200000 and _ % 8 == 0
        -expected: a multiple of 8 from 104 to the cluster size
        -rule: qcow2/header-length
        if: version >= 3
        doc: Length of the header, a multiple of 8 from 104 up to the cluster size. Header extensions begin here.
      - id: compression_type
        type: u1
        enum: compression_type
        valid:
          in-enum: true
        -rule: qcow2/compression-type-unknown
        if: version >= 3 and header_length >= 112
        doc: How clusters are compressed; deflate where the header is too short to say.
      - id: padding
        size: 7
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: qcow2/header-padding
        if: version >= 3 and header_length >= 112
        doc: Zeros up to the next multiple of 8.
      - id: unknown_fields
        size: header_length - 112
        valid:
          expr: _.max == 0
        -expected: zeros
        -rule: qcow2/header-unknown-fields
        if: version >= 3 and header_length > 112
        doc: Fields of later versions of the format, to be kept as they are; zero where a feature is not used.
  incompatible_features:
    meta:
      bit-endian: be
    doc: Set of features, highest bit first, that a reader must know to read the image.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Header, incompatible_features
    seq:
      - id: reserved1
        type: u4
        valid: 0
        -rule: qcow2/incompatible-unknown
        doc: Bits 32 to 63, zero.
      - id: reserved2
        type: b27
        valid: 0
        -rule: qcow2/incompatible-unknown
        doc: Bits 5 to 31, zero.
      - id: extended_l2
        type: b1
        doc: Bit 4. L2 entries are 16 bytes with a state for each of 32 subclusters.
      - id: compression_type
        type: b1
        doc: Bit 3. Set exactly where the field `compression_type` is not 0.
      - id: external_data_file
        type: b1
        doc: Bit 2. Guest clusters are in another file, at the same positions as in the guest.
      - id: corrupt
        type: b1
        valid: false
        -rule: qcow2/corrupt
        doc: Bit 1. A writer found damage; the image must not be written before it is repaired.
      - id: dirty
        type: b1
        valid: false
        -rule: qcow2/dirty
        doc: Bit 0. Reference counts may be out of date, as after a crash with lazy refcounts.
  compatible_features:
    meta:
      bit-endian: be
    doc: Set of features, highest bit first, that a reader may ignore.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Header, compatible_features
    seq:
      - id: reserved1
        type: u4
        valid: 0
        -rule: qcow2/compatible-unknown
        doc: Bits 32 to 63, zero.
      - id: reserved2
        type: b31
        valid: 0
        -rule: qcow2/compatible-unknown
        doc: Bits 1 to 31, zero.
      - id: lazy_refcounts
        type: b1
        doc: Bit 0. Writers may put off updates of reference counts while the dirty bit is set.
  autoclear_features:
    meta:
      bit-endian: be
    doc: Set of features, highest bit first, that become wrong when a writer which does not know them changes the image, and are then cleared.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Header, autoclear_features
    seq:
      - id: reserved1
        type: u4
        valid: 0
        -rule: qcow2/autoclear-unknown
        doc: Bits 32 to 63, zero.
      - id: reserved2
        type: b30
        valid: 0
        -rule: qcow2/autoclear-unknown
        doc: Bits 2 to 31, zero.
      - id: raw_external_data
        type: b1
        doc: Bit 1. The external data file can be read as a raw disk by itself.
      - id: bitmaps
        type: b1
        doc: Bit 0. The bitmaps extension is up to date.
  header_extension:
    doc: |
      One record of the list after the header. The list ends with a record of type `end`, or else at the backing file's name or at the end of
      the first cluster.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Header extensions
    -rule: qcow2/ext-overrun
    seq:
      - id: type
        type: u4
        enum: header_extension_type
        doc: What the data mean. An unknown type is skipped and kept.
      - id: length
        -unit: bytes
        type: u4
        valid:
          expr: type != header_extension_type::end or _ == 0
        -expected: '0'
        -rule: qcow2/ext-end-length
        doc: Bytes of data without padding; 0 at the end of the list.
      - id: data
        -unit: bytes
        size: 'type == header_extension_type::end ? 0 : length'
        doc: The data. Names of formats and files are text without a zero at the end.
      - id: padding
        size: (8 - data.length % 8) % 8
        valid:
          expr: _.length == 0 or _.max == 0
        -expected: zeros
        -rule: qcow2/ext-padding-nonzero
        doc: Zeros up to the next multiple of 8.
  feature_name_entry:
    doc: One of the 48-byte records in a feature name table, which gives the name of a feature bit for messages to the user.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Feature name table
    -rule: qcow2/feature-table-malformed
    seq:
      - id: feature_type
        type: u1
        enum: feature_type
        valid:
          in-enum: true
        -rule: qcow2/feature-table-malformed
        doc: Which set of features the bit belongs to.
      - id: bit_number
        -unit: bits
        type: u1
        valid:
          max: 63
        -rule: qcow2/feature-table-malformed
        doc: Number of the bit in its set, 0 to 63.
      - id: name
        -encoding: UTF-8
        size: 46
        doc: Name of the feature, padded with zeros.
  bitmaps_extension:
    doc: Data of the bitmaps extension, 24 bytes. Says where the directory of persistent bitmaps is.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Bitmaps extension
    -rule: qcow2/bitmap-ext-invalid
    seq:
      - id: nb_bitmaps
        -unit: entries
        type: u4
        valid:
          min: 1
          max: 65535
        -rule: qcow2/bitmap-ext-invalid
        doc: Number of bitmaps, 1 to 65535.
      - id: reserved
        type: u4
        valid: 0
        -rule: qcow2/bitmap-ext-invalid
        doc: Reserved, 0.
      - id: bitmap_directory_size
        -unit: bytes
        type: u8
        valid:
          min: 1
        -rule: qcow2/bitmap-ext-invalid
        doc: Bytes of the bitmap directory, not 0.
      - id: bitmap_directory_offset
        -unit: bytes
        type: u8
        valid:
          min: 1
        -rule: qcow2/bitmap-ext-invalid
        doc: Position of the bitmap directory, a multiple of the cluster size after the first cluster.
  encryption_extension:
    doc: Data of the full disk encryption extension, 16 bytes. Says where the LUKS header is.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Full disk encryption header pointer
    -rule: qcow2/luks-header-bounds
    seq:
      - id: offset
        -unit: bytes
        type: u8
        doc: Position of the encryption header, a multiple of the cluster size.
      - id: length
        -unit: bytes
        type: u8
        doc: Bytes of the encryption header with its key material.
  l1_entry:
    meta:
      bit-endian: be
    doc: One 64-bit entry of an L1 table, highest bit first. Leads to an L2 table of one cluster.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Cluster mapping, L1 table entry
    seq:
      - id: copied
        type: b1
        doc: Bit 63. The L2 table's reference count is exactly 1, so that it can be written in place; only kept in the active table.
      - id: reserved1
        type: b7
        valid: 0
        -rule: qcow2/l1-entry-reserved
        doc: Bits 56 to 62, zero.
      - id: offset_sectors
        -unit: sectors
        type: b47
        doc: Bits 9 to 55. Position of the L2 table in units of 512 bytes; 0 where there is none and all its clusters are unallocated.
      - id: reserved2
        type: b9
        valid: 0
        -rule: qcow2/l1-entry-reserved
        doc: Bits 0 to 8, zero.
  l2_standard_entry:
    meta:
      bit-endian: be
    doc: One 64-bit entry of an L2 table, highest bit first, for a guest cluster that is not compressed.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Cluster mapping, L2 table entry and Standard Cluster Descriptor
    seq:
      - id: copied
        type: b1
        doc: Bit 63. The host cluster's reference count is exactly 1, so that it can be written in place; only kept in active tables.
      - id: compressed
        type: b1
        doc: Bit 62, clear. Where it is set the other bits have another meaning.
      - id: reserved1
        type: b6
        valid: 0
        -rule: qcow2/l2-entry-reserved
        doc: Bits 56 to 61, zero.
      - id: offset_sectors
        -unit: sectors
        type: b47
        doc: Bits 9 to 55. Position of the host cluster in units of 512 bytes; 0 where the cluster is not allocated.
      - id: reserved2
        type: b8
        valid: 0
        -rule: qcow2/l2-entry-reserved
        doc: Bits 1 to 8, zero.
      - id: zero
        type: b1
        doc: Bit 0. The guest cluster reads as zeros. Only in version 3 and without extended entries.
  l2_extended_entry:
    doc: |
      One 128-bit entry of an L2 table, for an image with extended L2 entries. Has two bits for each of 32 subclusters, the first
      in the lowest bit.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Extended L2 Entries
    seq:
      - id: standard
        type: l2_standard_entry
        valid:
          expr: not _.zero
        -expected: without the zero bit
        -rule: qcow2/l2-zero-bit-extended
        doc: Word with the host cluster, as in images without extended entries, but never with the zero bit.
      - id: zero_bitmap
        type: u4
        doc: Bits 32 to 63. The subcluster reads as zeros.
      - id: allocation_bitmap
        type: u4
        valid:
          expr: (_ & zero_bitmap) == 0
        -expected: clear wherever zero_bitmap is set
        -rule: qcow2/subcluster-alloc-and-zero
        doc: Bits 0 to 31. The subcluster is stored in the host cluster; never together with its zero bit.
  l2_compressed_entry:
    meta:
      bit-endian: be
    doc: |
      One 64-bit entry of an L2 table, highest bit first, for a compressed guest cluster. In the descriptor the lowest `70 - cluster_bits` bits are
      the position of the data in bytes, and the rest is the number of additional sectors that the data may reach into.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Cluster mapping, Compressed Clusters Descriptor
    seq:
      - id: copied
        type: b1
        valid: false
        -rule: qcow2/compressed-copied
        doc: Bit 63, always clear.
      - id: compressed
        type: b1
        doc: Bit 62, set. Where it is clear the other bits have another meaning.
      - id: descriptor
        type: b62
        doc: Bits 0 to 61. Position and length of the compressed data.
  refcount_table_entry:
    meta:
      bit-endian: be
    doc: One 64-bit entry of the refcount table, highest bit first. Leads to a refcount block of one cluster.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Host cluster management, Refcount table entry
    seq:
      - id: offset_sectors
        -unit: sectors
        type: b55
        doc: Bits 9 to 63. Position of the refcount block in units of 512 bytes; 0 where there is none and all its counts are 0.
      - id: reserved
        type: b9
        valid: 0
        -rule: qcow2/reftable-entry-reserved
        doc: Bits 0 to 8, zero.
  snapshot_entry:
    doc: One record of the snapshot table, of variable length.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Snapshots
    -rule: qcow2/snapshot-table-bounds
    seq:
      - id: l1_table_offset
        -unit: bytes
        type: u8
        doc: Position of the snapshot's L1 table, a multiple of the cluster size.
      - id: l1_size
        -unit: entries
        type: u4
        valid:
          max: 0x400000
        -rule: qcow2/snapshot-l1-bounds
        doc: Entries of the snapshot's L1 table, at most 4194304 (32 MiB).
      - id: id_str_size
        -unit: bytes
        type: u2
        valid:
          min: 1
        -rule: qcow2/snapshot-id
        doc: Length of the id, at least 1.
      - id: name_size
        -unit: bytes
        type: u2
        doc: Length of the name.
      - id: date_sec
        -unit: seconds since 1970-01-01 00:00 UTC
        type: u4
        doc: When the snapshot was taken.
      - id: date_nsec
        -unit: nanoseconds
        type: u4
        valid:
          max: 999999999
        -rule: qcow2/snapshot-date
        doc: Fraction of that second, less than 10^9.
      - id: vm_clock_nsec
        -unit: nanoseconds
        type: u8
        doc: Time that the virtual machine had been running.
      - id: vm_state_size
        -unit: bytes
        type: u4
        doc: Bytes of saved machine state; without meaning where the extra data have the 64-bit size.
      - id: extra_data_size
        -unit: bytes
        type: u4
        valid:
          max: 1024
        -rule: qcow2/snapshot-extra-size
        doc: Length of the extra data, at most 1024, and at least 16 in version 3.
      - id: vm_state_size_large
        -unit: bytes
        type: u8
        valid:
          expr: vm_state_size == 0 or _ == vm_state_size
        -expected: equal to vm_state_size
        -rule: qcow2/snapshot-vmstate
        if: extra_data_size >= 8
        doc: |
          Bytes of saved machine state, which are stored in guest clusters past the end of the disk. `vm_state_size` is the same, or 0 where
          the state is too large for it.
      - id: disk_size
        -unit: bytes
        type: u8
        valid:
          min: 1
        -rule: qcow2/snapshot-disk-size
        if: extra_data_size >= 16
        doc: Guest size of the snapshot, not 0.
      - id: icount
        type: u8
        if: extra_data_size >= 24
        doc: Count of executed instructions, `0xffff_ffff_ffff_ffff` where it was not kept.
      - id: unknown_extra_data
        size: 'extra_data_size < 24 ? extra_data_size % 8 : extra_data_size - 24'
        doc: Extra data of later versions of the format, to be kept as they are.
      - id: id_str
        -encoding: UTF-8
        size: id_str_size
        doc: Id of the snapshot, unique in the image. There is no zero at its end.
      - id: name
        -encoding: UTF-8
        size: name_size
        doc: Name of the snapshot. There is no zero at its end.
      - id: padding
        size: (8 - (extra_data_size + id_str_size + name_size) % 8) % 8
        doc: Bytes up to the next multiple of 8.
  bitmap_directory_entry:
    doc: One record of the bitmap directory, of variable length.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Bitmaps, Bitmap directory
    -rule: qcow2/bitmap-directory-entry
    seq:
      - id: bitmap_table_offset
        -unit: bytes
        type: u8
        doc: Position of the bitmap's table, a multiple of the cluster size.
      - id: bitmap_table_size
        -unit: entries
        type: u4
        doc: Entries of the bitmap's table, one for each cluster of the bitmap.
      - id: flags
        type: bitmap_flags
        doc: State of the bitmap.
      - id: type
        type: u1
        valid: 1
        -rule: qcow2/bitmap-directory-entry
        doc: 1, a bitmap of dirty guest ranges.
      - id: granularity_bits
        -unit: bits
        type: u1
        valid:
          min: 9
          max: 31
        -rule: qcow2/bitmap-directory-entry
        doc: Binary logarithm of the guest bytes that one bit stands for, 9 to 31.
      - id: name_size
        -unit: bytes
        type: u2
        valid:
          min: 1
          max: 1023
        -rule: qcow2/bitmap-directory-entry
        doc: Length of the name, 1 to 1023.
      - id: extra_data_size
        -unit: bytes
        type: u4
        valid: 0
        -rule: qcow2/bitmap-directory-entry
        doc: Length of the extra data, 0; no kind of them is defined.
      - id: extra_data
        size: extra_data_size
        doc: Extra data, to be kept as they are.
      - id: name
        -encoding: UTF-8
        size: name_size
        doc: Name of the bitmap, unique in the image. There is no zero at its end.
      - id: padding
        size: (8 - (extra_data_size + name_size) % 8) % 8
        valid:
          expr: _.length == 0 or _.max == 0
        -expected: zeros
        -rule: qcow2/bitmap-directory-entry
        doc: Zeros up to the next multiple of 8.
  bitmap_flags:
    meta:
      bit-endian: be
    doc: The 32-bit flags word of a bitmap, highest bit first.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Bitmaps, Bitmap directory
    seq:
      - id: reserved
        type: b29
        valid: 0
        -rule: qcow2/bitmap-directory-entry
        doc: Bits 3 to 31, zero.
      - id: extra_data_compatible
        type: b1
        doc: Bit 2. A reader that does not know the extra data may use the bitmap all the same.
      - id: auto
        type: b1
        doc: Bit 1. The bitmap records all writes while the image is open.
      - id: in_use
        type: b1
        valid: false
        -rule: qcow2/bitmap-in-use
        doc: Bit 0. The bitmap was not saved when the image was last in use, so that its bits are out of date.
  bitmap_table_entry:
    meta:
      bit-endian: be
    doc: One 64-bit entry of a bitmap's table, highest bit first. Stands for one cluster of the bitmap.
    doc-ref: QEMU 7.2, docs/interop/qcow2.txt, Bitmaps, Bitmap table
    seq:
      - id: reserved1
        type: b8
        valid: 0
        -rule: qcow2/bitmap-table-entry
        doc: Bits 56 to 63, zero.
      - id: offset_sectors
        -unit: sectors
        type: b47
        doc: Bits 9 to 55. Position of the bitmap's cluster in units of 512 bytes; 0 where all its bits are the same.
      - id: reserved2
        type: b8
        valid: 0
        -rule: qcow2/bitmap-table-entry
        doc: Bits 1 to 8, zero.
      - id: all_ones
        type: b1
        valid:
          expr: not _ or offset_sectors == 0
        -expected: clear where there is a position
        -rule: qcow2/bitmap-table-entry
        doc: Bit 0. All bits of the cluster are set; only where it has no position.
enums:
  crypt_method:
    0:
      id: none
      doc: Not encrypted.
    1:
      id: aes
      doc: AES in CBC mode, a legacy that is not secure.
    2:
      id: luks
      doc: LUKS version 1, with its header inside the image.
  compression_type:
    0:
      id: deflate
      -orig-id: zlib
      doc: Deflate without a zlib header (RFC 1951), with a window of 4 KiB.
    1:
      id: zstd
      doc: Zstandard frames (RFC 8878).
  header_extension_type:
    0x00000000:
      id: end
      doc: End of the list.
    0x0537be77:
      id: encryption
      doc: Full disk encryption, where the LUKS header is.
    0x23852875:
      id: bitmaps
      doc: Where the directory of persistent bitmaps is.
    0x44415441:
      id: data_file
      doc: Name of the external data file.
    0x6803f857:
      id: feature_names
      doc: Names of feature bits.
    0xe2792aca:
      id: backing_format
      doc: Name of the backing file's format.
  feature_type:
    0:
      id: incompatible
      doc: The bit is in `incompatible_features`.
    1:
      id: compatible
      doc: The bit is in `compatible_features`.
    2:
      id: autoclear
      doc: The bit is in `autoclear_features`.
