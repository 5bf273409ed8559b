import type { Demands } from '../../src/model/demands.ts';
import { buildQcow2, EXTENSION, type Qcow2Plan } from '../support/qcow2.ts';
import { buildVdi } from '../support/vdi.ts';
import { buildVhd, utf16, uuid } from '../support/vhd.ts';
import {
  buildCowd,
  buildHosted,
  buildSeSparse,
  buildStream,
  descriptorFile,
  HOSTED,
  type DescriptorPlan,
} from '../support/vmdk.ts';
import type { MemoryFiles } from '../support/open.ts';

/** One rule of the gate: files that it finds fault with, and files that come near. */
export interface GateCase {
  readonly rule: string;
  readonly found: () => MemoryFiles;
  readonly near: () => MemoryFiles;
  /** Default: that of the rule. */
  readonly severity?: string;
  readonly demands?: Demands;
  /** Forces the format. */
  readonly format?: string;
}

const MIB = 2 ** 20;
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const qcow2 = (plan: Qcow2Plan = {}): MemoryFiles => ({ 'disk.qcow2': buildQcow2(plan).bytes });
const sound = (): MemoryFiles => qcow2({ clusters: { 0: 'data', 3: 'compressed' } });
const hosted = (descriptor: DescriptorPlan = {}): MemoryFiles => ({
  'disk.vmdk': buildHosted({ name: 'disk.vmdk', descriptor }).bytes,
});
const descriptor = (plan: DescriptorPlan): MemoryFiles => ({ 'disk.vmdk': descriptorFile(plan) });
const soundVmdk = (): MemoryFiles => hosted();
const vhd = (plan: Parameters<typeof buildVhd>[0] = {}): MemoryFiles => ({
  'disk.vhd': buildVhd(plan).bytes,
});
const child = (name: string, locators: readonly { code: string; data: Uint8Array }[] = []): MemoryFiles =>
  vhd({ type: 'differencing', parent: { uniqueId: uuid(1), name, locators } });
const soundVhd = (): MemoryFiles => vhd();
const raw = (start: Uint8Array): MemoryFiles => {
  const bytes = new Uint8Array(64 * 1024);
  bytes.set(start);
  return { 'disk.img': bytes };
};

/** A header of many clusters of which one is stored: all entries point to it. */
function bomb(entries: number): MemoryFiles {
  const clusters = Object.fromEntries(
    Array.from({ length: entries }, (_, index) => [index, 'zero' as const]),
  );
  const image = buildQcow2({
    clusterBits: 16,
    size: entries * 2 ** 16,
    clusters: { ...clusters, 0: 'compressed' },
  });
  const entry = image.get64(image.l2(0));
  for (let index = 1; index < entries; index++) image.entry(index, () => entry);
  return { 'disk.qcow2': image.bytes };
}

/** Bytes put into a file at a place. */
function written(files: MemoryFiles, at: number, bytes: Uint8Array): MemoryFiles {
  return Object.fromEntries(
    Object.entries(files).map(([name, old]) => {
      const copy = old.slice();
      copy.set(bytes, at < 0 ? copy.length + at : at);
      return [name, copy];
    }),
  );
}

