import { describe, expect, it } from 'vitest';
import { qcow2Writer } from '../../src/formats/qcow2/write/writer.ts';
import { rawWriter } from '../../src/formats/raw/writer.ts';
import { vmdkWriter } from '../../src/formats/vmdk/writer.ts';
import type { OptionValues, Plan, Writer } from '../../src/model/writer.ts';
import type { FileSystem } from '../../src/node/file-system.ts';
import { createFiles } from '../../src/node/output-files.ts';
import { WriteError } from '../../src/node/output-error.ts';
import { writePlan } from '../../src/ops/write.ts';
import { failingFileSystem, RecordingFileSystem, type DiskState } from '../support/file-systems.ts';
import { randomDisk } from '../support/sparse-disk.ts';
import { planOf } from '../support/writing.ts';

/** A folder that does not exist here, so that only the files in memory count. */
const FOLDER = '/nowhere/images';

const OLD = new Uint8Array(5000).fill(7);

const KINDS: readonly (readonly [string, Writer, OptionValues])[] = [
  ['raw', rawWriter, {}],
  ['qcow2', qcow2Writer, { cluster_size: 4096 }],
  ['qcow2 with a data file', qcow2Writer, { data_file: 'disk.data' }],
  ['flat VMDK', vmdkWriter, { subformat: 'monolithicFlat' }],
  ['split VMDK', vmdkWriter, { subformat: 'twoGbMaxExtentSparse' }],
];

async function makePlan(writer: Writer, values: OptionValues): Promise<Plan> {
  return planOf(writer, randomDisk(300 * 1024, 4, 3), 'disk', values);
}

const pathsOf = (plan: Plan): string[] => plan.files.map(({ name }) => `${FOLDER}/${name}`);

/** What `convert` does with a plan. */
async function carryOut(plan: Plan, files: FileSystem, force = false): Promise<void> {
  const output = createFiles(pathsOf(plan), { force }, files);
  try {
    await writePlan(plan, output.targets);
    output.publish();
  } catch (error) {
    output.discard();
    throw error;
  }
}

describe.each(KINDS)('%s', (title, writer, values) => {
  it('is whole or not there, wherever the machine stops', async () => {
    const plan = await makePlan(writer, values);
    const files = new RecordingFileSystem();
    await carryOut(plan, files);
    const [target = '', ...others] = pathsOf(plan);
    let states = 0;
    for (const { after, state } of files.crashes()) {
      states++;
      const found = state.get(target);
      if (found === undefined) continue;
      expect(sameBytes(found, files.end.get(target)), `${target} after ${after} calls`).toBe(true);
      for (const other of others)
        expect(sameBytes(state.get(other), files.end.get(other)), `${other} after ${after} calls`).toBe(true);
    }
    expect(states).toBeGreaterThan(50);
    expect(plan.files.length).toBe(/data|VMDK/.test(title) ? 2 : 1);
    expect([...files.end.keys()].sort()).toEqual(pathsOf(plan).sort());
  });

  it('is the old one, the new one or not there where it replaces one', async () => {
    const plan = await makePlan(writer, values);
    const paths = pathsOf(plan);
    const before: DiskState = new Map(paths.map((path) => [path, OLD]));
    const files = new RecordingFileSystem(before);
    await carryOut(plan, files, true);
    const [target = ''] = paths;
    for (const { after, state } of files.crashes()) {
      const found = state.get(target);
      if (found === undefined) {
        expect(paths.length, `${target} is gone after ${after} calls`).toBeGreaterThan(1);
        continue;
      }
      const isOld = sameBytes(found, OLD);
      const wanted = isOld ? before : files.end;
      for (const path of paths)
        expect(sameBytes(state.get(path), wanted.get(path)), `${path} after ${after} calls`).toBe(true);
    }
  });

  it('leaves nothing where any call fails, and one line says why', async () => {
    const plan = await makePlan(writer, values);
    const counting = failingFileSystem(new RecordingFileSystem(), { at: 0, code: '' });
    await carryOut(plan, counting);
    for (const code of ['ENOSPC', 'EIO'])
      for (let at = 1; at <= counting.calls; at++) {
        const files = new RecordingFileSystem();
        const error = await carryOut(plan, failingFileSystem(files, { at, code })).catch(
          (reason: unknown) => reason,
        );
        expect(error, `call ${at}`).toBeInstanceOf(WriteError);
        expect((error as WriteError).message).toMatch(new RegExp(`^${FOLDER}/[^\n]*\\(${code}\\)$`));
        expect([...files.end.keys()], `call ${at}`).toEqual([]);
      }
  });

  it('is right where writes take less than they are given', async () => {
    const plan = await makePlan(writer, values);
    const [whole, short] = [new RecordingFileSystem(), new RecordingFileSystem()];
    await carryOut(plan, whole);
    await carryOut(plan, failingFileSystem(short, { at: 0, code: '', isShort: true }));
    for (const path of pathsOf(plan))
      expect(sameBytes(short.end.get(path), whole.end.get(path)), path).toBe(true);
  });

  it('does not touch what came to be meanwhile', async () => {
    const plan = await makePlan(writer, values);
    const files = new RecordingFileSystem();
    const [target = ''] = pathsOf(plan);
    const output = createFiles(pathsOf(plan), { force: false }, files);
    await writePlan(plan, output.targets);
    const other = files.create(target);
    files.write(other, OLD, 0);
    expect(() => output.publish()).toThrow(/EEXIST/);
    output.discard();
    expect([...files.end.keys()]).toEqual([target]);
    expect(sameBytes(files.end.get(target), OLD)).toBe(true);
  });
});

it('takes the name first where files cannot have two', async () => {
  const files = new RecordingFileSystem();
  const plan = await makePlan(rawWriter, {});
  await carryOut(plan, {
    ...failingFileSystem(files, { at: 0, code: '' }),
    link: () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    },
  });
  expect([...files.end.keys()]).toEqual(pathsOf(plan));
});

function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}
