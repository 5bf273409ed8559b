import type { Format, ProbeSample, Recognition } from '../model/format.ts';
import { probe as probeQcow2 } from './qcow2/probe.ts';
import { probe as probeRaw } from './raw/probe.ts';
import { probe as probeVhd } from './vhd/probe.ts';
import { probe as probeVmdk } from './vmdk/probe.ts';

/** What is known of a format before its code is loaded: enough to name it and to recognise its files. */
export interface FormatEntry {
  /** As in `Format.id`; the name that options and reports use. */
  readonly id: string;
  /** As in `Format.aliases`. */
  readonly aliases: readonly string[];
  /** As in `Format.extensions`: lower case, without the dot. */
  readonly extensions: readonly string[];
  /** As in `Format.probe`. */
  readonly probe: (sample: ProbeSample) => Recognition | null;
  /** Loads the format's code; a check of one format never loads another's. */
  readonly load: () => Promise<Format>;
}

/**
 * The formats, placed by how certain their marks are. Raw has no marks and stands last, for bytes that no other format
 * recognises.
 */
export const formats: readonly FormatEntry[] = [
  {
    id: 'qcow2',
    aliases: [],
    extensions: ['qcow2', 'qcow', 'qcow3'],
    probe: probeQcow2,
    load: async () => (await import('./qcow2/index.ts')).qcow2,
  },
  {
    id: 'vmdk',
    aliases: [],
    extensions: ['vmdk'],
    probe: probeVmdk,
    load: async () => (await import('./vmdk/index.ts')).vmdk,
  },
  {
    id: 'vhd',
    aliases: ['vpc'],
    extensions: ['vhd', 'avhd', 'vud'],
    probe: probeVhd,
    load: async () => (await import('./vhd/index.ts')).vhd,
  },
  {
    id: 'raw',
    aliases: [],
    extensions: ['raw', 'img', 'dd', 'bin', 'iso'],
    probe: probeRaw,
    load: async () => (await import('./raw/index.ts')).raw,
  },
];

/** Finds a format by its id or one of its aliases; `undefined` where no format has that name. */
export function findFormat(name: string): FormatEntry | undefined {
  return formats.find(({ id, aliases }) => id === name || aliases.includes(name));
}

/** A format whose marks a file shows. */
export interface Recognised {
  readonly entry: FormatEntry;
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
