import { join } from 'node:path';
import { Node, Project, SyntaxKind, type ExportedDeclarations } from 'ts-morph';
import { expect, test } from 'vitest';
import { ROOT } from './support/program.ts';

/** Modules that the package exports, by the names in package.json. */
const ENTRIES = ['src/index.ts', 'src/browser.ts', 'src/codec/index.ts'];

const project = new Project({
  compilerOptions: { allowImportingTsExtensions: true, noEmit: true, noLib: true, types: [] },
  skipFileDependencyResolution: true,
});
project.addSourceFilesAtPaths([join(ROOT, 'src/**/*.ts'), join(ROOT, 'generated/*.ts')]);

/** Whether a declaration has a doc comment; one of a variable stands at its statement. */
function isDocumented(declaration: ExportedDeclarations): boolean {
  const owner = Node.isVariableDeclaration(declaration) ? declaration.getVariableStatement() : declaration;
  if (owner === undefined || !Node.isJSDocable(owner)) return false;
  // Of overloads the first one is documented.
  const overloads = Node.isFunctionDeclaration(owner) ? [owner, ...owner.getOverloads()] : [owner];
  return overloads.some((one) => one.getJsDocs().length > 0);
}

/** Methods that are private, or whose name is that of the number which they read or write: the class says what they do. */
function isNamedByType(name: string): boolean {
  return name.startsWith('#') || /^(read|write)[USF][1248]/.test(name);
}

/** Members of an exported type or class whose meaning no comment tells; what is private or inherited counts for nothing. */
function silentMembers(name: string, declaration: ExportedDeclarations): readonly string[] {
  if (!Node.isClassDeclaration(declaration)) return [];
  return declaration
    .getMethods()
    .filter((method) => method.getJsDocs().length === 0 && !isNamedByType(method.getName()))
    .filter((method) => !method.hasOverrideKeyword() && declaration.getImplements().length === 0)
    .map((method) => `${name}.${method.getName()}`);
}

test.each(ENTRIES)('everything that %s exports is documented', (entry) => {
  const file = project.getSourceFileOrThrow(join(ROOT, entry));
  const exported = [...file.getExportedDeclarations()];
  expect(exported.length).toBeGreaterThan(10);
  const silent = exported.flatMap(([name, declarations]) => [
    ...(declarations.some(isDocumented) ? [] : [name]),
    ...declarations.flatMap((declaration) => silentMembers(name, declaration)),
  ]);
  expect(silent).toEqual([]);
});

const generated = project.getSourceFiles(join(ROOT, 'generated/*.ts'));

/** Members that all generated classes have: their base class says what they are. */
function isCommon(name = ''): boolean {
  return name.startsWith('_') || ['layout', 'schema', 'from', 'decode', 'of', 'toBytes'].includes(name);
}

test.each(generated.map((file) => [file.getBaseName(), file] as const))(
  'generated/%s says what each class and field is, and knows no any',
  (_, file) => {
    expect(file.getDescendantsOfKind(SyntaxKind.AnyKeyword).length).toBe(0);
    for (const one of file.getClasses().filter((each) => each.isExported())) {
      const members = [one, ...one.getProperties(), ...one.getGetAccessors(), ...one.getMethods()];
      const silent = members.filter(
        (member) => member.getJsDocs().length === 0 && !isCommon(member.getName()),
      );
      expect(silent.map((member) => `${one.getName()}.${member.getName()}`)).toEqual([]);
    }
  },
);
