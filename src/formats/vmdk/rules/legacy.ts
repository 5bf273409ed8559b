import type { RaisableRule, Rule } from '../../../model/rule.ts';
import type { VmdkImage } from '../image.ts';
import * as cowdHeader from './cowd-header.ts';
import * as cowdTables from './cowd-tables.ts';
import * as hostedDirectory from './hosted-directory.ts';
import * as hostedEntries from './hosted-entries.ts';
import * as hostedHeader from './hosted-header.ts';
import * as hostedLayout from './hosted-layout.ts';
import * as hostedMirror from './hosted-mirror.ts';
import * as hostedRegions from './hosted-regions.ts';
import * as hostedSpace from './hosted-space.ts';
import * as sesparseAreas from './sesparse-areas.ts';
import * as sesparseHeader from './sesparse-header.ts';
import * as sesparseRedundancy from './sesparse-redundancy.ts';
import * as sesparseSpace from './sesparse-space.ts';
import * as sesparseTables from './sesparse-tables.ts';
import * as streamFooter from './stream-footer.ts';
import * as streamMarkers from './stream-markers.ts';

const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  hostedHeader,
  hostedLayout,
  streamFooter,
  hostedRegions,
  hostedEntries,
  hostedDirectory,
  hostedMirror,
  hostedSpace,
  streamMarkers,
  cowdHeader,
  cowdTables,
  sesparseHeader,
  sesparseAreas,
  sesparseTables,
  sesparseSpace,
  sesparseRedundancy,
];

/** The rules of hosted sparse, COWD and seSparse extents: whatever a rule module exports that is a rule. */
export const legacyRules: readonly Rule<VmdkImage>[] = MODULES.flatMap((module) =>
  Object.values(module).filter(isRule),
);

function isRule(value: unknown): value is RaisableRule<VmdkImage, unknown> {
  return typeof value === 'object' && value !== null && 'report' in value && 'explanation' in value;
}
