import { UnreadableImageError } from '../../errors.ts';
import { fileOffset, readAvailable, type Source } from '../../io/source.ts';
import type { ProbeSample } from '../../model/format.ts';
import type { ImageFile, ParentLink } from '../../model/image.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import {
  findProperty,
  MAX_TEXT_BYTES,
  namesParent,
  parseDescriptor,
  type Descriptor,
} from './descriptor/descriptor.ts';
import type { VmdkContext } from './findings.ts';
import { inspectChangeTracking } from './change-tracking.ts';
import { CowdExtent } from './extents/cowd/extent.ts';
import { readCowdHeader } from './extents/cowd/open.ts';
import type { ExtentPlace } from './extents/extent.ts';
import { capacityOf } from './extents/hosted/layout/geometry.ts';
import type { HostedHeader } from './extents/hosted/layout/hosted-headers.ts';
import type { DescriptorArea } from './extents/hosted/layout/hosted-layout.ts';
import {
  createHostedExtent,
  findDescriptorArea,
  tellHugeCapacity,
  tellZeroCapacity,
} from './extents/hosted/open.ts';
import { readHostedHeaders } from './extents/hosted/read-headers.ts';
import type { Extent } from './extents/index.ts';
import { SeSparseExtent } from './extents/sesparse/extent.ts';
import { readSeSparseHeaders } from './extents/sesparse/open.ts';
import { VmdkImage } from './image.ts';
import { findMarks, type Carrier } from './marks.ts';
import { ExtentOpener } from './open-extents.ts';
import { referenceCandidates } from './reference-names.ts';

/**
 * Opens a VMDK by whatever its first file is: descriptor text, or an extent with or without a descriptor inside.
 *
 * @throws UnreadableImageError where not even the size of the disk can be told
 */
export async function openVmdk(context: VmdkContext): Promise<VmdkImage> {
  switch (recogniseCarrier(context.sample)) {
    case 'descriptor':
      return openText(context);
    case 'hosted-sparse':
      return openHosted(context);
    case 'cowd':
      return openCowd(context);
    case 'sesparse':
      return openSeSparse(context);
  }
}

/** What a file is; one without any mark is judged as what VMDK files mostly are. */
function recogniseCarrier(sample: ProbeSample): Carrier {
  const marks = findMarks(sample);
  if (marks !== null) return marks.carrier;
  const isText =
    sample.size > 0 && sample.head.subarray(0, SECTOR_SIZE).every((byte) => byte >= 9 && byte < 0x7f);
  return isText ? 'descriptor' : 'hosted-sparse';
}

async function openText(context: VmdkContext): Promise<VmdkImage> {
  const { source } = context;
  const file: ImageFile =
    context.file.role === 'image' ? { ...context.file, role: 'descriptor' } : context.file;
  const area = await readAvailable(source, fileOffset(0), MAX_TEXT_BYTES);
  const descriptor = parseDescriptor(area, { file, offset: 0, isEmbedded: false });
  return openOthers(context, file, descriptor);
}

async function openHosted(context: VmdkContext): Promise<VmdkImage> {
  const { file, source, findings } = context;
  const headers = await readHostedHeaders(file, source, findings);
  if (headers === null) throw tooDamaged(file);
  const area = findDescriptorArea(headers, source, findings);
  const descriptor = area === null ? null : await readEmbedded(file, source, area);
  const capacity = capacityOf(headers);
  if (capacity === 0 && descriptor !== null && describesOtherFiles(descriptor))
    return openOthers(context, file, descriptor);
  if (descriptor === null) tellMissingDescriptor(context, headers.header);
  if (capacity === 0) tellZeroCapacity(headers, findings);
  if (capacity === null) tellHugeCapacity(headers, findings);
  if (capacity === null || capacity === 0) throw tooDamaged(file);
  const place = { guestStart: 0, size: capacity * SECTOR_SIZE, line: descriptor?.extents[0] ?? null };
  const extent = createHostedExtent(place, source, headers, area, findings);
  return assemble(context, file, descriptor, [extent]);
}

