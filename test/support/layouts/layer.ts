import type { MemoryFiles } from '../open.ts';

/** An image with what its guest sees, worked out without it. */
export interface BuiltLayer {
  /** The name of the file to open, and its format as `-F` has it. */
  readonly name: string;
  readonly format: string;
  /** All files, those of the layers below too. */
  readonly files: MemoryFiles;
  /** What the guest sees. */
  readonly guest: Uint8Array;
}

/** What a child sees before anything is written in it: its parent as far as that reaches, zeros behind it. */
export function inherit(parent: BuiltLayer | null, size: number): Uint8Array {
  const guest = new Uint8Array(size);
  if (parent !== null) guest.set(parent.guest.subarray(0, size));
  return guest;
}

/** Puts `bytes` into `guest` at `at`, as far as that reaches. */
export function put(guest: Uint8Array, at: number, bytes: Uint8Array): void {
  if (at < guest.length) guest.set(bytes.subarray(0, guest.length - at), at);
}
