import { defineRule, type RaisableRule, type RuleDeclaration } from '../../../model/rule.ts';
import type { Finding, Severity } from '../../../model/problem.ts';
import type { HostedSparseExtent } from '../extents/hosted-sparse.ts';
import { headerPlace, type PlacedHeader } from '../extents/placed-header.ts';
import type { VmdkImage } from '../image.ts';

/** A field that does not hold what it should: what a spec's breach tells too, so that one rule can be raised by both. */
export interface FieldFault {
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

/** The written form of a rule about one field. */
export type FieldRuleDeclaration = Omit<RuleDeclaration<VmdkImage, FieldFault>, 'message'> & {
  readonly message?: (fault: FieldFault) => string;
};

/** A rule about one field, as specs and code raise it. */
export type FieldRule = RaisableRule<VmdkImage, FieldFault>;

/** Declares a rule about one field of a structure; the message is a common one unless it gives its own. */
export function defineFieldRule(declaration: FieldRuleDeclaration): FieldRule {
  return defineRule<VmdkImage, FieldFault>({ message: describeFault, ...declaration });
}

function describeFault({ field, expected, actual }: FieldFault): string {
  return `${field} is ${actual}, must be ${expected}`;
}

/** The hosted sparse extents of an image. */
export function hostedExtents(image: VmdkImage): readonly HostedSparseExtent[] {
  return image.hostedExtents;
}

/** Whether header and footer say the same; where they do not that is reported, and what follows from it is not. */
export function agrees(
  { headers }: HostedSparseExtent,
  read: (fields: PlacedHeader['fields']) => unknown,
): boolean {
  const { header, footer } = headers;
  return footer === null || read(footer.fields) === read(header.fields);
}

/** A finding at a field of the header that counts, or of the one that is given. */
export function headerFault(
  extent: HostedSparseExtent,
  field: Parameters<typeof headerPlace>[2],
  fault: Omit<FieldFault, 'field'>,
  options: { readonly severity?: Severity; readonly header?: PlacedHeader } = {},
): Finding<FieldFault> {
  const header = options.header ?? extent.headers.current;
  return {
    at: headerPlace(extent.file, header, field),
    data: { ...fault, field: `${header.name}.${field}` },
    ...fault,
    ...(options.severity === undefined ? {} : { severity: options.severity }),
  };
}

/** The flags word in hex, as documents write it. */
export function showFlags(flags: PlacedHeader['fields']['flags']): string {
  const word =
    Number(flags.validNewlineDetector) +
    Number(flags.useRedundant) * 2 +
    Number(flags.zeroedGrain) * 4 +
    flags.reservedCompatible * 8 +
    Number(flags.compressed) * 0x1_0000 +
    Number(flags.markers) * 0x2_0000 +
    flags.reservedIncompatible * 0x4_0000;
  return `0x${word.toString(16)}`;
}
