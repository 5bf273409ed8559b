import * as bitmaps from './bitmaps.ts';
import { backingNameSize } from './backing.ts';
import { rawExternalWithoutDataFile, snapshotWithDataFile } from './data-file.ts';
import * as extensions from './extensions.ts';
import * as features from './features.ts';
import * as header from './header.ts';
import * as locations from './locations.ts';
import { luksHeaderCutShort, luksHeaderMagic, luksSlotField } from './luks.ts';
import * as mapping from './mapping.ts';
import { reftableEntryReserved } from './refcounts.ts';
import * as snapshots from './snapshots.ts';
import type { SpecRule } from './spec.ts';

/** The rules whose condition the specs state, as the specs raise them. */
export const specRules: readonly SpecRule[] = [
  header.magic,
  header.version,
  header.headerCutShort,
  header.headerLengthField,
  header.headerUnknownFields,
  header.headerPadding,
  header.clusterBitsField,
  header.sizeLimitField,
  features.cryptMethod,
  features.incompatibleUnknown,
  features.dirty,
  features.corrupt,
  features.compatibleUnknown,
  features.autoclearUnknown,
  features.refcountOrder,
  features.compressionTypeUnknown,
  extensions.extOverrun,
  extensions.extPaddingNonzero,
  extensions.extEndLength,
  extensions.featureNameEntry,
  locations.l1Missing,
  locations.l1TooLarge,
  locations.reftableMissing,
  backingNameSize,
  snapshotWithDataFile,
  rawExternalWithoutDataFile,
  luksHeaderCutShort,
  luksHeaderMagic,
  luksSlotField,
  mapping.l1EntryReserved,
  mapping.l2EntryReserved,
  mapping.l2ZeroBitExtended,
  mapping.compressedCopied,
  mapping.subclusterAllocAndZero,
  reftableEntryReserved,
  snapshots.snapshotTableField,
  snapshots.snapshotL1Size,
  snapshots.snapshotExtraLimit,
  snapshots.snapshotIdEmpty,
  snapshots.snapshotNanoseconds,
  snapshots.snapshotDiskZero,
  snapshots.snapshotVmstateSizes,
  bitmaps.bitmapExtField,
  bitmaps.bitmapDirectoryField,
  bitmaps.bitmapInUse,
  bitmaps.bitmapTableField,
];
