meta:
  id: packets
  title: Captured packets, each with the streams of its layers
  endian: le
seq:
  - id: header
    type: header
  - id: packets
    type: packet
    repeat: eos
types:
  header:
    seq:
      - id: magic
        contents: [0xd4, 0xc3, 0xb2, 0xa1]
      - id: version_major
        type: u2
      - id: version_minor
        type: u2
      - id: zone
        type: s4
      - id: accuracy
        type: u4
      - id: len_snap
        type: u4
      - id: network
        type: u4
        enum: network
  packet:
    seq:
      - id: seconds
        type: u4
      - id: microseconds
        type: u4
      - id: len_body
        type: u4
      - id: len_original
        type: u4
      - id: body
        size: len_body
        type:
          switch-on: _root.header.network
          cases:
            network::ethernet: frame
  frame:
    meta:
      endian: be
    seq:
      - id: destination
        size: 6
      - id: source
        size: 6
      - id: kind
        type: u2
        enum: ether_kind
      - id: body
        size-eos: true
        type:
          switch-on: kind
          cases:
            ether_kind::ipv4: ipv4
  ipv4:
    meta:
      endian: be
    seq:
      - id: version_length
        type: u1
      - id: service
        type: u1
      - id: len_total
        type: u2
      - id: identification
        type: u2
      - id: fragment
        type: u2
      - id: ttl
        type: u1
      - id: protocol
        type: u1
      - id: checksum
        type: u2
      - id: source
        size: 4
      - id: destination
        size: 4
      - id: options
        type: options
        size: len_header - 20
      - id: body
        type: payload(protocol)
        size: len_total - len_header
    instances:
      len_header:
        value: (version_length & 15) * 4
  options:
    seq:
      - id: entries
        type: option
        repeat: eos
  option:
    seq:
      - id: kind
        type: u1
      - id: len
        type: u1
      - id: body
        size: '(len > 2) ? len - 2 : 0'
  payload:
    params:
      - id: number
        type: u1
    seq:
      - id: body
        type:
          switch-on: number
          cases:
            6: segment
            17: datagram
  segment:
    meta:
      endian: be
    seq:
      - id: source_port
        type: u2
      - id: destination_port
        type: u2
      - id: sequence
        type: u4
      - id: acknowledgement
        type: u4
      - id: flags
        type: u2
      - id: window
        type: u2
      - id: checksum
        type: u2
      - id: urgent
        type: u2
      - id: body
        size-eos: true
  datagram:
    meta:
      endian: be
    seq:
      - id: source_port
        type: u2
      - id: destination_port
        type: u2
      - id: len
        type: u2
      - id: checksum
        type: u2
      - id: body
        size: len - 8
enums:
  network:
    0: none
    1: ethernet
  ether_kind:
    0x0800: ipv4
    0x86dd: ipv6
