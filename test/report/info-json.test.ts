import { describe, expect, it } from 'vitest';
import type { LayerInfo } from '../../src/model/layer-info.ts';
import { renderInfoJson } from '../../src/report/info-json.ts';

/** What is printed of a layer at `path` whose parent, called `name`, was found at `found`. */
function render(path: string, name: string, found: string | null = null): Record<string, unknown> {
  const info: LayerInfo['info'] = { clusterSize: null, formatSpecific: null };
  const layer: LayerInfo = {
    path,
    format: 'qcow2',
    variant: null,
    virtualSize: 512,
    actualSize: 512,
    files: [],
    info,
    parent: { name, formatHint: null, recognised: null, state: 'not-followed', path: found, reason: null },
  };
  return JSON.parse(renderInfoJson([layer], false)) as Record<string, unknown>;
}

describe('the full name of a parent is that of qemu-img info', () => {
  it.each([
    ['top.qcow2', 'base.qcow2', 'base.qcow2'],
    ['vm/top.qcow2', 'base.qcow2', 'vm/base.qcow2'],
    ['/srv/vm/top.qcow2', '../base.qcow2', '/srv/vm/../base.qcow2'],
    ['vm/top.qcow2', '/srv/base.qcow2', '/srv/base.qcow2'],
    ['vm/top.qcow2', 'nbd://host/base', 'nbd://host/base'],
    ['vm/top.qcow2', 'sub/a:b.qcow2', 'vm/sub/a:b.qcow2'],
  ])('of %s based on %s: %s', (path, name, full) => {
    expect(render(path, name)).toMatchObject({ 'backing-filename': name, 'full-backing-filename': full });
  });

  it('is where it was found, where it was opened', () => {
    expect(render('vm/top.vmdk', 'C:\\base.vmdk', 'vm/base.vmdk')).toMatchObject({
      'full-backing-filename': 'vm/base.vmdk',
    });
  });
});
