import { readFileSync } from 'node:fs';

/** Whether this machine tells what memory another process takes. */
export const KNOWS_MEMORY = process.platform === 'linux';

/** Bytes of memory that a process has in use; `null` where that is not told, or the process has ended. */
export function residentBytes(pid: number): number | null {
  if (!KNOWS_MEMORY) return null;
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return kibibytes === null ? null : Number(kibibytes[1]) * 1024;
  } catch {
    return null;
  }
}
