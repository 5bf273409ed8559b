import type { Limits } from '../model/demands.ts';

const TIB = 2 ** 40;

/**
 * What a stranger's image may ask for where nothing else was said. No product makes disks above 64 TiB (VHDX,
 * Hyper-V; VMware stops at 62 TiB); the tables of a qcow2 that QEMU opens stay below 40 MiB; 32 layers are what
 * VMware supports.
 */
export const DEFAULT_LIMITS: Limits = {
  virtualSize: 64 * TIB,
  tableMemory: 128 * 2 ** 20,
  chain: 32,
  inflation: 1000,
  aliases: 100,
};

/** Disks up to this size are never told to be large for their file: an empty disk of any size has a small one. */
export const ORDINARY_SIZE = TIB;

/** Bytes of the disk for each byte of the file above which a disk that is no ordinary one is told of. */
export const SIZE_RATIO = 1000;
