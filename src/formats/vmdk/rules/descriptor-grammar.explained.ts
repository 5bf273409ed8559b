import type { Explanations } from '../../../model/rule.ts';
import type { descriptorGrammarRules } from './descriptor-grammar.ts';

/** The same explained. */
export const descriptorGrammarExplanations: Explanations<typeof descriptorGrammarRules> = {
  'vmdk/descriptor-duplicate-key': {
    what: 'One key has two lines.',
    why: 'Where the values differ it depends on the reader which one counts; for a content id or a parent that decides what the guest sees.',
    how: 'Lines that were added by hand or by a tool that did not look for the old ones.',
    readers: 'QEMU takes the first, others the last.',
    repair: 'Find out which value is right and remove the other line.',
  },
  'vmdk/descriptor-key-case': {
    what: 'A known key is written with other capital letters than usual.',
    why: 'Readers that mind the case do not find it.',
    how: 'A descriptor written by hand.',
    readers: 'VMware and libvmdk do not mind; QEMU does, and refuses a descriptor without createType.',
    repair: 'Write the key as usual.',
  },
  'vmdk/descriptor-order': {
    what: 'A property comes after an extent line, or an extent line after the disk database.',
    why: 'The disk is the same for readers that do not mind the order.',
    how: 'A descriptor edited by hand, or a tool that appends its lines.',
    readers: 'VirtualBox refuses it; QEMU and libvmdk do not mind.',
    repair: 'Put the lines in order.',
  },
  'vmdk/descriptor-spacing': {
    what: 'There are blanks around the equals sign of a property, or not exactly one blank between the words of an extent line.',
    why: 'Readers that look for the exact spelling do not find the value.',
    how: 'A descriptor edited by hand. In the disk database blanks are usual.',
    readers: 'QEMU misses createType = "..."; libvmdk refuses tabs and doubled blanks in extent lines.',
    repair:
      'Remove the blanks around the equals sign, and write one blank between the words of an extent line.',
  },
  'vmdk/descriptor-unparsed-line': {
    what: 'A line is no comment, no property and no extent.',
    why: 'What was meant is ignored. If it was an extent, the disk is smaller than it should be.',
    how: 'A typing error, or an undocumented extension.',
    readers: 'QEMU ignores it, libvmdk refuses some.',
    repair: 'Correct or remove the line.',
  },
};
