import * as cowd from '../../generated/cowd.ts';
import * as luks from '../../generated/luks.ts';
import * as qcow2 from '../../generated/qcow2.ts';
import * as sesparse from '../../generated/sesparse.ts';
import * as vhd from '../../generated/vhd.ts';
import * as vmdk4 from '../../generated/vmdk4.ts';
import type { Breach, BreachSink, FieldNode } from '../../src/codec/index.ts';

/** What every generated class can do with bytes. */
export interface Codec {
  decode(bytes: Uint8Array, sink: BreachSink): Decoded | undefined;
  from(bytes: Uint8Array): Decoded;
}

/** What every object of a generated class can do. */
export interface Decoded {
  toBytes(): Uint8Array;
  fields(): readonly FieldNode[];
  patch(path: string, value: unknown): { readonly offset: number; readonly bytes: Uint8Array };
}

const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  cowd,
  luks,
  qcow2,
  sesparse,
  vhd,
  vmdk4,
};

/** The generated class of a type by its name in the spec, `vhd.footer` for one. */
export function codecNamed(name: string): Codec {
  const [spec = '', type = ''] = name.split('.');
  const found =
    modules[spec]?.[type.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())];
  if (!isCodec(found)) throw new Error(`generated/${spec}.ts has no class for ${type}`);
  return found;
}

/** Decodes to the end of the structure and gives what was found wrong, in the order found. */
export function breachesIn(codec: Codec, bytes: Uint8Array): Breach[] {
  const breaches: Breach[] = [];
  codec.decode(bytes, (breach) => breaches.push(breach));
  return breaches;
}

/** Bytes as text, which is compared much faster than they are. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function isCodec(value: unknown): value is Codec {
  return typeof value === 'function' && 'decode' in value && 'from' in value;
}
