import { mapImage } from '../ops/map.ts';
import { MapHumanRenderer } from '../report/map-human.ts';
import { MapJsonRenderer } from '../report/map-json.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { readImage, warnOfMissingParent } from './read-image.ts';

/** Characters that are gathered before they are written: few calls, little memory. */
const CHUNK = 256 * 1024;

/** `vdcheck map`. Printed as it is found, so that a map larger than the memory is no trouble. */
export const runMap: RunCommand = async (invocation, terminal) => {
  const { stdout } = terminal;
  const renderer = invocation.text('output') === 'json' ? new MapJsonRenderer() : new MapHumanRenderer();
  await readImage(invocation, terminal, !invocation.isSet('no-chain'), async (image) => {
    warnOfMissingParent(image, terminal);
    let text = renderer.begin();
    for await (const runs of mapImage(image)) {
      text += renderer.runs(runs);
      if (text.length < CHUNK) continue;
      stdout.write(text);
      text = '';
      if (stdout.isClosed) return;
    }
    stdout.write(text + renderer.end());
  });
  return EXIT.ok;
};
