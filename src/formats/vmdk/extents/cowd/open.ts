import { CowdHeader } from '../../../../../generated/cowd.ts';
import { fileOffset, readAvailable, type Source } from '../../../../io/source.ts';
import type { Findings } from '../../../../model/findings.ts';
import type { ImageFile } from '../../../../model/image.ts';
import { Placed } from '../../../shared/placed.ts';
import { breachTeller } from '../../../shared/spec-rules.ts';
import type { CowdFindings } from './findings.ts';
import { COWD_HEADER_SIZE } from './layout/geometry.ts';

/** Reads and judges the header of a COWD extent; `null` where the file is too short for one (which is told). */
export async function readCowdHeader(
  file: ImageFile,
  source: Source,
  findings: Findings<CowdFindings>,
): Promise<Placed<CowdHeader> | null> {
  const place = { file, offset: 0, name: 'header' };
  const bytes = await readAvailable(source, fileOffset(0), COWD_HEADER_SIZE);
  const fields = CowdHeader.decode(bytes, breachTeller(findings, place));
  return fields === undefined ? null : new Placed(place, bytes, fields);
}
