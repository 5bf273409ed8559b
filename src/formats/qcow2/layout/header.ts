import { Header } from '../../../../generated/qcow2.ts';
import { formatHex, type Breach } from '../../../codec/index.ts';
import { UnreadableImageError } from '../../../errors.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { Qcow2Context, SpecRule } from '../findings.ts';

/** Covers the first cluster of nearly all images, and the header of all. */
const HEAD_BYTES = 65_536;
/** A header cannot be longer than the largest cluster. */
const MAX_HEADER = 0x20_0000;
/** Bytes that a header has at least: of version 2, of version 3. */
const MIN_HEADER = [72, 104] as const;
const LENGTH_RULE: SpecRule = 'qcow2/header-length';
const MAX_CLUSTER_BITS = 21;
const MIN_CLUSTER_BITS = 9;
/** Subclusters, 32 in a cluster, have 512 bytes at least. */
const MIN_EXTENDED_CLUSTER_BITS = 14;

/** The header and the cluster that it begins. */
export interface HeaderRead {
  readonly header: Placed<Header>;
  /** As far as it is in the file. */
  readonly firstCluster: Uint8Array;
  /** Whether the header says plausibly where it ends, so that extensions can be found. */
  readonly hasLength: boolean;
}

/**
 * Reads the header.
 *
 * @throws UnreadableImageError where it is cut off, or version or cluster size are impossible
 */
export async function readHeader(context: Qcow2Context): Promise<HeaderRead> {
  const { file, source, findings } = context;
  const place = { file, offset: 0, name: 'header' };
  const head = await readAvailable(source, fileOffset(0), HEAD_BYTES);
  const { fields, breaches } = decodeHeader(head);
  const isVersioned = fields?.version === 2 || fields?.version === 3;
  // Without a known version the other fields have no known meaning that they could break.
  const telling = isVersioned || fields === undefined ? breaches : breaches.filter(isIdentity);
  // The dirty bit is told with what it explains.
  inFeatureWords(telling, head)
    .filter(({ rule }) => rule !== 'qcow2/dirty')
    .forEach(breachTeller(findings, place));
  const bits = fields?.clusterBits ?? 0;
  if (fields === undefined || !isVersioned || bits < MIN_CLUSTER_BITS || bits > MAX_CLUSTER_BITS)
    throw new UnreadableImageError(`${file.path}: the header says nothing that can be relied on`);
  const header = new Placed(place, head.subarray(0, fields.headerLength ?? MIN_HEADER[0]), fields);
  refuseSmallSubclusters(context, header);
  const clusterSize = 2 ** bits;
  const isLengthWrong = breaches.some(({ rule }) => rule === LENGTH_RULE);
  return {
    header,
    firstCluster:
      clusterSize <= head.length
        ? head.subarray(0, clusterSize)
        : await readAvailable(source, fileOffset(0), clusterSize),
    hasLength: !isLengthWrong && isInCluster(context, header, clusterSize),
  };
}

function isIdentity({ field }: Breach): boolean {
  return field === 'magic' || field === 'version';
}

/**
 * The 64-bit words of feature bits: where they are, and the last bit that is known (qcow2 specification, "Header").
 */
const FEATURE_WORDS = new Map([
  ['incompatible_features', { offset: 72, lastKnown: 4 }],
  ['compatible_features', { offset: 80, lastKnown: 0 }],
  ['autoclear_features', { offset: 88, lastKnown: 1 }],
]);

/**
 * Breaches of feature bits, told of the word that the bits are numbered in, and once for each rule; not where that
 * word is cut off.
 */
function inFeatureWords(breaches: readonly Breach[], head: Uint8Array): readonly Breach[] {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const told = new Set<string | null>();
  return breaches.flatMap((breach) => {
    const { type, kind, rule } = breach;
    const [field = '', bit] = breach.field.split('.');
    const word = FEATURE_WORDS.get(field);
    if (word === undefined || kind === 'endOfStream') return [breach];
    const { offset, lastKnown } = word;
    if (told.has(rule) || offset + 8 > head.length) return [];
    told.add(rule);
    const expected =
      bit === undefined
        ? breach.expected
        : bit.startsWith('reserved')
          ? `no bit above ${lastKnown}`
          : `${bit} clear`;
    const actual = formatHex(view.getBigUint64(offset), 8);
    return [{ type, field, offset, size: 8, kind, expected, actual, rule }];
  });
}

/** Decodes the header; where its own length exceeds the bytes at hand, its known fields all the same. */
function decodeHeader(head: Uint8Array): {
  readonly fields: Header | undefined;
  readonly breaches: readonly Breach[];
} {
  const breaches: Breach[] = [];
  const whole = Header.decode(head, (breach) => breaches.push(breach));
  if (whole !== undefined) return { fields: whole, breaches };
  const length = breaches.find(({ rule }) => rule === LENGTH_RULE);
  const fields = decodePadded(head, length?.offset ?? null);
  const isCut = fields === undefined || head.length < HEAD_BYTES;
  const others = breaches.filter(({ kind }) => kind !== 'endOfStream');
  return { fields, breaches: isCut && length === undefined ? breaches : others };
}

/** @param lengthAt where the header length is, if it is impossible and must be passed over */
function decodePadded(head: Uint8Array, lengthAt: number | null): Header | undefined {
  if (head.length < MIN_HEADER[0]) return undefined;
  const bytes = new Uint8Array(MAX_HEADER);
  bytes.set(head);
  if (lengthAt !== null) new DataView(bytes.buffer).setUint32(lengthAt, MIN_HEADER[1]);
  const header = Header.decode(bytes, () => undefined);
  return header?.version === 3 && head.length < MIN_HEADER[1] ? undefined : header;
}

/**
 * Ends the opening of an image with extended L2 entries whose clusters are too small for them.
 *
 * @throws UnreadableImageError
 */
function refuseSmallSubclusters({ file, findings }: Qcow2Context, header: Placed<Header>): void {
  const { clusterBits, incompatibleFeatures } = header.fields;
  if (incompatibleFeatures?.extendedL2 !== true || clusterBits >= MIN_EXTENDED_CLUSTER_BITS) return;
  findings.tell('qcow2/cluster-bits', {
    at: header.at('cluster_bits'),
    data: `header.cluster_bits is ${clusterBits}, but extended L2 entries need at least 14: subclusters would be below 512 bytes`,
    expected: '14 to 21',
    actual: String(clusterBits),
  });
  throw new UnreadableImageError(`${file.path}: clusters are too small for extended L2 entries`);
}

/** Whether the header ends in the first cluster; tells it where not. */
function isInCluster({ findings }: Qcow2Context, header: Placed<Header>, clusterSize: number): boolean {
  const length = header.fields.headerLength ?? 0;
  if (length <= clusterSize) return true;
  findings.tell('qcow2/header-length', {
    at: header.at('header_length'),
    data: `header.header_length is ${length}, more than the ${clusterSize} bytes of the first cluster`,
    expected: `<= ${clusterSize}`,
    actual: String(length),
  });
  return false;
}
