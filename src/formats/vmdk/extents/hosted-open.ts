import type { Source } from '../../../io/source.ts';
import type { ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../model/offsets.ts';
import type { ProblemSink } from '../../../model/problem.ts';
import { fileFindings } from '../../shared/file-rules.ts';
import { descriptorBounds, gdOutOfFile, hostedCapacityZero, rgdOutOfFile } from '../rules/hosted-layout.ts';
import type { ExtentPlace } from './extent.ts';
import { MAX_TABLES } from './grain-tables.ts';
import type { DirectoryPlace } from './hosted-geometry.ts';
import { HostedSparseExtent } from './hosted-sparse.ts';
import { headerPlace, type HostedHeaders } from './placed-header.ts';

/** Bytes of a file that an embedded descriptor has for itself. */
export interface DescriptorArea {
  readonly offset: number;
  readonly length: number;
}

/** VirtualBox takes descriptors of 10 MiB at most. */
const MAX_DESCRIPTOR_SECTORS = 20480n;

/** Where the embedded descriptor lies; `null` where there is none, or none that is inside the file (which is reported). */
export function findDescriptorArea(
  { header }: HostedHeaders,
  file: ImageFile,
  source: Source,
  problems: ProblemSink,
): DescriptorArea | null {
  const { descriptorOffset, descriptorSize, rgdOffset, gdOffset, overhead } = header.fields;
  if (descriptorOffset === 0n || descriptorSize === 0n) return null;
  const offset = (toSafeNumber(descriptorOffset) ?? Infinity) * SECTOR_SIZE;
  const length = (toSafeNumber(descriptorSize) ?? Infinity) * SECTOR_SIZE;
  if (offset + length > source.size && descriptorSize <= MAX_DESCRIPTOR_SECTORS) {
    const actual = String(descriptorOffset);
    const expected = `the ${descriptorSize} sectors from there on are not all inside the file of ${source.size} bytes`;
    const at = headerPlace(file, header, 'descriptor_offset');
    const field = at.field ?? 'descriptor_offset';
    problems.add(descriptorBounds.report({ at, actual, data: { field, expected, actual } }));
  }
  if (offset >= source.size) return null;
  // The text ends before what the header places behind it, whatever its size is said to be. One sector of a directory is taken, so that the two
  // are found to overlap, and not all that follows.
  const excess = descriptorSize > MAX_DESCRIPTOR_SECTORS ? 0 : SECTOR_SIZE;
  const rooms = [rgdOffset, gdOffset].map((sector) => Number(sector) * SECTOR_SIZE - offset);
  const next = [...rooms.filter((room) => room > 0).map((room) => room + excess)];
  const grains = Number(overhead) * SECTOR_SIZE - offset;
  if (grains > 0) next.push(grains);
  return { offset, length: Math.min(length, source.size - offset, ...next) };
}

/** Reports a header without capacity, which is only right where it carries the descriptor of a flat disk. */
export function reportZeroCapacity(file: ImageFile, { current }: HostedHeaders, problems: ProblemSink): void {
  if (current.fields.capacity !== 0n) return;
  const at = headerPlace(file, current, 'capacity');
  const fault = { expected: 'at least 1', actual: '0' };
  problems.add(
    hostedCapacityZero.report({ at, ...fault, data: { field: at.field ?? 'capacity', ...fault } }),
  );
}

/** Makes the extent of headers that were read, and reports where its directories are not inside the file. */
export function createHostedExtent(
  place: ExtentPlace,
  file: ImageFile,
  source: Source,
  headers: HostedHeaders,
  area: DescriptorArea | null,
  problems: ProblemSink,
): HostedSparseExtent {
  const extent = new HostedSparseExtent(place, file, source, headers, area);
  const { gd = null, rgd = null, tables = 0 } = extent.geometry ?? {};
  reportZeroCapacity(file, headers, problems);
  reportDirectory(extent, gd, problems);
  reportDirectory(extent, rgd, problems);
  if (tables > MAX_TABLES && (gd?.available === MAX_TABLES * 4 || rgd?.available === MAX_TABLES * 4))
    fileFindings(problems).tell('file/limit-exceeded', {
      at: headerPlace(file, headers.current, 'capacity'),
      data: { what: 'grain tables', count: tables, limit: MAX_TABLES },
    });
  return extent;
}

function reportDirectory(
  { file, source, headers }: HostedSparseExtent,
  directory: DirectoryPlace | null,
  problems: ProblemSink,
): void {
  if (directory === null || directory.offset + directory.length <= source.size) return;
  const { name, offset, length } = directory;
  const rule = name === 'gd' ? gdOutOfFile : rgdOutOfFile;
  const at = headerPlace(file, headers.current, `${name}_offset`);
  const { gdOffset, rgdOffset } = headers.current.fields;
  const actual = String(name === 'gd' ? gdOffset : rgdOffset);
  const expected = `bytes ${offset} to ${offset + length - 1} of a file of ${source.size}`;
  problems.add(rule.report({ at, actual, data: { field: at.field ?? name, expected, actual } }));
}
