meta:
  id: everything
  endian: le
  bit-endian: le
  encoding: UTF-8
  imports:
    - other_mod
doc: |
  Everything at once. */ and `code` and ${x}.
doc-ref:
  - https://example.com/a First
  - https://example.com/b Second
params:
  - id: p_count
    type: u4
    doc: how many
  - id: p_flag
    type: bool
  - id: p_any
    type: any
  - id: p_struct
    type: struct
  - id: p_io
    type: io
  - id: p_bytes
    type: bytes
  - id: p_str
    type: str
  - id: p_arr
    type: u8[]
  - id: p_strs
    type: str[]
  - id: p_enum
    type: u1
    enum: animal
  - id: p_user
    type: point
  - id: p_users
    type: point[]
seq:
  - id: a
    type: u1
  - id: b
    type: u8
  - id: c
    type: s8be
  - id: d
    type: b12
  - id: e
    type: b33
  - id: f
    type: b1
  - id: g
    type: b18
    enum: animal
  - id: h
    type: f4be
  - id: str
    type: str
    size: 4
  - id: strz16
    type: strz
    encoding: UTF-16LE
  - id: at
    type: u1
  - id: fields
    type: u2
    repeat: expr
    repeat-expr: 3
  - id: constructor
    type: u1
  - id: to_string
    type: u1
  - id: prototype
    type: u1
  - id: arr8
    type: u8
    repeat: expr
    repeat-expr: a
  - id: arrf
    type: f8
    repeat: eos
    if: a == 300
  - id: opt
    type: u4
    if: a > 3
  - id: opt_big
    type: u8
    if: a > 3
  - id: point
    type: point
    if: f
  - id: points
    type: point
    repeat: expr
    repeat-expr: p_count
  - id: sw
    type:
      switch-on: a
      cases:
        1: point
        2: u1
        3: u8
        4: strz
        0x05: animal_box
  - id: sw_sized
    size: 16
    type:
      switch-on: g
      cases:
        animal::cat: point
        animal::dog: animal_box
  - id: sw_str
    type:
      switch-on: str
      cases:
        '"abcd"': point
        _: u4
    repeat: until
    repeat-until: _index > 4
  - id: sw_big
    type:
      switch-on: b
      cases:
        1: u1
        0xffffffffffffffff: u2
        _: s4
  - id: sw_bool
    type:
      switch-on: f
      cases:
        true: u1
        false: u2
  - id: any_enum
    type: u8
    enum: big
    valid:
      in-enum: true
  - id: ext
    type: other_mod::sub
  - id: ext_enum
    type: u8
    enum: other_mod::color
  - id: with_arr
    type: takes(arr8, fields, points, "x", g, _io, point)
  - id: zz
    size: 4
    process: zlib
  - id: xored
    size: 4
    process: xor([1, 2, 3])
    type: point
  - id: x2
    size: 4
    process: xor(a + 1)
  - id: rr
    size: 4
    process: ror(a)
  - id: mag
    contents: [1, "abc", 0xff]
  - id: repbits
    type: b3
    repeat: expr
    repeat-expr: 5
  - id: validated
    type: s2
    valid:
      min: -5
      max: a
  - id: validated2
    type: u8
    valid:
      any-of: [1, 2, 0xffffffffffffffff]
    repeat: expr
    repeat-expr: 2
  - id: validated3
    type: str
    size: 2
    valid:
      expr: _.length == 2 and _ != "zz"
  - id: vbytes
    size: 2
    valid:
      min: '[1, 2]'
