import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { EndOfStreamError, type Breach, type Structure } from '../../src/codec/index.ts';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { openWorkspace, RUNTIME } from './conformance/workspace.ts';

/** What this file uses of the generated class. */
interface Type {
  from(bytes: Uint8Array): Structure & Record<string, unknown>;
  decode(bytes: Uint8Array, sink: (breach: Breach) => void): unknown;
}

/** Three items announced, and bytes for one and a half. */
const CUT = Uint8Array.of(3, 0, 1, 0x41, 0, 2, 0x42);

describe('an instance that cannot be read', () => {
  let FailingInstances: Type;

  beforeAll(async () => {
    const workspace = openWorkspace('failing-instances');
    const spec = join(fileURLToPath(new URL('specs', import.meta.url)), 'failing_instances.ksy');
    const { modules } = await compile({ files: [spec], importRoots: [], runtime: RUNTIME });
    for (const [name, module] of modules) workspace.add(name, module);
    FailingInstances = (await workspace.load('failing_instances'))['FailingInstances'] as Type;
  });

  it('fails whenever it is asked for, and gives no part of its list', () => {
    const read = FailingInstances.from(CUT);
    expect(() => read['items']).toThrow(EndOfStreamError);
    expect(() => read['items']).toThrow(EndOfStreamError);
  });

  it('leaves the stream where it was', () => {
    const read = FailingInstances.from(CUT);
    expect(() => read['items']).toThrow(EndOfStreamError);
    expect(read['position']).toBe(2);
    expect(read['plain']).toBe(1);
  });

  it('is named by the breach that it is, down to the element', () => {
    const found: Breach[] = [];
    FailingInstances.decode(CUT.with(1, 1), (breach) => found.push(breach));
    expect(found).toMatchObject([{ kind: 'endOfStream', field: 'items[1].name', offset: 6 }]);
  });
});
