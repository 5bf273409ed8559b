import type { FieldNode } from '../../codec/index.ts';
import type { DumpedStructure } from '../../model/image.ts';
import { FEATURE_NAME_SIZE } from './layout/extensions.ts';
import type { Qcow2Layout } from './image.ts';
import { endOf } from './layout/spans.ts';

/** Something generated, with its fields. */
interface Fielded {
  fields(): readonly FieldNode[];
}

/** Every structure but the tables, in the order in which they point to one another. */
export function listStructures(layout: Qcow2Layout): readonly DumpedStructure[] {
  const { header, luks, snapshots, bitmaps } = layout;
  const { file } = layout;
  const one = (name: string, offset: number, structure: Fielded): DumpedStructure => {
    const fields = structure.fields();
    return { name, file, offset, size: endOf(fields.at(-1)), fields };
  };
  return [
    one('header', 0, header.fields),
    ...listExtensions(layout, one),
    ...(luks === null || luks.header === null ? [] : [one('luks_header', luks.offset, luks.header.fields)]),
    ...snapshots.entries.map(({ entry: { name, offset, fields } }) => one(name, offset, fields)),
    ...(bitmaps?.entries ?? []).map(({ entry: { name, offset, fields } }) => one(name, offset, fields)),
  ];
}

function listExtensions(
  { file, fileSize, extensions, featureNames, bitmapsExtension, encryptionExtension, backing }: Qcow2Layout,
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
    ...[bitmapsExtension, encryptionExtension].flatMap((extension) => {
      const placed = extension?.placed ?? null;
      return placed === null ? [] : [one(placed.name, placed.offset, placed.fields)];
    }),
  ];
  const records = extensions.records.map(({ structure, offset }, index) =>
    one(`header_extensions[${index}]`, offset, structure),
  );
  if (backing === null || backing.length === 0 || backing.offset >= fileSize) return [...records, ...nested];
  const { offset, length, name } = backing;
  const field: FieldNode = { name: 'name', type: 'str', offset: 0, size: length, value: name };
  return [...records, ...nested, { name: 'backing_file_name', file, offset, size: length, fields: [field] }];
}
