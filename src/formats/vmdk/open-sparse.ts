import type { Source } from '../../io/source.ts';
import type { ImageFile } from '../../model/image.ts';
import type { ProblemSink } from '../../model/problem.ts';
import { CowdExtent, readCowdHeader } from './extents/cowd.ts';
import type { ExtentPlace } from './extents/extent.ts';
import { readHostedHeaders } from './extents/hosted-headers.ts';
import { createHostedExtent, findDescriptorArea } from './extents/hosted-open.ts';
import type { SparseExtent } from './extents/index.ts';
import { readSeSparseHeaders, SeSparseExtent } from './extents/sesparse.ts';
import type { VmdkContext } from './findings.ts';
import type { Carrier } from './marks.ts';

/** Kinds of files with headers and tables. */
export type SparseKind = Exclude<Carrier, 'descriptor'>;

/** Makes an extent of headers that were read; `null` where the first of them is cut off. */
export type CreateExtent = (place: ExtentPlace) => SparseExtent | null;

/**
 * Reads and judges the headers of a file that is an extent of the given kind. They may make several extents, if several
 * lines name the file; what is wrong with it is told once.
 */
export async function readSparse(
  kind: SparseKind,
  file: ImageFile,
  source: Source,
  { problems }: VmdkContext,
): Promise<CreateExtent> {
  switch (kind) {
    case 'cowd': {
      const header = await readCowdHeader(file, source, problems);
      return (place) => (header === null ? null : new CowdExtent(place, file, source, header));
    }
    case 'sesparse': {
      const headers = await readSeSparseHeaders(file, source, problems);
      return (place) => (headers === null ? null : new SeSparseExtent(place, file, source, headers));
    }
    case 'hosted-sparse': {
      const headers = await readHostedHeaders(file, source, problems);
      if (headers === null) return () => null;
      const area = findDescriptorArea(headers, file, source, problems);
      let listener = problems;
      return (place) => {
        const extent = createHostedExtent(place, file, source, headers, area, listener);
        listener = SILENT;
        return extent;
      };
    }
  }
}

const SILENT: ProblemSink = { add: () => undefined };