const untrusted: readonly GateCase[] = [
  {
    rule: 'policy/path-absolute',
    found: () => qcow2({ backing: '/etc/passwd', backingFormat: 'raw' }),
    near: () => qcow2({ backing: 'etc/passwd', backingFormat: 'raw' }),
  },
  {
    rule: 'policy/path-absolute',
    found: () => descriptor({ extents: ['RW 64 FLAT "C:\\Windows\\win.ini" 0'] }),
    near: () => descriptor({ extents: ['RW 64 FLAT "win.ini" 0'] }),
  },
  {
    rule: 'policy/path-traversal',
    found: () => qcow2({ dataFile: 'a/../../secret' }),
    near: () => qcow2({ dataFile: 'a/../secret' }),
  },
  {
    rule: 'policy/path-traversal',
    found: () => child('..\\base.vhd'),
    near: () => child('base..vhd'),
  },
  {
    rule: 'policy/path-protocol',
    found: () => qcow2({ backing: 'json:{"driver":"file","filename":"/etc/passwd"}' }),
    near: () => qcow2({ backing: 'json.raw' }),
  },
  {
    rule: 'policy/path-device',
    found: () => descriptor({ createType: 'fullDevice', extents: ['RW 64 FLAT "disk.img" 0'] }),
    near: () => descriptor({ extents: ['RW 64 FLAT "disk.img" 0'] }),
  },
  {
    rule: 'policy/path-device',
    found: () => qcow2({ dataFile: '/dev/sda' }),
    near: () => qcow2({ dataFile: '/devices/sda' }),
  },
  {
    rule: 'policy/path-control-chars',
    found: () => qcow2({ backing: 'a\u202egnp.qcow2' }),
    near: () => qcow2({ backing: 'ä.qcow2' }),
  },
  {
    rule: 'policy/backing-present',
    found: () => qcow2({ backing: 'base.qcow2', backingFormat: 'qcow2' }),
    near: sound,
  },
  {
    rule: 'policy/backing-present',
    found: () => hosted({ hint: 'base.vmdk', createType: 'monolithicSparse' }),
    near: soundVmdk,
  },
  {
    rule: 'policy/backing-present',
    found: () => hosted({ more: ['# parentFileNameHint="base.vmdk"'] }),
    near: () => hosted({ more: ['# the hint of a parent: "base.vmdk"'] }),
  },
  {
    rule: 'policy/backing-present',
    found: () => hosted({ parentCid: '12345678' }),
    near: () => hosted({ parentCid: 'ffffffff' }),
  },
  { rule: 'policy/backing-present', found: () => child('base.vhd'), near: soundVhd },
  {
    rule: 'policy/backing-present',
    found: () => ({ 'disk.vdi': buildVdi({ type: 'differencing' }).bytes }),
    near: () => ({ 'disk.vdi': buildVdi().bytes }),
  },
  { rule: 'policy/data-file-present', found: () => qcow2({ dataFile: 'data.raw' }), near: sound },
  {
    rule: 'policy/data-file-present',
    // Named, although the header does not say that there is one.
    found: () => qcow2({ extensions: [{ type: EXTENSION.dataFile, data: text('/etc/passwd') }] }),
    near: () => qcow2({ extensions: [{ type: EXTENSION.featureNames, data: new Uint8Array(48) }] }),
  },
  {
    rule: 'policy/multi-file',
    found: () => ({ ...descriptor({ extents: ['RW 64 FLAT "a.img" 0'] }), 'a.img': new Uint8Array(32768) }),
    near: soundVmdk,
  },
  {
    rule: 'policy/multi-file',
    found: () => hosted({ createType: 'twoGbMaxExtentSparse' }),
    near: () => ({ 'disk.vmdk': buildStream({ name: 'disk.vmdk' }).bytes }),
  },
  {
    rule: 'policy/multi-file',
    found: () => ({ 'disk-s001.vmdk': buildHosted({ descriptor: null }).bytes }),
    near: soundVmdk,
  },
  { rule: 'policy/multi-file', found: () => ({ 'disk.vmdk': buildCowd().bytes }), near: soundVmdk },
  { rule: 'policy/multi-file', found: () => ({ 'disk.vmdk': buildSeSparse().bytes }), near: soundVmdk },
  {
    rule: 'policy/multi-file',
    found: () => hosted({ more: ['changeTrackPath="disk-ctk.vmdk"'] }),
    near: soundVmdk,
  },
  { rule: 'policy/decompression-bomb', found: () => bomb(8192), near: () => bomb(64) },
  {
    rule: 'policy/virtual-size',
    found: () => qcow2({ clusterBits: 16, size: 2 * 2 ** 40 }),
    near: () => qcow2({ clusterBits: 16, size: 2 ** 40 }),
  },
  {
    rule: 'policy/virtual-size',
    severity: 'error',
    demands: { limits: { virtualSize: MIB } },
    found: () => qcow2({ size: MIB + 512 }),
    near: () => qcow2({ size: MIB }),
  },
  {
    rule: 'policy/table-memory',
    demands: { limits: { tableMemory: 8192 } },
    found: () => qcow2({ spareL1: 512 }),
    near: sound,
  },
  {
    rule: 'policy/work-amplification',
    found: () => bomb(128),
    near: () => bomb(64),
  },
  {
    rule: 'policy/chain-depth',
    demands: { limits: { chain: 1 } },
    found: () => ({
      ...qcow2({ backing: 'base.qcow2', backingFormat: 'qcow2' }),
      'base.qcow2': buildQcow2().bytes,
    }),
    near: () => qcow2(),
  },
  { rule: 'policy/encrypted-content', found: () => qcow2({ luks: true }), near: sound },
  {
    rule: 'policy/leaked-host-data',
    found: () => hosted({ ddb: ['ddb.comment = "built in /home/anna/images"'] }),
    near: () => hosted({ ddb: ['ddb.comment = "built at home / by anna"'] }),
  },
  {
    rule: 'policy/leaked-host-data',
    found: () => {
      const locators = [{ code: 'W2ku', data: utf16('C:\\Users\\anna\\base.vhd', 'le') }];
      const built = buildVhd({ type: 'differencing', parent: { uniqueId: uuid(1), name: '', locators } });
      return { 'disk.vhd': built.damage((e) => e.footer('diskType', 3)).bytes };
    },
    near: soundVhd,
  },
  {
    rule: 'policy/guest-header-in-flat',
    severity: 'error',
    format: 'raw',
    found: () => raw(buildQcow2().bytes.subarray(0, 512)),
    near: () => raw(text('QFI is not all of it')),
  },
  {
    rule: 'policy/guest-header-in-flat',
    severity: 'error',
    format: 'vhd',
    found: () => written(vhd({ type: 'fixed' }), 0, text('KDMV')),
    near: () => vhd({ type: 'fixed' }),
  },
  {
    rule: 'policy/guest-header-in-flat',
    found: () => ({
      ...descriptor({ extents: ['RW 64 FLAT "a.img" 0'] }),
      'a.img': buildQcow2().bytes.slice(0, 32768),
    }),
    near: () => ({ ...descriptor({ extents: ['RW 64 FLAT "a.img" 0'] }), 'a.img': new Uint8Array(32768) }),
  },
  { rule: 'policy/polyglot', found: () => written(sound(), 510, Uint8Array.of(0x55, 0xaa)), near: sound },
  { rule: 'policy/polyglot', found: () => written(sound(), 512, text('EFI PART')), near: sound },
  { rule: 'policy/polyglot', found: () => written(soundVmdk(), 32769, text('CD001')), near: soundVmdk },
  { rule: 'policy/polyglot', found: () => written(sound(), -512, text('conectix')), near: sound },
  {
    rule: 'policy/polyglot',
    format: 'raw',
    found: () => written(raw(text('boot')), -512, text('conectix')),
    // A disk may begin with all of this.
    near: () => written(raw(text('boot')), 510, Uint8Array.of(0x55, 0xaa, ...text('EFI PART'))),
  },
];

