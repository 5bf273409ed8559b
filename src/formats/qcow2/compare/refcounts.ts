import { fileOffset } from '../../../io/source.ts';
import type { Findings } from '../../../model/findings.ts';
import type { Ownership } from '../../../model/owners.ts';
import type { Place } from '../../../model/problem.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import type { Qcow2Findings, RefcountFigures } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';
import type { Geometry } from '../layout/geometry.ts';
import { tableOffsets, type PointerTable } from '../layout/pointer-table.ts';
import { countBlocks, OccupiedClusters, trustedL1, trustedRefcountTable } from '../walk/occupied.ts';
import { OffsetCounts } from '../walk/offset-counts.ts';
import { compareCopied } from './copied.ts';
import { DirtyFindings, dirtyFinding, isDirty } from './dirty.ts';
import { GROUP, RefcountReader } from './refcount-blocks.ts';

/** Clusters in one chunk of an ownership bitmap. */
const CHUNK = 2 ** 20;
/** A word of such a bitmap with all its clusters. */
const ALL_CLAIMED = 0xffff_ffff;

/**
 * Compares every stored reference count with the number of references found, and the COPIED flags with the stored
 * counts.
 *
 * A sound image is settled by comparing bitmaps: whole words of counts that are all 1, or all 0, against the words of
 * the ownership bitmap. Only where they differ are counts looked at one by one, and only then, or where entries lack
 * COPIED, are the tables walked again for the flags.
 */
export async function compareRefcounts(
  image: Qcow2Image,
  { uncopied }: Qcow2Walk,
  ownership: Ownership,
  findings: Findings<Qcow2Findings>,
): Promise<void> {
  if (!isDirty(image)) return compareAll(image, uncopied, ownership, findings);
  const held = new DirtyFindings(findings);
  await compareAll(image, uncopied, ownership, held);
  findings.tell('qcow2/dirty', dirtyFinding(image, held.stale));
}

async function compareAll(
  image: Qcow2Image,
  uncopied: number,
  ownership: Ownership,
  findings: Findings<Qcow2Findings>,
): Promise<void> {
  const table = trustedRefcountTable(image);
  if (!image.hasRefcounts || table.length === 0) return;
  const offsets = countBlocks(image, table);
  const comparison = new Comparison(image, table, ownership, offsets, findings);
  comparison.absentBlocks();
  const tables = { offsets, tableBytes: image.geometry.clusterSize };
  for await (const { first, count, bytes } of tableBatches(image.source, tables)) {
    comparison.load(bytes);
    for (let block = 0; block < count; block++) comparison.block(first + block, block);
  }
  if (!comparison.isSettled || uncopied > 0 || hasUncopiedTable(trustedL1(image)))
    await compareCopied(image, offsets, findings);
}

/** Whether an entry of the active L1 table has an L2 table but not COPIED. */
function hasUncopiedTable(l1: PointerTable): boolean {
  for (let index = 0; index < l1.length; index++) {
    if (l1.target(index) !== 0 && l1.high(index) >= 0) return true;
  }
  return false;
}

/** A refcount block that is missing. */
interface AbsentBlock {
  readonly block: number;
  /** The first cluster in use that it should count. */
  readonly first: number;
  /** How many there are. */
  readonly clusters: number;
}

class Comparison {
  /** Whether counts and references agree, and nothing that belongs to the active tree alone is shared. */
  isSettled = true;
  readonly #image: Qcow2Image;
  readonly #geometry: Geometry;
  readonly #table: PointerTable;
  readonly #offsets: Float64Array;
  readonly #ownership: Ownership;
  readonly #findings: Findings<Qcow2Findings>;
  readonly #reader: RefcountReader;
  /** Clusters that begin in the file. */
  readonly #end: number;
  readonly #max: number;
  #sortedBlocks: OffsetCounts | null = null;
  #structures: OccupiedClusters | null = null;
  #l2Tables: OffsetCounts | null = null;
  /** The chunk of the ownership bitmaps at hand. */
  #chunk = -1;
  #claimed: Uint32Array | undefined;
  #shared: Uint32Array | undefined;

  constructor(
    image: Qcow2Image,
    table: PointerTable,
    ownership: Ownership,
    offsets: Float64Array,
    findings: Findings<Qcow2Findings>,
  ) {
    const { geometry } = image;
    this.#image = image;
    this.#geometry = geometry;
    this.#table = table;
    this.#offsets = offsets;
    this.#ownership = ownership;
    this.#findings = findings;
    this.#reader = new RefcountReader(geometry.refcountOrder);
    this.#end = geometry.limit / geometry.clusterSize;
    this.#max = 2 ** (2 ** geometry.refcountOrder) - 1;
  }

