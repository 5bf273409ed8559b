import type { Format, ProbeSample, Recognition } from '../model/format.ts';
import { qcow2 } from './qcow2/index.ts';
import { raw } from './raw/index.ts';
import { vdi } from './vdi/index.ts';
import { vhd } from './vhd/index.ts';
import { vmdk } from './vmdk/index.ts';

/**
 * The formats, placed by how certain their marks are. Raw has no marks and is last, for bytes that no other format
 * recognises.
 */
export const formats: readonly Format[] = [qcow2, vmdk, vdi, vhd, raw];

/** Finds a format by its id or one of its aliases; `undefined` where no format has that name. */
export function findFormat(name: string): Format | undefined {
  return formats.find(({ id, aliases }) => id === name || aliases.includes(name));
}

/** A format whose marks a file shows. */
export interface Recognised {
  readonly entry: Format;
  readonly recognition: Recognition;
}

const CERTAINTY: readonly Recognition[] = ['magic', 'end', 'trace'];

/** Every format whose marks `sample` shows, the most certain first: the first one is what the file is. */
export function recognise(sample: ProbeSample): readonly Recognised[] {
  const found = formats.flatMap((entry) => {
    const recognition = entry.probe(sample);
    return recognition === null ? [] : [{ entry, recognition }];
  });
  return found.sort((a, b) => CERTAINTY.indexOf(a.recognition) - CERTAINTY.indexOf(b.recognition));
}
