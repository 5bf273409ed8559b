#!/usr/bin/env node
'use strict';
// The program's front door, and that of the processes that check for it; the build copies it to dist/cli.js and dist/check-worker.js, and each
// loads the script of its own name in program/. It loads the scripts there with the code that V8 made of them when they were built, so that
// nothing is compiled before an image is looked at: that halves the time until a small image is checked. Only the very Node that made such code
// takes it: V8 asks for its own version, but releases of Node patch V8 and keep that, and then run the code wrongly.
const { readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { Script } = require('node:vm');

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
    return readFileSync(`${filename}.${process.version}-${process.arch}.cache`);
  } catch {
    return undefined;
  }
}

load(`./${basename(__filename)}`);
