import { readSync } from 'node:fs';
import { DescriptorOutput } from '../cli/output.ts';
import { checkSafely, type LocalCheckOptions } from './check-safely.ts';
import { LineSplitter, ORDERS, READY } from './protocol.ts';

/** Checks what it is ordered to, path by path, until there is no more or the reports are not read any more. */
async function serve(options: LocalCheckOptions): Promise<void> {
  const output = new DescriptorOutput(1);
  output.write(`${READY}\n`);
  for (const path of readPaths(ORDERS)) {
    output.write(`${JSON.stringify(await checkSafely(path, options))}\n`);
    if (output.isClosed) return;
  }
}

/** The paths as they arrive. This process has nothing else to do, so it may wait in the read itself. */
function* readPaths(descriptor: number): Iterable<string> {
  const lines = new LineSplitter();
  const buffer = new Uint8Array(64 * 1024);
  for (let count = 0; (count = readSome(descriptor, buffer)) > 0;)
    for (const line of lines.push(buffer.subarray(0, count))) yield JSON.parse(line) as string;
}

/** Windows tells the end of a pipe as an error. */
function readSome(descriptor: number, buffer: Uint8Array): number {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EOF') return 0;
    throw error;
  }
}

void serve(JSON.parse(process.argv[2] ?? '{}') as LocalCheckOptions);
