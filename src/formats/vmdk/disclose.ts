import { latin1 } from '../../io/latin1.ts';
import { fileOffset } from '../../io/source.ts';
import type { DeclaredTable, Disclosure, LeftText, NamedFile, SeenSize } from '../../model/disclosure.ts';
import { wholeFile } from '../../model/disclosure.ts';
import {
  findProperty,
  namesParent,
  parseSectors,
  placeOf,
  type Descriptor,
} from './descriptor/descriptor.ts';
import { EXTENT_TYPES, type ExtentLine } from './descriptor/statements.ts';
import type { HostedSparseExtent } from './extents/hosted/extent.ts';
import { GD_AT_END } from './extents/hosted/layout/hosted-headers.ts';
import type { VmdkImage } from './image.ts';
import type { VmdkTraits } from './traits.ts';

/** Properties whose values are names of files, in lower case. */
const NAMES: Readonly<Record<string, NamedFile['kind']>> = {
  parentfilenamehint: 'parent',
  changetrackpath: 'change tracking file',
};

/** What a VMDK says about itself to those who take it in. */
export function discloseVmdk(image: VmdkImage): Disclosure {
  const { descriptor, extents } = image;
  return {
    traits: { vmdk: traitsOf(image) },
    names: descriptor === null ? [] : namesOf(descriptor),
    devices: descriptor === null ? [] : devicesOf(descriptor),
    needs: needsOf(image),
    plain: extents.flatMap((extent) =>
      extent.kind === 'flat' ? [{ file: extent.file, offset: fileOffset(extent.fileStart) }] : [],
    ),
    encryption: descriptor === null ? null : encryptionOf(descriptor),
    tables: tablesOf(image),
    texts: descriptor === null ? [] : textsOf(descriptor),
    sizes: descriptor === null ? [] : sizesOf(image, descriptor),
  };
}

function traitsOf({ descriptor, extents, hostedExtents }: VmdkImage): VmdkTraits {
  const createType = descriptor === null ? undefined : findProperty(descriptor, 'createType');
  const adapter = descriptor === null ? undefined : findProperty(descriptor, 'ddb.adapterType');
  const [hosted] = hostedExtents;
  return {
    createType: createType?.value.text ?? null,
    descriptor: descriptor === null ? null : describe(descriptor),
    extentTypes: (descriptor?.extents ?? []).map(({ type }) => type.text.toUpperCase()),
    adapterType:
      descriptor === null || adapter === undefined
        ? null
        : { name: adapter.value.text, at: placeOf(descriptor, adapter.value.span, 'ddb.adapterType') },
    kinds: [...new Set(extents.map(({ kind }) => kind))],
    hosted: hosted === undefined ? null : describeHosted(hosted),
  };
}

function describe(descriptor: Descriptor): VmdkTraits['descriptor'] {
  const { place, area, textLength, statements } = descriptor;
  return {
    isEmbedded: place.isEmbedded,
    offset: place.offset,
    isAscii: area.subarray(0, textLength).every((byte) => byte < 0x80),
    at: placeOf(descriptor, { offset: 0, length: textLength }, 'descriptor'),
    version: findProperty(descriptor, 'version')?.value.text ?? null,
    unparsedLines: statements.filter(({ kind }) => kind === 'unparsed').length,
  };
}

function describeHosted({ headers }: HostedSparseExtent): VmdkTraits['hosted'] {
  const { header } = headers;
  const { version, flags, gdOffset } = header.fields;
  return {
    version,
    isCompressed: flags.compressed,
    isDirectoryAtEnd: gdOffset === GD_AT_END,
    at: header.at('version'),
  };
}

function namesOf(descriptor: Descriptor): readonly NamedFile[] {
  const names: NamedFile[] = [];
  for (const line of descriptor.extents) {
    if (line.file === null) continue;
    const at = placeOf(descriptor, line.file.span, `extents[${line.index}].file`);
    names.push({ kind: 'extent', name: line.file.text, at, isOwn: isOwn(descriptor, line) });
  }
  // Every one of them, since readers take the first or the last, in this spelling or in any.
  for (const { key, value } of descriptor.properties) {
    const kind = NAMES[key.text.toLowerCase()];
    if (kind === undefined || value.text === '') continue;
    names.push({ kind, name: value.text, at: placeOf(descriptor, value.span, key.text) });
  }
  return [...names, ...strayHints(descriptor)];
}

const HINT = 'parentFileNameHint';
/** Names that are looked for; a descriptor of nothing else has no more to tell. */
const MOST_HINTS = 1000;

/**
 * Names of a parent that are no properties. QEMU (`vmdk_parent_open`) takes the first place where the text has the word, in a comment or a value
 * too, and the name behind it.
 */
