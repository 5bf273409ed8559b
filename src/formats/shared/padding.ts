import type { FileFindings } from '../../model/file-findings.ts';
import type { Findings } from '../../model/findings.ts';
import type { Padding } from '../../model/format.ts';
import type { Facts } from '../../model/rule.ts';
import { findNonZero } from './nonzero-ranges.ts';

/** Tells once for each file what structures leave over there and is not zero. */
export async function checkPadding(
  paddings: Iterable<Padding>,
  facts: Facts,
  findings: Findings<FileFindings>,
): Promise<void> {
  for (const { file, ranges } of paddings) {
    if (file.source === null) continue;
    const found = await findNonZero(file.source, ranges, facts);
    if (found === null) continue;
    const at = { file, offset: found.first, length: 1, field: null };
    findings.tell('file/hidden-nonzero-slack', { at, data: found });
  }
}
