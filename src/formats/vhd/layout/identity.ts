/** A UUID as it is written: `adb71975-4b5b-0b40-b025-d06dab31b26f`. VHDs store it in that order of bytes. */
export function formatUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Whether no id is given. */
export function isNullUuid(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Seconds between 1970-01-01 and 2000-01-01, from which VHDs count. */
const VHD_EPOCH = 946_684_800;

/** A VHD's time stamp as seconds since 1970-01-01 00:00 UTC. */
export function toUnixTime(stamp: number): number {
  return stamp + VHD_EPOCH;
}

/** Seconds since 1970-01-01 00:00 UTC as a VHD's time stamp, which begins in 2000 and ends in 2136. */
export function fromUnixTime(time: number): number {
  return Math.min(Math.max(0, time - VHD_EPOCH), 0xffff_ffff);
}

/** A VHD's time stamp as ISO 8601 text. */
export function formatTime(stamp: number): string {
  return new Date(toUnixTime(stamp) * 1000).toISOString();
}
