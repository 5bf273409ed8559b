import { propertyOf, type Emission } from './emission.ts';
import type { MethodParts } from './emit-methods.ts';
import type { Names } from './scope.ts';

/** One of the methods that every structure has, by way of the runtime's class or, where a field has a name of them, one by one. */
interface StandingMethod {
  readonly name: string;
  /** What does the same for callers of the runtime. */
  readonly helper: string;
  readonly parameters: (names: Names, fields: string) => MethodParts['parameters'];
  readonly returnType: (names: Names) => string;
  readonly doc: string;
}

const pathParameter = (names: Names, fields: string): MethodParts['parameters'][number] => ({
  name: 'field',
  type: `${names.runtime('type FieldPath')}<${fields}>`,
});

const STANDING: readonly StandingMethod[] = [
  {
    name: 'at',
    helper: 'spanOf',
    parameters: (names, fields) => [pathParameter(names, fields)],
    returnType: (names) => `${names.runtime('type FieldSpan')} | undefined`,
    doc: 'Where a field lies, counted from the start of the bytes that were decoded; `undefined` where it is absent.',
  },
  {
    name: 'fields',
    helper: 'fieldsOf',
    parameters: () => [],
    returnType: (names) => `readonly ${names.runtime('type FieldNode')}[]`,
    doc: 'All fields in order, nested ones inside, with place, value and meaning.',
  },
  {
    name: 'patch',
    helper: 'patchOf',
    parameters: (names, fields) => [pathParameter(names, fields), { name: 'value', type: 'unknown' }],
    returnType: (names) => `{ readonly offset: number; readonly bytes: ${names.global('Uint8Array')} }`,
    doc: 'The bytes that give one field another value: write them at the offset, and nothing else changes.',
  },
  {
    name: 'toJSON',
    helper: 'plainOf',
    parameters: () => [],
    returnType: (names) => `${names.global('Readonly')}<${names.global('Record')}<string, unknown>>`,
    doc: 'Plain data for JSON: 64-bit integers are decimal strings, bytes are hex.',
  },
];

/** Methods that a type's own members take the names of. */
export function takenNames({ owner }: Emission): readonly string[] {
  const own = new Set(
    [...owner.params, ...owner.fields, ...owner.instances].map((one) => propertyOf(one, owner)),
  );
  return [...STANDING.map(({ name }) => name), 'toBytes'].filter((name) => own.has(name));
}

/** Can the class not extend the runtime's, because members of its own are called like methods of that? */
export function isBare(emission: Emission): boolean {
  return takenNames(emission).some((name) => name !== 'toBytes');
}

/** The methods of a class that has them one by one: all but those whose names are taken. */
export function standingMethods(emission: Emission, fields: string): readonly MethodParts[] {
  if (!isBare(emission)) return [];
  const { names } = emission;
  const taken = takenNames(emission);
  return STANDING.filter(({ name }) => !taken.includes(name)).map((method) => {
    const parameters = method.parameters(names, fields);
    const args = ['this', ...parameters.map(({ name }) => name)].join(', ');
    return {
      name: method.name,
      isStatic: false,
      isOverride: false,
      parameters,
      returnType: method.returnType(names),
      body: [`return ${names.runtime(method.helper)}(${args});`],
      doc: method.doc,
    };
  });
}

/** What the class says about methods that it does not have. */
export function takenText(emission: Emission): string | undefined {
  const helpers = takenNames(emission).map((name) => {
    const helper = STANDING.find((method) => method.name === name)?.helper ?? 'encode';
    return `\`${name}\` is a member of the spec here: \`${helper}()\` of the runtime does what the method does elsewhere`;
  });
  return helpers.length === 0 ? undefined : `${helpers.join('. ')}.`;
}
