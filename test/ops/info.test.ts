import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { structureNames, selectStructures } from '../../src/ops/dump.ts';
import { describeChain } from '../../src/ops/info.ts';
import { openLocalImage } from '../../src/node/local.ts';
import { findNearest } from '../../src/cli/suggest.ts';
import { ROOT, runProgram, withFolder } from '../support/program.ts';

const SOUND = join(ROOT, 'samples', 'sound');

describe('describeChain', () => {
  it('tells of every layer that is open, from the image down', async () => {
    const { image } = await openLocalImage(join(SOUND, 'win8-child.vhd'));
    const layers = describeChain(image);
    expect(layers.map(({ path, variant, virtualSize }) => ({ path, variant, virtualSize }))).toEqual([
      { path: join(SOUND, 'win8-child.vhd'), variant: 'differencing', virtualSize: 41943040 },
      { path: join(SOUND, 'win8.vhd'), variant: 'dynamic', virtualSize: 41943040 },
    ]);
    expect(layers[0]?.parent).toMatchObject({ state: 'opened', path: join(SOUND, 'win8.vhd') });
    expect(layers[1]?.parent).toBeNull();
    await image.close();
  });

  it('tells of one layer and the name of the next where the chain is not followed', async () => {
    const { image } = await openLocalImage(join(SOUND, 'win8-child.vhd'), { chain: false });
    const layers = describeChain(image);
    expect(layers).toHaveLength(1);
    expect(layers[0]?.parent).toMatchObject({ state: 'not-followed' });
    await image.close();
  });

  it('adds up all files of an image', async () => {
    const { image } = await openLocalImage(join(SOUND, 'tw_sparse.vmdk'));
    const [layer] = describeChain(image);
    expect(layer?.files.map(({ role }) => role)).toEqual(['descriptor', 'extent']);
    expect(layer?.actualSize).toBeGreaterThan(0);
    await image.close();
  });
});

describe('a parent that is not there', () => {
  it('is told on standard error, and info and map still answer for the image itself', async () => {
    await withFolder((folder) => {
      copyFileSync(join(SOUND, 'win8-child.vhd'), join(folder, 'child.vhd'));
      const info = runProgram(['info', '--backing-chain', 'child.vhd'], { cwd: folder });
      expect(info.code).toBe(0);
      expect(info.stdout).toContain('file format: vhd (differencing)');
      expect(info.stderr).toMatch(/^vdcheck: .*not found.*$/m);
      const map = runProgram(['map', '--output', 'json', 'child.vhd'], { cwd: folder });
      expect(map.code).toBe(0);
      expect(JSON.parse(map.stdout)).toMatchObject([
        { start: 0, length: 41943040, present: false, zero: false, data: false },
      ]);
    });
  });
});

describe('dump of one structure', () => {
  it('takes a name with or without its number', async () => {
    const { image } = await openLocalImage(join(SOUND, 'win8.vhd'));
    const names = structureNames(image);
    expect(names).toContain('footer');
    expect(selectStructures(image, 'footer').map(({ name }) => name)).toEqual(['footer']);
    expect(selectStructures(image).length).toBeGreaterThan(1);
    expect(() => selectStructures(image, 'foter')).toThrow("there is no structure 'foter'");
    expect(findNearest('foter', names)).toBe('footer');
    await image.close();
  });

  it('names the nearest one on the command line', () => {
    expect(runProgram(['dump', 'samples/sound/win8.vhd', 'foter'])).toEqual({
      stdout: '',
      stderr: "vdcheck: there is no structure 'foter'; did you mean 'footer'?\n",
      code: 1,
    });
  });
});
