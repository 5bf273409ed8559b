import { fileOffset } from '../../io/source.ts';
import type { DeclaredTable, Disclosure, NamedFile } from '../../model/disclosure.ts';
import type { Place } from '../../model/problem.ts';
import type { Qcow2Image } from './image.ts';
import type { Qcow2Traits } from './traits.ts';

/** How clusters are encrypted, by the number in the header. */
const METHODS = ['none', 'AES-CBC, which is broken', 'LUKS'] as const;

/** What a qcow2 says about itself to those who take it in. */
export function discloseQcow2(image: Qcow2Image): Disclosure {
  const { header, geometry, hasDataFile, backing, isOpaque, snapshots, isEncrypted, fields } = {
    ...image,
    fields: image.header.fields,
  };
  const qcow2: Qcow2Traits = {
    version: geometry.version,
    versionAt: header.at('version'),
    hasExtendedL2: geometry.extendedL2,
    hasUnknownFeatures: isOpaque,
    featuresAt: geometry.version === 3 ? header.at('incompatible_features') : null,
    hasDataFile,
    hasBackingFile: backing !== null,
    snapshots: snapshots.entries.length,
  };
  return {
    traits: { qcow2 },
    names: namesOf(image),
    devices: [],
    needs: needsOf(image),
    plain: dataFileOf(image),
    encryption: isEncrypted
      ? {
          method: METHODS[fields.cryptMethod as number] ?? `method ${fields.cryptMethod}`,
          at: header.at('crypt_method'),
        }
      : null,
    tables: tablesOf(image),
    texts: [],
    sizes: [],
  };
}

function namesOf({ file, backing, dataFile, unusedDataFile }: Qcow2Image): readonly NamedFile[] {
  const names: NamedFile[] = [];
  if (backing !== null && backing.length > 0)
    names.push({
      kind: 'backing file',
      name: backing.name,
      at: { file, offset: backing.offset, length: backing.length, field: 'backing_file_name' },
    });
  const named = dataFile?.named ?? unusedDataFile;
  if (named !== null)
    names.push({
      kind: 'data file',
      name: named.name,
      at: {
        file,
        offset: named.record.dataOffset,
        length: named.record.data.length,
        field: 'data_file_name',
      },
    });
  return names;
}

/** What is needed although no name says so: a data file without a name, and a position of a name that is empty. */
function needsOf({ header, hasDataFile, dataFile, backing }: Qcow2Image): Disclosure['needs'] {
  const needs: { what: 'parent' | 'other files'; reason: string; at: Place }[] = [];
  if (hasDataFile && dataFile?.named == null)
    needs.push({
      what: 'other files',
      reason: 'guest data are in an external data file',
      at: header.at('incompatible_features'),
    });
  if (backing !== null && backing.length === 0)
    needs.push({
      what: 'parent',
      reason: 'the header has a position for the name of a backing file',
      at: header.at('backing_file_offset'),
    });
  return needs;
}

/** A data file is a raw disk. */
function dataFileOf({ dataFile }: Qcow2Image): Disclosure['plain'] {
  const file = dataFile?.file ?? null;
  return file?.source == null ? [] : [{ file, offset: fileOffset(0) }];
}

function tablesOf({ header, snapshots, bitmaps, geometry }: Qcow2Image): readonly DeclaredTable[] {
  const { l1Size, refcountTableClusters } = header.fields;
  const tables: DeclaredTable[] = [
    { name: 'L1 table', bytes: l1Size * 8, at: header.at('l1_size') },
    {
      name: 'refcount table',
      bytes: refcountTableClusters * geometry.clusterSize,
      at: header.at('refcount_table_clusters'),
    },
  ];
  for (const { label, l1Entries, entry } of snapshots.entries)
    tables.push({ name: `L1 table of ${label}`, bytes: l1Entries * 8, at: entry.at('l1_size') });
  for (const { label, tableEntries, entry } of bitmaps?.entries ?? [])
    tables.push({ name: `table of ${label}`, bytes: tableEntries * 8, at: entry.at('bitmap_table_size') });
  return tables;
}
