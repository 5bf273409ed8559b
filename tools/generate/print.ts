import { format, type Options } from 'prettier';
import {
  Project,
  StructureKind,
  type ClassDeclarationStructure,
  type OptionalKind,
  type SourceFile,
} from 'ts-morph';
import type { ClassParts } from './emit-class.ts';
import type { ImportParts, ModuleParts } from './emit-module.ts';
import type { EnumMember } from './model.ts';

const STYLE: Options = { parser: 'typescript', printWidth: 110, singleQuote: true, trailingComma: 'all' };
const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });

/** A module as TypeScript text, formatted. The same parts give the same text, always. */
export async function printModule(module: ModuleParts): Promise<string> {
  const file = project.createSourceFile(`${module.spec.id}.ts`, '', { overwrite: true });
  const source = (module.spec.file.split(/[/\\]/).at(-1) ?? module.spec.file).replaceAll('*/', '');
  for (const one of module.imports) printImport(file, one);
  for (const one of module.classes) printClass(file, one);
  for (const one of module.enums) printEnum(file, one);
  const text = `// Generated from ${source} by \`npm run generate\`. Do not edit.\n\n${file.getFullText()}`;
  project.removeSourceFile(file);
  return await format(text, STYLE);
}

function printImport(file: SourceFile, { from, names }: ImportParts): void {
  const areTypes = names.every(({ isType }) => isType);
  file.addImportDeclaration({
    moduleSpecifier: from,
    isTypeOnly: areTypes,
    namedImports: names.map(({ name, alias, isType }) => ({
      name,
      isTypeOnly: isType && !areTypes,
      ...(alias === undefined ? {} : { alias }),
    })),
  });
}

function printClass(file: SourceFile, parts: ClassParts): void {
  const { name, fieldsType, layoutName, layout, base } = parts;
  const { fieldsName } = parts;
  file.addStatements(
    `\ntype ${fieldsName} = ${fieldsType};\n\nconst ${layoutName}: Layout<${fieldsName}> = ${layout};`,
  );
  const structure: OptionalKind<ClassDeclarationStructure> = {
    name,
    isExported: true,
    extends: base.startsWith('Bare') ? base : `${base}<${fieldsName}>`,
    docs: [doc(parts.documentation)],
    properties: [
      {
        name: 'layout',
        isStatic: true,
        isReadonly: true,
        initializer: layoutName,
        docs: [doc('Where each field lies.')],
      },
      ...parts.properties.map((property) => ({
        name: property.name,
        type: property.type,
        isReadonly: property.modifiers.includes('readonly'),
        hasDeclareKeyword: property.modifiers.includes('declare'),
        docs: [doc(property.doc)],
      })),
    ],
    ctors: [
      {
        parameters: parts.parameters.map((one) => ({
          name: one.name,
          type: one.type,
          hasQuestionToken: one.isOptional,
        })),
        statements: [...parts.construction],
      },
    ],
    getAccessors: parts.getters.map((getter) => ({
      name: getter.name,
      returnType: getter.type,
      statements: [...getter.body],
      docs: [doc(getter.doc)],
    })),
    methods: [...entryPoints(parts), ...writeMethods(parts), ...toTextMethod(parts)],
  };
  file.addClass(structure);
}

function doc(text: string): { readonly description: string } {
  return { description: text.includes('\n') ? `\n${text}` : text };
}

type Methods = NonNullable<ClassDeclarationStructure['methods']>;

