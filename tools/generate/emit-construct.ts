import { beforeReading, scopeAt, propertyOf, type Emission } from './emission.ts';
import { emitChecks } from './emit-checks.ts';
import { positionsOf } from './emit-layout.ts';
import { localName } from './emit-members.ts';
import { emitAttribute } from './emit-read.ts';
import { isBitRecord, isNumber, isPlain, isRecord, numberAt } from './emit-record.ts';
import { emitRecordChecks } from './emit-record-checks.ts';
import type { Attribute } from './model.ts';
import { endianOf } from './resolve.ts';
import type { Scope } from './scope.ts';
import { present } from './code.ts';
import { compare } from './compare.ts';
import { pinnedBy, translate, translateIf } from './translate.ts';

/** The constructor: it reads the fields one after the other, those of fixed size next to each other at once. */
export function emitConstruction(emission: Emission): readonly string[] {
  const { owner, names, analysis } = emission;
  const lines = [...emitBeginning(emission)];
  for (const parameter of owner.params) {
    const property = propertyOf(parameter, owner);
    lines.push(`this.${property} = ${localName(property)};`);
  }
  if (analysis.unfinished.isAwaited(owner)) lines.push(`${names.runtime('expose')}(this);`);
  lines.push(...(emission.attempt(() => emitEndian(emission)) ?? []));
  if (emission.attempt(() => isRecord(emission) || isBitRecord(emission)) === true)
    return [...lines, ...(emission.attempt(() => emitRecordChecks(emission, emitWhole)) ?? [])];
  const batches = new Batches(emission);
  const positions = emission.attempt(() => positionsOf(owner, analysis));
  // Where one field is wrong no places are known, but what is wrong with the others still is told.
  if (positions === undefined)
    for (const field of owner.fields) emission.attempt(() => emitWhole(field, batches.after(field)));
  let marks = 0;
  for (const { attribute, bits } of positions ?? []) {
    emission.attempt(() => batches.add(attribute, bits));
    if (bits === undefined) batches.flushed(emitMark(marks++, emission));
  }
  return [...lines, ...batches.finish()];
}

/** Where a structure belongs, and where it begins. */
function emitBeginning({ analysis, attempt, names, owner }: Emission): readonly string[] {
  const [first] = owner.fields;
  const isWhole = first === undefined || attempt(() => analysis.alignment.beginsWhole(first, owner)) === true;
  const root = `this[${names.runtime('ROOT')}]`;
  return [
    'super();',
    `this[${names.runtime('IO')}] = io;`,
    `this[${names.runtime('PARENT')}] = parent;`,
    owner.outer === undefined ? `${root} = root ?? this;` : `if (root !== undefined) ${root} = root;`,
    `this[${names.runtime('START')}] = io.at;`,
    ...(isWhole ? [] : [`if (io.bitsLeft > 0) this[${names.runtime('LEAD')}] = io.bitsLeft;`]),
    'io.begin(this);',
  ];
}

/** Notes where variable field number `index` ended. */
function emitMark(index: number, { names }: Emission): string {
  return index < 3
    ? `this[${names.runtime(`END${index}`)}] = io.bit;`
    : `${names.runtime('mark')}(this, ${index});`;
}

function emitEndian(emission: Emission): readonly string[] {
  const { owner, names } = emission;
  const endian = endianOf(owner);
  if (typeof endian !== 'object') return [];
  const decided = names.runtime('decideEndian');
  if (owner.endian === undefined) return [`this._isLe = ${decided}(isLe);`];
  const scope = scopeAt(emission, endian.on.place);
  const on = present(translate(endian.on.ast, scope), scope);
  let result = 'undefined';
  for (const { when, endian: order } of [...endian.cases].reverse()) {
    if (when === undefined) {
      result = String(order === 'le');
      continue;
    }
    const at: Scope = { ...scope, place: when.place };
    result = `${compare(on, '==', translate(when.ast, at), at).text} ? ${order === 'le'} : ${result}`;
  }
  return [`this._isLe = ${decided}(${result});`];
}

