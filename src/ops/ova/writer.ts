import { UsageError, VdcheckError } from '../../errors.ts';
import type { Disk } from '../../model/disk.ts';
import type {
  CreationOption,
  OptionValues,
  Part,
  Plan,
  Sha256,
  WriteContext,
  Writer,
} from '../../model/writer.ts';
import { describeAppliance, describeDigests } from './envelope.ts';
import { encodeTarHeader, paddingOf } from './tar.ts';

const BLOCK = 512;
/** Bytes that a name in a tar has at most. */
const MAX_NAME = 100;
const ZEROS = new Uint8Array(64 * 1024);

const OWN_OPTIONS: Readonly<Record<string, CreationOption>> = {
  name: { type: 'string', doc: 'name of the virtual machine (default: that of the file)' },
  cpus: { type: 'number', default: '1', doc: 'processors of the virtual machine' },
  memory: { type: 'size', default: '1G', doc: 'memory of the virtual machine' },
};
/** Options of the disk that make sense in an appliance. */
const DISK_OPTIONS = ['adapter_type', 'hwversion', 'toolsversion'];

/** Writes appliances: a tar of a descriptor, one disk as a stream, and a manifest. */
export function ovaWriterOf(vmdk: Writer): Writer {
  const disks = Object.entries(vmdk.options).filter(([name]) => DISK_OPTIONS.includes(name));
  return {
    options: { ...OWN_OPTIONS, ...Object.fromEntries(disks) },
    async plan(disk: Disk, context: WriteContext): Promise<Plan> {
      if (context.backing !== null)
        throw new UsageError('an appliance has its disk whole, and no parent (-B)');
      const { name, values, sha256 } = context;
      if (sha256 === undefined) throw new UsageError('an appliance needs digests, which are missing here');
      const stem = name === '-' ? 'appliance' : name.replace(/\.ova$/i, '');
      const diskName = `${stem}-disk1.vmdk`;
      if (new TextEncoder().encode(diskName).length > MAX_NAME)
        throw new UsageError(`the name ${name} is too long for the members of a tar`);
      const inner = await vmdk.plan(disk, {
        ...context,
        name: diskName,
        values: diskValues(values),
      });
      const [first, ...more] = inner.files;
      if (first === undefined || more.length > 0 || !inner.isStreamable)
        throw new Error('a streamOptimized disk is one file in order');
      const appliance = { ...machineOf(values, stem), diskName, capacity: capacityOf(disk) };
      const describe = (diskFileSize: number): Uint8Array =>
        new TextEncoder().encode(describeAppliance({ ...appliance, diskFileSize }));
      const size = first.size ?? (context.isPipe ? await sizeOf(inner) : null);
      const job = new Job({ stem, diskName, time: context.identity.time, describe, inner, sha256 });
      return {
        files: [{ name, size: size === null ? null : job.sizeWith(size) }],
        isStreamable: size !== null,
        parts: (signal) => (size === null ? job.fileParts(signal) : job.pipeParts(size, signal)),
      };
    },
  };
}

function diskValues(values: OptionValues): OptionValues {
  const own = Object.entries(values).filter(([name]) => DISK_OPTIONS.includes(name));
  return { ...Object.fromEntries(own), subformat: 'streamOptimized' };
}

function machineOf(
  values: OptionValues,
  stem: string,
): { name: string; cpus: number; memory: number; adapter: string; hardware: string } {
  const { name, cpus = 1, memory = 2 ** 30, adapter_type: adapter = 'lsilogic', hwversion = '8' } = values;
  if (typeof cpus !== 'number' || cpus < 1) throw new UsageError('cpus is at least 1');
  const megabytes = Math.ceil(Number(memory) / 2 ** 20);
  if (megabytes < 1) throw new UsageError('memory is at least 1M');
  if (!/^\d{1,3}$/.test(String(hwversion))) throw new UsageError(`hwversion is a number, not '${hwversion}'`);
  return {
    name: typeof name === 'string' ? name : stem,
    cpus,
    memory: megabytes,
    adapter: String(adapter),
    hardware: String(hwversion),
  };
}

