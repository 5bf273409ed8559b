import { Luks1Header } from '../../../generated/luks.ts';
import type { EncryptionExtension } from '../../../generated/qcow2.ts';
import { fileOffset, type Source } from '../../io/source.ts';
import type { ImageFile } from '../../model/image.ts';
import type { Finding, Place } from '../../model/problem.ts';
import { ENCRYPTION_EXTENSION_SIZE, wrongLength, type DecodedExtension, type SinkAt } from './extensions.ts';
import { bytesText, isClusterStart, toPosition, type Geometry } from './geometry.ts';

/** The encryption header inside the image. */
export interface LuksArea {
  readonly offset: number;
  /** Bytes with the key material, 0 where it cannot be read. */
  readonly length: number;
  /** `null` where it cannot be read. */
  readonly header: Luks1Header | null;
  /** What is wrong with where it lies. */
  readonly fault: Finding<string> | null;
}

/** Bytes of a LUKS version 1 header without key material. */
const HEADER_SIZE = 592;

/** Reads the LUKS header that an extension names; `null` without one. */
export async function readLuks(
  file: ImageFile,
  source: Source,
  extension: DecodedExtension<EncryptionExtension> | null,
  { clusterSize, limit }: Geometry,
  sinkAt: SinkAt,
): Promise<LuksArea | null> {
  if (extension === null) return null;
  const { record, structure } = extension;
  const empty: LuksArea = { offset: 0, length: 0, header: null, fault: null };
  if (structure === null)
    return { ...empty, fault: wrongLength(file, record, 'encryption_extension', ENCRYPTION_EXTENSION_SIZE) };
  const { offset: position, length: size } = structure;
  const offset = toPosition(position);
  const length = toPosition(size);
  const fault = (data: string): LuksArea => ({
    ...empty,
    fault: {
      at: { file, offset: record.dataOffset, length: 16, field: 'encryption_extension' },
      data,
      actual: `${position}, ${size} bytes`,
    },
  });
  if (offset === 0 || !isClusterStart(position, clusterSize))
    return fault(`the encryption header begins at byte ${position}, which is not the start of a cluster`);
  if (offset + length > limit)
    return fault(
      `the encryption header lies at ${bytesText(position, size)}, but the file ends at byte ${limit}`,
    );
  const bytes = await source.read(fileOffset(offset), Math.min(length, HEADER_SIZE));
  const header = Luks1Header.decode(bytes, sinkAt(offset, 'luks_header')) ?? null;
  return { offset, length, header, fault: null };
}

/** Names of fields of a key slot as the spec writes them. */
export type KeySlotField = Parameters<Luks1Header['keySlots'][number]['at']>[0];

/** Where a field of a key slot lies. */
export function keySlotPlace(
  file: ImageFile,
  { offset, header }: LuksArea,
  index: number,
  field: KeySlotField,
): Place {
  const span = header?.keySlots[index]?.at(field);
  return {
    file,
    offset: span === undefined ? null : offset + span.offset,
    length: span?.size ?? null,
    field: `luks_header.key_slots[${index}].${field}`,
  };
}
