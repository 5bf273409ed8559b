/**
 * Names under which a file that a descriptor names may be found: as it is written, and in the descriptor's own
 * folder by the last part of the path, since disks move between hosts together with their descriptor.
 */
export function referenceCandidates(name: string): readonly string[] {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  return last === '' || last === name ? [name] : [name, last];
}