instances:
  i1:
    value: a * 1000 + b
  i2:
    value: b & 0xff
  i3:
    value: opt * 2
  i4:
    value: 'f ? opt : 5'
  i5:
    value: 'f ? a : b'
  i6:
    value: 'f ? point : points[0]'
  i7:
    value: sw.as<point>.x
  i8:
    value: sw_str.last.as<u4>
  i9:
    value: arr8.max + fields.min
  i10:
    value: str.reverse + str.substring(1, a) + a.to_s
  i11:
    value: str.to_i(16)
  i12:
    value: h.to_i + 5
  i13:
    value: (a + 1) / 3 % 2
  i14:
    value: -a / 3
  i15:
    value: ~a & 0xffffffff
  i16:
    value: a << 31
  i17:
    value: 1 << a
  i18:
    value: b >> a
  i19:
    value: '[a, 2, 3]'
  i20:
    value: '[b, 2, 3]'
  i21:
    value: '[1.5, 2.5]'
  i22:
    value: '["a", str]'
  i23:
    value: f"x={a} y={str}"
    if: false
  i24:
    value: g == animal::cat and p_enum != animal::dog
  i25:
    value: g.to_i + 1
  i26:
    value: point.x == a or not f
  i27:
    value: points.first.x ^ a | 1
  i28:
    pos: 4
    type: u4be
    repeat: until
    repeat-until: _ == 0 or _io.eof
  i29:
    pos: b
    io: _root._io
    type: point
    repeat: eos
  i30:
    pos: 0
    size: a
    type:
      switch-on: a
      cases:
        1: point
  i31:
    value: b
    enum: big
  i32:
    value: sizeof<point> + bitsizeof<b3>
  i33:
    value: any_enum == big::huge
  i34:
    value: ext_enum == other_mod::color::red
  i35:
    value: ext_enum.to_i
  i36:
    value: vbytes.length + vbytes.first + vbytes[1]
  i37:
    value: vbytes.to_s("ASCII") < "zz"
  i38:
    value: vbytes > [1]
  i39:
    value: 'h > 1.5 ? h : a'
  i40:
    value: h * a + b
  i41:
    value: with_arr.p1[0] + with_arr.p2.size
  i42:
    value: points[a].as<point>.x
  i43:
    value: '(a == 1 ? 1 : a == 2 ? 2 : 3) + 1'
  i44:
    value: _io.pos + _io.size
  i45:
    value: opt_big == 5
  i46:
    value: b == a
  i47:
    value: sw_big == 5
  i48:
    value: (a).as<u8> + 1
  i49:
    value: true
    if: opt == 3
  i50:
    value: i49
  i51:
    value: repbits
  i52:
    value: 'f ? fields : i19.as<u2[]>'
  i53:
    value: p_any.as<point>.x
  i54:
    value: p_struct.as<point>.y
  i55:
    value: p_arr[0] + p_arr.size
  i56:
    value: p_users.first.x
  i57:
    value: a - 300
  i58:
    value: '0 - b'
  i59:
    value: 'b % 8 == 3 and -a % 8 == 2'
types:
  point:
    seq:
      - id: x
        type: u4
      - id: y
        type: s4
    instances:
      up:
        value: _parent
      sum:
        value: x + y
  animal_box:
    seq:
      - id: kind
        type: u1
        enum: animal
      - id: inner
        type: inner
    types:
      inner:
        seq:
          - id: v
            type: u1
            if: _parent.kind.to_i == 1 and _root.a == 1
        enums:
          animal:
            1: fish
  takes:
    params:
      - id: p1
        type: u8[]
      - id: p2
        type: u2[]
      - id: p3
        type: struct[]
      - id: p4
        type: str
      - id: p5
        type: b18
        enum: animal
      - id: p6
        type: io
      - id: p7
        type: point
    instances:
      z:
        value: p1[1] + p2[0]
  string:
    seq:
      - id: number
        type: u1
  uint8_array:
    seq:
      - id: map
        size: 3
  big_int:
    seq: []
    instances:
      v:
        value: _root.b + 1
  number:
    seq:
      - id: x
        type: u8
    instances:
      v:
        value: (x & 0xff) + 1
  structure:
    seq:
      - id: fn
        type: u1
  error: {}
  object:
    seq:
      - id: return
        type: u1
      - id: class
        type: string
      - id: default
        type: object
        if: return == 1
enums:
  animal:
    1: cat
    2: dog
    0x7_0: mouse
    3:
      id: pig
      doc: |
        multi */
        line
  big:
    0: zero
    0xffff_ffff_ffff_ffff: huge
  empty_one: {}
