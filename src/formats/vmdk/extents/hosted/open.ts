import type { Source } from '../../../../io/source.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../../model/offsets.ts';
import type { ExtentPlace } from '../extent.ts';
import { fieldFault } from '../field-fault.ts';
import { MAX_TABLES } from '../grain-tables.ts';
import { HostedSparseExtent } from './extent.ts';
import type { TellHosted } from './findings.ts';
import type { DirectoryPlace } from './layout/geometry.ts';
import type { HostedHeaders } from './layout/hosted-headers.ts';
import type { DescriptorArea } from './layout/hosted-layout.ts';

/** VirtualBox takes descriptors of 10 MiB at most. */
const MAX_DESCRIPTOR_SECTORS = 20480n;

/** Where the embedded descriptor is; `null` where there is none, or none that is inside the file (which is told). */
export function findDescriptorArea(
  { header }: HostedHeaders,
  source: Source,
  findings: TellHosted,
): DescriptorArea | null {
  const { descriptorOffset, descriptorSize, rgdOffset, gdOffset, overhead } = header.fields;
  if (descriptorOffset === 0n || descriptorSize === 0n) return null;
  const offset = (toSafeNumber(descriptorOffset) ?? Infinity) * SECTOR_SIZE;
  const length = (toSafeNumber(descriptorSize) ?? Infinity) * SECTOR_SIZE;
  if (offset + length > source.size && descriptorSize <= MAX_DESCRIPTOR_SECTORS) {
    const actual = String(descriptorOffset);
    const expected = `the ${descriptorSize} sectors from there on are not all inside the file of ${source.size} bytes`;
    const { at, data } = fieldFault(header, 'descriptor_offset', expected, actual);
    findings.tell('vmdk4/descriptor-bounds', { at, actual, data });
  }
  if (offset >= source.size) return null;
  // The text ends before what the header places after it, whatever its size is said to be. One sector of a
  // directory is taken, so that the two are found to overlap, and not all that follows.
  const excess = descriptorSize > MAX_DESCRIPTOR_SECTORS ? 0 : SECTOR_SIZE;
  const rooms = [rgdOffset, gdOffset].map((sector) => Number(sector) * SECTOR_SIZE - offset);
  const next = [...rooms.filter((room) => room > 0).map((room) => room + excess)];
  const grains = Number(overhead) * SECTOR_SIZE - offset;
  if (grains > 0) next.push(grains);
  return { offset, length: Math.min(length, source.size - offset, ...next) };
}

/** Tells of a header without capacity, which is only right where it carries the descriptor of a flat disk. */
export function tellZeroCapacity({ current }: HostedHeaders, findings: TellHosted): void {
  if (current.fields.capacity === 0n)
    findings.tell('vmdk4/capacity-zero', fieldFault(current, 'capacity', 'at least 1', '0'));
}

/** Tells of a capacity whose bytes are no exact number, though the format has room for it. */
export function tellHugeCapacity({ current }: HostedHeaders, findings: TellHosted): void {
  const { capacity } = current.fields;
  // From 2^63 bytes on the spec finds it.
  if (capacity < 2n ** 54n)
    findings.tell(
      'vmdk4/capacity-overflow',
      fieldFault(current, 'capacity', 'less than 2^53 bytes (2^44 sectors)', String(capacity)),
    );
}

/** Makes the extent of headers that were read, and tells where its directories are not inside the file. */
export function createHostedExtent(
  place: ExtentPlace,
  source: Source,
  headers: HostedHeaders,
  area: DescriptorArea | null,
  findings: TellHosted,
): HostedSparseExtent {
  const extent = new HostedSparseExtent(place, source, headers, area);
  const { gd = null, rgd = null, tables = 0 } = extent.geometry ?? {};
  tellZeroCapacity(headers, findings);
  tellDirectory(extent, gd, findings);
  tellDirectory(extent, rgd, findings);
  if (tables > MAX_TABLES && (gd?.available === MAX_TABLES * 4 || rgd?.available === MAX_TABLES * 4))
    findings.tell('file/limit-exceeded', {
      at: headers.current.at('capacity'),
      data: { what: 'grain tables', count: tables, limit: MAX_TABLES },
    });
  return extent;
}

function tellDirectory(
  { source, headers: { current } }: HostedSparseExtent,
  directory: DirectoryPlace | null,
  findings: TellHosted,
): void {
  if (directory === null || directory.offset + directory.length <= source.size) return;
  const { name, offset, length } = directory;
  const { gdOffset, rgdOffset } = current.fields;
  const actual = String(name === 'gd' ? gdOffset : rgdOffset);
  const expected = `bytes ${offset} to ${offset + length - 1} of a file of ${source.size}`;
  const { at, data } = fieldFault(current, `${name}_offset`, expected, actual);
  findings.tell(`vmdk4/${name}-out-of-file`, { at, actual, data });
}
