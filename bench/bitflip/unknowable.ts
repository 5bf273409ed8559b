/** A field whose damage no check can find, and why. */
interface Unknowable {
  readonly image: RegExp;
  readonly field: RegExp;
  readonly reason: string;
}

const UNKNOWABLE: readonly Unknowable[] = [
  {
    image: /^qcow2 .*(zlib|zstd)/,
    field: /^compressed cluster/,
    reason:
      'raw deflate has no checksum, nor has Zstandard as QEMU writes it: other bytes of the same number come out',
  },
];

/** Why a harmful flip in `field` cannot be found; `null` where it should be. */
export function reasonFor(image: string, field: string): string | null {
  return UNKNOWABLE.find((row) => row.image.test(image) && row.field.test(field))?.reason ?? null;
}
