import { counted } from '../io/counted-source.ts';
import { openFileSource } from '../io/file-source.ts';
import type { MaybePromise, Source } from '../io/source.ts';
import type { ImageReport } from '../model/report.ts';
import { checkImage, type CheckedImage, type CheckOptions } from '../ops/check.ts';
import type { FolderSurvey } from '../ops/folder.ts';
import { openImage, type OpenedImage, type OpenOptions } from '../ops/open.ts';
import type { ResolvedReference } from '../ops/reference-policy.ts';
import type { FarImages } from './access/far.ts';
import { isPlainPath } from './access/names.ts';
import type { AccessOptions } from './access/options.ts';
import { followFiles } from './reference-policy.ts';
import { unpack } from './unpack.ts';

/** How images of this machine, of URLs and in archives are opened. */
export type LocalOptions = AccessOptions;

/**
 * `openImage` for whatever names an image: a path, a URL, a member of an archive (`x.ova!disk.vmdk`), `-` for
 * standard input. Parents and extents are opened where they are beside the image.
 */
export function openLocalImage(
  path: string,
  options: Omit<OpenOptions, 'openSource' | 'policy'> & LocalOptions = {},
): Promise<OpenedImage> {
  return openImage(path, { ...options, ...accessOf(options) });
}

/** `checkImage` for whatever names an image. */
export function checkLocalImage(
  path: string,
  options: Omit<CheckOptions, 'openSource' | 'policy'> & LocalOptions = {},
): Promise<ImageReport> {
  if (path === '-' && options.demands?.untrusted === true) return checkInput(options);
  const around = isPlainPath(path)
    ? {}
    : { around: async (found: CheckedImage) => (await loadFar(options)).judge(path, found) };
  return checkImage(path, { unpack, ...around, ...options, ...accessOf(options) });
}

/** Opens what names an image as bytes. */
export function openLocalSource(path: string, options: LocalOptions = {}): MaybePromise<Source> {
  return accessOf(options).openSource(path);
}

/** Standard input from a stranger: a refusal may come before its end. */
async function checkInput(
  options: Omit<CheckOptions, 'openSource' | 'policy'> & LocalOptions,
): Promise<ImageReport> {
  const { inputStream } = await import('./access/input.ts');
  const chunks = inputStream();
  if (chunks === null) return checkImage('-', { ...options, ...accessOf(options) });
  const { checkStream } = await import('./check-stream.ts');
  return checkStream(chunks, options);
}

/** The images that a path stands for: those in an archive, each as `archive!member`, else the path itself. */
export async function expandPath(path: string, options: LocalOptions = {}): Promise<readonly string[]> {
  return isPlainPath(path) ? [path] : (await loadFar(options)).expand(path);
}

/** What the files of a folder are to the virtual machine in it; `null` where a path is no folder. Folders in it are not looked into. */
export async function surveyLocalFolder(
  path: string,
  options: LocalOptions = {},
): Promise<FolderSurvey | null> {
  const { filesIn } = await import('./access/folder.ts');
  const files = filesIn(path);
  if (files === null) return null;
  const { surveyFolder } = await import('../ops/folder.ts');
  return surveyFolder(files, accessOf(options));
}

/** Opens plain files at once; the code for everything else is loaded where it is needed. */
function accessOf(options: LocalOptions): Required<Pick<OpenOptions, 'openSource' | 'policy'>> {
  const { stats, allowOutside = false } = options;
  const follow = followFiles({ outside: allowOutside });
  const count = (source: Source): Source => (stats === undefined ? source : counted(source, stats));
  const countFound = (found: ResolvedReference): ResolvedReference =>
    found.source === null ? found : { ...found, source: count(found.source) };
  let far: Promise<FarImages> | null = null;
  const farImages = (): Promise<FarImages> => (far ??= loadFar(options));
  return {
    openSource: (path): MaybePromise<Source> =>
      isPlainPath(path)
        ? count(openFileSource(path, { allowDevice: true }))
        : farImages().then((images) => images.open(path)),
    policy: (reference, from) => {
      if (!isPlainPath(from)) return farImages().then((images) => images.follow(reference, from));
      const found = follow(reference, from);
      return found instanceof Promise ? found.then(countFound) : countFound(found);
    },
  };
}

async function loadFar(options: LocalOptions): Promise<FarImages> {
  const { FarImages } = await import('./access/far.ts');
  return new FarImages(options);
}
