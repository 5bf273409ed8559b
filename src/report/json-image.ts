import type { ImageReport } from '../model/report.ts';

/** An image as JSON reports have it (`report.schema.json`): each problem at its one place. */
export function toJsonImage(image: ImageReport): ImageReport {
  if (image.problems.every(({ also }) => also === undefined)) return image;
  return { ...image, problems: image.problems.map(({ also: _also, ...problem }) => problem) };
}
