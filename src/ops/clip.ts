import { fileOffset } from '../io/source.ts';
import type { UnknownPiece } from '../model/disk.ts';
import type { Mapping } from '../model/image.ts';
import { guestOffset } from '../model/offsets.ts';

/** The part of a mapping between the guest bytes `from` and `to`; of a compressed unit the unit stays whole. */
export function clipMapping<T extends Mapping | UnknownPiece>(mapping: T, from: number, to: number): T {
  const start = Math.max(mapping.start, from);
  const length = Math.min(mapping.start + mapping.length, to) - start;
  if (start === mapping.start && length === mapping.length) return mapping;
  if (mapping.kind !== 'data') return { ...mapping, start: guestOffset(start), length };
  const { file, offset } = mapping.at;
  const at = { file, offset: fileOffset(offset + start - mapping.start) };
  return { ...mapping, start: guestOffset(start), length, at };
}
