import type { FieldNode } from '../../../codec/index.ts';
import type { DumpedStructure } from '../../../model/image.ts';
import type { Descriptor } from './descriptor.ts';
import type { Token } from './lines.ts';
import type { ExtentLine, Statement } from './statements.ts';

/** The descriptor for `dump`: a node for every line that says something, an extent line with its words. */
export function dumpDescriptor(descriptor: Descriptor): DumpedStructure {
  const { place, textLength, statements } = descriptor;
  return {
    name: 'descriptor',
    file: place.file,
    offset: place.offset,
    size: textLength,
    fields: statements.flatMap((statement) => dumpStatement(statement)),
  };
}

function dumpStatement(statement: Statement): FieldNode[] {
  const { line } = statement;
  const whole = { offset: line.offset, size: line.text.length };
  switch (statement.kind) {
    case 'property':
      return [{ name: statement.key.text, type: 'property', ...whole, value: statement.value.text }];
    case 'extent':
      return [
        {
          name: `extents[${statement.index}]`,
          type: 'extent',
          ...whole,
          value: line.text.trim(),
          fields: dumpExtent(statement),
        },
      ];
    case 'unparsed':
      return [{ name: `line[${line.number}]`, type: 'unparsed', ...whole, value: line.text }];
    default:
      return [];
  }
}

function dumpExtent({ access, sectors, type, file, offset }: ExtentLine): FieldNode[] {
  const words: readonly (readonly [string, Token | null])[] = [
    ['access', access],
    ['sectors', sectors],
    ['type', type],
    ['file', file],
    ['offset', offset],
  ];
  return words.flatMap(([name, token]) =>
    token === null
      ? []
      : [{ name, type: 'str', offset: token.span.offset, size: token.span.length, value: token.text }],
  );
}