/** Gathers fields of fixed size, so that the end of the stream is checked once for all of them. */
class Batches {
  readonly #emission: Emission;
  readonly #lines: string[] = [];
  #pending: { readonly attribute: Attribute; readonly size: number }[] = [];
  #count = 0;

  constructor(emission: Emission) {
    this.#emission = emission;
  }

  add(attribute: Attribute, bits: number | undefined): void {
    const { analysis, owner } = this.#emission;
    const isDirect = bits !== undefined && isPlain(attribute, this.#emission);
    if (!isDirect) {
      this.#flush();
      this.#lines.push(
        ...aligning(attribute, this.#emission),
        ...emitWhole(attribute, this.after(attribute)),
      );
      return;
    }
    analysis.memberOf(owner, attribute.id);
    this.#pending.push({ attribute, size: bits / 8 });
    if (attribute.checks.length > 0) this.#flush();
  }

  flushed(line: string): void {
    this.#flush();
    this.#lines.push(line);
  }

  finish(): readonly string[] {
    this.#flush();
    return this.#lines;
  }

  /** The emission as it is where the attribute is read: later fields are not there, and its condition holds. */
  after(attribute: Attribute): Emission {
    const { owner } = this.#emission;
    const later = owner.fields.slice(owner.fields.indexOf(attribute) + 1).map(({ id }) => id);
    const emission = { ...this.#emission, unread: new Set(later) };
    const { condition } = attribute;
    if (condition === undefined) return emission;
    return { ...emission, pinned: pinnedBy(condition.ast, scopeAt(emission, condition.place)) };
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    const [first, second] = pending;
    if (first === undefined) return;
    if (second === undefined) {
      this.#lines.push(...emitWhole(first.attribute, this.after(first.attribute)));
      return;
    }
    const { names } = this.#emission;
    const total = pending.reduce((sum, { size }) => sum + size, 0);
    this.#count++;
    const at = this.#count === 1 ? 'at' : `at${this.#count}`;
    this.#lines.push(
      `const ${at} = ${names.runtime('reserve')}(this, ${total}, ${JSON.stringify(first.attribute.id)});`,
    );
    let offset = 0;
    for (const { attribute, size } of pending) {
      const start = offset === 0 ? at : `${at} + ${offset}`;
      offset += size;
      this.#lines.push(...emitDirect(attribute, start, `${at} + ${offset}`, this.#emission));
      const stored = `this.${propertyOf(attribute, this.#emission.owner)}`;
      this.#lines.push(...emitChecks(attribute, stored, this.after(attribute)));
    }
  }
}

/** The rest of a byte is dropped behind bit fields, whether the next field reads anything or not. */
export function aligning(field: Attribute, { analysis, owner }: Emission): readonly string[] {
  const { condition, repeat } = field;
  const { alignment } = analysis;
  if (!alignment.followsBits(field, owner)) return [];
  const alignsItself = condition === undefined && repeat === undefined && alignment.beginsWhole(field, owner);
  return alignsItself ? [] : ['io.alignToByte();'];
}

/** Reads a field into its property, if its condition holds. */
function emitWhole(attribute: Attribute, emission: Emission): readonly string[] {
  const stored = `this.${propertyOf(attribute, emission.owner)}`;
  const read = emitAttribute(attribute, { stored, store: (value) => `${stored} = ${value};` }, emission);
  const isBlock = read.some((line) => /^(?:const|let) /.test(line));
  if (attribute.condition === undefined) return isBlock ? ['{', ...read, '}'] : read;
  const scope = scopeAt({ ...beforeReading(attribute, emission), pinned: [] }, attribute.condition.place);
  const condition = translateIf(attribute.condition.ast, scope);
  return [`if (${condition}) {`, ...read, `} else ${stored} = undefined;`];
}

function emitDirect(attribute: Attribute, start: string, end: string, emission: Emission): readonly string[] {
  const { analysis, owner } = emission;
  const wire = analysis.wireOf(attribute, owner);
  const stored = `this.${propertyOf(attribute, owner)}`;
  const value = isNumber(wire) ? numberAt(wire, 'io.view', start) : `io.bytes.subarray(${start}, ${end})`;
  return [`${stored} = ${value};`];
}
