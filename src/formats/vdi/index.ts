import type { Format } from '../../model/format.ts';
import { probe } from './probe.ts';

/** VirtualBox Disk Image, version 1.1: dynamic, static and differencing images of VirtualBox and QEMU. */
export const vdi: Format = {
  id: 'vdi',
  aliases: [],
  title: 'VirtualBox Disk Image (VDI)',
  extensions: ['vdi'],
  probe,
  load: async () => (await import('./format.ts')).vdiCode,
  loadWriter: async () => (await import('./writer.ts')).vdiWriter,
};
