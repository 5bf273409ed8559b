import { VdcheckError } from '../errors.ts';

/**
 * What generated modules and this runtime have agreed on. It grows with every change that makes modules of one
 * level fail with a runtime of the level before it.
 */
export const RUNTIME_LEVEL = 2;

/** Oldest level of modules that this runtime serves. */
const OLDEST_LEVEL = 2;

/** A generated module and the runtime that it found do not fit together. */
export class RuntimeLevelError extends VdcheckError {
  constructor(message: string) {
    super('runtime-level', message);
  }
}

/**
 * Called by each generated module when it is loaded.
 *
 * @throws RuntimeLevelError where the module was generated for another runtime.
 */
export function requireRuntime(level: number, module: string): void {
  if (level >= OLDEST_LEVEL && level <= RUNTIME_LEVEL) return;
  const mend = level > RUNTIME_LEVEL ? 'update the runtime' : 'generate the module again';
  throw new RuntimeLevelError(
    `${module} was generated for level ${level} of its runtime, and this one is of level ${RUNTIME_LEVEL}: ${mend}`,
  );
}
