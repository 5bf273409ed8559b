import type { Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import type { Property, Statement } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, extentField, lineSpan, textFinding, valueFinding } from './text-rule.ts';

/** Statements in an order that some readers refuse. */
export const descriptorOrder: RaisableRule<VmdkImage, { readonly line: number; readonly after: string }> =
  defineRule<VmdkImage, { readonly line: number; readonly after: string }>({
    id: 'vmdk/descriptor-order',
    severity: 'warning',
    depth: 'header',
    title: 'The sections of the descriptor are in the wrong order',
    spec: `${DESCRIPTOR}: header, extents, disk database`,
    repair: 'safe',
    derivedFrom: ['vmdk/descriptor-not-text'],
    message: ({ line, after }) =>
      `line ${line} stands behind ${after}; properties come first, then extents, then the disk database`,
    explanation: {
      what: 'A property stands behind an extent line, or an extent line behind the disk database.',
      why: 'The disk is the same for readers that do not mind the order.',
      how: 'A descriptor edited by hand, or a tool that appends its lines.',
      readers: 'VirtualBox refuses it; QEMU and libvmdk do not mind.',
      repair: 'Put the lines in order.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        let reached = 0;
        for (const statement of descriptor.statements) {
          const section = sectionOf(statement);
          if (section === null) continue;
          const { number } = statement.line;
          if (section < reached)
            tell(
              textFinding(descriptor, lineSpan(statement), `descriptor.line[${number}]`, {
                line: number,
                after: SECTIONS[reached] ?? '',
              }),
            );
          reached = Math.max(reached, section);
        }
      }
    },
  });

const SECTIONS = ['properties', 'an extent line', 'the disk database'] as const;

function sectionOf(statement: Statement): number | null {
  if (statement.kind === 'extent') return 1;
  if (statement.kind !== 'property') return null;
  // Change tracking has a section of its own behind the extents.
  if (statement.key.text.toLowerCase() === 'changetrackpath') return null;
  return statement.isDdb ? 2 : 0;
}

/** A line that means nothing. */
export const descriptorUnparsedLine: RaisableRule<
  VmdkImage,
  { readonly line: number; readonly flaw: string }
> = defineRule<VmdkImage, { readonly line: number; readonly flaw: string }>({
  id: 'vmdk/descriptor-unparsed-line',
  severity: 'warning',
  depth: 'header',
  title: 'A line that means nothing',
  spec: DESCRIPTOR,
  repair: 'none',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
  message: ({ line, flaw }) => `line ${line} is not understood: ${flaw}`,
  explanation: {
    what: 'A line is no comment, no property and no extent.',
    why: 'What was meant is ignored. If it was an extent, the disk is smaller than it should be.',
    how: 'A typing error, or an extension that nobody documented.',
    readers: 'QEMU ignores it, libvmdk refuses some.',
    repair: 'Correct or remove the line.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image))
      for (const statement of descriptor.statements) {
        if (statement.kind !== 'unparsed' || statement.isExtent) continue;
        const { number } = statement.line;
        const data = { line: number, flaw: statement.flaw };
        tell(textFinding(descriptor, lineSpan(statement), `descriptor.line[${number}]`, data));
      }
  },
});

/** A key that is there twice. */
export const descriptorDuplicateKey: RaisableRule<
  VmdkImage,
  { readonly key: string; readonly first: string; readonly second: string; readonly line: number }
> = defineRule<
  VmdkImage,
  { readonly key: string; readonly first: string; readonly second: string; readonly line: number }
