import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ROOT } from './program.ts';

/** Throws with ajv's own words where `value` is not what the shipped schema `name` (`report`, `info`, `dump`, `map`, `rules`) says. */
export function assertSchema(name: string, value: unknown): void {
  const schema: unknown = JSON.parse(readFileSync(join(ROOT, 'dist', `${name}.schema.json`), 'utf8'));
  check(name, schema as object, value);
}

/** Holds one line of `check --output ndjson` against the part of the report's schema that it is. */
export function assertImageSchema(value: unknown): void {
  const path = join(ROOT, 'dist', 'report.schema.json');
  const schema = JSON.parse(readFileSync(path, 'utf8')) as { $defs: object };
  check('image', { $defs: schema.$defs, $ref: '#/$defs/image' }, value);
}

function check(name: string, schema: object, value: unknown): void {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  const validate = ajv.compile(schema);
  if (!validate(value)) throw new Error(`${name}: ${ajv.errorsText(validate.errors, { separator: '\n' })}`);
}
