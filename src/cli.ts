#!/usr/bin/env node
import { main } from './cli/main.ts';
import { openTerminal } from './cli/terminal.ts';

// The exit code is set, not forced: what is still being written then arrives.
process.exitCode = await main(process.argv.slice(2), openTerminal(process.env));
