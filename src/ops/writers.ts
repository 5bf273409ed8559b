import { UsageError } from '../errors.ts';
import { findFormat, formats } from '../formats/index.ts';
import type { Writer } from '../model/writer.ts';

/** The formats that can be written, by their ids and other names. */
export function writableFormats(): readonly string[] {
  return formats.flatMap(({ id, aliases, loadWriter }) => (loadWriter === undefined ? [] : [id, ...aliases]));
}

/** Loads the writer of a format; `id` is the format's own name, whatever alias was given. */
export async function loadWriter(name: string): Promise<{ readonly id: string; readonly writer: Writer }> {
  const format = findFormat(name);
  if (format?.loadWriter === undefined)
    throw new UsageError(`${name} cannot be written; known are ${writableFormats().join(', ')}`);
  return { id: format.id, writer: await format.loadWriter() };
}
