/** One line of a manifest: what a file's digest must be. */
export interface ManifestEntry {
  /** As `node:crypto` and Web Crypto name it, in lower case without a dash: `sha256`. */
  readonly algorithm: string;
  readonly name: string;
  /** Hexadecimal, lower case. */
  readonly digest: string;
}

/**
 * Reads the manifest of an appliance, `SHA256(disk.vmdk)= 0123...` with or without blanks (DSP0243, 5.1); lines
 * that are none are left out.
 */
export function parseManifest(text: string): readonly ManifestEntry[] {
  const entries: ManifestEntry[] = [];
  for (const line of text.split('\n')) {
    const open = line.indexOf('(');
    const close = line.lastIndexOf(')');
    if (open < 0 || close < open) continue;
    const algorithm = line.slice(0, open).trim().toLowerCase();
    const equals = line.slice(close + 1).trimStart();
    const digest = equals.slice(1).trim().toLowerCase();
    if (!/^sha(?:1|224|256|384|512)$/.test(algorithm) || !equals.startsWith('=')) continue;
    if (/^[0-9a-f]{40,128}$/.test(digest))
      entries.push({ algorithm, name: line.slice(open + 1, close), digest });
  }
  return entries;
}
