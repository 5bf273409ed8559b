import { main } from './cli/main.ts';
import { openTerminal } from './cli/terminal.ts';

// The exit code is set, not forced: what is still being written then arrives.
void main(process.argv.slice(2), openTerminal(process.env)).then((code) => {
  process.exitCode = code;
});
