import type { Format } from '../../model/format.ts';
import { probe } from './probe.ts';

/** VMware disks: descriptors, hosted sparse, streamOptimized, COWD and seSparse extents. */
export const vmdk: Format = {
  id: 'vmdk',
  aliases: [],
  title: 'VMware virtual disk',
  extensions: ['vmdk'],
  probe,
  load: async () => (await import('./format.ts')).vmdkCode,
  loadWriter: async () => (await import('./writer.ts')).vmdkWriter,
};
