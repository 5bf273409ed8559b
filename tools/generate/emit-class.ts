import type { Emission } from './emission.ts';
import { emitConstruction } from './emit-construct.ts';
import { emitGetter, type GetterParts } from './emit-instances.ts';
import { emitLayout } from './emit-layout.ts';
import {
  constructorParameters,
  emitProperties,
  type ParameterParts,
  type PropertyParts,
} from './emit-members.ts';
import { documentationText } from './emit-documentation.ts';
import { emitRecordFields, isBitRecord, isRecord } from './emit-record.ts';
import { emitMethods, type MethodParts } from './emit-methods.ts';
import { isBare, takenText } from './emit-standing.ts';
import { unwritableReason } from './writability.ts';

/** A class in parts, ready to be printed. */
export interface ClassParts {
  readonly name: string;
  readonly documentation: string;
  /** The class that it extends. */
  readonly base: string;
  /** The table of the fields, and the constant that holds it. */
  readonly layout: { readonly name: string; readonly type: string; readonly text: string };
  /** How the JSON Schema is had from the layout. */
  readonly schema: { readonly type: string; readonly text: string };
  /** The ids of the fields as a union of texts, and the type that it is called. */
  readonly fields: { readonly name: string; readonly text: string };
  readonly properties: readonly PropertyParts[];
  readonly parameters: readonly ParameterParts[];
  readonly construction: readonly string[];
  readonly getters: readonly GetterParts[];
  readonly methods: readonly MethodParts[];
}

/** Everything about the class of one type. Problems go to the emission's `attempt`. */
export function emitClass(emission: Emission): ClassParts {
  const { names, owner, attempt } = emission;
  const name = names.class(owner);
  const fieldsName = names.local(`${name}Field`);
  const base = isBare(emission)
    ? names.runtime('BareStructure')
    : `${names.runtime('Structure')}<${fieldsName}>`;
  const parameters = constructorParameters(emission);
  const layoutName = names.local(`${name.charAt(0).toLowerCase()}${name.slice(1)}Layout`);
  return {
    name,
    documentation: documentationText(owner.documentation, `The type \`${owner.name}\` of the spec.`, [
      ruleText(owner.rule),
      unwritableText(emission),
      recordText(emission),
      takenText(emission),
    ]),
    base,
    layout: {
      name: layoutName,
      type: `${names.runtime('type Layout')}<${fieldsName}>`,
      text: attempt(() => emitLayout(emission)) ?? '{}',
    },
    schema: { type: names.runtime('type JsonSchema'), text: `${names.runtime('schemaOf')}(${layoutName})` },
    fields: {
      name: fieldsName,
      text: owner.fields.map(({ id }) => JSON.stringify(id)).join(' | ') || 'never',
    },
    properties: emitProperties(emission),
    parameters,
    construction: emitConstruction(emission),
    getters: [
      ...(attempt(() => emitRecordFields(emission)) ?? []),
      ...owner.instances.flatMap((instance) => attempt(() => emitGetter(instance, emission)) ?? []),
    ],
    methods: emitMethods(emission, fieldsName),
  };
}

function ruleText(rule: string | undefined): string | undefined {
  return rule === undefined ? undefined : `Too few bytes break the rule \`${rule}\`.`;
}

function recordText(emission: Emission): string | undefined {
  if (emission.attempt(() => isBitRecord(emission)) === true)
    return 'Its fields are read from the bytes when they are asked for.';
  return emission.attempt(() => isRecord(emission)) === true
    ? 'Its numbers and byte arrays are read from the bytes when they are asked for.'
    : undefined;
}

function unwritableText({ owner, analysis, attempt }: Emission): string | undefined {
  const reason = attempt(() => unwritableReason(owner, analysis));
  return reason === undefined ? undefined : `Cannot be written: ${reason}.`;
}
