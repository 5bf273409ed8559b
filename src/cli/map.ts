import type { Loss } from '../model/disk.ts';
import type { GuestRange } from '../model/offsets.ts';
import { mapImage } from '../ops/map.ts';
import { MapHumanRenderer } from '../report/map-human.ts';
import { MapJsonRenderer } from '../report/map-json.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { LossLog } from './open-disk.ts';
import { readImage, warnOfMissingParent } from './read-image.ts';

/** `vdcheck map`. Printed as it is found, batch by batch, so that a map larger than the memory is no trouble. */
export const runMap: RunCommand = async (invocation, terminal) => {
  const { stdout } = terminal;
  const renderer = invocation.text('output') === 'json' ? new MapJsonRenderer() : new MapHumanRenderer();
  const losses = new LossLog(terminal);
  const options = invocation.isSet('recover')
    ? {
        salvage: true,
        onLoss: (loss: Loss) => losses.add(loss),
        onRescue: (range: GuestRange) => losses.rescue(range),
      }
    : {};
  await readImage(invocation, terminal, !invocation.isSet('no-chain'), async (image) => {
    warnOfMissingParent(image, terminal);
    // Nothing is written before the first range is known, so that what cannot be mapped at all leaves no half
    // document.
    let isBegun = false;
    const begin = (): void => {
      if (!isBegun) stdout.write(renderer.begin());
      isBegun = true;
    };
    for await (const runs of mapImage(image, options)) {
      if (runs.length === 0) continue;
      begin();
      stdout.write(renderer.runs(runs));
      if (stdout.isClosed) return;
    }
    begin();
    stdout.write(renderer.end());
  });
  losses.end();
  return losses.bytes > 0 ? EXIT.failed : EXIT.ok;
};