/** Whole sectors, as the disk has them. */
function capacityOf({ size }: Disk): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Works the disk out once to know how long it gets. */
async function sizeOf({ parts }: Plan): Promise<number> {
  let end = 0;
  for await (const { at, bytes } of parts()) end = Math.max(end, at + bytes.length);
  return end;
}

interface JobOptions {
  readonly stem: string;
  readonly diskName: string;
  readonly time: number;
  /** Encodes the descriptor, as long for every size of the disk's file. */
  readonly describe: (diskFileSize: number) => Uint8Array;
  readonly inner: Plan;
  readonly sha256: () => Sha256;
}

class Job {
  readonly #options: JobOptions;
  readonly #ovfName: string;
  /** Where the disk's header is. */
  readonly #diskHeaderAt: number;

  constructor(options: JobOptions) {
    this.#options = options;
    this.#ovfName = `${options.stem}.ovf`;
    const { length } = options.describe(0);
    this.#diskHeaderAt = BLOCK + length + paddingOf(length);
  }

  /** Bytes of the archive with a disk file of `size` bytes. */
  sizeWith(size: number): number {
    const digest = new Uint8Array(32);
    const { length } = this.#manifest(digest, digest);
    const end = this.#diskHeaderAt + BLOCK + size + paddingOf(size) + BLOCK + length + paddingOf(length);
    return end + 2 * BLOCK;
  }

  /** The parts in order, for a disk file whose size is known. */
  async *pipeParts(size: number, signal: AbortSignal | undefined): AsyncGenerator<Part> {
    yield* this.#head(size);
    const result = { size: 0, digest: new Uint8Array(0) };
    yield* this.#disk(result, signal);
    if (result.size !== size)
      throw new VdcheckError('changed', 'the source changed between the two passes over it');
    yield* this.#tail(result);
  }

  /** The parts of a file: what comes first is written last, when the disk's size is known. */
  async *fileParts(signal: AbortSignal | undefined): AsyncGenerator<Part> {
    const result = { size: 0, digest: new Uint8Array(0) };
    yield* this.#disk(result, signal);
    yield* this.#tail(result);
    yield* this.#head(result.size);
  }

  *#head(size: number): Iterable<Part> {
    const { describe, diskName, time } = this.#options;
    const ovf = describe(size);
    yield { file: 0, at: 0, bytes: encodeTarHeader(this.#ovfName, ovf.length, time) };
    yield { file: 0, at: BLOCK, bytes: ovf };
    yield { file: 0, at: this.#diskHeaderAt, bytes: encodeTarHeader(diskName, size, time) };
  }

  async *#disk(
    result: { size: number; digest: Uint8Array },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Part> {
    const { inner, sha256 } = this.#options;
    const hash = sha256();
    let end = 0;
    const start = this.#diskHeaderAt + BLOCK;
    for await (const { at, bytes } of inner.parts(signal)) {
      for (; end < at; end += Math.min(ZEROS.length, at - end))
        hash.update(ZEROS.subarray(0, Math.min(ZEROS.length, at - end)));
      hash.update(bytes);
      end = at + bytes.length;
      yield { file: 0, at: start + at, bytes };
    }
    result.size = end;
    result.digest = hash.digest();
  }

  *#tail({ size, digest }: { readonly size: number; readonly digest: Uint8Array }): Iterable<Part> {
    const { describe, sha256, time, stem } = this.#options;
    const hash = sha256();
    hash.update(describe(size));
    const manifest = this.#manifest(hash.digest(), digest);
    const at = this.#diskHeaderAt + BLOCK + size + paddingOf(size);
    yield { file: 0, at, bytes: encodeTarHeader(`${stem}.mf`, manifest.length, time) };
    yield { file: 0, at: at + BLOCK, bytes: manifest };
    const end = at + BLOCK + manifest.length + paddingOf(manifest.length);
    yield { file: 0, at: end, bytes: ZEROS.subarray(0, 2 * BLOCK) };
  }

  #manifest(ovf: Uint8Array, disk: Uint8Array): Uint8Array {
    const digests = [
      [this.#ovfName, ovf],
      [this.#options.diskName, disk],
    ] as const;
    return new TextEncoder().encode(describeDigests(digests));
  }
}
