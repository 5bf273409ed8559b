import type { Format } from '../../model/format.ts';
import { probe } from './probe.ts';

/** QEMU copy-on-write images, versions 2 and 3. */
export const qcow2: Format = {
  id: 'qcow2',
  aliases: [],
  title: 'QEMU copy-on-write image (qcow2)',
  extensions: ['qcow2', 'qcow', 'qcow3'],
  probe,
  load: async () => (await import('./format.ts')).qcow2Code,
  loadWriter: async () => (await import('./write/writer.ts')).qcow2Writer,
};
