import type { NamedFile } from '../../model/disclosure.ts';
import type { Place, Tell } from '../../model/problem.ts';
import { defineRules } from '../../model/rule.ts';
import type { NameFigures, PolicyFindings } from '../findings.ts';
import { deceitOfName, flawOfName, type NameFlaw } from '../names.ts';
import type { Subject } from '../subject.ts';

/** Further places of one finding that are listed. */
const MOST_PLACES = 20;

const quote = (name: string): string => JSON.stringify(name);
const said = ({ kind, name }: NameFigures): string => `the name of the ${kind}, ${quote(name)},`;

/** What a name that is one of another file must not be. */
function tellFlaw(flaw: NameFlaw): (subject: Subject, tell: Tell<NameFigures>) => void {
  return ({ disclosure: { names } }, tell) => {
    for (const { kind, name, at } of names)
      if (flawOfName(name) === flaw) tell({ at, data: { kind, name }, actual: name });
  };
}

/** Kinds of names that mean a layer below. */
const BELOW: ReadonlySet<NamedFile['kind']> = new Set(['backing file', 'parent']);

/** Disks in one file by their `createType`, in lower case. */
const SINGLE_FILE: ReadonlySet<string> = new Set(['monolithicsparse', 'streamoptimized']);

/** Rules on other files that an image from a stranger names. Whether they exist does not matter. */
export const referenceRules = defineRules<Subject, PolicyFindings>()({
  'policy/path-absolute': {
    severity: 'error',
    depth: 'header',
    title: 'The image names a file by an absolute path',
    spec: 'CVE-2022-47951, CVE-2024-32498: files of the host read through an image; POSIX.1-2017, 3.2',
    repair: 'none',
    message: (data) => `${said(data)} is an absolute path: a program that opens the image opens that file`,
    check: tellFlaw('absolute'),
  },
  'policy/path-traversal': {
    severity: 'error',
    depth: 'header',
    title: 'The image names a file outside its own folder',
    spec: 'CWE-22; CVE-2022-47951, CVE-2024-32498',
    repair: 'none',
    message: (data) => `${said(data)} leads out of the folder of the image`,
    check: tellFlaw('traversal'),
  },
  'policy/path-symlink': {
    severity: 'warning',
    depth: 'header',
    title: 'A named file is a link to outside the folder',
    spec: 'CWE-59; POSIX.1-2017, 4.13 Pathname Resolution',
    repair: 'none',
    message: ({ name }) =>
      `${quote(name)} is found in the folder of the image, but is a link to outside of it`,
    check({ file, outcomes }, tell) {
      const at = { file, offset: null, length: null, field: null };
      for (const { name, state } of outcomes)
        if (state === 'outside' && flawOfName(name) === null) tell({ at, data: { name }, actual: name });
    },
  },
  'policy/path-protocol': {
    severity: 'error',
    depth: 'header',
    title: 'The image names something by a protocol',
    spec: 'QEMU, system/qemu-block-drivers: protocols and json: names; CVE-2024-4467',
    repair: 'none',
    message: (data) => `${said(data)} is no path but a protocol: QEMU connects to what it says`,
    check: tellFlaw('protocol'),
  },
  'policy/path-device': {
    severity: 'error',
    depth: 'header',
    title: 'The image names a device',
    spec: 'VMware Virtual Disk Format 5.0, createType and extents; CVE-2022-47951',
    repair: 'none',
    message: ({ what }) => `the image names ${what}, a device of the machine that opens it`,
    check({ disclosure: { names, devices } }, tell) {
      for (const { what, at } of devices) tell({ at, data: { what }, actual: what });
      for (const { name, at } of names)
        if (flawOfName(name) === 'device') tell({ at, data: { what: quote(name) }, actual: name });
    },
  },
  'policy/path-control-chars': {
    severity: 'warning',
    depth: 'header',
    title: 'A name can deceive programs that print it or pass it on',
    spec: 'Unicode Technical Report 36, 2.6 and 3; CWE-150',
    repair: 'none',
    message: (data) => `${said(data)} is no honest name: ${data.reason}`,
    check({ disclosure: { names } }, tell) {
      for (const { kind, name, at } of names) {
        const reason = deceitOfName(name);
        if (reason !== null) tell({ at, data: { kind, name, reason }, actual: name });
      }
    },
  },
  'policy/backing-present': {
    severity: 'error',
    depth: 'header',
    title: 'The image has a layer below it',
    spec: 'CVE-2015-5163, CVE-2024-32498: a backing file of the host read through an image',
    repair: 'none',
    message: ({ reason }) => `the image is not self-contained: ${reason}`,
    check({ disclosure: { names, needs, traits } }, tell) {
      // A dynamic VHD may have the name of a parent left over, which no reader follows.
      const isLeftOver = traits.vhd !== undefined && traits.vhd.variant !== 'differencing';
      const named = isLeftOver ? [] : names.filter(({ kind }) => BELOW.has(kind));
      const first = named[0];
      const need = needs.find(({ what }) => what === 'parent');
      if (first !== undefined) {
        const reason = `it names ${quote(first.name)} as its ${first.kind}`;
        tell({ at: first.at, data: { reason }, actual: first.name, also: placesOf(named) });
      } else if (need !== undefined) tell({ at: need.at, data: { reason: need.reason } });
    },
  },
  'policy/data-file-present': {
    severity: 'error',
    depth: 'header',
    title: 'Guest data are in another file',
    spec: 'qcow2 specification, incompatible features, bit 2; CVE-2024-32498',
    repair: 'none',
    message: ({ name }) =>
      `the image is not self-contained: guest data are in an external data file${name === null ? '' : `, ${quote(name)}`}`,
    check({ disclosure: { names, needs } }, tell) {
      const named = names.find(({ kind }) => kind === 'data file');
      const need = needs.find(
        ({ what, at }) => what === 'other files' && at.field?.includes('features') === true,
      );
      if (named !== undefined) tell({ at: named.at, data: { name: named.name }, actual: named.name });
      else if (need !== undefined) tell({ at: need.at, data: { name: null } });
    },
  },
  'policy/multi-file': {
    severity: 'error',
    depth: 'header',
    title: 'The disk consists of several files',
    spec: 'VMware Virtual Disk Format 5.0, createType; CVE-2022-47951',
    repair: 'none',
    message: ({ reason }) => `the image is not self-contained: ${reason}`,
    check(subject, tell) {
      const found = findOthers(subject);
      if (found !== null) tell(found);
    },
  },
});

