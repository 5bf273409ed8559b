import type { Finding, Severity } from '../../../model/problem.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { DESCRIPTOR, extentField, textFinding } from '../descriptor/text-findings.ts';
import type { Extent } from '../extents/index.ts';
import type { FileFault } from '../findings.ts';

/** Where VMware describes which files extents are in. */
export const EXTENT_FILES = `${DESCRIPTOR}, extent descriptions`;

/** A finding at the file name of an extent's line. */
export function fileFinding(
  descriptor: Descriptor,
  { line, guestStart }: Extent,
  reason: string,
  severity?: Severity,
): Finding<FileFault> {
  const span = line?.file?.span ?? { offset: line?.line.offset ?? 0, length: line?.line.text.length ?? 0 };
  const field =
    line === null ? 'descriptor.extents' : extentField(line, line.file === null ? undefined : 'file');
  const name = line?.file?.text ?? '';
  const data = { extent: line?.index ?? 0, name, reason };
  const finding = textFinding(descriptor, span, field, data, severity === undefined ? {} : { severity });
  return { guestOffset: guestStart, ...finding };
}

/** The message of a finding about the file of an extent. */
export function describeFile({ extent, name, reason }: FileFault): string {
  return `extent ${extent} is in ${JSON.stringify(name)}: ${reason}`;
}
