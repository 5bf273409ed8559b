import { isEndOfTar, parsePax, parseTarHeader, TAR_BLOCK, textOf, type TarHeader } from './tar-header.ts';

/** Bytes of a long name or of pax records that are read at most. */
const MAX_RECORDS = 1024 * 1024;

/** What kind of thing a member is. */
export type TarMemberKind = 'file' | 'directory' | 'link' | 'other';

/** One thing in a tar. */
export interface TarMember {
  /** As the archive has it: with `/` between folders, and not to be trusted. */
  readonly name: string;
  readonly kind: TarMemberKind;
  /** Bytes of the file. */
  readonly size: number;
  /** Where they begin in the archive. */
  readonly offset: number;
  /** Bytes of them that are there: less than `size` where the archive is cut off. */
  readonly available: number;
  /** Why its bytes cannot be read; `null` where they can. */
  readonly refusal: string | null;
}

/** What comes next in the archive. */
export type TarStep =
  | { readonly kind: 'end' }
  | { readonly kind: 'damage'; readonly reason: string }
  /** So many bytes are to be given to `records`. */
  | { readonly kind: 'records'; readonly size: number }
  /** One more block belongs to the header. */
  | { readonly kind: 'block' }
  | {
      readonly kind: 'member';
      readonly member: Omit<TarMember, 'offset' | 'available'>;
      readonly stored: number;
    };

/**
 * Understands the headers of a tar one by one, wherever they are read from: from a file with jumps, or from a
 * stream. It keeps no more than the records of one member.
 */
export class TarWalk {
  #global = new Map<string, string>();
  #local = new Map<string, string>();
  #longName: string | null = null;
  /** What the records that are being read are for: the type of their header. */
  #wanted = '';
  /** A sparse member of which further blocks of the header are being read. */
  #sparse: TarHeader | null = null;

  /** A block where a header is due. */
  block(block: Uint8Array): TarStep {
    if (this.#sparse !== null) return this.#sparseBlock(this.#sparse, block);
    if (isEndOfTar(block)) return { kind: 'end' };
    const header = parseTarHeader(block);
    if (header === null) return { kind: 'damage', reason: 'there is no tar header with a right checksum' };
    if (['x', 'X', 'g', 'L', 'K'].includes(header.type)) {
      if (header.size > MAX_RECORDS)
        return {
          kind: 'damage',
          reason: `a name or its records have ${header.size} bytes, of which ${MAX_RECORDS} are allowed`,
        };
      this.#wanted = header.type;
      return { kind: 'records', size: header.size };
    }
    if (header.type === 'S' && header.isExtended) {
      this.#sparse = header;
      return { kind: 'block' };
    }
    return this.#member(header);
  }

  /** The bytes that were asked for. */
  records(bytes: Uint8Array): TarStep | null {
    if (this.#wanted === 'L') this.#longName = textOf(bytes);
    if (this.#wanted === 'L' || this.#wanted === 'K') return null;
    const records = parsePax(bytes);
    if (records === null) return { kind: 'damage', reason: 'its pax records make no sense' };
    if (this.#wanted === 'g') for (const [key, value] of records) this.#global.set(key, value);
    else this.#local = records;
    // Each record is bounded, and so must all of them be together.
    if (this.#global.size > 1000) return { kind: 'damage', reason: 'it has more than 1000 global records' };
    return null;
  }

  #sparseBlock(header: TarHeader, block: Uint8Array): TarStep {
    if (block[504] === 1) return { kind: 'block' };
    this.#sparse = null;
    return this.#member(header);
  }

  #member(header: TarHeader): TarStep {
    const records = new Map([...this.#global, ...this.#local]);
    const longName = this.#longName;
    this.#local = new Map();
    this.#longName = null;
    const text = records.get('size');
    const size = text === undefined ? header.size : /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(size)) return { kind: 'damage', reason: 'a size is no number below 2^53' };
    const name = records.get('GNU.sparse.name') ?? records.get('path') ?? longName ?? header.name;
    const kind = KINDS[header.type] ?? 'other';
    const isSparse = header.type === 'S' || [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
    const refusal = isSparse
      ? 'it is stored as a sparse member, whose holes are left out; pack the archive without --sparse'
      : kind === 'file'
        ? null
        : `it is no file but a ${kind === 'other' ? 'special member' : kind}`;
    // Links, folders and devices have a size in some archives, and no bytes.
    const stored = '123456'.includes(header.type) ? 0 : size;
    return { kind: 'member', member: { name, kind, size: stored, refusal }, stored };
  }
}

const KINDS: Readonly<Record<string, TarMemberKind>> = {
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'link',
  '2': 'link',
  '5': 'directory',
};

/** Bytes of padding after so many. */
export function paddingOf(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}
