import { defineRules } from '../../model/rule.ts';
import type { PolicyFindings } from '../findings.ts';
import { hostDataIn } from '../host-data.ts';
import { findForeignMarks, findImageMark } from '../marks.ts';
import type { Subject } from '../subject.ts';

/** Rules on what an image from a stranger contains besides its disk. */
export const contentRules = defineRules<Subject, PolicyFindings>()({
  'policy/encrypted-content': {
    severity: 'info',
    depth: 'header',
    title: 'Guest data are encrypted',
    spec: 'qcow2 specification, crypt_method; blktap, batmap keyhash; VMware descriptors, encryption.keySafe',
    repair: 'none',
    message: ({ method }) => `guest data are encrypted (${method}) and cannot be checked without the key`,
    check({ disclosure: { encryption } }, tell) {
      if (encryption === null) return;
      tell({ at: encryption.at, data: { method: encryption.method }, actual: encryption.method });
    },
  },
  'policy/leaked-host-data': {
    severity: 'warning',
    depth: 'header',
    title: 'The image tells about the machine that it was made on',
    spec: 'CWE-212: what is not the disk stays in the file',
    repair: 'none',
    message: ({ what, text }) =>
      `the image contains ${what} of the machine that it was made on: ${JSON.stringify(text)}`,
    check({ disclosure: { texts, names, traits } }, tell) {
      // What names a file of today is judged as that; what is left over in a disk without a parent tells of the past.
      const isLeftOver = traits.vhd !== undefined && traits.vhd.variant !== 'differencing';
      const left = isLeftOver ? names.map(({ name, at }) => ({ text: name, at })) : [];
      for (const { text, at } of [...texts, ...left]) {
        const found = hostDataIn(text);
        if (found !== null) tell({ at, data: found, actual: found.text });
      }
    },
  },
  'policy/guest-header-in-flat': {
    severity: 'info',
    depth: 'header',
    title: 'Plain guest data begin like a disk image',
    spec: 'CVE-2014-0162, CVE-2013-1922: a guest writes a header and a host that probes believes it',
    repair: 'none',
    message: ({ format }) =>
      `the first bytes of the guest, which are the first of the file, are those of ${format}: a reader that probes takes the disk for one`,
    async check({ image, disclosure: { plain } }, tell) {
      // Where the file is the whole image, what it is depends on whether the reader probes.
      const isWhole = image.format === 'raw' || image.format === 'vhd';
      for (const { file, offset } of plain) {
        const mark = file.source === null ? null : await findImageMark(file, file.source, offset);
        if (mark === null) continue;
        const severity = isWhole ? 'error' : 'info';
        tell({ at: mark.at, data: { format: mark.format }, severity, actual: mark.format });
      }
    },
  },
  'policy/polyglot': {
    severity: 'error',
    depth: 'header',
    title: 'The file is something else as well',
    spec: 'CVE-2024-40767; UEFI 2.10, 5.2.3 Protective MBR; ECMA-119, 8.1: marks that readers look for',
    repair: 'none',
    message: ({ format, other }) =>
      `the file is ${format} and bears the marks of ${other} as well: what it is depends on who reads it`,
    async check(subject, tell) {
      const { format } = subject.image;
      for (const { format: other, at } of await findForeignMarks(subject))
        tell({ at, data: { format, other }, actual: other });
    },
  },
});
