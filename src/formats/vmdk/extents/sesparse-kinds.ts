import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { ProblemSink } from '../../../model/problem.ts';
import type { RegionKind, RegionSource } from '../../../model/owners.ts';
import * as rules from '../rules/sesparse-tables.ts';
import type { SeSparseExtent } from './sesparse.ts';
import { SLOTS_PER_TABLE, type SeSparseGeometry } from './sesparse-geometry.ts';
import { ENTRY_TYPE, entryOf, slotOf, TABLE_ENTRY, type SlotTables } from './sesparse-tables.ts';

/** What owns bytes of a seSparse extent's file, and the rules for each. */
export interface SeSparseKinds {
  /** The constant header (index -1) and the areas that are claimed whole. Those that meet are reported as areas. */
  readonly area: RegionKind;
  /** Its `explain` gets directory entries that lead to no table. */
  readonly table: RegionKind;
  /** Its `explain` gets table entries that are not plain. */
  readonly grain: RegionKind;
  /** Its `explain` gets table entries behind the last grain of the disk. */
  readonly beyond: RegionKind;
  /** Slots that unmapped grains had. */
  readonly reclaimable: RegionKind;
}

/** Makes the kinds of one extent; `locate` looks at its directory. */
export function createSeSparseKinds(
  extent: SeSparseExtent,
  tables: SlotTables,
  directory: Uint32Array,
): SeSparseKinds {
  const { file, areas, guestStart } = extent;
  const locateTable = (table: number): RegionSource => ({
    at: { file, offset: tables.directoryOffset + 8 * table, length: 8, field: `grain_dir[${table}]` },
    guestOffset: guestStart + table * SLOTS_PER_TABLE * tables.grainSize,
    actual: hexEntry(directory[2 * table + 1] ?? 0, directory[2 * table] ?? 0),
  });
  const locateGrain = (grain: number, start?: number): RegionSource => {
    const table = Math.floor(grain / SLOTS_PER_TABLE);
    const index = grain % SLOTS_PER_TABLE;
    const offset = (tables.offsets[table] ?? 0) + 8 * index;
    const at = { file, offset, length: 8, field: `gt[${table}][${index}]` };
    return {
      at,
      guestOffset: grain < tables.grains ? guestStart + grain * tables.grainSize : null,
      actual: start === undefined ? null : showSlot(ENTRY_TYPE.allocated, start, tables),
    };
  };
  return {
    area: {
      name: 'area',
      role: 'fixed',
      rules: {},
      locate(index) {
        const area = areas[index];
        const at = {
          file,
          offset: area?.offset ?? 0,
          length: area?.length ?? SECTOR_SIZE,
          field: area?.name ?? 'const_header',
        };
        return { at, guestOffset: null, actual: null };
      },
    },
    table: {
      name: 'grain table',
      role: 'table',
      rules: { duplicate: rules.seGdeDuplicate, overlap: rules.seGdeDuplicate },
      locate: locateTable,
      explain: (table, high, low, problems) => explainTable(locateTable(table), tables, high, low, problems),
    },
    grain: {
      name: 'grain',
      role: 'data',
      rules: {
        pastEnd: rules.seGteOutOfFile,
        straddlesEnd: rules.seGteOutOfFile,
        duplicate: rules.seGteDuplicate,
        overlap: rules.seGteDuplicate,
      },
      locate: locateGrain,
      explain: (grain, high, low, problems) => explainEntry(locateGrain(grain), tables, high, low, problems),
    },
    beyond: {
      name: 'grain',
      role: 'data',
      rules: {},
      locate: locateGrain,
      explain(grain, high, low, problems) {
        const found = locateGrain(grain);
        const actual = hexEntry(high, low);
        const data = { field: found.at.field ?? '', actual, grains: tables.grains };
        problems.add(rules.seGteBeyondCapacity.report({ ...found, actual, expected: '0', data }));
      },
    },
    reclaimable: {
      name: 'given-up grain',
      role: 'data',
      rules: { overlap: rules.seGteUnmappedReuse },
      locate: (grain, start) => ({
        ...locateGrain(grain),
        actual: start === undefined ? null : showSlot(ENTRY_TYPE.unmapped, start, tables),
      }),
    },
  };
}

function explainTable(
  found: RegionSource,
  { tableSlots }: SeSparseGeometry,
  high: number,
  low: number,
  problems: ProblemSink,
): void {
  const actual = hexEntry(high, low);
  const field = found.at.field ?? '';
  const isTable = high === TABLE_ENTRY << 28;
  if (isTable)
    problems.add(
      rules.seGdeOutOfArea.report({ ...found, actual, data: { field, index: low, tables: tableSlots } }),
    );
  else problems.add(rules.seGdeType.report({ ...found, actual, data: { field, actual } }));
}

function explainEntry(
  found: RegionSource,
  { grainSlots }: SeSparseGeometry,
  high: number,
  low: number,
  problems: ProblemSink,
): void {
  const actual = hexEntry(high, low);
  const field = found.at.field ?? '';
  const data = { field, actual };
  switch (high >>> 28) {
    case ENTRY_TYPE.unallocated:
      problems.add(rules.seGteUnallocatedPayload.report({ ...found, actual, data }));
      break;
    case ENTRY_TYPE.zero:
      problems.add(rules.seGteZeroPayload.report({ ...found, actual, data }));
      break;
    case ENTRY_TYPE.allocated:
      problems.add(
        rules.seGteOutOfArea.report({
          ...found,
          actual,
          data: { field, slot: slotOf(high, low), slots: grainSlots },
        }),
      );
      break;
    default:
      problems.add(rules.seGteType.report({ ...found, actual, data }));
  }
}

/** The entry whose slot begins at byte `start`. */
function showSlot(type: number, start: number, { grainsOffset, grainSize }: SeSparseGeometry): string {
  const { high, low } = entryOf(type, (start - grainsOffset) / grainSize);
  return hexEntry(high, low);
}

function hexEntry(high: number, low: number): string {
  return `0x${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}
