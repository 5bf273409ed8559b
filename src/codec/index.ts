/**
 * The runtime of generated parsers: what `vdcheck/codec` exports. It runs in Node and in browsers
 * alike; of others it needs zlib only (pako).
 */
export * from './bare-structure.ts';
export * from './breach.ts';
export * from './byte-reader.ts';
export * from './byte-writer.ts';
export * from './bytes.ts';
export * from './cast.ts';
export * from './creation.ts';
export * from './decoding.ts';
export * from './dump.ts';
export * from './encodings.ts';
export * from './errors.ts';
export * from './expect.ts';
export * from './field.ts';
export * from './format-value.ts';
export * from './integers.ts';
export * from './kaitai-stream.ts';
export * from './layout.ts';
export * from './places.ts';
export * from './process.ts';
export * from './reading.ts';
export * from './runtime-level.ts';
export * from './schema.ts';
export * from './stored.ts';
export * from './strings.ts';
export * from './structure.ts';
export * from './tables.ts';
export * from './validation.ts';
export * from './write.ts';
export * from './write-text.ts';