function strayHints(descriptor: Descriptor): readonly NamedFile[] {
  const { area, textLength, properties } = descriptor;
  const known = new Set(properties.map(({ key }) => key.span.offset));
  const text = latin1(area.subarray(0, textLength));
  const names: NamedFile[] = [];
  for (let at = text.indexOf(HINT); at >= 0 && names.length < MOST_HINTS; at = text.indexOf(HINT, at + 1)) {
    if (known.has(at)) continue;
    const start = at + HINT.length + 2;
    const end = text.indexOf('"', start);
    const length = Math.min(end < 0 ? 0 : end - start, MOST_NAME);
    const name = text.slice(start, start + length);
    names.push({ kind: 'parent', name, at: placeOf(descriptor, { offset: at, length: HINT.length }, HINT) });
  }
  return names;
}

/** Bytes of a name that are shown. */
const MOST_NAME = 1024;

/** The extent of a descriptor that is inside the very file: readers do not look for its name. */
function isOwn({ place, extents }: Descriptor, { type }: ExtentLine): boolean {
  return (
    place.isEmbedded && extents.length === 1 && EXTENT_TYPES[type.text.toUpperCase()] === 'hosted-sparse'
  );
}

/** Types of disks that are devices, in lower case. */
const DEVICE_TYPES: ReadonlySet<string> = new Set([
  ...['fulldevice', 'partitioneddevice', 'vmfsraw', 'vmfsrdm', 'vmfsrdmp'],
  ...['vmfsrawdevicemap', 'vmfspassthroughrawdevicemap'],
]);

function devicesOf(descriptor: Descriptor): Disclosure['devices'] {
  const type = findProperty(descriptor, 'createType');
  const named =
    type !== undefined && DEVICE_TYPES.has(type.value.text.toLowerCase())
      ? [{ what: type.value.text, at: placeOf(descriptor, type.value.span, 'createType') }]
      : [];
  const lines = descriptor.extents.filter(
    ({ type: { text } }) => EXTENT_TYPES[text.toUpperCase()] === 'device',
  );
  return [
    ...named,
    ...lines.map(({ type: { text, span }, index }) => ({
      what: text,
      at: placeOf(descriptor, span, `extents[${index}].type`),
    })),
  ];
}

function needsOf({ descriptor, files }: VmdkImage): Disclosure['needs'] {
  const [file] = files;
  if (descriptor !== null) return parentOf(descriptor);
  if (file === undefined) return [];
  const reason = 'it is an extent without a descriptor, which is part of a disk of several files';
  return [{ what: 'other files', reason, at: wholeFile(file) }];
}

/** A parent that is known by its content id only. */
function parentOf(descriptor: Descriptor): Disclosure['needs'] {
  const cid = findProperty(descriptor, 'parentCID');
  if (cid === undefined || !namesParent(descriptor)) return [];
  const reason = `parentCID is ${cid.value.text}, which means that there is a parent`;
  return [{ what: 'parent', reason, at: placeOf(descriptor, cid.value.span, 'parentCID') }];
}

/** VMware writes these into the descriptor of an encrypted disk. */
const ENCRYPTION = /^encryption\.(keysafe|data)$|^ddb\.encrypt/i;

function encryptionOf(descriptor: Descriptor): Disclosure['encryption'] {
  const property = descriptor.properties.find(({ key }) => ENCRYPTION.test(key.text));
  if (property === undefined) return null;
  return { method: property.key.text, at: placeOf(descriptor, property.key.span, property.key.text) };
}

function tablesOf({ hostedExtents, cowdExtents }: VmdkImage): readonly DeclaredTable[] {
  const hosted = hostedExtents.flatMap(({ geometry, headers }) =>
    geometry === null
      ? []
      : [{ name: 'grain directory', bytes: geometry.tables * 4, at: headers.current.at('capacity') }],
  );
  const cowd = cowdExtents.map(({ header }) => ({
    name: 'grain directory',
    bytes: header.fields.numGdEntries * 4,
    at: header.at('num_gd_entries'),
  }));
  return [...hosted, ...cowd];
}

/** Values and comments, but for the names of files. */
function textsOf(descriptor: Descriptor): readonly LeftText[] {
  return descriptor.statements.flatMap((statement): readonly LeftText[] => {
    const { line } = statement;
    if (statement.kind === 'property' && NAMES[statement.key.text.toLowerCase()] === undefined)
      return [
        { text: statement.value.text, at: placeOf(descriptor, statement.value.span, statement.key.text) },
      ];
    if (statement.kind !== 'comment' && statement.kind !== 'unparsed') return [];
    const at = placeOf(descriptor, { offset: line.offset, length: line.text.length }, `line ${line.number}`);
    return [{ text: line.text, at }];
  });
}

/** QEMU leaves out extents that are not RW, and those without a file. */
function sizesOf({ size }: VmdkImage, { extents, place }: Descriptor): readonly SeenSize[] {
  if (place.isEmbedded) return [];
  const taken = extents.filter(({ access, file }) => access.text === 'RW' && file !== null);
  const bytes = taken.reduce((sum, { sectors }) => sum + (parseSectors(sectors.text) ?? 0) * 512, 0);
  return bytes === size ? [] : [{ readers: 'QEMU', platforms: ['glance'], bytes }];
}
