import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
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

const generated = new URL('../../generated/', import.meta.url);
const names = readdirSync(generated).filter((name) => name.endsWith('.ts'));

/** The generated modules by their names: whatever is in the folder. */
const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Object.fromEntries(
  await Promise.all(
    names.map(async (name): Promise<[string, Readonly<Record<string, unknown>>]> => [
      basename(name, '.ts'),
      (await import(new URL(name, generated).href)) as Readonly<Record<string, unknown>>,
    ]),
  ),
);

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
