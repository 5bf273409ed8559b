import type { Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import type { Property, Statement } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import {
  DESCRIPTOR,
  descriptorOf,
  extentField,
  lineFinding,
  textFinding,
  valueFinding,
  type TextOptions,
} from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';

const SECTIONS = ['properties', 'an extent line', 'the disk database'] as const;

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

/** The rules on the lines of descriptors. */
export const descriptorGrammarRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/descriptor-duplicate-key': {
    severity: 'warning',
    depth: 'header',
    title: 'A key is there twice',
    spec: DESCRIPTOR,
    repair: 'decision',
    message: ({ key, first, second, line }) =>
      first === second
        ? `${key} is there again in line ${line}, with the same value`
        : `${key} is ${JSON.stringify(second)} in line ${line}, and ${JSON.stringify(first)} before that`,
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
          const options: TextOptions = data.first === data.second ? { severity: 'info' } : {};
          tell(valueFinding(descriptor, property, data, options));
        }
      }
    },
  },
  'vmdk/descriptor-key-case': {
    severity: 'info',
    depth: 'header',
    title: 'A key in unusual case',
    spec: DESCRIPTOR,
    repair: 'safe',
    message: ({ key, usual }) => `${key} is usually written ${usual}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const { key } of descriptor.properties) {
          const usual = KNOWN_KEYS.get(key.text.toLowerCase());
          if (usual !== undefined && usual !== key.text)
            tell({
              ...textFinding(descriptor, key.span, `descriptor.${key.text}`, { key: key.text, usual }),
              expected: usual,
              actual: key.text,
            });
        }
    },
  },
  'vmdk/descriptor-order': {
    severity: 'warning',
    depth: 'header',
    title: 'The sections of the descriptor are in the wrong order',
    spec: `${DESCRIPTOR}: header, extents, disk database`,
    repair: 'safe',
    derivedFrom: ['vmdk/descriptor-not-text'],
    message: ({ line, after }) =>
      `line ${line} comes after ${after}; properties come first, then extents, then the disk database`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        let reached = 0;
        for (const statement of descriptor.statements) {
          const section = sectionOf(statement);
          if (section === null) continue;
          const data = { line: statement.line.number, after: SECTIONS[reached] ?? '' };
          if (section < reached) tell(lineFinding(descriptor, statement, data));
          reached = Math.max(reached, section);
        }
      }
    },
  },
  'vmdk/descriptor-spacing': {
    severity: 'warning',
    depth: 'header',
    title: 'Blanks where some readers do not take them',
    spec: DESCRIPTOR,
    repair: 'safe',
    message: ({ line, what }) => `line ${line} has ${what}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) findSpacing(descriptor, tell);
    },
  },
  'vmdk/descriptor-unparsed-line': {
    severity: 'warning',
    depth: 'header',
    title: 'A line that means nothing',
    spec: DESCRIPTOR,
    repair: 'none',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
    message: ({ line, flaw }) => `line ${line} is not understood: ${flaw}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const statement of descriptor.statements) {
          if (statement.kind !== 'unparsed' || statement.isExtent) continue;
          tell(lineFinding(descriptor, statement, { line: statement.line.number, flaw: statement.flaw }));
        }
    },
  },
});

function sectionOf(statement: Statement): number | null {
  if (statement.kind === 'extent') return 1;
  if (statement.kind !== 'property') return null;
  // Change tracking has a section of its own after the extents.
  if (statement.key.text.toLowerCase() === 'changetrackpath') return null;
  return statement.isDdb ? 2 : 0;
}

function findSpacing(descriptor: Descriptor, tell: Tell<VmdkFindings['vmdk/descriptor-spacing']>): void {
  for (const statement of descriptor.statements) {
    const line = statement.line.number;
    if (statement.kind === 'property' && statement.isSpaced && !statement.isDdb) {
      const data = { line, what: 'blanks around the equals sign' };
      tell(lineFinding(descriptor, statement, data, `descriptor.${statement.key.text}`));
    }
    if (statement.kind === 'extent' && statement.isSpaced) {
      const data = { line, what: 'tabs or several blanks between its words' };
      tell(lineFinding(descriptor, statement, data, extentField(statement)));
    }
  }
}
