/** Bytes that a piece of scratch has at least: the largest batch of tables. */
export const SCRATCH_BYTES = 512 * 1024;

/** Memory that is not in use: fresh memory costs more than the read into it. */
const spares: Uint8Array[] = [];
const MAX_SPARES = 2;

/** Memory for `length` bytes with anything in it, until it is given back. */
export function takeScratch(length: number): Uint8Array {
  const spare = length <= SCRATCH_BYTES ? spares.pop() : undefined;
  return spare ?? new Uint8Array(Math.max(length, SCRATCH_BYTES));
}

/** Gives back what `takeScratch` gave out; it must not be used any more. */
export function giveScratchBack(scratch: Uint8Array): void {
  if (scratch.length === SCRATCH_BYTES && spares.length < MAX_SPARES) spares.push(scratch);
}
