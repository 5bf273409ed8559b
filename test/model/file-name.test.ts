import { expect, it } from 'vitest';
import { fileNameOf } from '../../src/model/file-name.ts';

it.each([
  ['disk.vmdk', 'disk.vmdk'],
  ['a/b\\disk.vmdk', 'disk.vmdk'],
  ['a/x.ova!disk.vmdk', 'disk.vmdk'],
  ['https://host/folder/vm/disk.vmdk?dcPath=a/b&dsName=c', 'disk.vmdk'],
  ['what?.vmdk', 'what?.vmdk'],
  ['no!archive.vmdk', 'no!archive.vmdk'],
  ['-', null],
])('the name of %s is %s', (path, name) => {
  expect(fileNameOf(path)).toBe(name);
});
