import type { RaisableRule, Rule } from '../../../model/rule.ts';
import type { VmdkImage } from '../image.ts';
import * as chain from './chain.ts';
import * as cowdHeader from './cowd-header.ts';
import * as cowdTables from './cowd-tables.ts';
import * as createType from './create-type.ts';
import * as encoding from './descriptor-encoding.ts';
import * as grammar from './descriptor-grammar.ts';
import * as properties from './descriptor-properties.ts';
import * as text from './descriptor-text.ts';
import * as database from './disk-database.ts';
import * as extentFiles from './extent-files.ts';
import * as extentLines from './extent-lines.ts';
import * as hostedDirectory from './hosted-directory.ts';
import * as hostedEntries from './hosted-entries.ts';
import * as hostedHeader from './hosted-header.ts';
import * as hostedLayout from './hosted-layout.ts';
import * as hostedMirror from './hosted-mirror.ts';
import * as hostedRegions from './hosted-regions.ts';
import * as hostedSpace from './hosted-space.ts';
import * as sesparseAreas from './sesparse-areas.ts';
import * as fileNames from './file-names.ts';
import * as sesparseHeader from './sesparse-header.ts';
import * as sesparseRedundancy from './sesparse-redundancy.ts';
import * as sesparseSpace from './sesparse-space.ts';
import * as sesparseTables from './sesparse-tables.ts';
import * as streamFooter from './stream-footer.ts';
import * as streamMarkers from './stream-markers.ts';

const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  text,
  encoding,
  grammar,
  properties,
  createType,
  extentLines,
  extentFiles,
  fileNames,
  database,
  chain,
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

/** All rules of VMDK: of the descriptor and the chain, and of hosted sparse, COWD and seSparse extents. Whatever a rule module exports that is a rule. */
export const vmdkRules: readonly Rule<VmdkImage>[] = MODULES.flatMap((module) =>
  Object.values(module).filter(isRule),
);

function isRule(value: unknown): value is RaisableRule<VmdkImage, unknown> {
  return typeof value === 'object' && value !== null && 'report' in value && 'explanation' in value;
}