  /** Takes the bytes of refcount blocks. */
  load(bytes: Uint8Array): void {
    this.#reader.load(bytes);
  }

  /**
   * Compares one block.
   *
   * @param block entry of the refcount table
   * @param position of the block in the bytes at hand
   */
  block(block: number, position: number): void {
    const { blockEntries } = this.#geometry;
    const end = (block + 1) * blockEntries;
    let group = (position * blockEntries) / GROUP;
    for (let cluster = block * blockEntries; cluster < end;) {
      this.#load(Math.floor(cluster / CHUNK));
      const count = Math.min(end - cluster, CHUNK - (cluster % CHUNK)) / GROUP;
      this.#compare(cluster, count, group);
      cluster += count * GROUP;
      group += count;
    }
  }

  /** Refcount blocks that do not exist although clusters that they should count are in use: one finding for each. */
  absentBlocks(): void {
    const { blockEntries } = this.#geometry;
    const step = Math.min(blockEntries, CHUNK);
    const absent = new Map<number, AbsentBlock>();
    for (let chunk = 0; chunk * CHUNK < this.#end; chunk++) {
      this.#load(chunk);
      if (this.#claimed === undefined) continue;
      for (let start = chunk * CHUNK; start < (chunk + 1) * CHUNK; start += step) {
        const block = Math.floor(start / blockEntries);
        const used = this.#isAbsent(block) ? this.#usedClusters(start, start + step) : [];
        if (used[0] === undefined) continue;
        const { first, clusters } = absent.get(block) ?? { first: used[0], clusters: 0 };
        absent.set(block, { block, first, clusters: clusters + used.length });
      }
    }
    for (const block of absent.values()) this.#tellAbsent(block);
  }

  #isAbsent(block: number): boolean {
    return (this.#offsets[block] ?? 0) === 0 && this.#table.target(block) === 0;
  }

  #usedClusters(first: number, end: number): readonly number[] {
    const used: number[] = [];
    for (let cluster = first; cluster < end && cluster < this.#end; cluster += GROUP) {
      let bits = this.#words(cluster)[0];
      for (; bits !== 0; bits &= bits - 1) used.push(cluster + 31 - Math.clz32(bits & -bits));
    }
    return used;
  }

