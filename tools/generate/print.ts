import { format, type Options } from 'prettier';
import { Project, type SourceFile } from 'ts-morph';
import type { ClassParts } from './emit-class.ts';
import type { ImportParts, ModuleParts } from './emit-module.ts';
import type { EnumMember } from './model.ts';
import { isInherited } from './naming.ts';

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
  const { name, base, layout, fields } = parts;
  file.addStatements(
    `\ntype ${fields.name} = ${fields.text};\n\nconst ${layout.name}: ${layout.type} = ${layout.text};`,
  );
  file.addClass({
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
    methods: parts.methods.map((method) => ({
      name: method.name,
      isStatic: method.isStatic,
      hasOverrideKeyword: method.isOverride,
      parameters: [...method.parameters],
      returnType: method.returnType,
      statements: [...method.body],
      docs: [doc(method.doc)],
    })),
  });
}

function doc(text: string): { readonly description: string } {
  return { description: text.includes('\n') ? `\n${text}` : text };
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
