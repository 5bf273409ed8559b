import type { DumpedStructure } from '../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { FileLayout, WalkListeners } from '../../../../model/owners.ts';
import type { MappingRuns } from '../../../shared/mapping-runs.ts';
import type { ExtentBase } from '../extent.ts';
import type { SeSparseFindings } from './findings.ts';
import { SeSparseLayout } from './layout/sesparse-layout.ts';
import { resolveSeSparse } from './mappings.ts';
import { walkSeSparse, type SeSparseWalk } from './walk.ts';

/** A seSparse extent, as ESXi writes it for snapshots. */
export class SeSparseExtent extends SeSparseLayout implements ExtentBase {
  readonly kind = 'sesparse';

  get grainSize(): number | null {
    return this.geometry?.grainSize ?? null;
  }

  get layout(): FileLayout | null {
    if (this.geometry === null) return null;
    const { grainSize, grainsOffset } = this.geometry;
    const limit = this.source.size;
    return { placement: 'aligned', unit: grainSize, origin: grainsOffset % grainSize, limit };
  }

  structures(): readonly DumpedStructure[] {
    const { constant, volatile } = this.headers;
    return (volatile === null ? [constant] : [constant, volatile]).map(({ name, file, offset, fields }) => ({
      name,
      file,
      offset,
      size: SECTOR_SIZE,
      fields: fields.fields(),
    }));
  }

  walk(listeners: WalkListeners<SeSparseFindings>): Promise<SeSparseWalk> {
    return walkSeSparse(this, listeners);
  }

  resolve(runs: MappingRuns, from: number, to: number): AsyncGenerator<void, void, undefined> {
    return resolveSeSparse(this, runs, from, to);
  }
}
