import type { Format } from '../../model/format.ts';
import { probe } from './probe.ts';

/**
 * Virtual Hard Disk, version 1: fixed, dynamic and differencing disks of Virtual PC, Hyper-V, XenServer, VirtualBox
 * and QEMU.
 */
export const vhd: Format = {
  id: 'vhd',
  aliases: ['vpc'],
  title: 'Virtual Hard Disk (VHD)',
  extensions: ['vhd', 'avhd', 'vud'],
  probe,
  loadHeadSize: async () => (await import('./head-size.ts')).sizeFromHead,
  load: async () => (await import('./format.ts')).vhdCode,
  loadWriter: async () => (await import('./writer.ts')).vhdWriter,
};
