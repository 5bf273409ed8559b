import type { FieldRule } from './field-rule.ts';
import * as header from './hosted-header.ts';
import * as layout from './hosted-layout.ts';

/** The rules that the spec of the hosted sparse header names. */
export const hostedSpecRules: readonly FieldRule[] = [
  header.hostedMagic,
  header.headerTruncated,
  header.hostedVersion,
  header.flagsCompatible,
  header.flagsIncompatible,
  header.markersWithoutCompression,
  header.compressedWithoutMarkers,
  header.compressionUnknown,
  header.newlineDamage,
  header.newlineFlagUnset,
  header.hostedPad,
  layout.capacityOverflow,
  layout.grainSizeInvalid,
  layout.gtesPerGtInvalid,
  layout.descriptorBounds,
  layout.gdOffsetMissing,
  layout.overheadInvalid,
];
