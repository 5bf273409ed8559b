import { expect, test } from 'vitest';
import { Header } from '../../../generated/vdi.ts';
import { fieldFault } from '../../../src/formats/shared/field-fault.ts';
import { Placed } from '../../../src/formats/shared/placed.ts';
import type { Findings } from '../../../src/model/findings.ts';
import type { AnyWalkListeners, WalkListeners } from '../../../src/model/owners.ts';
import type { ImageFile } from '../../../src/model/image-file.ts';

const file: ImageFile = { path: 'a.vdi', role: 'image', source: null };

// What must not compile is marked: the type check fails where one of these lines compiles.

test('places are named by fields that the structure has', () => {
  const place = { file, name: 'header', offset: 72 };
  const bytes = new Uint8Array(1024);
  const fields = Header.decode(bytes, () => undefined);
  if (fields === undefined) throw new Error('not decoded');
  const header = new Placed(place, bytes, fields);
  expect(header.at('num_blocks').field).toBe('header.num_blocks');
  // @ts-expect-error: a field of no VDI header
  expect(header.at('blocks').length).toBe(bytes.length);
  // @ts-expect-error: the same
  expect(fieldFault(header, 'blocks', { expected: '1', actual: '0' }).at.length).toBe(bytes.length);
});

interface Few {
  readonly 'a/one': null;
}
interface More extends Few {
  readonly 'a/two': null;
}

test('a door takes every id that it is used for', () => {
  const told: string[] = [];
  const few: Findings<Few> = { tell: (id) => told.push(id) };
  const more: Findings<More> = { tell: (id) => told.push(id) };
  const narrowed: Findings<Few> = more;
  // @ts-expect-error: it does not know a/two
  const widened: Findings<More> = few;
  const owners = { range: () => undefined, run: () => undefined, allocated: () => undefined };
  // @ts-expect-error: the engine's door takes the ids of any format
  const any: AnyWalkListeners = { owners, findings: few };
  // @ts-expect-error: a walk that tells more than its listeners know
  const walk: (listeners: WalkListeners<Few>) => void = ({ findings }: WalkListeners<More>) => findings;
  expect([narrowed, widened, any.findings, walk]).toHaveLength(4);
  expect(told).toEqual([]);
});
