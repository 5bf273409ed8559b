/** Prints the failing cases of the public suite by cause: `npx tsx test/generate/conformance/report.ts [ID...]`. */
import { runSuite } from './conformance.ts';
import { loadCases } from './suite.ts';

const wanted = process.argv.slice(2);
const cases = loadCases().filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const results = await runSuite(cases);

for (const cause of new Set(results.map((result) => result.cause))) {
  const group = results.filter((result) => result.cause === cause);
  process.stdout.write(`\n${cause ?? 'passed'}: ${group.length}\n`);
  if (cause === undefined) continue;
  for (const { id, details } of group) {
    process.stdout.write(`  ${id}\n`);
    for (const detail of details.slice(0, 3)) process.stdout.write(`    ${detail}\n`);
  }
}
