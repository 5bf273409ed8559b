import type { ProbeSample, Recognition } from '../../model/format.ts';

/** "QFI" and 0xfb; version 1 has it too. */
const MAGIC = 0x5146_49fb;

/** Where the fields are by which a header without its magic is told (qcow2 specification, "Header"). */
const FIELDS = {
  version: 4,
  clusterBits: 20,
  cryptMethod: 32,
  l1TableOffset: 40,
  refcountTableOffset: 48,
  refcountOrder: 96,
  headerLength: 100,
} as const;

const HEADER_SIZE = 104;
/** LUKS. */
const MAX_CRYPT_METHOD = 2;

/**
 * Recognises qcow2 by its first four bytes with a version and a cluster size that exist after them. Traces of it are
 * the four bytes alone, which the guest of another disk may have written; and without them a header in which all else
 * fits together: tables at cluster boundaries after the first cluster, and in version 3 a header length and a
 * refcount width that exist.
 */
export function probe({ head }: ProbeSample): Recognition | null {
  if (head.length < 4) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0) === MAGIC) return head.length < HEADER_SIZE || isHeader(view) ? 'magic' : 'trace';
  return head.length >= HEADER_SIZE && isPlausible(view) ? 'trace' : null;
}

/** Whether version and cluster size are such that a reader goes on; version 1 has its cluster size elsewhere. */
function isHeader(view: DataView): boolean {
  const version = view.getUint32(FIELDS.version);
  const clusterBits = view.getUint32(FIELDS.clusterBits);
  return version === 1 || ((version === 2 || version === 3) && clusterBits >= 9 && clusterBits <= 21);
}

function isPlausible(view: DataView): boolean {
  if (!isHeader(view)) return false;
  const clusterBits = view.getUint32(FIELDS.clusterBits);
  const hasL1 = isClusterStart(view, FIELDS.l1TableOffset, clusterBits);
  const hasRefcounts = isClusterStart(view, FIELDS.refcountTableOffset, clusterBits);
  const version = view.getUint32(FIELDS.version);
  if (version === 2) return hasL1 && hasRefcounts && view.getUint32(FIELDS.cryptMethod) <= MAX_CRYPT_METHOD;
  const headerLength = view.getUint32(FIELDS.headerLength);
  const isLong = headerLength >= HEADER_SIZE && headerLength <= 256 && headerLength % 8 === 0;
  return version === 3 && isLong && view.getUint32(FIELDS.refcountOrder) <= 6 && (hasL1 || hasRefcounts);
}

function isClusterStart(view: DataView, at: number, clusterBits: number): boolean {
  const offset = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  return offset > 0 && offset % 2 ** clusterBits === 0;
}
