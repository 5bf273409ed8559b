'use strict';
// Loaded before the program by the build (`node --require`): writes what V8 made of each script beside it, as `name.js.v20.20.2-x64.cache` (the Node
// that made it, the only one that takes it), when the program ends. Scripts that have it already keep it, so the run that matters most comes first.
const { existsSync, writeFileSync } = require('node:fs');
const vm = require('node:vm');

const scripts = [];

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.push({ script: this, path: `${options.filename}.${process.version}-${process.arch}.cache` });
  }
};

process.on('exit', () => {
  for (const { script, path } of scripts)
    if (!existsSync(path)) writeFileSync(path, script.createCachedData());
});
