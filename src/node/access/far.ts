import { SourceError } from '../../errors.ts';
import { isHttpUrl, resolveSibling } from '../../io/http/url.ts';
import type { MaybePromise, Source } from '../../io/source.ts';
import type { Reference } from '../../model/format.ts';
import type { ResolvedReference } from '../../ops/reference-policy.ts';
import type { CheckedImage } from '../../ops/check.ts';
import { judgeAppliance, missingDisks } from './appliances.ts';
import { imagesIn, openGzip, openMember } from './archives.ts';
import { archiveKind, redactPath, siblingMember, splitMember } from './names.ts';
import type { AccessOptions } from './options.ts';
import { PlainFiles } from './plain-files.ts';
import { followNames } from './siblings.ts';

/** Opens what is no plain file of this machine: URLs, standard input, archives and what is in them. */
export class FarImages {
  readonly #files: PlainFiles;
  readonly #allowOutside: boolean;

  constructor(options: AccessOptions) {
    this.#files = new PlainFiles(options);
    this.#allowOutside = options.allowOutside === true;
  }

  open(path: string): MaybePromise<Source> {
    const member = path === '-' ? null : splitMember(path);
    if (member !== null) return openMember(this.#files, member);
    const kind = path === '-' ? null : archiveKind(path);
    if (kind === null) return this.#files.open(path);
    return kind === 'gzip' ? openGzip(this.#files, path) : this.#openOnlyImage(path);
  }

  /** Opens what an image names, beside it: at its URL, in its archive. */
  follow(reference: Reference, from: string): Promise<ResolvedReference> {
    const allowOutside = this.#allowOutside;
    const open = (path: string): MaybePromise<Source> => this.open(path);
    const member = splitMember(from);
    if (member === null) {
      const url = this.#files.pathOf(from);
      const locate = (name: string): string | null =>
        isHttpUrl(url) ? resolveSibling(url, name, { allowOutside }) : null;
      return followNames(reference, { open, locate });
    }
    const archive = this.#files.pathOf(member.archive);
    const locate = (name: string): string | null => {
      const sibling = siblingMember(member.member, name, allowOutside);
      return sibling === null ? null : `${archive}!${sibling}`;
    };
    return followNames(reference, { open, locate });
  }

  /** The images that a path stands for: those in an archive and those that should be, else the path itself. */
  async expand(path: string): Promise<readonly string[]> {
    if (!isArchive(path)) return [path];
    const found = await imagesIn(this.#files, path);
    const missing = await missingDisks(this.#files, path);
    const names = [...found, ...missing];
    return names.length === 0 ? [path] : names.map((name) => `${path}!${name}`);
  }

  /** Tells what the archive around a member says of it. */
  async judge(path: string, checked: CheckedImage): Promise<void> {
    const member = path === '-' ? null : splitMember(path);
    if (member !== null) await judgeAppliance(this.#files, member, checked);
  }

  /** The image in an archive that has one. */
  async #openOnlyImage(path: string): Promise<Source> {
    const images = (await imagesIn(this.#files, path)).map((name) => `${path}!${name}`);
    const [only] = images;
    if (only === undefined) return this.#files.open(path);
    if (images.length === 1) return this.open(only);
    const shown = redactPath(path);
    const names = images.map(redactPath).join(', ');
    throw new SourceError(
      'several-images',
      `${shown}: has ${images.length} disk images; name one of ${names}`,
      {
        source: shown,
      },
    );
  }
}

/** Whether a path is that of an archive of files, and not of a member of one. */
function isArchive(path: string): boolean {
  if (path === '-' || splitMember(path) !== null) return false;
  return archiveKind(path)?.startsWith('tar') === true;
}
