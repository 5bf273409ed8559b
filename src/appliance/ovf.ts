import { xmlTags } from './xml-tags.ts';

/** A file that an OVF refers to. */
export interface OvfFile {
  readonly id: string;
  readonly href: string;
  /** Bytes; `null` where it does not say. */
  readonly size: number | null;
  /** Whether it is stored in pieces, `href.000000000` and so on. */
  readonly isChunked: boolean;
}

/** A disk that an OVF describes. */
export interface OvfDisk {
  readonly id: string;
  /** The file that has its data; `null` for an empty disk. */
  readonly file: OvfFile | null;
  /** Bytes, exact to `unit`; `null` where it does not say, or says it by a property. */
  readonly capacity: number | null;
  readonly unit: number;
}

/** What an OVF says of files and disks. */
export interface Ovf {
  readonly files: readonly OvfFile[];
  readonly disks: readonly OvfDisk[];
}

/** Reads the references and the disk section of an OVF descriptor (DSP0243, 7.1 and 9.1). */
export function parseOvf(text: string): Ovf {
  const files: OvfFile[] = [];
  const disks: OvfDisk[] = [];
  for (const { name, attributes } of xmlTags(text)) {
    const get = (key: string): string => attributes.get(key) ?? '';
    if (name === 'File' && attributes.has('href'))
      files.push({
        ...{ id: get('id'), href: get('href'), size: wholeNumber(get('size')) },
        isChunked: attributes.has('chunkSize'),
      });
    if (name !== 'Disk' || !attributes.has('diskId')) continue;
    const unit = bytesOf(get('capacityAllocationUnits'));
    const capacity = wholeNumber(get('capacity'));
    const file = files.find(({ id }) => id === get('fileRef')) ?? null;
    const bytes = capacity === null || unit === null ? null : capacity * unit;
    disks.push({
      id: get('diskId'),
      file,
      capacity: Number.isSafeInteger(bytes) ? bytes : null,
      unit: unit ?? 1,
    });
  }
  return { files, disks };
}

function wholeNumber(text: string): number | null {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
}

const OLD_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  byte: 1,
  bytes: 1,
  kilobytes: 2 ** 10,
  megabytes: 2 ** 20,
  gigabytes: 2 ** 30,
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
};

/** Bytes of a unit (DSP0004, annex C.1: `byte * 2^30`; OVF 0.9: `MegaBytes`); `null` where it is none. */
function bytesOf(unit: string): number | null {
  const [base = '', power = '', ...more] = unit
    .toLowerCase()
    .split('*')
    .map((part) => part.trim());
  if (power === '') return OLD_UNITS[base] ?? null;
  const [root = '', exponent = ''] = power.split('^').map((part) => part.trim());
  if (base !== 'byte' || more.length > 0 || (root !== '2' && root !== '10')) return null;
  return /^\d{1,2}$/.test(exponent) ? Number(root) ** Number(exponent) : null;
}