>({
  id: 'vmdk/descriptor-duplicate-key',
  severity: 'warning',
  depth: 'header',
  title: 'A key is there twice',
  spec: DESCRIPTOR,
  repair: 'decision',
  message: ({ key, first, second, line }) =>
    first === second
      ? `${key} is there again in line ${line}, with the same value`
      : `${key} is ${JSON.stringify(second)} in line ${line}, and ${JSON.stringify(first)} before that`,
  explanation: {
    what: 'One key has two lines.',
    why: 'Where the values differ it depends on the reader which one counts; for a content id or a parent that decides what the guest sees.',
    how: 'Lines that were added by hand or by a tool that did not look for the old ones.',
    readers: 'QEMU takes the first, others the last.',
    repair: 'Find out which value is right and remove the other line.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const seen = new Map<string, Property>();
      for (const property of descriptor.properties) {
        const key = property.key.text.toLowerCase();
        const earlier = seen.get(key);
        if (earlier === undefined) {
          seen.set(key, property);
          continue;
        }
        const data = {
          key: property.key.text,
          first: earlier.value.text,
          second: property.value.text,
          line: property.line.number,
        };
        tell(
          valueFinding(descriptor, property, data, data.first === data.second ? { severity: 'info' } : {}),
        );
      }
    }
  },
});

/** Keys as they are usually written, by the key in lower case. */
const KNOWN_KEYS = new Map(
  [
    'version',
    'encoding',
    'CID',
    'parentCID',
    'isNativeSnapshot',
    'createType',
    'parentFileNameHint',
    'changeTrackPath',
  ].map((key) => [key.toLowerCase(), key]),
);

/** A known key in another spelling. */
export const descriptorKeyCase: RaisableRule<VmdkImage, { readonly key: string; readonly usual: string }> =
  defineRule<VmdkImage, { readonly key: string; readonly usual: string }>({
    id: 'vmdk/descriptor-key-case',
    severity: 'info',
    depth: 'header',
    title: 'A key in unusual case',
    spec: DESCRIPTOR,
    repair: 'safe',
    message: ({ key, usual }) => `${key} is usually written ${usual}`,
    explanation: {
      what: 'A known key is written with other capital letters than usual.',
      why: 'Readers that mind the case do not find it.',
      how: 'A descriptor written by hand.',
      readers: 'VMware and libvmdk do not mind; QEMU does, and refuses a descriptor without createType.',
      repair: 'Write the key as usual.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const { key } of descriptor.properties) {
          const usual = KNOWN_KEYS.get(key.text.toLowerCase());
          if (usual !== undefined && usual !== key.text)
            tell(
              textFinding(
                descriptor,
                key.span,
                `descriptor.${key.text}`,
                { key: key.text, usual },
                { expected: usual, actual: key.text },
              ),
            );
        }
    },
  });

/** Blanks where some readers do not take them. */
export const descriptorSpacing: RaisableRule<VmdkImage, { readonly line: number; readonly what: string }> =
  defineRule<VmdkImage, { readonly line: number; readonly what: string }>({
    id: 'vmdk/descriptor-spacing',
    severity: 'warning',
    depth: 'header',
    title: 'Blanks where some readers do not take them',
    spec: DESCRIPTOR,
    repair: 'safe',
    message: ({ line, what }) => `line ${line} has ${what}`,
    explanation: {
      what: 'Blanks stand around the equals sign of a property, or something else than one blank between the words of an extent line.',
      why: 'Readers that look for the exact spelling do not find the value.',
      how: 'A descriptor edited by hand. In the disk database blanks are usual.',
      readers: 'QEMU misses createType = "..."; libvmdk refuses tabs and doubled blanks in extent lines.',
      repair:
        'Remove the blanks around the equals sign, and write one blank between the words of an extent line.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) findSpacing(descriptor, tell);
    },
  });

function findSpacing(
  descriptor: Descriptor,
  tell: Tell<{ readonly line: number; readonly what: string }>,
): void {
  for (const statement of descriptor.statements) {
    const line = statement.line.number;
    if (statement.kind === 'property' && statement.isSpaced && !statement.isDdb)
      tell(
        textFinding(descriptor, lineSpan(statement), `descriptor.${statement.key.text}`, {
          line,
          what: 'blanks around the equals sign',
        }),
      );
    if (statement.kind === 'extent' && statement.isSpaced)
      tell(
        textFinding(descriptor, lineSpan(statement), extentField(statement), {
          line,
          what: 'tabs or several blanks between its words',
        }),
      );
  }
}
