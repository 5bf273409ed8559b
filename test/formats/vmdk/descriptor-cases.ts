import { buildHosted, descriptorText, HOSTED, type DescriptorPlan } from '../../support/vmdk.ts';
import { base, flat, hosted, stream, text, type RuleCase } from './cases.ts';

const SOUND = descriptorText({ extents: ['RW 4032 FLAT "disk-flat.vmdk" 0'] });
const sound = flat();
const replaced = (from: string | RegExp, to: string) => text(SOUND.replace(from, to));
const without = (line: RegExp) => text(SOUND.replace(line, ''));
const lines = (...extents: string[]) => flat({ extents });

/** Bytes of the text with some put in place of `from`. */
function withBytes(from: string, bytes: readonly number[]) {
  const at = SOUND.indexOf(from);
  const encoder = new TextEncoder();
  const changed = [
    ...encoder.encode(SOUND.slice(0, at)),
    ...bytes,
    ...encoder.encode(SOUND.slice(at + from.length)),
  ];
  return { ...flat(), 'disk.vmdk': Uint8Array.from(changed) };
}

const TEXT: readonly RuleCase[] = [
  {
    rule: 'vmdk/descriptor-missing',
    damaged: hosted((f) => f.u64(HOSTED.descriptorOffset, 0)),
    near: hosted(),
    severity: 'error',
  },
  {
    rule: 'vmdk/descriptor-missing',
    damaged: { 'disk-s001.vmdk': buildHosted({ descriptor: null }).bytes },
    near: flat(
      { createType: 'twoGbMaxExtentSparse', extents: ['RW 131072 SPARSE "disk-s001.vmdk"'] },
      { 'disk-s001.vmdk': buildHosted({ descriptor: null }).bytes },
    ),
    severity: 'info',
  },
  {
    rule: 'vmdk/descriptor-signature',
    damaged: without(/^# Disk DescriptorFile\n/),
    near: replaced('# Disk DescriptorFile', '#Disk Descriptor File'),
  },
  {
    rule: 'vmdk/descriptor-too-large',
    damaged: text(SOUND + '#\n'.repeat(1200)),
    near: text(SOUND + '#\n'.repeat(900)),
  },
  {
    rule: 'vmdk/descriptor-overflow',
    damaged: hosted((f) => {
      for (let at = f.bytes.indexOf(0, 512); at < 21 * 512; at++) f.u8(at, 0x23);
    }),
    near: hosted(),
  },
  {
    rule: 'vmdk/descriptor-overflow',
    damaged: hosted((f) => f.u64(HOSTED.descriptorSize, 22)),
    near: hosted(),
  },
  { rule: 'vmdk/descriptor-not-text', damaged: withBytes('ide', [1, 2, 3]), near: withBytes('ide', [9]) },
  { rule: 'vmdk/descriptor-bom', damaged: text(`\ufeff${SOUND}`), near: sound },
  {
    rule: 'vmdk/descriptor-line-endings',
    damaged: replaced('version=1\n', 'version=1\r'),
    near: text(SOUND.replaceAll('\n', '\r\n')),
    severity: 'warning',
  },
  {
    rule: 'vmdk/descriptor-line-endings',
    damaged: replaced('version=1\n', 'version=1\r\n'),
    near: sound,
    severity: 'info',
  },
  { rule: 'vmdk/descriptor-hidden-tail', damaged: text(`${SOUND}\0\0hidden`), near: text(`${SOUND}\0\0\0`) },
  // What QEMU leaves behind when it writes a content id of fewer digits.
  { rule: 'vmdk/descriptor-hidden-tail', damaged: text(`${SOUND}\0\n`), near: sound, severity: 'info' },
  {
    rule: 'vmdk/descriptor-order',
    damaged: text(`${SOUND}isNativeSnapshot="no"\n`),
    near: text(`${SOUND}changeTrackPath="x-ctk.vmdk"\n`),
  },
  {
    rule: 'vmdk/descriptor-unparsed-line',
    damaged: text(`${SOUND}what is this\n`),
    near: text(`${SOUND}# what is this\n`),
  },
  {
    rule: 'vmdk/descriptor-unparsed-line',
    damaged: text(`${SOUND}ddb.comment = "open\n`),
    near: text(`${SOUND}ddb.comment = "closed"\n`),
  },
  {
    rule: 'vmdk/descriptor-duplicate-key',
    damaged: replaced('CID=12345678', 'CID=12345678\ncid=87654321'),
    near: sound,
    severity: 'warning',
  },
  {
    rule: 'vmdk/descriptor-duplicate-key',
    damaged: replaced('version=1', 'version=1\nversion=1'),
    near: sound,
    severity: 'info',
  },
  { rule: 'vmdk/descriptor-key-case', damaged: replaced('createType', 'CREATETYPE'), near: sound },
  {
    rule: 'vmdk/descriptor-spacing',
    damaged: lines('RW 4032  FLAT "disk-flat.vmdk" 0'),
    near: lines('RW 4032 FLAT "disk-flat.vmdk" 0 '),
    field: 'descriptor.extents[0]',
  },
  { rule: 'vmdk/extent-line-malformed', damaged: lines('RW 4032 FLAT'), near: lines('RW 4032 ZERO') },
  { rule: 'vmdk/descriptor-spacing', damaged: replaced('createType="', 'createType = "'), near: sound },
  { rule: 'vmdk/descriptor-spacing', damaged: lines('RW\t4032 FLAT "disk-flat.vmdk" 0'), near: sound },
  {
    rule: 'vmdk/encoding-unknown',
    damaged: flat({ more: ['encoding="KLINGON"'] }),
    near: flat({ more: ['encoding="windows-1252"'] }),
  },
  { rule: 'vmdk/encoding-mismatch', damaged: withBytes('ide', [0xe9]), near: withBytes('ide', [0xc3, 0xa9]) },
];

const child = (plan: DescriptorPlan) =>
  flat({ parentCid: 'aaaaaaaa', hint: 'base.vmdk', ...plan }, base(4032));
const sparseChild = (plan: DescriptorPlan, parent: DescriptorPlan = {}, sectors = 131_072) => ({
  ...hosted(undefined, { descriptor: { parentCid: 'aaaaaaaa', hint: 'base.vmdk', ...plan } }),
  ...base(sectors, parent),
});

const PROPERTIES: readonly RuleCase[] = [
  { rule: 'vmdk/version-missing', damaged: without(/version=1\n/), near: sound },
  {
    rule: 'vmdk/version-unsupported',
    damaged: replaced('version=1', 'version=4'),
    near: sound,
    severity: 'error',
  },
  {
    rule: 'vmdk/version-unsupported',
    damaged: replaced('version=1', 'version=3'),
    near: sound,
    severity: 'info',
  },
  {
    rule: 'vmdk/version-not-first',
    damaged: replaced('version=1\n', 'encoding="UTF-8"\nversion=1\n'),
    near: replaced('version=1\n', '# encoding\nversion=1\n'),
  },
  { rule: 'vmdk/cid-missing', damaged: without(/^CID=.*\n/m), near: sound },
  {
    rule: 'vmdk/cid-malformed',
    damaged: flat({ cid: '4294967295' }),
    near: flat({ cid: 'abc' }),
    field: 'descriptor.CID',
  },
  { rule: 'vmdk/cid-reserved', damaged: flat({ cid: 'fffffffe' }), near: sound, severity: 'info' },
  { rule: 'vmdk/cid-reserved', damaged: flat({ cid: 'ffffffff' }), near: sound, severity: 'warning' },
  { rule: 'vmdk/cid-not-padded', damaged: flat({ cid: 'abc' }), near: flat({ cid: '00000abc' }) },
  {
    rule: 'vmdk/longcid-mismatch',
    damaged: text(`${SOUND}ddb.longContentID = "00000000000000000000000000000001"\n`),
    near: text(`${SOUND}ddb.longContentID = "00000000000000000000000012345678"\n`),
  },
  { rule: 'vmdk/parentcid-missing', damaged: without(/^parentCID=.*\n/m), near: sound },
  { rule: 'vmdk/create-type-missing', damaged: without(/^createType=.*\n/m), near: sound },
  {
    rule: 'vmdk/create-type-unknown',
    damaged: flat({ createType: 'fancy' }),
    near: sound,
    severity: 'warning',
  },
  {
    rule: 'vmdk/create-type-unknown',
    damaged: flat({ createType: 'twoGBMaxExtentFlat' }),
    near: flat({ createType: '2GbMaxExtentFlat' }),
    severity: 'warning',
  },
  {
    rule: 'vmdk/create-type-unknown',
    damaged: flat({ createType: 'custom' }),
    near: sound,
    severity: 'info',
  },
  {
    rule: 'vmdk/create-type-extent-mismatch',
    damaged: flat({ createType: 'vmfs' }),
    near: flat({ createType: 'twoGbMaxExtentFlat' }),
  },
  {
    rule: 'vmdk/create-type-embedded-mismatch',
    damaged: hosted(undefined, { descriptor: { createType: 'streamOptimized' } }),
    near: stream(),
  },
  { rule: 'vmdk/parent-hint-missing', damaged: flat({ parentCid: 'aaaaaaaa' }), near: sound },
  { rule: 'vmdk/parent-hint-orphan', damaged: flat({ hint: 'base.vmdk' }), near: sound },
  { rule: 'vmdk/parent-flat-child', damaged: child({}), near: sparseChild({}) },
  {
    rule: 'vmdk/parent-missing',
    damaged: hosted(undefined, { descriptor: { parentCid: 'aaaaaaaa', hint: 'C:\\vm\\base.vmdk' } }),
    near: sparseChild({ hint: 'C:\\vm\\base.vmdk' }),
  },
  {
    rule: 'vmdk/parent-not-opened',
    damaged: hosted(undefined, { descriptor: { parentCid: 'aaaaaaaa', hint: '/dev/sda' } }),
    near: hosted(undefined, { descriptor: { parentCid: 'aaaaaaaa', hint: 'base.vmdk' } }),
    severity: 'info',
  },
  {
    rule: 'vmdk/parent-found-elsewhere',
    damaged: sparseChild({ hint: 'C:\\vm\\base.vmdk' }),
    near: sparseChild({}),
    severity: 'info',
  },
  {
    rule: 'vmdk/parent-cycle',
    damaged: hosted(undefined, { descriptor: { parentCid: 'aaaaaaaa', hint: 'disk.vmdk' } }),
    near: sparseChild({}),
  },
  {
    rule: 'vmdk/parent-cid-mismatch',
    damaged: sparseChild({ parentCid: 'bbbbbbbb' }),
    near: sparseChild({ parentCid: 'AAAAAAAA' }),
  },
  { rule: 'vmdk/parent-capacity-mismatch', damaged: sparseChild({}, {}, 131_071), near: sparseChild({}) },
  {
    rule: 'vmdk/parent-not-vmdk',
    damaged: { ...sparseChild({}), 'base.vmdk': footerOnly() },
    near: sparseChild({}),
  },
  { rule: 'vmdk/parent-chain-depth', damaged: chain(34), near: chain(20) },
];

/** A fixed VHD of 512 bytes: enough to be of another format. */
function footerOnly(): Uint8Array {
  const bytes = new Uint8Array(1024);
  bytes.set(new TextEncoder().encode('conectix'), 512);
  return bytes;
}

/** A chain of this many layers, each the parent of the one before it. */
function chain(layers: number) {
  const names = Array.from({ length: layers }, (_, index) =>
    index === 0 ? 'disk.vmdk' : `base${index}.vmdk`,
  );
  return Object.fromEntries(
    names.map((name, index) => {
      const hint = names[index + 1];
      const link =
        hint === undefined ? { cid: 'aaaaaaaa' } : { cid: 'aaaaaaaa', parentCid: 'aaaaaaaa', hint };
      return [name, buildHosted({ name, capacity: 128, grains: [], descriptor: link }).bytes];
    }),
  );
}

const EXTENTS: readonly RuleCase[] = [
  { rule: 'vmdk/extent-none', damaged: flat({ extents: [] }), near: sound },
  {
    rule: 'vmdk/extent-line-malformed',
    damaged: lines('RW 4032 FLAT "disk-flat.vmdk'),
    near: lines('RW 4032 FLAT "disk-flat.vmdk" 0 partUUID dev'),
  },
  { rule: 'vmdk/extent-access-unknown', damaged: lines('RO 4032 FLAT "disk-flat.vmdk" 0'), near: sound },
  { rule: 'vmdk/extent-access-not-rw', damaged: lines('RDONLY 4032 FLAT "disk-flat.vmdk" 0'), near: sound },
  { rule: 'vmdk/extent-type-unknown', damaged: lines('RW 4032 FLATTER "disk-flat.vmdk" 0'), near: sound },
  {
    rule: 'vmdk/extent-type-unknown',
    damaged: lines('RW 4032 flat "disk-flat.vmdk" 0'),
    near: sound,
    severity: 'warning',
  },
  {
    rule: 'vmdk/extent-size-invalid',
    damaged: lines('RW 0 FLAT "disk-flat.vmdk" 0'),
    near: flat({ extents: ['NOACCESS 0 ZERO', 'RW 4032 FLAT "disk-flat.vmdk" 0'] }),
  },
  { rule: 'vmdk/extent-size-invalid', damaged: lines('RW 0xfc0 FLAT "disk-flat.vmdk" 0'), near: sound },
  {
    rule: 'vmdk/extent-size-invalid',
    damaged: lines('RW 36028797018963968 FLAT "disk-flat.vmdk" 0'),
    near: sound,
  },
  {
    rule: 'vmdk/extent-size-limit',
    damaged: flat({ createType: 'twoGbMaxExtentFlat', extents: ['RW 8323073 FLAT "disk-flat.vmdk" 0'] }),
    near: flat({ createType: 'twoGbMaxExtentFlat', extents: ['RW 8323072 FLAT "disk-flat.vmdk" 0'] }),
    severity: 'info',
  },
  {
    rule: 'vmdk/extent-size-limit',
    damaged: lines('RW 4294967296 SPARSE "disk-flat.vmdk"'),
    near: lines('RW 4294967295 SPARSE "disk-flat.vmdk"'),
    severity: 'error',
  },
  {
    rule: 'vmdk/extent-offset-missing',
    damaged: lines('RW 4032 FLAT "disk-flat.vmdk"'),
    near: lines('RW 4032 VMFS "disk-flat.vmdk"'),
  },
  { rule: 'vmdk/extent-offset-unexpected', damaged: lines('RW 4032 VMFS "disk-flat.vmdk" 0'), near: sound },
  { rule: 'vmdk/extent-offset-invalid', damaged: lines('RW 4032 FLAT "disk-flat.vmdk" -1'), near: sound },
  {
    rule: 'vmdk/extent-zero-with-file',
    damaged: lines('RW 4032 ZERO "disk-flat.vmdk"'),
    near: lines('RW 4032 ZERO'),
  },
  { rule: 'vmdk/extent-zero-with-file', damaged: lines('RW 4032 FLAT'), near: sound },
  { rule: 'vmdk/extent-zero-present', damaged: lines('RW 4032 ZERO'), near: sound },
  {
    rule: 'vmdk/extent-file-missing',
    damaged: lines('RW 4032 FLAT "gone.vmdk" 0'),
    near: lines('RW 4032 FLAT "/vmfs/volumes/x/disk-flat.vmdk" 0'),
    severity: 'error',
    field: 'descriptor.extents[0].file',
  },
  {
    rule: 'vmdk/extent-not-opened',
    damaged: lines('RW 4032 FLAT "/dev/sda" 0'),
    near: lines('RW 4032 FLAT "gone.vmdk" 0'),
    severity: 'info',
    field: 'descriptor.extents[0].file',
  },
  {
    rule: 'vmdk/extent-found-elsewhere',
    damaged: lines('RW 4032 FLAT "C:\\vm\\disk-flat.vmdk" 0'),
    near: sound,
    severity: 'info',
    field: 'descriptor.extents[0].file',
  },
  { rule: 'vmdk/extent-file-wrong-type', damaged: lines('RW 4032 SPARSE "disk-flat.vmdk"'), near: sound },
  {
    rule: 'vmdk/extent-file-wrong-type',
    damaged: flat({ extents: ['RW 131072 VMFSSPARSE "s.vmdk"'] }, { 's.vmdk': buildHosted().bytes }),
    near: flat({ extents: ['RW 131072 SPARSE "s.vmdk"'] }, { 's.vmdk': buildHosted().bytes }),
  },
  {
    rule: 'vmdk/extent-flat-has-magic',
    damaged: flat({ extents: ['RW 100 FLAT "s.vmdk" 0'] }, { 's.vmdk': buildHosted().bytes }),
    near: sound,
  },
  { rule: 'vmdk/extent-flat-short', damaged: lines('RW 4033 FLAT "disk-flat.vmdk" 0'), near: sound },
  { rule: 'vmdk/extent-flat-long', damaged: lines('RW 4031 FLAT "disk-flat.vmdk" 0'), near: sound },
  {
    rule: 'vmdk/extent-overlap',
    damaged: lines('RW 2000 FLAT "disk-flat.vmdk" 0', 'RW 2000 FLAT "disk-flat.vmdk" 1999'),
    near: lines('RW 2000 FLAT "disk-flat.vmdk" 0', 'RW 2000 FLAT "disk-flat.vmdk" 2000'),
  },
  {
    rule: 'vmdk/extent-file-repeated',
    damaged: flat(
      { extents: ['RW 131072 SPARSE "s.vmdk"', 'RW 131072 SPARSE "./s.vmdk"'] },
      { 's.vmdk': buildHosted().bytes },
    ),
    near: flat({ extents: ['RW 131072 SPARSE "s.vmdk"'] }, { 's.vmdk': buildHosted().bytes }),
  },
  { rule: 'vmdk/extent-self-reference', damaged: lines('RW 4032 FLAT "disk.vmdk" 0'), near: sound },
  {
    rule: 'vmdk/extent-capacity-mismatch',
    damaged: flat({ extents: ['RW 100000 SPARSE "s.vmdk"'] }, { 's.vmdk': buildHosted().bytes }),
    near: hosted(),
    severity: 'error',
  },
  {
    rule: 'vmdk/extent-capacity-mismatch',
    damaged: flat({ extents: ['RW 131000 SPARSE "s.vmdk"'] }, { 's.vmdk': buildHosted().bytes }),
    near: hosted(),
    severity: 'warning',
  },
  { rule: 'vmdk/embedded-name-mismatch', damaged: hosted(undefined, { name: 'other.vmdk' }), near: hosted() },
];

const geometry = (cylinders: string, more = '') =>
  text(SOUND.replace('cylinders = "4"', `cylinders = "${cylinders}"`) + more);

const tracked = (ctk?: readonly number[]) =>
  flat(
    { more: ['changeTrackPath="disk-ctk.vmdk"'] },
    ctk === undefined ? {} : { 'disk-ctk.vmdk': Uint8Array.from(ctk) },
  );
const split = (...names: string[]) =>
  flat(
    { createType: 'twoGbMaxExtentFlat', extents: names.map((name) => `RW 2016 FLAT "${name}" 0`) },
    Object.fromEntries(names.map((name) => [name, new Uint8Array(2016 * 512)])),
  );

const NAMES: readonly RuleCase[] = [
  { rule: 'vmdk/ctk-missing', damaged: tracked(), near: tracked([0xa2, 0x72, 0x19, 0xf6, 1, 0, 0, 0]) },
  { rule: 'vmdk/ctk-missing', damaged: tracked([1, 2, 3, 4]), near: sound },
  {
    rule: 'vmdk/extent-name-convention',
    damaged: split('disk-f001.vmdk', 'disk-f003.vmdk'),
    near: split('disk-f001.vmdk', 'disk-f002.vmdk'),
    field: 'descriptor.extents[1].file',
  },
  {
    rule: 'vmdk/extent-name-convention',
    damaged: flat({ extents: ['RW 4032 FLAT "disk.img" 0'] }, { 'disk.img': new Uint8Array(4032 * 512) }),
    near: flat({ createType: 'custom', extents: ['RW 4032 FLAT "disk.img" 0'] }),
  },
];

const DATABASE: readonly RuleCase[] = [
  { rule: 'vmdk/geometry-missing', damaged: flat({ ddb: [] }), near: sound },
  { rule: 'vmdk/geometry-invalid', damaged: geometry('0'), near: sound },
  { rule: 'vmdk/geometry-size-mismatch', damaged: geometry('9'), near: sound },
  {
    rule: 'vmdk/adapter-unknown',
    damaged: replaced('"ide"', '"floppy"'),
    near: replaced('"ide"', '"lsilogic"'),
  },
  {
    rule: 'vmdk/uuid-malformed',
    damaged: geometry('4', 'ddb.uuid = "60 00"\n'),
    near: geometry('4', 'ddb.uuid = "60 00 C2 98 5d 08 de f2-a0 14 2e 05 94 9d d8 38"\n'),
  },
];

/** Rules of descriptors, extent files and chains, each with what triggers it. */
export const descriptorCases: readonly RuleCase[] = [
  ...TEXT,
  ...PROPERTIES,
  ...EXTENTS,
  ...NAMES,
  ...DATABASE,
];
