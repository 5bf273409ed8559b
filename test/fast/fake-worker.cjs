'use strict';
// Stands in for dist/check-worker.js: speaks the same protocol, and does with each path what its name says.
const { readSync, writeSync } = require('node:fs');

const deeds = {
  ok: () => undefined,
  slow: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60),
  hang: () => {
    for (;;);
  },
  crash: () => process.abort(),
  throws: () => {
    throw new Error('not caught');
  },
  killed: () => process.kill(process.pid, 'SIGKILL'),
  memory: () => {
    for (const taken = []; ;) taken.push(new Uint8Array(4 << 20).fill(1));
  },
  heap: () => {
    for (const taken = new Map(); ;) taken.set(taken.size, { size: taken.size });
  },
  // Ends well in a process that has checked nothing else.
  leftovers: () => (finished === 0 ? undefined : deeds.memory()),
};

let finished = 0;
writeSync(1, '"ready"\n');
const bytes = Buffer.alloc(1 << 16);
let text = '';
for (let count = 0; (count = readSync(3, bytes)) > 0;) {
  text += bytes.toString('utf8', 0, count);
  const lines = text.split('\n');
  text = lines.pop();
  for (const line of lines) {
    const path = JSON.parse(line);
    deeds[path.replace(/\d+$/, '')]();
    const options = JSON.parse(process.argv[2]);
    writeSync(1, `${JSON.stringify({ path, verdict: 'ok', error: null, problems: [], options })}\n`);
    finished++;
  }
}
