import type { FieldNode } from '../../codec/index.ts';
import { HeaderExtensionType } from '../../../generated/qcow2.ts';
import type { DumpedStructure } from '../../model/image.ts';
import { FEATURE_NAME_SIZE } from './extensions.ts';
import type { Qcow2Parts } from './image.ts';
import { endOf } from './places.ts';

/** Something generated, with its fields. */
interface Fielded {
  fields(): readonly FieldNode[];
}

/** Every structure but the tables, in the order in which they lead to one another. */
export function listStructures(parts: Qcow2Parts): readonly DumpedStructure[] {
  const { header, luks, snapshots, bitmaps } = parts;
  const { file } = parts;
  const one = (name: string, offset: number, structure: Fielded): DumpedStructure => {
    const fields = structure.fields();
    return { name, file, offset, size: endOf(fields.at(-1)), fields };
  };
  return [
    one('header', 0, header),
    ...listExtensions(parts, one),
    ...(luks === null || luks.header === null ? [] : [one('luks_header', luks.offset, luks.header)]),
    ...snapshots.entries.map(({ index, offset, entry }) => one(`snapshots[${index}]`, offset, entry)),
    ...(bitmaps?.entries ?? []).map(({ index, offset, entry }) =>
      one(`bitmap_directory[${index}]`, offset, entry),
    ),
  ];
}

function listExtensions(
  { file, fileSize, extensions, featureNames, bitmapsExtension, encryptionExtension, backing }: Qcow2Parts,
  one: (name: string, offset: number, structure: Fielded) => DumpedStructure,
): readonly DumpedStructure[] {
  const nested = [
    ...featureNames.flatMap(({ record, index, names }) =>
      names.map((name, number) =>
        one(
          `header_extensions[${index}].data[${number}]`,
          record.dataOffset + FEATURE_NAME_SIZE * number,
          name,
        ),
      ),
    ),
    ...[bitmapsExtension, encryptionExtension].flatMap((extension) =>
      extension === null || extension.structure === null
        ? []
        : [
            one(
              extension.record.type === HeaderExtensionType.bitmaps
                ? 'bitmaps_extension'
                : 'encryption_extension',
              extension.record.dataOffset,
              extension.structure,
            ),
          ],
    ),
  ];
  const records = extensions.records.map(({ structure, offset }, index) =>
    one(`header_extensions[${index}]`, offset, structure),
  );
  if (backing === null || backing.length === 0 || backing.offset >= fileSize) return [...records, ...nested];
  const { offset, length, name } = backing;
  const field: FieldNode = { name: 'name', type: 'str', offset: 0, size: length, value: name };
  return [...records, ...nested, { name: 'backing_file_name', file, offset, size: length, fields: [field] }];
}
