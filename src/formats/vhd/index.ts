import { defineFormat, type Format } from '../../model/format.ts';
import { openVhdImage } from './image.ts';
import { probe } from './probe.ts';
import { vhdRules } from './rules/index.ts';

/** Virtual Hard Disk, version 1: fixed, dynamic and differencing disks of Virtual PC, Hyper-V, XenServer, VirtualBox and QEMU. */
export const vhd: Format = defineFormat({
  id: 'vhd',
  aliases: ['vpc'],
  title: 'Virtual Hard Disk (VHD)',
  extensions: ['vhd', 'avhd', 'vud'],
  rules: vhdRules,
  probe,
  open: openVhdImage,
});
