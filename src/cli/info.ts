import { describeChain } from '../ops/info.ts';
import { renderInfoHuman } from '../report/info-human.ts';
import { renderInfoJson } from '../report/info-json.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { readImage, warnOfMissingParent } from './read-image.ts';

/** `vdcheck info`. Parents are opened only where they are asked for. */
export const runInfo: RunCommand = async (invocation, terminal) => {
  const isChain = invocation.isSet('backing-chain');
  const opensChain = isChain && !invocation.isSet('no-chain');
  await readImage(invocation, terminal, opensChain, (image) => {
    if (opensChain) warnOfMissingParent(image, terminal);
    const layers = describeChain(image);
    const text =
      invocation.text('output') === 'json'
        ? renderInfoJson(layers, isChain)
        : renderInfoHuman(layers, terminal.style, isChain);
    terminal.stdout.write(text);
  });
  return EXIT.ok;
};
