import type { MappingRuns } from '../../../shared/mapping-runs.ts';
import { resolveGrains } from '../grain-tables.ts';
import { resolveExtent } from '../table-mappings.ts';
import type { CowdLayout } from './layout/cowd-layout.ts';

/** Adds the runs of guest bytes `from` to `to - 1`; pauses between batches of tables. */
export function resolveCowd(
  extent: CowdLayout,
  runs: MappingRuns,
  from: number,
  to: number,
): AsyncGenerator<void, void, undefined> {
  return resolveExtent(extent, extent.grainTables(), resolveGrains, runs, from, to);
}