const azure: readonly GateCase[] = [
  { rule: 'target/azure-format', found: sound, near: soundVhd },
  { rule: 'vhd/azure-not-fixed', found: soundVhd, near: () => vhd({ type: 'fixed' }) },
  {
    rule: 'vhd/azure-size-alignment',
    found: () => vhd({ type: 'fixed', size: 8 * MIB + 512 }),
    near: () => vhd({ type: 'fixed', size: 8 * MIB }),
  },
  {
    rule: 'target/azure-file-size',
    found: () => ({
      'disk.vhd': buildVhd({ type: 'fixed' }).damage((e) => e.insert(0, new Uint8Array(512))).bytes,
    }),
    near: () => vhd({ type: 'fixed' }),
  },
  {
    rule: 'target/azure-size-limits',
    found: () => vhd({ type: 'fixed', size: 19 * MIB }),
    near: () => vhd({ type: 'fixed', size: 20 * MIB }),
  },
  {
    rule: 'target/azure-creator-os',
    found: () => ({ 'disk.vhd': buildVhd().damage((e) => e.footer('hostOs', 0)).bytes }),
    near: () => ({ 'disk.vhd': buildVhd().damage((e) => e.footer('hostOs', 'Wi2k')).bytes }),
  },
  {
    rule: 'target/azure-size-seen',
    severity: 'info',
    found: () => ({
      'disk.vhd': buildVhd({ creator: 'vpc ' }).damage((e) => e.footer('cylinders', 10)).bytes,
    }),
    near: () => vhd({ creator: 'win ' }),
  },
];

