import { readFileSync } from 'node:fs';

/** What both sides read. */
export interface Contest {
  readonly spec: string;
  /** The type inside the spec, where it is not the outermost one. */
  readonly type?: string;
  readonly what: string;
  /** What is parsed in one round, one by one. */
  readonly inputs: () => readonly Uint8Array[];
  /** Looks at the values. */
  readonly use: (parsed: object) => unknown;
  /** Least ratio that is accepted. */
  readonly must: number;
}

const RECORDS = 500_000;
const HEADERS = 20_000;
const VMDK_HEADER = readFileSync(
  new URL('../../samples/sound/tw_sparse-s001.vmdk', import.meta.url),
).subarray(0, 512);

export const contests: readonly Contest[] = [
  {
    spec: 'records',
    what: '500,000 records of 16 bytes',
    inputs: () => [noise(RECORDS * 16)],
    use: sumOfRecords,
    must: 2,
  },
  {
    spec: 'tables',
    what: 'a table of 400,000 integers',
    inputs: () => [noise(400_000 * 4)],
    use: keep,
    must: 5,
  },
  {
    spec: 'mixed',
    what: '25,000 records with bits, text and a switch',
    inputs: () => [mixedRecords(25_000)],
    use: keep,
    must: 1,
  },
  {
    spec: '../../specs/vmdk4',
    type: 'sparse_extent_header',
    what: `${HEADERS.toLocaleString('en')} sparse headers of VMDK, one stream each`,
    // Each in memory of its own: the reference parser takes whole buffers without a copy.
    inputs: () => Array.from({ length: HEADERS }, () => Uint8Array.from(VMDK_HEADER)),
    use: keep,
    must: 4,
  },
];

/** Bytes without a pattern, the same in every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function mixedRecords(count: number): Uint8Array {
  const record = [0x21, 0x43, 6, 0, ...Buffer.from('record'), 1, 2, 3, 4];
  const bytes = new Uint8Array(count * record.length);
  for (let index = 0; index < count; index += 1) {
    bytes.set(record, index * record.length);
    bytes[index * record.length + 3] = index % 3;
  }
  return bytes;
}

/** Looks at every field, since ours reads those of records no sooner. */
function sumOfRecords(parsed: object): number {
  const { records } = parsed as { readonly records: readonly PlainRecord[] };
  let sum = 0;
  for (const record of records)
    sum ^= record.kind ^ record.flags ^ record.length ^ record.offset ^ record.checksum;
  return sum;
}

interface PlainRecord {
  readonly kind: number;
  readonly flags: number;
  readonly length: number;
  readonly offset: number;
  readonly checksum: number;
}

function keep(parsed: object): object {
  return parsed;
}
