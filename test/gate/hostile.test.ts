import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/io/source.ts';
import { TARGETS, type Demands } from '../../src/model/demands.ts';
import { checkMemory, type MemoryFiles } from '../support/open.ts';
import { buildQcow2 } from '../support/qcow2.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { buildVdi } from '../support/vdi.ts';
import { buildVhd, utf16, uuid } from '../support/vhd.ts';
import { buildHosted, buildStream, descriptorFile } from '../support/vmdk.ts';

const demands: Demands = { untrusted: true, targets: TARGETS };

const images: Readonly<Record<string, Uint8Array>> = {
  qcow2: buildQcow2({ backing: 'base', dataFile: 'data', snapshots: [{ id: '1' }], bitmaps: [{ name: 'b' }] })
    .bytes,
  luks: buildQcow2({ luks: true, clusters: { 0: 'data', 1: 'compressed' } }).bytes,
  hosted: buildHosted({ name: 'x' }).bytes,
  stream: buildStream({ name: 'x' }).bytes,
  descriptor: descriptorFile({
    hint: 'base',
    extents: ['RW 64 FLAT "a" 0', 'RDONLY 64 ZERO', 'RW 64 VMFSRDM "b"'],
  }),
  child: buildVhd({
    type: 'differencing',
    parent: { uniqueId: uuid(1), name: 'a', locators: [{ code: 'W2ku', data: utf16('C:\\a', 'le') }] },
  }).bytes,
  tap: buildVhd({ creator: 'tap', creatorVersion: 0x10003, batmap: true }).bytes,
  fixed: buildVhd({ type: 'fixed', size: 1024 * 1024 }).bytes,
  vdi: buildVdi({ type: 'differencing', blocks: [0] }).bytes,
};

describe.each(Object.entries(images))('a damaged %s', (_, bytes) => {
  it('is judged whatever its first bytes are, without an error of ours', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.nat(Math.min(bytes.length, 4096) - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (changes) => {
          const copy = bytes.slice();
          for (const [at, value] of changes) copy[at] = value;
          const report = await checkMemory({ x: copy }, { demands });
          expect(report.targets?.length ?? TARGETS.length).toBe(TARGETS.length);
        },
      ),
      { numRuns: 60 },
    ));

  it('is judged wherever it is cut off', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        await checkMemory({ x: bytes.slice(0, length) }, { demands });
      }),
      { numRuns: 30 },
    ));
});

describe.each(Object.entries(images))('a %s over another source', (_, bytes) => {
  const files: MemoryFiles = { x: bytes };

  it('that answers later is judged the same', async () => {
    expect(await checkMemory(files, { demands, wrap: asynchronous })).toEqual(
      await checkMemory(files, { demands }),
    );
  });

  it('that fails is unchecked, or is judged by what could be read', async () => {
    for (let at = 1; at < 40; at++) {
      const isAsync = at % 2 === 0;
      const wrap = (source: Source): Source => failing(source, { at, async: isAsync });
      const { verdict, error } = await checkMemory(files, { demands, wrap });
      if (error !== null) expect(verdict).toBe('unchecked');
    }
  });
});
