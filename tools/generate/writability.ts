import type { Analysis } from './analysis.ts';
import type { Expression } from './expression.ts';
import type { Attribute, TypeSpec } from './model.ts';
import type { Wire } from './resolve.ts';
import { childrenOf, isPosition, isStreamEnd, isStreamSize, mentions, withChildren } from './scope.ts';

/** Why no bytes can be made of objects of a type; undefined where they can. Throws SpecError. */
export function unwritableReason(
  type: TypeSpec,
  analysis: Analysis,
  seen: Set<TypeSpec> = new Set(),
): string | undefined {
  if (seen.has(type)) return undefined;
  seen.add(type);
  for (const field of type.fields) {
    const reason = fieldReason(field, type, analysis, seen);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Why an instance that lies elsewhere cannot be written; undefined where it can. Throws SpecError. */
export function instanceReason(instance: Attribute, owner: TypeSpec, analysis: Analysis): string | undefined {
  const { extent, repeat, process, type } = instance;
  const expressions = [extent.size?.ast, ...(process?.args ?? [])];
  if (repeat?.kind === 'count') expressions.push(repeat.count.ast);
  if (type?.kind === 'switch') expressions.push(type.on.ast);
  const isPast = expressions.some((one) => one !== undefined && dependsOnPosition(one, owner));
  // It is read when it is asked for, wherever the stream is then.
  if (isPast) return `\`${instance.id}\` depends on the position that the stream has when it is read`;
  return fieldReason(instance, owner, analysis, new Set());
}

function fieldReason(
  field: Attribute,
  owner: TypeSpec,
  analysis: Analysis,
  seen: Set<TypeSpec>,
): string | undefined {
  const { id, extent, process } = field;
  const depends = (expression: Expression): boolean => dependsOnPosition(expression, owner);
  const isUnknown = (expression: Expression): boolean =>
    depends(expression) && !asksPositionOnly(expression, owner);
  if (extent.size !== undefined && isUnknown(extent.size.ast) && !isOpen(extent.size.ast, owner))
    return `the size of \`${id}\` depends on ${positionText(extent.size.ast, owner)}`;
  // While a list is read it holds the elements before, but when it is written, all of them.
  if (extent.size !== undefined && mentions(extent.size.ast, id))
    return `the size of \`${id}\` depends on \`${id}\` itself`;
  if (process?.args.some(depends) === true)
    return `the process of \`${id}\` depends on the position in the stream`;
  const wire = analysis.wireOf(field, owner);
  if (wire.kind !== 'switch') return wireReason(wire, id, analysis, seen);
  const isTold = wire.cases.every(({ wire: { kind } }) => kind === 'user' || kind === 'bytes');
  if (!isTold && isUnknown(wire.on.ast))
    return `the type of \`${id}\` depends on ${positionText(wire.on.ast, owner)}`;
  for (const one of wire.cases) {
    const reason = wireReason(one.wire, id, analysis, seen);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function wireReason(wire: Wire, id: string, analysis: Analysis, seen: Set<TypeSpec>): string | undefined {
  if (wire.kind === 'opaque') return `\`${id}\` is of the opaque type \`${wire.name}\``;
  if (wire.kind !== 'user') return undefined;
  const reason = unwritableReason(wire.type, analysis, seen);
  return reason === undefined ? undefined : `\`${id}\` is a \`${wire.type.name}\`, of which ${reason}`;
}

/** Does it ask streams for nothing but the structure's own position, which a writer has as well as a reader? */
function asksPositionOnly(expression: Expression, owner: TypeSpec): boolean {
  if (isPosition(expression)) return true;
  const parts = childrenOf(expression);
  return parts.length > 0
    ? !isStream(expression) && parts.every((part) => asksPositionOnly(part, owner))
    : !dependsOnStream(expression, owner);
}

/** Is it a size that is known when the stream's own size is? */
function isOpen(expression: Expression, owner: TypeSpec): boolean {
  const whole = withoutInstances(expression, owner);
  return whole !== undefined && asksOwnStream(whole, owner);
}

/** Does it ask streams for nothing but the position and the length of the structure's own, or whether that is at its end? */
export function asksOwnStream(expression: Expression, owner: TypeSpec, mayAskEnd = false): boolean {
  if (isPosition(expression) || isStreamSize(expression) || (mayAskEnd && isStreamEnd(expression)))
    return true;
  const parts = childrenOf(expression);
  return parts.length > 0
    ? !isStream(expression) && parts.every((part) => asksOwnStream(part, owner, mayAskEnd))
    : !dependsOnStream(expression, owner);
}

/** Does it ask for the length of the structure's own stream? */
export function asksSize(expression: Expression): boolean {
  return isStreamSize(expression) || childrenOf(expression).some(asksSize);
}

/**
 * An expression that computes, in place of asking for them, the instances that depend on a stream: those have their values from
 * reading. `undefined` where there is one that may be absent.
 */
export function withoutInstances(
  expression: Expression,
  owner: TypeSpec,
  open: ReadonlySet<string> = new Set(),
): Expression | undefined {
  let isKnown = true;
  const change = (part: Expression): Expression => {
    if (part.kind !== 'name' || part.name === '_io' || !dependsOnStream(part, owner))
      return withChildren(part, change);
    const instance = owner.instances.find(({ id }) => id === part.name);
    const { value, condition, enumName } = instance ?? {};
    const isPlain =
      value !== undefined && condition === undefined && enumName === undefined && !open.has(part.name);
    // When it was computed the position may have been another one.
    const isSteady = isPlain && !dependsOnPosition(value.ast, owner);
    const inner = isSteady ? withoutInstances(value.ast, owner, new Set([...open, part.name])) : undefined;
    if (inner === undefined) isKnown = false;
    return inner ?? part;
  };
  const changed = change(expression);
  return isKnown ? changed : undefined;
}

function positionText(expression: Expression, owner: TypeSpec): string {
  const asksSize = someStream(expression, owner, (asked) => asked === 'size', new Set());
  return `the position in the stream${asksSize ? ' and on its length' : ''}`;
}

/** Does the value of an expression depend on how far a stream is read? Instances are looked through. */
export function dependsOnPosition(expression: Expression, owner: TypeSpec): boolean {
  return someStream(expression, owner, (asked) => asked === 'pos' || asked === 'eof', new Set());
}

/** Does the value of an expression depend on a stream, which a new structure has none of? */
export function dependsOnStream(expression: Expression, owner: TypeSpec): boolean {
  return someStream(expression, owner, () => true, new Set());
}

/** Does an expression ask a stream for something? `asked` is nothing where the stream itself is handed on. */
function someStream(
  expression: Expression,
  owner: TypeSpec,
  test: (asked: string | undefined) => boolean,
  seen: Set<string>,
): boolean {
  const inside = (inner: Expression): boolean => someStream(inner, owner, test, seen);
  if (isStream(expression)) return test(undefined);
  if (expression.kind === 'member' && isStream(expression.of)) return test(expression.name);
  if (expression.kind === 'name' && !seen.has(expression.name)) {
    seen.add(expression.name);
    const instance = owner.instances.find(({ id }) => id === expression.name);
    if (instance?.value !== undefined) return inside(instance.value.ast);
  }
  return childrenOf(expression).some(inside);
}

function isStream(expression: Expression): boolean {
  return (expression.kind === 'name' || expression.kind === 'member') && expression.name === '_io';
}

/** Do fields need a stream to be written, so that a structure that was never read cannot be? */
export function needsStream(type: TypeSpec): boolean {
  return type.fields.some(({ extent, process, repeat, type: named }) => {
    const expressions = [...(process?.args ?? [])];
    if (named?.kind === 'switch') expressions.push(named.on.ast);
    const open = [
      ...(extent.size ? [extent.size.ast] : []),
      ...(repeat?.kind === 'count' ? [repeat.count.ast] : []),
    ];
    return (
      expressions.some((one) => dependsOnStream(one, type) && !asksPositionOnly(one, type)) ||
      open.some((one) => dependsOnStream(one, type) && !isOpen(one, type))
    );
  });
}
