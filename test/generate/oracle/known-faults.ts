/** Why the reference compiler's JavaScript reads some specs otherwise, and wrongly: kaitai-struct 0.11.0. */
export const KNOWN_FAULTS: ReadonlyMap<string, string> = new Map([
  ...known('bit fields above 32 bits throw', ['bits_shift_by_b64_le', 'bits_simple', 'bits_simple_le']),
  ...known('bit fields above 32 bits throw', ['bits_unaligned_b64_be', 'bits_unaligned_b64_le']),
  ...known('s8 gives wrong integers', ['integers_min_max', 'name_clash_import_vs_inst', 'type_int_unary_op']),
  ...known('no IBM437', ['expr_str_encodings', 'str_encodings', 'valid_eq_str_encodings']),
  ...known('a terminator that equals the pad byte is stripped', [
    'bytes_pad_term_equal',
    'str_pad_term_equal',
  ]),
  ...known('a terminator that equals the pad byte is stripped', [
    'str_eos_pad_term_equal',
    'struct_pad_term_equal',
  ]),
  ...known('an included terminator takes one byte too many', ['term_bytes2', 'term_struct2', 'term_strz2']),
  ...known('an included terminator takes one byte too many', [
    'repeat_eos_term_bytes',
    'repeat_n_term_bytes',
  ]),
  ...known('an included terminator takes one byte too many', [
    'repeat_until_term_bytes',
    'repeat_until_term_struct',
  ]),
  ...known('a switch without a matching case loses its raw bytes', ['switch_repeat_expr']),
  ...known('a negative position is taken for 0', ['position_to_end']),
]);

function known(fault: string, ids: readonly string[]): (readonly [id: string, fault: string])[] {
  return ids.map((id) => [id, fault]);
}
