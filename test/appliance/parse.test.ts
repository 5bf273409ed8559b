import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/appliance/manifest.ts';
import { parseOvf } from '../../src/appliance/ovf.ts';
import { xmlTags } from '../../src/appliance/xml-tags.ts';

describe('a manifest', () => {
  const hex = 'AB'.repeat(32);
  test.each([`SHA256(disk.vmdk)= ${hex}`, `SHA256 (disk.vmdk) = ${hex}\r`, `sha256(disk.vmdk)=${hex}`])(
    '%s',
    (line) => {
      expect(parseManifest(line)).toEqual([
        { algorithm: 'sha256', name: 'disk.vmdk', digest: hex.toLowerCase() },
      ]);
    },
  );

  test('may have brackets in names, and lines that are none', () => {
    const text = `SHA1(a (1).vmdk)= ${'0'.repeat(40)}\n\n# x\nMD5(x)= ${'0'.repeat(32)}\nSHA1 x\nSHA1(y)= 12\n`;
    expect(parseManifest(text).map(({ name }) => name)).toEqual(['a (1).vmdk']);
  });

  test('is read in time that grows with its length', () => {
    for (const line of ['('.repeat(500_000), ')'.repeat(500_000), `SHA1(${') ='.repeat(300_000)}`])
      expect(parseManifest(line)).toEqual([]);
  });
});

describe('an OVF', () => {
  test('tells of files and disks, with capacities in units', () => {
    const { files, disks } = parseOvf(`<?xml version="1.0"?><!-- <File ovf:href="no"/> -->
      <ovf:Envelope xmlns:ovf='x'><ovf:References>
      <ovf:File ovf:href="a&amp;b.vmdk" ovf:id = 'f1' ovf:size="12"/><File href="iso" id="f2" chunkSize="7"></File></ovf:References>
      <DiskSection><Disk ovf:capacity="10" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="d1" ovf:fileRef="f1"/>
      <Disk ovf:capacity="\${size}" ovf:diskId="d2"/><Disk ovf:capacity="3" ovf:capacityAllocationUnits="MegaBytes" ovf:diskId="d3"/>
      </DiskSection></ovf:Envelope>`);
    expect(files).toEqual([
      { id: 'f1', href: 'a&b.vmdk', size: 12, isChunked: false },
      { id: 'f2', href: 'iso', size: null, isChunked: true },
    ]);
    expect(disks.map(({ id, capacity, unit }) => [id, capacity, unit])).toEqual([
      ['d1', 10 * 2 ** 30, 2 ** 30],
      ['d2', null, 1],
      ['d3', 3 * 2 ** 20, 2 ** 20],
    ]);
    expect(disks[0]?.file).toBe(files[0]);
  });

  test.each([
    '<',
    '<!--',
    '<a b="',
    '<a '.repeat(200_000),
    '<a b=" <'.repeat(200_000),
    `<a ${'x= '.repeat(200_000)}>`,
    '<![CDATA[<File',
  ])('that is none is passed over', (text) => {
    expect([...xmlTags(text)].length).toBeLessThanOrEqual(200_001);
    expect(parseOvf(text)).toEqual({ files: [], disks: [] });
  });
});
