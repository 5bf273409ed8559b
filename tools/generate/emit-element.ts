import { extentText, processed, readBytes } from './emit-bytes.ts';
import type { Emission } from './emission.ts';
import type { Attribute, TypeSpec } from './model.ts';
import { endianOf, type Wire } from './resolve.ts';
import type { Names, Scope } from './scope.ts';
import { converted, fail, isAssignable, present } from './code.ts';
import { translate } from './translate.ts';
import * as types from './types.ts';

/** The expression that reads one element from `io`. Throws SpecError. */
export function readWire(wire: Wire, attribute: Attribute, scope: Scope, emission: Emission): string {
  const { names } = scope;
  switch (wire.kind) {
    case 'integer':
    case 'float':
      return readNumber(wire);
    case 'bits':
      return readBits(wire);
    case 'bytes':
      return processed(readBytes(attribute, undefined, scope), attribute, scope);
    case 'string': {
      const bytes = processed(readBytes(attribute, wire, scope), attribute, scope);
      return `${names.runtime('bytesToStr')}(${bytes}, ${JSON.stringify(wire.encoding)})`;
    }
    case 'user':
    case 'opaque':
      return construct(wire, attribute, scope, emission);
    case 'switch':
      return fail(scope, 'a case cannot be a switch');
  }
}

function readNumber(wire: Extract<Wire, { kind: 'integer' | 'float' }>): string {
  const kind = wire.kind === 'float' ? 'F' : wire.signed ? 'S' : 'U';
  const name = `io.read${kind}${wire.bytes}`;
  if (wire.bytes === 1) return `${name}()`;
  if (wire.endian === 'calculated') return `(this._isLe ? ${name}le() : ${name}be())`;
  return `${name}${wire.endian}()`;
}

function readBits({ bits, endian, isFlag }: Extract<Wire, { kind: 'bits' }>): string {
  const name = endian === 'le' ? 'readBitsIntLe' : 'readBitsIntBe';
  if (isFlag) return `io.${name}(1) !== 0`;
  return bits > 32 ? `io.${name}64(${bits})` : `io.${name}(${bits})`;
}

function construct(
  wire: Extract<Wire, { kind: 'user' | 'opaque' }>,
  attribute: Attribute,
  outer: Scope,
  emission: Emission,
): string {
  const scope = { ...outer, place: wire.place };
  const io = substream(attribute, scope);
  const parent = parentText(attribute, scope);
  if (wire.kind === 'opaque') {
    const args = wire.args.map((one) => present(translate(one, scope), scope).text);
    return `new ${scope.names.opaqueClass(wire.name)}(${[io, parent, 'undefined', ...args].join(', ')})`;
  }
  const args = [
    io,
    ...contextArguments(wire.type, parent, emission),
    ...argumentsFor(wire, scope, emission, { ...scope, place: attribute.type?.place ?? scope.place }),
  ];
  while (args.length > 1 && args.at(-1) === 'undefined' && wire.type.params.length === 0) args.pop();
  return `new ${scope.names.class(wire.type)}(${args.join(', ')})`;
}

function parentText({ parent }: Attribute, scope: Scope): string {
  if (parent === undefined) return 'this';
  if (parent === 'none') return 'undefined';
  const at = { ...scope, place: parent.place };
  const value = present(translate(parent.ast, at), at);
  if (types.isStructure(value.type)) return value.text;
  return fail(at, `invalid type: expected a structure or \`false\`, got ${types.describe(value.type)}`);
}

/** The arguments that every class takes behind the stream: parent, root, and the byte order where it is inherited. */
function contextArguments(
  type: TypeSpec,
  parent: string,
  { analysis, owner, names }: Emission,
): readonly string[] {
  const isForeign = type.spec !== owner.spec;
  const parentArgument = isForeign ? foreignArgument(analysis.isParentOptional(type), names) : parent;
  const ownRoot =
    analysis.isRootOptional(owner) && !analysis.isRootOptional(type) && type.outer !== undefined;
  const root = ownRoot ? `${names.runtime('present')}(this._root)` : 'this._root';
  // A structure that this one holds has the same root.
  const own = parent === 'this' && type.outer !== undefined && !ownRoot ? 'undefined' : root;
  const rootArgument = isForeign
    ? foreignArgument(analysis.isRootOptional(type) || type.outer === undefined, names)
    : own;
  if (!analysis.inheritsEndian(type)) return [parentArgument, rootArgument];
  const isKnown = type.spec === owner.spec && typeof endianOf(owner) === 'object';
  return [parentArgument, rootArgument, isKnown ? 'this._isLe' : 'undefined'];
}

/** A structure of another spec has neither parent nor root; where its code asks for one nevertheless, that is an error. */
function foreignArgument(isOptional: boolean, names: Names): string {
  return isOptional ? 'undefined' : `${names.runtime('present')}<never>(undefined)`;
}

function argumentsFor(
  { type, args }: Extract<Wire, { kind: 'user' }>,
  scope: Scope,
  { analysis }: Emission,
  whole: Scope,
): readonly string[] {
  if (args.length !== type.params.length) {
    fail(whole, `parameter count mismatch: ${type.params.length} declared, but ${args.length} used`);
  }
  return type.params.map((parameter, index) => {
    const [argument] = args.slice(index);
    if (argument === undefined) return 'undefined';
    const wanted = analysis.parameterType(parameter, type);
    const value = present(translate(argument, scope), scope);
    const isOther = value.type.kind === 'bytes' && wanted.kind === 'array';
    if (!isOther && isAssignable(value.type, wanted)) return converted(value, wanted, scope).text;
    const given = types.describe(value.type);
    return fail(
      whole,
      `can't pass argument #${index} of type ${given} into parameter \`${parameter.id}\` of type ${types.describe(wanted)}`,
    );
  });
}

/** The stream that a structure reads: its own one where the field has a size, a terminator or a process. */
function substream(attribute: Attribute, scope: Scope): string {
  const { extent, process } = attribute;
  const isSized = extent.size !== undefined || extent.sizeEos || extent.terminator !== undefined;
  if (!isSized) return 'io';
  const isPlain = process === undefined && extent.terminator === undefined && extent.padRight === undefined;
  if (isPlain && extent.size !== undefined) {
    return `io.substream(${extentText(attribute, scope)})`;
  }
  if (isPlain && extent.sizeEos) return 'io.restStream()';
  const bytes = processed(readBytes(attribute, undefined, scope), attribute, scope);
  return attribute.process === undefined ? `io.over(${bytes})` : `io.unpacked(io.offset, ${bytes})`;
}
