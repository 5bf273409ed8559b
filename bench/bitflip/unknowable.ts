/** A field whose damage no check can find, and why. */
interface Unknowable {
  readonly image: RegExp;
  /** The field as `Target.name` has it, with the bit: `L2 table+7 (bit 0 of 0x40007)`. */
  readonly field: RegExp;
  /** Which bytes of a table, by their distance from its start; default: all. */
  readonly isByte?: (offset: number) => boolean;
  readonly reason: string;
}

const UNKNOWABLE: readonly Unknowable[] = [
  {
    image: /^qcow2 .*(zlib|zstd)/,
    field: /^compressed cluster/,
    reason:
      'raw deflate has no checksum, nor has Zstandard as QEMU writes it: other bytes of the same number come out',
  },
  {
    image: /^qcow2/,
    field: /^header\.size /,
    reason: 'the size of a qcow2 disk is stored once, and an L1 table maps more or less than that',
  },
  {
    image: /^qcow2 (?!v2|subclusters)/,
    field: /^L2 table\+\d+ \(bit 0 /,
    isByte: (offset) => offset % 8 === 7,
    reason: 'the zero flag of a qcow2 cluster: one that reads as zeros may keep its place',
  },
  {
    image: /^qcow2 subclusters/,
    field: /^L2 table\+/,
    isByte: (offset) => offset % 16 >= 8,
    reason:
      'the bitmap of qcow2 subclusters: those without data, and those that are zeros, may have their place',
  },
  {
    image: /^vmdk seSparse/,
    field: /^grain table\+\d+ \(bit 5 /,
    isByte: (offset) => offset % 8 === 7,
    reason: 'the type of a seSparse grain: one that the guest discarded may keep its place',
  },
];

/** Why a harmful flip in `field` cannot be found; `null` where it should be. */
export function reasonFor(image: string, field: string): string | null {
  const offset = Number(/\+(\d+) /.exec(field)?.[1] ?? NaN);
  const found = UNKNOWABLE.find(
    (row) => row.image.test(image) && row.field.test(field) && (row.isByte?.(offset) ?? true),
  );
  return found?.reason ?? null;
}
