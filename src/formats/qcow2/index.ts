import { defineFormat, type Format } from '../../model/format.ts';
import { openQcow2 } from './open.ts';
import { probe } from './probe.ts';
import { qcow2Rules } from './rules/index.ts';

/** QEMU copy-on-write images, versions 2 and 3. */
export const qcow2: Format = defineFormat({
  id: 'qcow2',
  title: 'QEMU copy-on-write image (qcow2)',
  extensions: ['qcow2', 'qcow', 'qcow3'],
  rules: qcow2Rules,
  probe,
  open: openQcow2,
});
