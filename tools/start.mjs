// `npm start`: makes the program ready, then checks the images that are named, or the samples of this repository.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, say } from './prepare.mjs';
import { root } from './stamp.mjs';

await prepare();
const given = process.argv.slice(2);
process.exitCode = given.length > 0 ? check(given, process.env.INIT_CWD) : showSamples();

/** Runs the program as `npx vdcheck` would, in the folder that npm was called in. */
function check(args, folder = process.cwd()) {
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
    cwd: folder,
    stdio: 'inherit',
  });
  return status ?? 130;
}

/** Checks every sample; damaged ones are the point, so finding damage is no failure. */
function showSamples() {
  say('Checking the sample images of this repository: sound ones, and ones that were damaged on purpose.\n');
  const status = check(['check', '--exit-zero', ...listSamples()], root);
  say(
    "\nYour own images: 'npm start -- IMAGE...' here, 'npx vdcheck IMAGE...' elsewhere; 'npx vdcheck --help' shows the rest.",
  );
  return status;
}

/** Sound samples first. Extents are left out: they are opened through the descriptor that names them. */
function listSamples() {
  return ['sound', 'damaged'].flatMap((kind) =>
    readdirSync(join(root, 'samples', kind))
      .filter((name) => !/-[fs]\d{3}\.vmdk$/.test(name))
      .sort()
      .map((name) => join('samples', kind, name)),
  );
}
