import { VdcheckError } from '../errors.ts';
import type { FolderFile, FolderRole } from '../model/folder.ts';
import { ProblemCollector } from './collector.ts';
import { ExtentDataError, openImage, type OpenOptions } from './open.ts';

/** How the files of a folder are opened: paths are those that `openSource` takes. */
export type FolderOptions = Required<Pick<OpenOptions, 'openSource' | 'policy'>>;

/** A link from one file to another. */
interface Link {
  readonly from: string;
  readonly to: string;
  readonly role: FolderRole;
  readonly isMissing: boolean;
}

/** Who names whom; that a file names itself is left out. */
class Links {
  readonly #byTarget = new Map<string, Link[]>();
  readonly #parents = new Map<string, string>();

  add(link: Link): void {
    const { from, to, role } = link;
    if (from === to) return;
    if (role === 'parent') this.#parents.set(from, to);
    const others = this.#byTarget.get(to);
    if (others === undefined) this.#byTarget.set(to, [link]);
    else if (!others.some((other) => other.from === from)) others.push(link);
  }

  to(path: string): readonly Link[] {
    return this.#byTarget.get(path) ?? [];
  }

  namersOf(path: string): readonly string[] {
    return this.to(path).map(({ from }) => from);
  }

  parentOf(path: string): string | undefined {
    return this.#parents.get(path);
  }

  /** What is named and was not found, by name. */
  missing(): readonly string[] {
    const found = [...this.#byTarget].filter(([, links]) => links.some(({ isMissing }) => isMissing));
    return found.map(([path]) => path).sort();
  }
}

/** What is in a folder, and which of it is to be checked by itself: everything else belongs to one of these. */
export interface FolderSurvey {
  readonly files: readonly FolderFile[];
  readonly images: readonly string[];
}

/** What was learned of one file by opening it. */
type Kind = 'image' | 'fragment' | 'none';

/**
 * Finds out what each file of a folder is to the virtual machine in it: which are disks, what belongs to them, what nothing names, and what
 * is named and missing.
 *
 * @param paths the files, sorted
 * @returns the files in the order of `paths`, then those that are missing
 */
export async function surveyFolder(paths: readonly string[], options: FolderOptions): Promise<FolderSurvey> {
  const kinds = new Map<string, Kind>();
  const links = new Links();
  for (const path of paths)
    kinds.set(path, roleByName(path) === null ? await look(path, options, links) : 'none');
  const files = paths.map((path) => toFile(path, kinds, links));
  const present = new Set(paths);
  const missing = links.missing().filter((path) => !present.has(path));
  const absent = missing.map((path): FolderFile => ({
    ...{ path, role: 'missing', of: links.namersOf(path) },
  }));
  const isChecked = ({ path, role }: FolderFile): boolean =>
    role === 'disk' || (role === 'orphan' && kinds.get(path) === 'fragment');
  const images = files.filter(isChecked).map(({ path }) => path);
  return { files: [...files, ...absent], images: [...images, ...unreached(images, files, links)] };
}

/** Parents that no image leads to: of layers that name each other in a circle, the first. */
function unreached(images: readonly string[], files: readonly FolderFile[], links: Links): readonly string[] {
  const reached = new Set<string>();
  const follow = (path: string): void => {
    for (let next: string | undefined = path; next !== undefined && !reached.has(next);) {
      reached.add(next);
      const from: string = next;
      next = links.parentOf(from);
    }
  };
  images.forEach(follow);
  const found: string[] = [];
  for (const { path, role } of files) {
    if (role !== 'parent' || reached.has(path)) continue;
    found.push(path);
    follow(path);
  }
  return found;
}

/** Opens a file if it is an image, and notes what it and the layers below it name. */
async function look(path: string, { openSource, policy }: FolderOptions, links: Links): Promise<Kind> {
  let asked = { from: path, to: null as string | null };
  try {
    const { image } = await openImage(path, {
      openSource,
      problems: new ProblemCollector(0),
      policy: async (reference, from) => {
        const found = await policy(reference, from);
        asked = { from, to: found.path };
        return found;
      },
      onReference: ({ role, state }) => {
        const { from, to } = asked;
        if (to === null || (state !== 'opened' && state !== 'missing')) return;
        links.add({ from, to, role: roleOf(role, to), isMissing: state === 'missing' });
      },
    });
    const isFragment =
      image.format === 'vmdk' && !image.structures().some(({ name }) => name.includes('descriptor'));
    await image.close();
    return isFragment ? 'fragment' : 'image';
  } catch (error) {
    if (!(error instanceof VdcheckError)) throw error;
    return error instanceof ExtentDataError ? 'fragment' : error.code === 'not-an-image' ? 'none' : 'image';
  }
}

function roleOf(role: string, path: string): FolderRole {
  if (TRACKING.test(path)) return 'change-tracking';
  return role === 'parent' ? 'parent' : role === 'data-file' ? 'data-file' : 'extent';
}

const TRACKING = /-ctk\.vmdk$/i;

/** Files that are told by the end of their name: what hypervisors put beside disks. */
const BY_NAME: readonly (readonly [RegExp, FolderRole])[] = [
  [/\.(?:vmem|vmsn|vmss|vswp|sav|vsv|bin|vmrs)$/i, 'memory'],
  [/\.(?:vmx|vmxf|vmsd|nvram|vbox|vbox-prev|vmcx|xml|ovf|mf|cert|vmtx)$/i, 'settings'],
  [/\.(?:log|log\.\d+)$/i, 'log'],
  [/\.lck$/i, 'lock'],
];

function roleByName(path: string): FolderRole | null {
  return BY_NAME.find(([name]) => name.test(path))?.[1] ?? null;
}

function toFile(path: string, kinds: ReadonlyMap<string, Kind>, links: Links): FolderFile {
  const of = links.namersOf(path);
  const link = links.to(path)[0];
  const role = link?.role ?? roleByName(path) ?? roleOfUnnamed(path, kinds.get(path) ?? 'none');
  return { path, role, of };
}

/** Of a file that nothing names: a disk by itself, or what is left of one. */
function roleOfUnnamed(path: string, kind: Kind): FolderRole {
  if (kind === 'image') return 'disk';
  return kind === 'fragment' || /\.(?:vmdk|vhd|avhd|vhdx|qcow2)$/i.test(path) ? 'orphan' : 'other';
}
