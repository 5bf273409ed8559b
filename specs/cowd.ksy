meta:
  id: cowd
  title: VMDK copy-on-write disk (COWD, VMDK3, vmfsSparse)
  application: VMware ESX
  file-extension: vmdk
  license: MIT
  ks-version: '0.11'
  endian: le
doc: |
  Header of a sparse extent as ESX wrote it for snapshots. A "sector" is 512 bytes. The grain directory and its tables of 4096 entries are
  plain arrays of 32-bit sector numbers.
doc-ref: Virtual Disk Format 5.0 (VMware), ESX Server Sparse Extents
types:
  cowd_header:
    doc: First four sectors of the extent.
    doc-ref: Virtual Disk Format 5.0 (VMware), ESX Server Sparse Extents, COWDisk_Header
    -rule: vmdk3/header-truncated
    seq:
      - id: magic_number
        -orig-id: magicNumber
        contents: COWD
        -rule: vmdk3/magic
        doc: The letters "COWD".
      - id: version
        type: u4
        valid: 1
        -rule: vmdk3/version
        doc: Version of the layout, 1.
      - id: flags
        type: u4
        valid: 3
        -rule: vmdk3/flags
        doc: 3; no other value is documented.
      - id: num_sectors
        -orig-id: numSectors
        -unit: sectors
        type: u4
        valid:
          min: 1
        -rule: vmdk3/capacity-zero
        doc: Guest size in sectors, at least 1.
      - id: grain_size
        -orig-id: grainSize
        -unit: sectors
        type: u4
        valid:
          expr: _ != 0 and (_ & (_ - 1)) == 0
        -expected: a power of two
        -rule: vmdk3/grain-size-invalid
        doc: Guest sectors in one grain, a power of two; 1 is the default of ESX.
      - id: gd_offset
        -orig-id: gdOffset
        -unit: sectors
        type: u4
        valid:
          min: 4
        -rule: vmdk3/gd-offset-invalid
        doc: Sector of the grain directory, after this header; 4 in practice.
      - id: num_gd_entries
        -orig-id: numGDEntries
        -unit: entries
        type: u4
        valid:
          expr: grain_size == 0 or (num_sectors - 1) / grain_size / 4096 < _
        -expected: enough for all grains of the disk, 4096 for each entry
        -rule: vmdk3/gd-entries-mismatch
        doc: Entries of the grain directory, one for each 4096 grains of the disk, the last ones rounded up.
      - id: free_sector
        -orig-id: freeSector
        -unit: sectors
        type: u4
        doc: Next sector that a new table or grain is put at; not beyond the end of the file.
      - id: parent_file_name
        -orig-id:
          - root
          - parentFileName
        -encoding: UTF-8
        size: 1024
        doc: |
          File name of the parent, ended by a zero byte, and usually empty in recent files. A disk without a parent keeps its geometry in the first 12
          bytes: cylinders, heads and sectors, 32 bits each.
      - id: parent_generation
        -orig-id: parentGeneration
        type: u4
        doc: Generation of the parent at the time the snapshot was taken.
      - id: generation
        type: u4
        doc: Generation of this disk.
      - id: name
        -encoding: UTF-8
        size: 60
        doc: Name of the disk, ended by a zero byte.
      - id: description
        -encoding: UTF-8
        size: 512
        doc: Free text, ended by a zero byte.
      - id: saved_generation
        -orig-id: savedGeneration
        type: u4
        doc: Generation that was last saved.
      - id: reserved
        size: 8
        doc: Reserved, zero.
      - id: unclean_shutdown
        -orig-id: uncleanShutdown
        type: u4
        valid: 0
        -rule: vmdk3/unclean-shutdown
        doc: 1 while the disk is open for writing, 0 otherwise; not 0 in a resting file means that its last use ended in a crash.
      - id: padding
        size: 396
        doc: Zeros up to the end of the fourth sector.
