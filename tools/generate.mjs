// `npm run generate`: the compiler is TypeScript, so tsx loads it.
import { tsImport } from 'tsx/esm/api';

const { main } = await tsImport('./generate/main.ts', import.meta.url);
process.exitCode = await main(process.argv.slice(2));
