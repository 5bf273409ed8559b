import { basename, dirname, join } from 'node:path';
import type { Disk } from '../model/disk.ts';
import type { OptionValues } from '../model/writer.ts';
import { loadWriter } from '../ops/writers.ts';
import { writePlan } from '../ops/write.ts';
import { nodeCompressor } from './compressor.ts';
import { makeIdentity, type IdentityOptions } from './identity.ts';
import { createFiles, demandFree } from './output-files.ts';
import { startSha256 } from './sha256.ts';

/** How an image is written. */
export interface WriteImageOptions extends IdentityOptions {
  /** Format id or alias, or `ova`. */
  readonly format: string;
  /** Creation options under the names that `qemu-img` has; default: the format's own. */
  readonly options?: OptionValues;
  /** Whether data is compressed, and how hard; default: it is not, where the format leaves the choice. */
  readonly compress?: { readonly level?: number };
  /** Whether files that exist are replaced; default false. */
  readonly force?: boolean;
  /** Ends the writing; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a disk as a new image. It has its name when it is complete and safe on the disk; whatever ends the
 * writing earlier, nothing is left.
 *
 * @param path of the image; of one with several files, of the one that names the others, which are written beside
 *   it
 * @throws UsageError where options do not fit or a file exists; WriteError where it cannot be written; what
 *   reading the disk throws
 */
export async function writeImage(
  disk: Disk,
  path: string,
  { format, options = {}, compress, force = false, signal, seed, time }: WriteImageOptions,
): Promise<void> {
  const { writer } = await loadWriter(format);
  const plan = await writer.plan(disk, {
    values: options,
    name: basename(path),
    isPipe: false,
    sparse: 4096,
    ...(compress === undefined ? {} : { compress: { level: compress.level } }),
    compressor: nodeCompressor(),
    sha256: startSha256,
    backing: null,
    identity: makeIdentity({ seed, time }),
  });
  const paths = plan.files.map(({ name }, index) => (index === 0 ? path : join(dirname(path), name)));
  for (const file of paths) demandFree(file, { force });
  const output = createFiles(paths, { force });
  try {
    await writePlan(plan, output.targets, signal === undefined ? {} : { signal });
    output.publish();
  } catch (error) {
    output.discard();
    throw error;
  }
}
