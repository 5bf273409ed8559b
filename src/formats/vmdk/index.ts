import { defineFormat, type Format } from '../../model/format.ts';
import { openVmdk } from './open.ts';
import { probe } from './probe.ts';
import { vmdkRules } from './rules/index.ts';

/** VMware disks: descriptors, hosted sparse, streamOptimized, COWD and seSparse extents. */
export const vmdk: Format = defineFormat({
  id: 'vmdk',
  title: 'VMware virtual disk',
  extensions: ['vmdk'],
  rules: vmdkRules,
  probe,
  open: openVmdk,
});