const stream = (plan: Parameters<typeof buildStream>[0] = {}): MemoryFiles => ({
  'disk.vmdk': buildStream({ name: 'disk.vmdk', ...plan }).bytes,
});
const streamOf = (version: number): MemoryFiles => {
  const built = buildStream({ name: 'disk.vmdk' });
  return {
    'disk.vmdk': built.u32(HOSTED.version, version).u32(built.at.footer + HOSTED.version, version).bytes,
  };
};
const otherSizes = (creator: string): MemoryFiles => ({
  'disk.vhd': buildVhd({ creator }).damage((e) => e.footer('cylinders', 10)).bytes,
});

const aws: readonly GateCase[] = [
  { rule: 'target/aws-format', found: sound, near: stream },
  { rule: 'target/aws-vmdk-type', found: soundVmdk, near: stream },
  { rule: 'target/aws-parent', found: () => child('base.vhd'), near: soundVhd },
  {
    rule: 'target/aws-size-limit',
    found: () => qcow2({ clusterBits: 21, size: 64 * 2 ** 40 + 512 }),
    near: () => qcow2({ clusterBits: 21, size: 64 * 2 ** 40 }),
  },
  { rule: 'target/aws-encrypted', found: () => qcow2({ luks: true }), near: sound },
  {
    rule: 'target/aws-size-seen',
    severity: 'info',
    found: () => otherSizes('vpc '),
    near: () => otherSizes('win '),
  },
];

const zero = ['RW 64 FLAT "a.img" 0', 'RW 64 ZERO'];
const withFile = (extents: readonly string[]): MemoryFiles => ({
  ...descriptor({ extents }),
  'a.img': new Uint8Array(64 * 512),
});

const esx: readonly GateCase[] = [
  { rule: 'target/esx-format', found: sound, near: stream },
  { rule: 'target/esx-hosted-sparse', found: soundVmdk, near: stream },
  {
    rule: 'target/esx-hosted-flat',
    found: () => withFile(['RW 64 FLAT "a.img" 0']),
    near: () => ({
      ...descriptor({ createType: 'vmfs', extents: ['RW 64 VMFS "a.img"'] }),
      'a.img': new Uint8Array(64 * 512),
    }),
  },
  { rule: 'target/esx-stream-version', found: () => streamOf(1), near: () => streamOf(3) },
  { rule: 'target/esx-stream-import', found: stream, near: soundVmdk },
  {
    rule: 'target/esx-stream-directory',
    found: () => stream({ directory: 'front' }),
    near: stream,
  },
  {
    rule: 'target/esx-size-limit',
    found: () => qcow2({ clusterBits: 21, size: 62 * 2 ** 40 + 512 }),
    near: () => qcow2({ clusterBits: 21, size: 62 * 2 ** 40 }),
  },
  {
    rule: 'target/esx-adapter',
    found: () => hosted({ ddb: ['ddb.adapterType = "ide"'] }),
    near: () => hosted({ ddb: ['ddb.adapterType = "lsilogic"'] }),
  },
  {
    rule: 'target/esx-size-seen',
    found: () => withFile(zero),
    near: () => withFile(['RW 64 FLAT "a.img" 0']),
  },
];

const hyperv: readonly GateCase[] = [
  { rule: 'target/hyperv-format', found: sound, near: soundVhd },
  {
    rule: 'target/hyperv-size-limit',
    found: () => vhd({ size: 2040 * 2 ** 30 + 512 }),
    near: () => vhd({ size: 2040 * 2 ** 30 }),
  },
  { rule: 'target/hyperv-generation', found: soundVhd, near: sound },
  {
    rule: 'target/hyperv-size-seen',
    severity: 'info',
    found: () => otherSizes('vpc '),
    near: () => otherSizes('win '),
  },
];

