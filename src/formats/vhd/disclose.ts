import { latin1 } from '../../io/latin1.ts';
import { fileOffset } from '../../io/source.ts';
import type { DeclaredTable, Disclosure, NamedFile, SeenSize } from '../../model/disclosure.ts';
import { formatCode, isSizeExact } from './layout/creator.ts';
import { geometryBytes } from './layout/geometry.ts';
import type { VhdImage } from './layout/image.ts';
import { parentName } from './layout/locators.ts';
import type { VhdTraits } from './traits.ts';

/** What a VHD says about itself to those who take it in. */
export function discloseVhd(image: VhdImage): Disclosure {
  const { file, footer, variant, size, limit, blocks } = image;
  const vhd: VhdTraits = {
    variant,
    diskTypeAt: footer.at('disk_type'),
    currentSize: size,
    currentSizeAt: footer.at('current_size'),
    dataBytes: limit,
    creatorOs: formatCode(footer.fields.creatorHostOs),
    creatorOsAt: footer.at('creator_host_os'),
    blockSize: blocks?.blockSize ?? null,
  };
  return {
    traits: { vhd },
    names: namesOf(image),
    devices: [],
    needs:
      variant === 'differencing'
        ? [{ what: 'parent', reason: 'it is a differencing disk', at: footer.at('disk_type') }]
        : [],
    plain: variant === 'fixed' ? [{ file, offset: fileOffset(0) }] : [],
    encryption: encryptionOf(image),
    tables: tablesOf(image),
    texts: [],
    sizes: sizesOf(image),
  };
}

/** The parent's name in the header and in each locator; a disk without parent may have them left over. */
function namesOf({ file, header, locators }: VhdImage): readonly NamedFile[] {
  if (header === null) return [];
  const names: NamedFile[] = [];
  const name = parentName(header);
  if (name !== '') names.push({ kind: 'parent', name, at: header.at('parent_unicode_name') });
  for (const { index, offset, length, data, text } of locators) {
    const place = { file, offset, length, field: `parent_locators[${index}]` };
    if (text !== null && text !== '') names.push({ kind: 'parent', name: text, at: place });
    else if (data !== null && data.some((byte) => byte !== 0))
      names.push({ kind: 'parent', name: latin1(data.subarray(0, 1024)), at: place });
  }
  return names;
}

function encryptionOf({ batmap }: VhdImage): Disclosure['encryption'] {
  if (batmap === null || batmap.header.fields.keyhash.cookie !== 1) return null;
  return { method: 'a key that XenServer keeps', at: batmap.header.at('keyhash') };
}

function tablesOf({ header }: VhdImage): readonly DeclaredTable[] {
  if (header === null) return [];
  const bytes = header.fields.maxTableEntries * 4;
  return [{ name: 'block allocation table', bytes, at: header.at('max_table_entries') }];
}

/** The sizes that readers take which do not take the current size. */
function sizesOf({ footer, size }: VhdImage): readonly SeenSize[] {
  const { diskGeometry, originalSize } = footer.fields;
  const byGeometry = geometryBytes(diskGeometry);
  const sizes: SeenSize[] = [];
  if (!isSizeExact(footer.fields) && byGeometry !== size)
    sizes.push({ readers: 'QEMU and Virtual PC', platforms: ['glance'], bytes: byGeometry });
  if (originalSize !== BigInt(size))
    sizes.push({ readers: 'libvhdi', platforms: [], bytes: Number(originalSize) });
  return sizes;
}
