import type { MappingRuns } from '../../../shared/mapping-runs.ts';
import type { TableCopy } from '../extent.ts';
import { resolveGrains } from '../grain-tables.ts';
import { resolveExtent } from '../table-mappings.ts';
import type { HostedLayout } from './layout/hosted-layout.ts';

/** Adds the runs of guest bytes `from` to `to - 1`; pauses between batches of tables. */
export function resolveHosted(
  extent: HostedLayout,
  runs: MappingRuns,
  from: number,
  to: number,
  copy: TableCopy,
): AsyncGenerator<void, void, undefined> {
  return resolveExtent(extent, extent.grainTables(copy), resolveGrains, runs, from, to);
}
