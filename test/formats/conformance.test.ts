import { describeFormat } from './conformance.ts';
import { loadFormatTests } from './folders.ts';

for (const tests of await loadFormatTests()) describeFormat(tests);
