import { ConstHeader, VolatileHeader } from '../../../../../generated/sesparse.ts';
import { fileOffset, readAvailable, type Source } from '../../../../io/source.ts';
import type { ImageFile } from '../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import { Placed } from '../../../shared/placed.ts';
import { breachTeller } from '../../../shared/spec-rules.ts';
import type { TellSeSparse } from './findings.ts';
import { readAreas } from './layout/geometry.ts';
import type { SeSparseHeaders } from './layout/sesparse-layout.ts';

/** Reads and judges both headers; `null` where the file is too short for the first one (which is told). */
export async function readSeSparseHeaders(
  file: ImageFile,
  source: Source,
  findings: TellSeSparse,
): Promise<SeSparseHeaders | null> {
  const place = { file, offset: 0, name: 'const_header' };
  if (source.size < SECTOR_SIZE) {
    const at = { file, offset: 0, length: source.size, field: place.name };
    const expected = 'the header alone has 512';
    const actual = `cut off at byte ${source.size}`;
    findings.tell('sesparse/area-out-of-file', { at, data: { field: place.name, expected, actual } });
    return null;
  }
  const bytes = await source.read(fileOffset(0), SECTOR_SIZE);
  const fields = ConstHeader.decode(bytes, breachTeller(findings, place));
  if (fields === undefined) return null;
  const constant = new Placed(place, bytes, fields);
  return { constant, volatile: await readVolatileHeader(constant, source, findings) };
}

async function readVolatileHeader(
  { file, fields: constant }: Placed<ConstHeader>,
  source: Source,
  findings: TellSeSparse,
): Promise<Placed<VolatileHeader> | null> {
  const [area] = readAreas(constant);
  const place = { file, offset: area?.offset ?? 0, name: 'volatile_header' };
  const bytes = await readAvailable(source, fileOffset(place.offset), SECTOR_SIZE);
  const fields = VolatileHeader.decode(bytes, breachTeller(findings, place));
  return fields === undefined ? null : new Placed(place, bytes, fields);
}
