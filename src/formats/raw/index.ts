import type { Format } from '../../model/format.ts';
import { probe } from './probe.ts';

/** Disks without any structure, and whatever no other format recognises. */
export const raw: Format = {
  id: 'raw',
  aliases: [],
  title: 'Raw disk',
  extensions: ['raw', 'img', 'dd', 'bin', 'iso'],
  probe,
  load: async () => (await import('./format.ts')).rawCode,
  loadWriter: async () => (await import('./writer.ts')).rawWriter,
};
