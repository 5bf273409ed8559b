#!/usr/bin/env node
'use strict';
// The program's front door, and that of its threads; the build copies it to dist/cli.js and dist/check-worker.js, and each loads the script of
// its own name in program/. It loads the scripts there with the code that V8 made of them when they
// were built, where it is there and of this very V8 (which checks that itself), so that nothing is compiled before an image is looked at: that
// halves the time until a small image is checked.
const { readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// How long a function runs before V8 compiles it with all optimizations: about three times what it would allow by itself. Of the hundreds of
// functions that look at an image most run a few hundred times in a batch, and compiling those costs more than it saves; the loops over tables
// are compiled soon enough. It stands before everything else, since V8 takes compiled code only under the flags that it was made with.
setFlagsFromString('--interrupt-budget=400000');
// What a function's operands are is noted from its first call on, instead of its eighth: a tenth of a batch's time was spent in the first seven.
setFlagsFromString('--no-lazy-feedback-allocation');

const loaded = new Map();

/** `require` for the scripts of the program, which lie in one folder and name each other `./name.js`. */
function load(id) {
  if (!id.startsWith('./')) return require(id);
  const known = loaded.get(id);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(id, module);
  const filename = join(__dirname, 'program', id);
  const source = `(function (exports, require, module, __filename) {${readFileSync(filename, 'utf8')}\n})`;
  const script = new Script(source, { filename, cachedData: readCodeOf(filename) });
  script.runInThisContext()(module.exports, load, module, filename);
  return module.exports;
}

function readCodeOf(filename) {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}

load(`./${basename(__filename)}`);
