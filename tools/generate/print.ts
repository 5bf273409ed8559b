import { format, type Options } from 'prettier';
import {
  Project,
  StructureKind,
  type ClassDeclarationStructure,
  type ImportDeclarationStructure,
} from 'ts-morph';
import { typesIn } from './analysis.ts';
import type { ClassParts } from './emit-class.ts';
import { documentationText } from './emit-documentation.ts';
import type { ImportParts, ModuleParts, SuppliedClass } from './emit-module.ts';
import type { EnumMember, SpecFile } from './model.ts';
import { isInherited } from './naming.ts';

const STYLE: Options = { parser: 'babel-ts', printWidth: 110, singleQuote: true, trailingComma: 'all' };
const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });

/** A module as TypeScript text, formatted. The same parts give the same text, always. */
export async function printModule(module: ModuleParts): Promise<string> {
  // All at once: ts-morph parses the whole file again after each thing that is added to it.
  const statements = [
    ...module.imports.map(importStructure),
    ...module.classes.flatMap((one) => [layoutText(one), classStructure(one)]),
    ...module.enums.flatMap(enumTexts),
    ...rulesText(module.spec),
  ];
  const file = project.createSourceFile(`${module.spec.id}.ts`, { statements }, { overwrite: true });
  const source = (module.spec.file.split(/[/\\]/).at(-1) ?? module.spec.file).replaceAll('*/', '');
  const notices = module.supplied.map((one) => `${noticeText(one, module.runtime)}\n`).join('');
  const head = `// Generated from ${source} by \`npm run generate\`. Do not edit.\n${notices}`;
  const text = `${head}\n${file.getFullText()}`;
  project.removeSourceFile(file);
  return await format(text, STYLE);
}

/** The rules of a checker's catalogue that the spec names, so that code which explains them can be held to the list. */
function rulesText({ root }: SpecFile): readonly string[] {
  const named = [...typesIn(root)].flatMap((type) =>
    [type, ...type.fields, ...type.instances].flatMap(({ rule }) => (rule === undefined ? [] : [rule])),
  );
  if (named.length === 0) return [];
  const ids = [...new Set(named)].sort().map((id) => JSON.stringify(id));
  return [
    `\n/** The rules that this spec names with \`-rule\`. */\nexport type SpecRule = ${ids.join(' | ')};`,
  ];
}

/** What the user has to write before the module works. */
function noticeText({ from, name, isProcess }: SuppliedClass, runtime: string): string {
  const kind = isProcess
    ? `a \`BytesProcessor\` of '${runtime}', made with the arguments of \`process\``
    : `a \`BareStructure\` of '${runtime}', made with the stream, parent, root and params`;
  return `// To be supplied: '${from}' exports the class \`${name}\`, ${kind}.`;
}

function importStructure({ from, names }: ImportParts): ImportDeclarationStructure {
  const areTypes = names.every(({ isType }) => isType);
  return {
    kind: StructureKind.ImportDeclaration,
    moduleSpecifier: from,
    isTypeOnly: areTypes,
    namedImports: names.map(({ name, alias, isType }) => ({
      name,
      isTypeOnly: isType && !areTypes,
      ...(alias === undefined ? {} : { alias }),
    })),
  };
}

/** The table of a class's fields, which stands before it. */
function layoutText({ layout, fields }: ClassParts): string {
  return `\ntype ${fields.name} = ${fields.text};\n\nconst ${layout.name}: ${layout.type} = ${layout.text};\n`;
}

function classStructure(parts: ClassParts): ClassDeclarationStructure {
  const { name, base, layout } = parts;
  return {
    kind: StructureKind.Class,
    name,
    isExported: true,
    extends: base,
    docs: [doc(parts.documentation)],
    properties: [
      {
        name: 'layout',
        isStatic: true,
        isReadonly: true,
        initializer: layout.name,
        docs: [doc('Where each field lies.')],
      },
      ...parts.properties.map((property) => ({
        name: property.name,
        type: property.type,
        isReadonly: property.modifiers.includes('readonly'),
        hasDeclareKeyword: property.modifiers.includes('declare'),
        hasOverrideKeyword: isInherited(property.name),
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
    getAccessors: [
      {
        name: 'schema',
        isStatic: true,
        returnType: parts.schema.type,
        statements: [`return ${parts.schema.text};`],
        docs: [doc('The JSON Schema of what `toJSON()` gives.')],
      },
      ...parts.getters.map((getter) => ({
        name: getter.name,
        returnType: getter.type,
        hasOverrideKeyword: isInherited(getter.name),
        statements: [...getter.body],
        docs: [doc(getter.doc)],
      })),
    ],
    setAccessors: parts.getters.flatMap(({ name, type, setter }) =>
      setter === undefined
        ? []
        : [
            {
              name,
              hasOverrideKeyword: isInherited(name),
              parameters: [{ name: 'value', type }],
              statements: [...setter],
            },
          ],
    ),
    methods: parts.methods.map((method) => ({
      name: method.name,
      isStatic: method.isStatic,
      hasOverrideKeyword: method.isOverride,
      parameters: [...method.parameters],
      returnType: method.returnType,
      statements: [...method.body],
      docs: [doc(method.doc)],
    })),
  };
}

function doc(text: string): { readonly description: string } {
  return { description: text.includes('\n') ? `\n${text}` : text };
}

function enumTexts({ name, spec, isBig }: ModuleParts['enums'][number]): readonly string[] {
  const members = spec.members.map((member) => memberText(member, isBig)).join('\n');
  const type = spec.members.length === 0 ? 'never' : `(typeof ${name})[keyof typeof ${name}]`;
  return [
    `\n/** The enum \`${spec.name}\` of the spec. */\nexport const ${name} = {\n${members}\n} as const;\n`,
    `/** One of the values of {@link ${name}}. */\nexport type ${name} = ${type};`,
  ];
}

function memberText({ label, text, documentation }: EnumMember, isBig: boolean): string {
  const about = documentationText(documentation, undefined);
  return `${commentText(about)}${label === '__proto__' ? `['${label}']` : label}: ${text}${isBig ? 'n' : ''},`;
}

function commentText(text: string): string {
  if (text === '') return '';
  if (!text.includes('\n')) return `/** ${text} */\n`;
  const lines = text.split('\n').map((line) => ` * ${line}`.trimEnd());
  return ['/**', ...lines, ' */\n'].join('\n');
}
