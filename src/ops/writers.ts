import { UsageError } from '../errors.ts';
import { findFormat, formats } from '../formats/index.ts';
import type { Writer } from '../model/writer.ts';

/** The formats that can be written, by their ids and other names. */
export function writableFormats(): readonly string[] {
  const names = formats.flatMap(({ id, aliases, loadWriter }) =>
    loadWriter === undefined ? [] : [id, ...aliases],
  );
  return [...names, OVA];
}

/** The name of appliances, which are no format of disks. */
const OVA = 'ova';

/** Loads the writer of a format; `id` is the format's own name, whatever alias was given. */
export async function loadWriter(name: string): Promise<{ readonly id: string; readonly writer: Writer }> {
  if (name === OVA) return { id: OVA, writer: await loadOvaWriter() };
  const format = findFormat(name);
  if (format?.loadWriter === undefined)
    throw new UsageError(`${name} cannot be written; known are ${writableFormats().join(', ')}`);
  return { id: format.id, writer: await format.loadWriter() };
}

async function loadOvaWriter(): Promise<Writer> {
  const [{ ovaWriterOf }, { writer }] = await Promise.all([import('./ova/writer.ts'), loadWriter('vmdk')]);
  return ovaWriterOf(writer);
}
