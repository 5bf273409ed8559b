import type { Options } from 'prettier';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import { format } from 'prettier/standalone';
import { typesIn } from './analysis.ts';
import type { ClassParts } from './emit-class.ts';
import { documentationText } from './emit-documentation.ts';
import type { GetterParts } from './emit-instances.ts';
import type { PropertyParts } from './emit-members.ts';
import type { MethodParts } from './emit-methods.ts';
import type { ImportParts, ModuleParts, SuppliedClass } from './emit-module.ts';
import type { EnumMember, SpecFile } from './model.ts';
import { isInherited } from './naming.ts';

const STYLE: Options = {
  parser: 'babel-ts',
  plugins: [babel, estree],
  printWidth: 110,
  singleQuote: true,
  trailingComma: 'all',
  // There is no text of another language in modules, and looking for it takes time.
  embeddedLanguageFormatting: 'off',
};

/** A module as TypeScript text, formatted. The same parts give the same text, always. */
export async function printModule(module: ModuleParts): Promise<string> {
  const statements = [
    ...module.imports.map(importText),
    `\n${module.guard}\n`,
    ...module.classes.flatMap((one) => [layoutText(one), classText(one)]),
    ...module.enums.flatMap(enumTexts),
    ...rulesText(module.spec),
  ];
  const source = (module.spec.file.split(/[/\\]/).at(-1) ?? module.spec.file).replaceAll('*/', '');
  const notices = module.supplied.map((one) => `${noticeText(one, module.runtime)}\n`).join('');
  const head = `// Generated from ${source} by \`npm run generate\`. Do not edit.\n${notices}`;
  return await format(`${head}\n${statements.join('\n')}\n`, STYLE);
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

function importText({ from, names }: ImportParts): string {
  const areTypes = names.every(({ isType }) => isType);
  const list = names.map(({ name, alias, isType }) => {
    const type = isType && !areTypes ? 'type ' : '';
    return `${type}${name}${alias === undefined ? '' : ` as ${alias}`}`;
  });
  return `import ${areTypes ? 'type ' : ''}{ ${list.join(', ')} } from ${JSON.stringify(from)};`;
}

/** The table of a class's fields, which stands before it. */
function layoutText({ layout, fields }: ClassParts): string {
  return `\ntype ${fields.name} = ${fields.text};\n\nconst ${layout.name}: ${layout.type} = ${layout.text};\n`;
}

function classText(parts: ClassParts): string {
  const { name, base, layout, schema } = parts;
  const members = [
    [`static readonly layout = ${layout.name};`, ...parts.properties.map(propertyText)].join('\n'),
    `constructor(${parameterTexts(parts.parameters)}) ${blockText(parts.construction)}`,
    `static get schema(): ${schema.type} ${blockText([`return ${schema.text};`])}`,
    ...parts.getters.flatMap(accessorTexts),
    ...parts.methods.map(methodText),
  ];
  return `\n${commentText(parts.documentation)}export class ${name} extends ${base} {\n${members.join('\n\n')}\n}\n`;
}

function propertyText({ name, type, doc, modifiers }: PropertyParts): string {
  const words = [
    // TypeScript knows no `declare override`.
    isInherited(name) ? 'override' : 'declare',
    ...(modifiers.includes('readonly') ? ['readonly'] : []),
    `${name}: ${type};`,
  ];
  return `${commentText(doc)}${words.join(' ')}`;
}

function accessorTexts({ name, type, doc, body, setter }: GetterParts): readonly string[] {
  const override = isInherited(name) ? 'override ' : '';
  const getter = `${commentText(doc)}${override}get ${name}(): ${type} ${blockText(body)}`;
  return setter === undefined
    ? [getter]
    : [getter, `${override}set ${name}(value: ${type}) ${blockText(setter)}`];
}

function methodText({ name, isStatic, isOverride, parameters, returnType, body, doc }: MethodParts): string {
  const words = `${isStatic ? 'static ' : ''}${isOverride ? 'override ' : ''}${name}`;
  return `${commentText(doc)}${words}(${parameterTexts(parameters)}): ${returnType} ${blockText(body)}`;
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly isOptional?: boolean;
  readonly initializer?: string;
}

function parameterTexts(parameters: readonly Parameter[]): string {
  return parameters
    .map(({ name, type, isOptional = false, initializer }) => {
      const value = initializer === undefined ? '' : ` = ${initializer}`;
      return `${name}${isOptional ? '?' : ''}: ${type}${value}`;
    })
    .join(', ');
}

function blockText(lines: readonly string[]): string {
  return `{\n${lines.join('\n')}\n}`;
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
