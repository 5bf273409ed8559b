/**
 * The runtime of generated parsers: what `vdcheck/codec` exports. It has no dependencies and runs in Node and
 * in browsers alike.
 */
export * from './breach.ts';
export * from './byte-reader.ts';
export * from './byte-writer.ts';
export * from './bytes.ts';
export * from './cast.ts';
export * from './encodings.ts';
export * from './errors.ts';
export * from './field.ts';
export * from './format-value.ts';
export * from './integers.ts';
export * from './process.ts';
export * from './strings.ts';
export * from './tables.ts';
export * from './validation.ts';
export * from './expect.ts';
export * from './layout.ts';
export * from './structure.ts';
export * from './write.ts';