/**
 * Whether a header without capacity only carries the text of a disk whose sectors are in other files: sparse ones
 * would be in this file.
 */
function describesOtherFiles({ extents }: Descriptor): boolean {
  return extents.length > 0 && extents.every(({ type }) => type.text.toUpperCase() !== 'SPARSE');
}

/** The embedded descriptor; `null` where its area has no text, as in the extents of a split disk. */
async function readEmbedded(
  file: ImageFile,
  source: Source,
  { offset, length }: DescriptorArea,
): Promise<Descriptor | null> {
  const area = await readAvailable(source, fileOffset(offset), Math.min(length, MAX_TEXT_BYTES));
  if (area[0] === 0) return null;
  return parseDescriptor(area, { file, offset, isEmbedded: true });
}

async function openCowd(context: VmdkContext): Promise<VmdkImage> {
  const { file, source, findings } = context;
  const header = await readCowdHeader(file, source, findings);
  if (header === null || header.fields.numSectors === 0) throw tooDamaged(file);
  tellMissingDescriptor(context, null);
  return assemble(context, file, null, [new CowdExtent(wholeDisk(header.fields.numSectors), source, header)]);
}

async function openSeSparse(context: VmdkContext): Promise<VmdkImage> {
  const { file, source, findings } = context;
  const headers = await readSeSparseHeaders(file, source, findings);
  const capacity = headers?.constant.fields.capacity ?? 0n;
  if (headers === null || capacity === 0n || capacity >= 2n ** 40n) throw tooDamaged(file);
  tellMissingDescriptor(context, null);
  return assemble(context, file, null, [new SeSparseExtent(wholeDisk(Number(capacity)), source, headers)]);
}

/**
 * Tells of an extent that is opened by itself. Extents of split disks and of snapshots never contain a descriptor,
 * which is no damage. They are recognised by their kind or, where they are hosted sparse, by the name that VMware
 * and QEMU give to parts of a set.
 */
function tellMissingDescriptor({ file, findings }: VmdkContext, hosted: HostedHeader | null): void {
  const isPartOfSet = hosted === null || /-s\d{3}\.vmdk$/i.test(file.path);
  const at =
    hosted === null ? { file, offset: null, length: null, field: null } : hosted.at('descriptor_offset');
  const severity = isPartOfSet ? 'info' : 'error';
  findings.tell('vmdk/descriptor-missing', { at, data: { isPartOfSet }, severity });
}

function wholeDisk(sectors: number): ExtentPlace {
  return { guestStart: 0, size: sectors * SECTOR_SIZE, line: null };
}

function tooDamaged(file: ImageFile): Error {
  return new UnreadableImageError(`${file.path}: the header is too damaged to tell the size of the disk`);
}

/** A disk whose extents are in other files than its descriptor. */
async function openOthers(context: VmdkContext, file: ImageFile, descriptor: Descriptor): Promise<VmdkImage> {
  const opener = new ExtentOpener(context, file);
  const extents = await opener.openAll(descriptor);
  return assemble(context, file, descriptor, extents, opener.foundNames);
}

async function assemble(
  context: VmdkContext,
  file: ImageFile,
  descriptor: Descriptor | null,
  extents: readonly Extent[],
  foundNames: ReadonlyMap<string, string> = new Map<string, string>(),
): Promise<VmdkImage> {
  const parent = descriptor === null ? null : await openParent(context, descriptor);
  const trackingFlaw = descriptor === null ? null : await inspectChangeTracking(context, descriptor);
  return new VmdkImage({ file, descriptor, extents, parent, trackingFlaw, foundNames });
}

async function openParent(context: VmdkContext, descriptor: Descriptor): Promise<ParentLink | null> {
  const name = findProperty(descriptor, 'parentFileNameHint')?.value.text ?? '';
  if (name === '' || !namesParent(descriptor)) return null;
  const link = await context.openParent({ name, candidates: referenceCandidates(name) });
  // The text does not say so, since it can be nothing else.
  return { ...link, formatHint: 'vmdk' };
}
