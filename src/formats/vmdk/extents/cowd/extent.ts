import type { DumpedStructure } from '../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { FileLayout, WalkListeners } from '../../../../model/owners.ts';
import type { MappingRuns } from '../../../shared/mapping-runs.ts';
import type { ExtentBase } from '../extent.ts';
import type { CowdFindings } from './findings.ts';
import { CowdLayout } from './layout/cowd-layout.ts';
import { COWD_HEADER_SIZE } from './layout/geometry.ts';
import { resolveCowd } from './mappings.ts';
import { walkCowd } from './walk.ts';

/** A VMDK3 extent (COWD, `vmfsSparse`), as ESX wrote it for snapshots. */
export class CowdExtent extends CowdLayout implements ExtentBase {
  readonly kind = 'cowd';

  get grainSize(): number | null {
    return this.geometry?.grainSize ?? null;
  }

  get layout(): FileLayout | null {
    if (this.geometry === null) return null;
    return { placement: 'aligned', unit: SECTOR_SIZE, origin: 0, limit: this.source.size };
  }

  structures(): readonly DumpedStructure[] {
    const { name, file, offset, fields } = this.header;
    return [{ name, file, offset, size: COWD_HEADER_SIZE, fields: fields.fields() }];
  }

  walk(listeners: WalkListeners<CowdFindings>): Promise<void> {
    return walkCowd(this, listeners);
  }

  resolve(runs: MappingRuns, from: number, to: number): AsyncGenerator<void, void, undefined> {
    return resolveCowd(this, runs, from, to);
  }
}
