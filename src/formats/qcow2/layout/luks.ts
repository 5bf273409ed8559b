import { Luks1Header } from '../../../../generated/luks.ts';
import type { EncryptionExtension } from '../../../../generated/qcow2.ts';
import { fileOffset, type Source } from '../../../io/source.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { Qcow2Context } from '../findings.ts';
import type { DecodedExtension } from './extensions.ts';
import { bytesText, isClusterStart, toPosition, type Geometry } from './geometry.ts';

/** The encryption header inside the image. */
export interface LuksArea {
  readonly offset: number;
  /** Bytes with the key material, 0 where it cannot be read. */
  readonly length: number;
  /** `null` where it cannot be read. */
  readonly header: Placed<Luks1Header> | null;
}

/** Bytes of a LUKS version 1 header without key material. */
const HEADER_SIZE = 592;
const UNREADABLE: LuksArea = { offset: 0, length: 0, header: null };

/** Reads the LUKS header that an extension names; `null` without one. */
export async function readLuks(
  { file, findings }: Qcow2Context,
  source: Source,
  extension: DecodedExtension<EncryptionExtension> | null,
  geometry: Geometry,
): Promise<LuksArea | null> {
  if (extension === null) return null;
  const { placed } = extension;
  if (placed === null) return UNREADABLE;
  const { offset: position, length: size } = placed.fields;
  const fault = judgeArea(placed.fields, geometry);
  if (fault !== null) {
    const actual = `${position}, ${size} bytes`;
    findings.tell('qcow2/luks-header-bounds', { at: placed.whole(), data: fault, actual });
    return UNREADABLE;
  }
  const offset = toPosition(position);
  const length = toPosition(size);
  const bytes = await source.read(fileOffset(offset), Math.min(length, HEADER_SIZE));
  const place = { file, offset, name: 'luks_header' };
  const fields = Luks1Header.decode(bytes, breachTeller(findings, place));
  return { offset, length, header: fields === undefined ? null : new Placed(place, bytes, fields) };
}

/** What is wrong with where the header is, in a sentence. */
function judgeArea({ offset, length }: EncryptionExtension, { clusterSize, limit }: Geometry): string | null {
  if (offset === 0n || !isClusterStart(offset, clusterSize))
    return `the encryption header begins at byte ${offset}, which is not the start of a cluster`;
  if (toPosition(offset) + toPosition(length) > limit)
    return `the encryption header is at ${bytesText(offset, length)}, but the file ends at byte ${limit}`;
  return null;
}
