import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DynamicHeader, Footer } from '../../../generated/vhd.ts';
import { vhdWriter } from '../../../src/formats/vhd/writer.ts';
import { inflate } from '../../../src/node/inflate.ts';
import { openLocalImage } from '../../../src/node/local.ts';
import { readDisk } from '../../../src/ops/disk.ts';
import { describeDeltas } from '../../support/deltas.ts';
import { withFolder } from '../../support/program.ts';
import { randomDisk } from '../../support/sparse-disk.ts';
import { planOf, writeFiles, writeStream } from '../../support/writing.ts';

describeDeltas('differencing VHD', {
  writer: vhdWriter,
  extension: 'vhd',
  parentValues: {},
  values: {},
  isStreamable: true,
});

const disk = randomDisk(5 * 2 ** 20, 5, 1);

/** A child whose parent has the given name in it. */
async function childOf(
  name: string,
): Promise<{ readonly bytes: Buffer; readonly parent: Footer; readonly modified: number }> {
  return withFolder(async (folder) => {
    const path = join(folder, 'parent.vhd');
    await writeFiles(folder, await planOf(vhdWriter, disk, 'parent.vhd', {}));
    const { image } = await openLocalImage(path);
    const backing = { name, format: 'vpc', image, disk: readDisk(image, { inflate }) };
    const bytes = Buffer.from(
      await writeStream(await planOf(vhdWriter, disk, 'c.vhd', {}, { backing, isPipe: true })),
    );
    const modified = Math.floor((image.files[0]?.source?.modified ?? 0) / 1000);
    await image.close();
    return { bytes, parent: Footer.from(readFileSync(path).subarray(-512)), modified };
  });
}

function locatorsOf(bytes: Buffer): Readonly<Record<string, string>> {
  const { parentLocators } = DynamicHeader.from(bytes.subarray(512, 1536));
  const used = parentLocators.filter(({ platformCode }) => platformCode !== 0);
  return Object.fromEntries(
    used.map(({ platformCode, platformDataOffset, platformDataLength, platformDataSpace }) => {
      expect(platformDataSpace % 512).toBe(0);
      const at = Number(platformDataOffset);
      const code = Buffer.from(platformCode.toString(16), 'hex').toString('latin1');
      const encoding = code === 'MacX' ? 'utf8' : 'utf16le';
      return [code, bytes.subarray(at, at + platformDataLength).toString(encoding)];
    }),
  );
}

it('knows its parent by id, time and name', async () => {
  const { bytes, parent, modified } = await childOf('sub/Größe 1.vhd');
  const header = DynamicHeader.from(bytes.subarray(512, 1536));
  expect(Buffer.from(header.parentUniqueId).equals(parent.uniqueId)).toBe(true);
  expect(header.parentTimeStamp).toBe(modified - 946_684_800);
  const name = Buffer.from(header.parentUnicodeName).swap16().toString('utf16le').replace(/\0+$/, '');
  expect(name).toBe('Größe 1.vhd');
  expect(locatorsOf(bytes)).toEqual({
    MacX: 'file://./sub/Größe 1.vhd',
    W2ku: '.\\sub\\Größe 1.vhd',
    W2ru: '.\\sub\\Größe 1.vhd',
  });
});

it('names absolute paths in the manner of their platform', async () => {
  expect(locatorsOf((await childOf('C:\\disks\\a.vhd')).bytes)).toEqual({ W2ku: 'C:\\disks\\a.vhd' });
  expect(locatorsOf((await childOf('/srv/a.vhd')).bytes)).toEqual({
    MacX: 'file:///srv/a.vhd',
    W2ku: '\\srv\\a.vhd',
  });
});

it('is as large as its parent', async () => {
  await withFolder(async (folder) => {
    await writeFiles(folder, await planOf(vhdWriter, disk, 'parent.vhd', {}));
    const { image } = await openLocalImage(join(folder, 'parent.vhd'));
    const backing = { name: 'parent.vhd', format: null, image, disk: readDisk(image, { inflate }) };
    const larger = randomDisk(6 * 2 ** 20, 5, 1);
    await expect(planOf(vhdWriter, larger, 'c.vhd', {}, { backing })).rejects.toThrow(
      'as large as its parent',
    );
    await expect(planOf(vhdWriter, disk, 'c.vhd', { subformat: 'fixed' }, { backing })).rejects.toThrow(
      'no parent',
    );
    await image.close();
  });
});
