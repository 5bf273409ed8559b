import { describe, expect, test } from 'vitest';
import type { Reference } from '../../../src/model/format.ts';
import { openVhdImage } from '../../../src/formats/vhd/open.ts';
import { silentFindings } from '../../../src/model/findings.ts';
import type { VhdContext } from '../../../src/formats/vhd/findings.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { checkMemory, openMemory } from '../../support/open.ts';
import { buildVhd, utf16, uuid, type LocatorPlan } from '../../support/vhd.ts';

const text = (value: string) => new TextEncoder().encode(value);

function buildChild(locators: readonly LocatorPlan[], name = 'base.vhd'): Uint8Array {
  return buildVhd({ type: 'differencing', uniqueId: uuid(2), parent: { uniqueId: uuid(1), name, locators } })
    .bytes;
}

/** What a child asks the opener for. */
async function referenceOf(bytes: Uint8Array): Promise<Reference> {
  const references: Reference[] = [];
  const source = memorySource(bytes, 'child.vhd');
  const context: VhdContext = {
    file: { path: 'child.vhd', role: 'image', source },
    source,
    sample: { head: bytes.subarray(0, 4096), tail: bytes.subarray(-2048), size: bytes.length },
    problems: { add: () => undefined },
    findings: silentFindings,
    openFile: () => Promise.reject(new Error('not asked for')),
    openParent(reference) {
      references.push(reference);
      const name = reference.name;
      return Promise.resolve({
        name,
        formatHint: null,
        recognised: null,
        state: 'missing',
        path: null,
        image: null,
        reason: '',
      });
    },
  };
  await openVhdImage(context);
  const [reference] = references;
  if (references.length !== 1 || reference === undefined) throw new Error('asked more or less than once');
  return reference;
}

describe('the parent is looked for', () => {
  test('by relative path, absolute path, name, and then beside the child', async () => {
    const child = buildChild([
      { code: 'W2ku', data: utf16('D:\\disks\\base.vhd', 'le') },
      { code: 'W2ru', data: utf16('.\\old\\base.vhd', 'le') },
    ]);
    expect(await referenceOf(child)).toEqual({
      name: 'base.vhd',
      candidates: ['./old/base.vhd', 'D:/disks/base.vhd', 'base.vhd'],
      formatHint: null,
    });
  });

  test('by a file URL', async () => {
    const child = buildChild([{ code: 'MacX', data: text('file://localhost/Disks/My%20base.vhd') }], '');
    expect((await referenceOf(child)).candidates).toEqual(['/Disks/My base.vhd', 'My base.vhd']);
    const ofBlktap = buildChild([{ code: 'MacX', data: text('file://./base.vhd') }]);
    expect((await referenceOf(ofBlktap)).candidates).toEqual(['./base.vhd', 'base.vhd']);
  });

  test('by deprecated locators, and by a full path in the header', async () => {
    const child = buildChild([{ code: 'Wi2r', data: text('.\\a.vhd\0') }], 'C:\\vm\\b.avhd');
    expect((await referenceOf(child)).candidates).toEqual(['./a.vhd', 'C:/vm/b.avhd', 'a.vhd', 'b.avhd']);
  });

  test('not at all by what cannot be read', async () => {
    const child = buildChild([
      { code: 'Mac ', data: text('alias') },
      { code: 'MacX', data: Uint8Array.of(0xff, 0xfe) },
    ]);
    expect((await referenceOf(child)).candidates).toEqual(['base.vhd']);
  });

  test('as a raw disk where blktap says so', async () => {
    const child = buildVhd({
      type: 'differencing',
      creator: 'tap',
      parent: { uniqueId: new Uint8Array(16), name: 'base.raw' },
    });
    expect(await referenceOf(child.bytes)).toMatchObject({ name: 'base.raw', formatHint: 'raw' });
  });
});

test('a moved parent is found beside the child', async () => {
  const child = buildChild([{ code: 'W2ku', data: utf16('C:\\far\\away\\base.vhd', 'le') }]);
  const image = await openMemory({ 'child.vhd': child, 'base.vhd': buildVhd({ uniqueId: uuid(1) }).bytes });
  expect(image.parent).toMatchObject({ state: 'opened', path: 'base.vhd' });
});

test('the first part of a split disk is refused by name, not called damaged', async () => {
  const { bytes, at } = buildVhd({ blocks: [[0]] });
  const files = { 'disk.vhd': bytes.slice(0, 4096), 'disk.v01': bytes.slice(4096, at.footer + 512) };
  const report = await checkMemory(files);
  expect(report.error).toMatchObject({ code: 'unsupported-feature' });
  expect(report.error?.message).toContain('disk.v01');
});
