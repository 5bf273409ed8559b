import type { Disk } from '../../../model/disk.ts';
import type { Plan, PlannedFile, WriteContext, Writer } from '../../../model/writer.ts';
import { fileParts } from './file-order.ts';
import { Job } from './job.ts';
import { qcow2Options, refusedQcow2Options } from './options.ts';
import { pipeLayoutOf, pipeParts } from './pipe-order.ts';
import { Survey } from './survey.ts';

/** Writes qcow2 images of versions 2 and 3. */
export const qcow2Writer: Writer = {
  options: qcow2Options,
  refused: refusedQcow2Options,
  async plan(disk: Disk, context: WriteContext): Promise<Plan> {
    const job = new Job(disk, context);
    const { fullSize } = job;
    const full = fullSize === undefined ? {} : { fullSize };
    if (!context.isPipe)
      return {
        ...full,
        files: filesOf(job, context.name, null),
        isStreamable: false,
        parts: (signal) => fileParts(job, signal),
      };
    const survey = await Survey.of(job);
    const layout = pipeLayoutOf(job, survey);
    return {
      ...full,
      files: filesOf(job, context.name, layout.fileSize),
      isStreamable: true,
      parts: (signal) => pipeParts(job, survey, layout, signal),
    };
  },
};

function filesOf({ settings, size }: Job, name: string, imageSize: number | null): readonly PlannedFile[] {
  const image = { name, size: imageSize };
  return settings.dataFile === null ? [image] : [image, { name: settings.dataFile, size }];
}
