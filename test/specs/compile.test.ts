import { describe, expect, it } from 'vitest';
import { compileWithKaitai } from './kaitai.ts';
import { specFiles } from './spec-files.ts';

const specs = specFiles.map((spec) => [spec.id, spec] as const);

describe.each(specs)('%s.ksy passes kaitai-struct-compiler', (_id, spec) => {
  it.each(['javascript', 'python', 'java', 'rust'])('to %s', async (target) => {
    const files = await compileWithKaitai(spec, target);
    const code = Object.values(files).join('');
    for (const type of spec.types) expect(code).toMatch(new RegExp(type.id.replaceAll('_', '_?'), 'i'));
  });

  it('in debug mode', async () => {
    const code = Object.values(await compileWithKaitai(spec, 'javascript', true)).join('');
    expect(code).toContain('_debug');
  });
});

it('kaitai-struct-compiler refuses a spec that is wrong', async () => {
  const [spec] = specFiles;
  if (spec === undefined) throw new Error('no specs');
  const broken = {
    ...spec,
    root: { ...spec.root, types: { wrong: { seq: [{ id: 'x', type: 'no_such_type' }] } } },
  };
  await expect(compileWithKaitai(broken, 'javascript')).rejects.toThrow(/no_such_type/);
});
