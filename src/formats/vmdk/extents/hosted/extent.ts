import type { DumpedStructure } from '../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { FileLayout, WalkListeners } from '../../../../model/owners.ts';
import type { MappingRuns } from '../../../shared/mapping-runs.ts';
import type { ExtentBase, TableCopy } from '../extent.ts';
import type { HostedFindings } from './findings.ts';
import type { HostedHeader } from './layout/hosted-headers.ts';
import { HostedLayout } from './layout/hosted-layout.ts';
import { resolveHosted } from './mappings.ts';
import { walkHosted, type HostedWalk } from './walk.ts';

/** A VMDK4 extent: hosted sparse or streamOptimized. */
export class HostedSparseExtent extends HostedLayout implements ExtentBase {
  readonly kind = 'hosted-sparse';

  get grainSize(): number | null {
    return this.geometry?.grainSize ?? null;
  }

  get layout(): FileLayout | null {
    const { geometry } = this;
    if (geometry === null) return null;
    const limit = this.source.size;
    if (geometry.isCompressed) return { placement: 'aligned', unit: SECTOR_SIZE, origin: 0, limit };
    const { grainSize: unit, overheadSectors } = geometry;
    // Where the first grain begins is not known for certain in a damaged header; then grains may begin anywhere.
    if (overheadSectors === 0) return { placement: 'uniform', unit, origin: 0, limit };
    return { placement: 'aligned', unit, origin: overheadSectors * SECTOR_SIZE, limit };
  }

  structures(): readonly DumpedStructure[] {
    const { header, footer } = this.headers;
    return footer === null ? [dump(header)] : [dump(header), dump(footer)];
  }

  walk(listeners: WalkListeners<HostedFindings>): Promise<HostedWalk> {
    return walkHosted(this, listeners);
  }

  resolve(
    runs: MappingRuns,
    from: number,
    to: number,
    copy: TableCopy = 'first',
  ): AsyncGenerator<void, void, undefined> {
    return resolveHosted(this, runs, from, to, copy);
  }
}

function dump({ name, file, offset, fields }: HostedHeader): DumpedStructure {
  return { name, file, offset, size: SECTOR_SIZE, fields: fields.fields() };
}