/** What makes a VMDK more than one file, told once. */
function findOthers({
  disclosure: { traits, names, needs },
  isPartial,
}: Subject): { at: Place; data: { reason: string }; also?: readonly Place[] } | null {
  if (traits.vmdk === undefined) return null;
  const others = names.filter(({ kind, isOwn }) => isOwn !== true && !BELOW.has(kind));
  const [first] = others;
  if (first !== undefined) {
    const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
    const reason = `its descriptor names the ${first.kind} ${quote(first.name)}${more}`;
    return { at: first.at, data: { reason }, also: placesOf(others) };
  }
  // From the start of a file it is unknown what is missing in it.
  const need = isPartial ? undefined : needs.find(({ what }) => what === 'other files');
  if (need !== undefined) return { at: need.at, data: { reason: need.reason } };
  const { createType, descriptor } = traits.vmdk;
  if (descriptor === null) return null;
  if (!descriptor.isEmbedded && !isPartial)
    return { at: descriptor.at, data: { reason: 'it is a descriptor without the files of the disk' } };
  if (createType === null || SINGLE_FILE.has(createType.toLowerCase())) return null;
  return {
    at: descriptor.at,
    data: { reason: `createType is ${quote(createType)}, which is no disk in one file` },
  };
}

/** The places after the first. */
function placesOf(names: readonly NamedFile[]): readonly Place[] {
  return names.slice(1, 1 + MOST_PLACES).map(({ at }) => at);
}
