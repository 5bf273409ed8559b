import type { Place, Tell } from '../../model/problem.ts';
import type { TargetName } from '../../model/demands.ts';
import { bytesText } from '../bytes-text.ts';
import type { Subject } from '../subject.ts';

/** What a platform says of an image: a whole sentence. */
export interface Said {
  readonly sentence: string;
}

/** What all rules of a platform share. */
export const said = {
  depth: 'header',
  repair: 'none',
  message: ({ sentence }: Said): string => sentence,
} as const;

/** The place of a file as a whole. */
export function wholeOf({ file }: Pick<Subject, 'file'>): Place {
  return { file, offset: null, length: null, field: null };
}

/** What an image is, in the words that its users have: `streamOptimized vmdk`. */
export function kindOf({ image }: Pick<Subject, 'image'>): string {
  return image.variant === null ? image.format : `${image.variant} ${image.format}`;
}

/** Refuses images of other formats than those that the platform takes. */
export function demandFormat(
  platform: string,
  formats: readonly string[],
  advice: string,
): (subject: Subject, tell: Tell<Said>) => void {
  const listed = formats.map((format) =>
    format.toUpperCase().replace(/^QCOW2|^RAW/i, (word) => word.toLowerCase()),
  );
  return (subject, tell) => {
    const { format } = subject.image;
    if (formats.includes(format)) return;
    const sentence = `${platform} takes ${listed.join(', ')}, and this image is ${format}: ${advice}`;
    tell({ at: wholeOf(subject), data: { sentence }, expected: formats.join(', '), actual: format });
  };
}

/** Refuses images that are not whole by themselves. */
export function demandWhole(platform: string): (subject: Subject, tell: Tell<Said>) => void {
  return (subject, tell) => {
    const { image, disclosure } = subject;
    const need = disclosure.needs[0];
    const hasParent = image.parent !== null || need?.what === 'parent';
    if (!hasParent) return;
    const sentence = `${platform} takes a disk by itself, and this one needs its parent: merge the chain first`;
    tell({ at: need?.at ?? wholeOf(subject), data: { sentence } });
  };
}

/** Refuses disks above a size. */
export function demandSize(
  platform: string,
  most: number,
  reason: string,
): (subject: Subject, tell: Tell<Said>) => void {
  return (subject, tell) => {
    const { size } = subject.image;
    if (size <= most) return;
    const sentence = `the disk has ${bytesText(size)}, and ${platform} takes at most ${bytesText(most)}${reason}`;
    tell({ at: wholeOf(subject), data: { sentence }, expected: `at most ${most}`, actual: String(size) });
  };
}

/** Tells where the platform sees a disk of another size than the image states. */
export function tellOtherSize(
  target: TargetName,
  platform: string,
): (subject: Subject, tell: Tell<Said>) => void {
  return (subject, tell) => {
    const { image, disclosure } = subject;
    const others = disclosure.sizes.filter(({ bytes }) => bytes !== image.size);
    if (others.length === 0) return;
    const own = others.find(({ platforms }) => platforms.includes(target));
    const seen = own?.bytes ?? image.size;
    const rest = [
      ...(own === undefined ? [] : [`the image states ${bytesText(image.size)}`]),
      ...others
        .filter((other) => other !== own && other.bytes !== seen)
        .map(({ readers, bytes }) => `${readers} see${/ and /.test(readers) ? '' : 's'} ${bytesText(bytes)}`),
    ];
    if (rest.length === 0) return;
    const by = own === undefined ? '' : ` by way of ${own.readers.split(' and ')[0] ?? ''}`;
    const sentence = `${platform} sees a disk of ${bytesText(seen)}${by}, but ${rest.join(', and ')}`;
    tell({
      at: wholeOf(subject),
      data: { sentence },
      // A platform that sees what the image states only needs to know that others do not.
      severity: own === undefined ? 'info' : 'warning',
      expected: String(image.size),
      actual: String(seen),
    });
  };
}

/** Whether the image is a VMDK that is a compressed stream. */
export function isStream(subject: Subject): boolean {
  return subject.disclosure.traits.vmdk?.hosted?.isCompressed === true;
}
