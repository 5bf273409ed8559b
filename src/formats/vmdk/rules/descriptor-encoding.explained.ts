import type { Explanations } from '../../../model/rule.ts';
import type { descriptorEncodingRules } from './descriptor-encoding.ts';

/** The same explained. */
export const descriptorEncodingExplanations: Explanations<typeof descriptorEncodingRules> = {
  'vmdk/encoding-mismatch': {
    what: 'Some bytes of the text are no character in the encoding that the descriptor names (UTF-8 where it names none).',
    why: 'Names of extents or of the parent cannot be read, and the files are not found on another host.',
    how: 'A tool that wrote names in the encoding of its host and did not say so.',
    readers: 'QEMU uses the bytes as they are; others show wrong characters.',
    repair: 'Find out the encoding and name it, or rename the files to ASCII.',
  },
  'vmdk/encoding-unknown': {
    what: 'The descriptor names an encoding for its file names that is not known.',
    why: 'Names with other than ASCII letters may not be found.',
    how: 'A host with an unusual locale, or a typing error.',
    readers: 'libvmdk refuses it; QEMU ignores the encoding and uses the bytes.',
    repair: 'Write UTF-8, if all names are ASCII or UTF-8.',
  },
};