  #tellAbsent({ block, first, clusters }: AbsentBlock): void {
    this.isSettled = false;
    const figures = this.#figures(first, '0', this.#ownership.references(first));
    const at = this.#place(first);
    this.#findings.tell('qcow2/refcount-too-low', {
      at,
      data: { ...figures, absent: { block, clusters } },
      actual: '0',
    });
  }

  /** Brings the ownership bitmaps of a chunk to hand, which may cost the making of them. */
  #load(chunk: number): void {
    if (chunk === this.#chunk) return;
    this.#chunk = chunk;
    this.#claimed = this.#ownership.bitmapChunk(chunk);
    this.#shared = this.#ownership.sharedChunk(chunk);
  }

  /** The words of claimed and shared clusters from `cluster` on. */
  #words(cluster: number): readonly [claimed: number, shared: number] {
    this.#load(Math.floor(cluster / CHUNK));
    const word = (cluster % CHUNK) >>> 5;
    return [(this.#claimed?.[word] ?? 0) | 0, (this.#shared?.[word] ?? 0) | 0];
  }

  /**
   * Compares `count` groups from `cluster` on, all of one chunk; `group` is the first one's place among the counts at
   * hand.
   */
  #compare(cluster: number, count: number, group: number): void {
    const firstWord = (cluster % CHUNK) >>> 5;
    for (let i = 0; i < count; i++) {
      const claimed = this.#claimed?.[firstWord + i] ?? 0;
      const shared = this.#shared?.[firstWord + i] ?? 0;
      if ((claimed | shared) === 0) {
        const end = this.#endOfUnclaimed(firstWord + i, firstWord + count) - firstWord;
        i = this.#reader.skipZeros(group + i, group + end) - group;
        // Behind the unclaimed groups, and none of them is counted: look at the next one as at any other.
        if (i === end) i--;
        else this.#explain(cluster + i * GROUP, group + i);
      } else if (shared !== 0 || claimed !== ALL_CLAIMED || !this.#reader.isOne(group + i))
        this.#explain(cluster + i * GROUP, group + i);
    }
  }

  /** The first word from `word` on with a claimed cluster; `end` where there is none before it. */
  #endOfUnclaimed(word: number, end: number): number {
    const claimed = this.#claimed;
    const shared = this.#shared;
    let next = word + 1;
    while (next < end && ((claimed?.[next] ?? 0) | (shared?.[next] ?? 0)) === 0) next++;
    return next;
  }

  #explain(cluster: number, group: number): void {
    const [claimed, shared] = this.#words(cluster);
    for (let bit = 0; bit < GROUP; bit++) {
      const unit = cluster + bit;
      const stored = this.#reader.get(group * GROUP + bit);
      const isShared = ((shared >>> bit) & 1) === 1;
      if (isShared && this.#ownership.exclusiveReferences(unit) > 0) this.isSettled = false;
      const computed = isShared ? this.#ownership.references(unit) : (claimed >>> bit) & 1;
      if (stored !== computed) this.#judge(unit, stored, this.#reader.text(group * GROUP + bit), computed);
    }
  }

  /** @param text `stored`, exact */
  #judge(cluster: number, stored: number, text: string, computed: number): void {
    const figures = this.#figures(cluster, text, computed);
    const common = { at: this.#place(cluster), expected: String(computed), actual: text };
    const findings = this.#findings;
    if (cluster >= this.#end) {
      findings.tell('qcow2/refcount-past-eof', { ...common, data: figures });
      return;
    }
    this.isSettled = false;
    const duplicates = Math.max(0, this.#ownership.exclusiveReferences(cluster) - 1);
    if (stored > computed) findings.tell('qcow2/refcount-leak', { ...common, data: figures });
    else if (computed > this.#max)
      findings.tell('qcow2/refcount-overflow', { ...common, data: { ...figures, max: this.#max } });
    else if (duplicates > 0 && stored >= computed - duplicates) return;
    else if (stored === 0 && this.#isRefcounts(cluster))
      findings.tell('qcow2/refcount-self', { ...common, data: figures });
    else if (stored === 0 || !this.#isStructure(cluster))
      findings.tell('qcow2/refcount-too-low', { ...common, data: figures });
  }

  #figures(cluster: number, stored: string, computed: number): RefcountFigures {
    const start = String(BigInt(cluster) * BigInt(this.#geometry.clusterSize));
    return { cluster, start, stored, computed };
  }

  /** Whether a cluster belongs to the refcount table or is a refcount block. */
  #isRefcounts(cluster: number): boolean {
    const { clusterSize } = this.#geometry;
    const start = cluster * clusterSize;
    const { offset, length } = this.#table;
    return (start >= offset && start < offset + 8 * length) || this.#blocks().find(start) >= 0;
  }

  /**
   * Whether a cluster belongs to a structure that nothing else may refer to: what does so has a finding of its own.
   */
  #isStructure(cluster: number): boolean {
    const { clusterSize } = this.#geometry;
    const start = cluster * clusterSize;
    this.#structures ??= new OccupiedClusters(this.#image);
    if (this.#structures.meets(start, start + clusterSize)) return true;
    if (this.#image.snapshots.entries.length > 0) return false;
    this.#l2Tables ??= new OffsetCounts(tableOffsets(this.#geometry, trustedL1(this.#image)));
    return this.#l2Tables.find(start) >= 0;
  }

  #blocks(): OffsetCounts {
    return (this.#sortedBlocks ??= new OffsetCounts(this.#offsets.slice()));
  }

  /** Where the count of a cluster is; where its block is missing, the entry that should have one. */
  #place(cluster: number): Place {
    const { blockEntries, refcountOrder } = this.#geometry;
    const block = Math.floor(cluster / blockEntries);
    const index = cluster % blockEntries;
    const start = this.#offsets[block] ?? 0;
    const bits = 2 ** refcountOrder;
    if (start === 0)
      return {
        file: this.#image.file,
        offset: block < this.#table.length ? fileOffset(this.#table.entryOffset(block)) : null,
        length: 8,
        field: `refcount_table[${block}]`,
      };
    return {
      file: this.#image.file,
      offset: start + Math.floor((index * bits) / 8),
      length: Math.max(1, bits / 8),
      field: `refcount_blocks[${block}][${index}]`,
    };
  }
}
