/**
 * The compiler as a library: Kaitai Struct specs as texts to TypeScript modules as texts. Touches no files and runs in browsers as well;
 * the command and what reads files are beside it.
 */
export { compile, RUNTIME, type CompileOptions, type CompileResult, type Sources } from './compile.ts';
export { formatDiagnostic, formatPath, type Diagnostic, type Place } from './diagnostics.ts';
export type { ImportSpec, NotFound, SpecSource } from './importer.ts';