/** `from`, `decode` and `of`: how a structure comes to be outside of another one. */
function entryPoints({ name, parameters, isStandalone, isFixedSize, isAssembled }: ClassParts): Methods {
  if (!isStandalone) return [];
  const params = parameters.slice(3).map((one) => ({ name: one.name, type: one.type }));
  const rest = params.map((one) => one.name);
  const between = rest.length === 0 ? [] : ['undefined', 'undefined', ...rest];
  const methods: Methods = [
    {
      kind: StructureKind.Method,
      name: 'from',
      isStatic: true,
      parameters: [{ name: 'bytes', type: 'Uint8Array' }, ...params],
      returnType: name,
      statements: [`return new ${name}(${['new ByteReader(bytes)', ...between].join(', ')});`],
      docs: [doc('Reads the structure. Throws a `DecodeError` where the bytes break the spec.')],
    },
    {
      kind: StructureKind.Method,
      name: 'decode',
      isStatic: true,
      parameters: [{ name: 'bytes', type: 'Uint8Array' }, { name: 'sink', type: 'BreachSink' }, ...params],
      returnType: `${name} | undefined`,
      statements: [
        `return decodeWith(${name}, bytes, sink, (io) => new ${name}(${['io', ...between].join(', ')}));`,
      ],
      docs: [
        doc(
          'Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early.',
        ),
      ],
    },
  ];
  if (isAssembled) return [...methods, assembly(name, params)];
  if (!isFixedSize || rest.length > 0) return methods;
  return [
    ...methods,
    {
      kind: StructureKind.Method,
      name: 'of',
      isStatic: true,
      parameters: [{ name: 'values', type: `Values<${name}>`, initializer: '{}' }],
      returnType: name,
      statements: [`return createWith(${name}, values, (io) => new ${name}(io));`],
      docs: [doc('A new structure: zeros and the constants of the spec, and over them the given values.')],
    },
  ];
}

function assembly(
  name: string,
  params: readonly { readonly name: string; readonly type: string }[],
): Methods[number] {
  const given = params.length === 0 ? 'values' : `{ ...values, ${params.map((one) => one.name).join(', ')} }`;
  return {
    kind: StructureKind.Method,
    name: 'of',
    isStatic: true,
    parameters: [{ name: 'values', type: `AllValues<${name}>` }, ...params],
    returnType: name,
    statements: [`return assemble(${name}, ${given});`],
    docs: [doc('A new structure of the given values.')],
  };
}

function writeMethods({ writing, hasToBytes }: ClassParts): Methods {
  if (writing === undefined) return [];
  const text = 'The structure as bytes. What no field holds, padding for one, is as it was read, or zero.';
  const isUsed = writing.some((line) => /\bio\b/.test(line));
  const write: Methods[number] = {
    kind: StructureKind.Method,
    name: '_write',
    parameters: [{ name: isUsed ? 'io' : '_io', type: 'ByteWriter' }],
    returnType: 'void',
    statements: [...writing],
    docs: [doc('Writes the fields in order, from where the writer stands.')],
  };
  if (!hasToBytes) return [write];
  const toBytes: Methods[number] = {
    kind: StructureKind.Method,
    name: 'toBytes',
    returnType: 'Uint8Array',
    statements: ['return encode(this);'],
    docs: [doc(text)],
  };
  return [toBytes, write];
}

function toTextMethod({ toText }: ClassParts): Methods {
  if (toText === undefined) return [];
  return [
    {
      kind: StructureKind.Method,
      name: 'toString',
      hasOverrideKeyword: true,
      returnType: 'string',
      statements: [`return ${toText};`],
      docs: [doc('The structure in short.')],
    },
  ];
}

function printEnum(file: SourceFile, { name, spec, isBig }: ModuleParts['enums'][number]): void {
  const members = spec.members.map((member) => memberText(member, isBig)).join('\n');
  const type = spec.members.length === 0 ? 'never' : `(typeof ${name})[keyof typeof ${name}]`;
  file.addStatements([
    `\n/** The enum \`${spec.name}\` of the spec. */\nexport const ${name} = {\n${members}\n} as const;`,
    `/** One of the values of {@link ${name}}. */\nexport type ${name} = ${type};`,
  ]);
}

function memberText({ label, value, documentation }: EnumMember, isBig: boolean): string {
  const text = documentation.doc?.replaceAll('*/', '*\\/').replaceAll(/\s*\n\s*/g, ' ');
  const comment = text === undefined ? '' : `/** ${text} */\n`;
  return `${comment}${label === '__proto__' ? `['${label}']` : label}: ${value}${isBig ? 'n' : ''},`;
}
