import { UsageError } from '../../../errors.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { CreationOption, WriteContext } from '../../../model/writer.ts';
import { computeGeometry, geometryBytes, MAX_GEOMETRY, type Geometry } from '../layout/geometry.ts';
import { MAX_DISK_BYTES } from '../layout/table.ts';

/** Azure's disks have whole MiB. */
const AZURE_UNIT = 2 ** 20;

/** The options of VHD, as `qemu-img` names them, and `align`. */
export const vhdOptions: Readonly<Record<string, CreationOption>> = {
  subformat: {
    type: 'choice',
    choices: ['dynamic', 'fixed'],
    default: 'dynamic; fixed for Azure',
    doc: 'how the disk is stored; with a parent it is differencing',
  },
  force_size: {
    type: 'boolean',
    default: 'on',
    doc: 'the exact size; off: rounded up until the geometry gives it too, for Virtual PC',
  },
  align: {
    type: 'boolean',
    default: 'on, off for pipes',
    doc: 'the data of blocks begins at multiples of 4 KiB; off: no gaps between blocks, as importers of streams want it',
  },
};

/** The options as they are used. */
export interface VhdOptions {
  readonly kind: 'dynamic' | 'fixed' | 'differencing';
  /** Guest bytes, whole sectors. */
  readonly size: number;
  readonly geometry: Geometry;
  readonly isAligned: boolean;
}

/**
 * Reads the options for a disk of `bytes` bytes.
 *
 * @throws UsageError where they do not fit one another or the disk
 */
export function readVhdOptions(bytes: number, context: WriteContext): VhdOptions {
  const { values, compress, backing, isPipe } = context;
  if (compress !== undefined) throw new UsageError('VHD cannot be compressed (-c)');
  const isForAzure = context.platform === 'azure';
  if (isForAzure) demandAzure(context);
  const isFixed = values['subformat'] === 'fixed' || isForAzure;
  if (isFixed && backing !== null)
    throw new UsageError('a fixed VHD has no parent (-B): leave out subformat=fixed');
  if (isFixed && values['align'] !== undefined)
    throw new UsageError("option 'align' is for the blocks of dynamic disks: leave out subformat=fixed");
  if (bytes === 0) throw new UsageError('a VHD has at least one sector, and the disk has none');
  const unit = isForAzure ? AZURE_UNIT : SECTOR_SIZE;
  const exact = Math.ceil(bytes / unit) * unit;
  const { size, geometry } =
    values['force_size'] === false ? growToGeometry(exact) : { size: exact, geometry: geometryOf(exact) };
  if (size > MAX_DISK_BYTES)
    throw new UsageError(`a VHD can have at most ${MAX_DISK_BYTES} bytes (2040 GiB), the disk has ${bytes}`);
  const kind = backing !== null ? 'differencing' : isFixed ? 'fixed' : 'dynamic';
  return {
    kind,
    size,
    geometry,
    isAligned: values['align'] === undefined ? !isPipe : values['align'] === true,
  };
}

/** Azure takes fixed disks of the exact size, without a parent. */
function demandAzure({ values, backing }: WriteContext): void {
  if (values['subformat'] === 'dynamic' || backing !== null)
    throw new UsageError('Azure takes fixed VHDs only: leave out subformat and parent');
  if (values['force_size'] === false)
    throw new UsageError(
      'Azure takes disks of whole MiB, which geometries have not: leave out force_size=off',
    );
}

/**
 * The specification's geometry, which never has more bytes than the disk; below its smallest, the disk is one
 * track.
 */
function geometryOf(size: number): Geometry {
  const geometry = computeGeometry(size);
  if (geometry.cylinders > 0) return geometry;
  return { cylinders: 1, heads: 1, sectorsPerTrack: size / SECTOR_SIZE };
}

/** The smallest size from `size` on that a geometry gives exactly. */
function growToGeometry(size: number): { readonly size: number; readonly geometry: Geometry } {
  if (size > geometryBytes(MAX_GEOMETRY)) return { size, geometry: MAX_GEOMETRY };
  const geometry = geometryOf(size);
  const rest = size - geometryBytes(geometry);
  if (rest === 0) return { size, geometry };
  const cylinder = geometryBytes({ ...geometry, cylinders: 1 });
  return growToGeometry(size + (cylinder - (rest % cylinder)));
}
