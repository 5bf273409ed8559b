import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import type { Backing } from '../../../model/writer.ts';
import { contentId } from '../descriptor/descriptor.ts';
import { VmdkImage } from '../image.ts';

/** The layer below, as a child's descriptor names it. */
export interface Parent {
  readonly name: string;
  /** Its content id, 8 hex digits. */
  readonly cid: string;
  readonly disk: Disk;
}

/**
 * Finds out what a child has to know of its parent.
 *
 * @throws UsageError where it is no VMDK, or is not open
 */
export function findParent({ name, format, image, disk }: Backing): Parent {
  const isOther = (format !== null && format !== 'vmdk') || (image !== null && !(image instanceof VmdkImage));
  if (isOther)
    throw new UsageError(`the parent of a VMDK has to be a VMDK, ${name} is ${image?.format ?? format}`);
  if (image === null || disk === null)
    throw new UsageError(`${name} has to be opened: a child repeats the content id of its parent`);
  const cid =
    image instanceof VmdkImage && image.descriptor !== null ? contentId(image.descriptor, 'CID') : null;
  if (cid === null) throw new UsageError(`${name} has no content id (CID) that a child could repeat`);
  return { name, cid: cid.toString(16).padStart(8, '0'), disk };
}