const virtualbox: readonly GateCase[] = [
  { rule: 'target/virtualbox-format', found: () => raw(text('x')), near: soundVhd, format: 'raw' },
  { rule: 'target/virtualbox-qcow2', found: sound, near: soundVhd },
  {
    rule: 'target/virtualbox-qcow2',
    severity: 'warning',
    found: () => qcow2({ version: 2 }),
    near: soundVhd,
  },
  {
    rule: 'target/virtualbox-sesparse',
    found: () => ({ 'disk.vmdk': buildSeSparse().bytes }),
    near: soundVmdk,
  },
  {
    rule: 'target/virtualbox-vmdk-version',
    found: () => streamOf(2),
    near: () => streamOf(3),
  },
  { rule: 'target/virtualbox-stream-read-only', found: stream, near: soundVmdk },
  {
    rule: 'target/virtualbox-descriptor',
    found: () => written(soundVmdk(), 512 + 30, text('3')),
    near: soundVmdk,
  },
  {
    rule: 'target/virtualbox-descriptor',
    found: () => hosted({ more: ['nonsense'] }),
    near: () => hosted({ more: ['# nonsense'] }),
  },
  {
    rule: 'target/virtualbox-size-seen',
    severity: 'info',
    found: () => otherSizes('vpc '),
    near: () => otherSizes('win '),
  },
];

const xen: readonly GateCase[] = [
  { rule: 'target/xen-format', found: soundVmdk, near: soundVhd },
  { rule: 'target/xen-qcow2', found: sound, near: soundVhd },
  { rule: 'target/xen-block-size', found: () => vhd({ blockSize: 512 * 1024 }), near: soundVhd },
  {
    rule: 'target/xen-size-limit',
    found: () => vhd({ size: 2040 * 2 ** 30 + 512 }),
    near: () => vhd({ size: 2040 * 2 ** 30 }),
  },
  { rule: 'target/xen-size-unaligned', found: () => vhd({ size: 9 * MIB }), near: soundVhd },
  {
    rule: 'target/xen-size-seen',
    severity: 'info',
    found: () => otherSizes('vpc '),
    near: () => otherSizes('win '),
  },
];

const glance: readonly GateCase[] = [
  {
    rule: 'target/glance-backing-file',
    found: () => qcow2({ backing: 'a.raw', backingFormat: 'raw' }),
    near: sound,
  },
  { rule: 'target/glance-data-file', found: () => qcow2({ dataFile: 'a.raw' }), near: sound },
  { rule: 'target/glance-features', found: () => qcow2({ clusterBits: 16, extendedL2: true }), near: sound },
  { rule: 'target/glance-vmdk-type', found: () => withFile(['RW 64 FLAT "a.img" 0']), near: soundVmdk },
  {
    rule: 'target/glance-descriptor',
    found: () => hosted({ ddb: ['ddb.comment = "grün"'] }),
    near: () => hosted({ ddb: ['ddb.comment = "green"'] }),
  },
  { rule: 'target/glance-footer', found: stream, near: () => stream({ directory: 'front' }) },
  {
    rule: 'target/glance-two-formats',
    found: () => written(sound(), 510, Uint8Array.of(0x55, 0xaa)),
    near: sound,
  },
  {
    rule: 'target/glance-two-formats',
    format: 'raw',
    found: () => raw(buildQcow2().bytes.subarray(0, 512)),
    near: () => raw(text('plain')),
  },
  { rule: 'target/glance-fixed-vhd', found: () => vhd({ type: 'fixed' }), near: soundVhd },
  { rule: 'target/glance-size-seen', found: () => otherSizes('vpc '), near: () => otherSizes('win ') },
];

const forTarget = (
  target: NonNullable<Demands['targets']>[number],
  cases: readonly GateCase[],
): readonly GateCase[] => cases.map((each) => ({ ...each, demands: { targets: [target] } }));

/** Cases of all rules of the gate. */
export const gateCases: readonly GateCase[] = [
  ...untrusted.map((each) => ({ ...each, demands: { untrusted: true, ...each.demands } })),
  ...forTarget('azure', azure),
  ...forTarget('aws', aws),
  ...forTarget('esx', esx),
  ...forTarget('hyperv', hyperv),
  ...forTarget('virtualbox', virtualbox),
  ...forTarget('xen', xen),
  ...forTarget('glance', glance),
];
