import type { Source } from '../../io/source.ts';
import { silentFindings } from '../../model/findings.ts';
import type { ImageFile } from '../../model/image.ts';
import { CowdExtent } from './extents/cowd/extent.ts';
import { readCowdHeader } from './extents/cowd/open.ts';
import type { ExtentPlace } from './extents/extent.ts';
import { createHostedExtent, findDescriptorArea } from './extents/hosted/open.ts';
import { readHostedHeaders } from './extents/hosted/read-headers.ts';
import type { SparseExtent } from './extents/index.ts';
import { SeSparseExtent } from './extents/sesparse/extent.ts';
import { readSeSparseHeaders } from './extents/sesparse/open.ts';
import type { VmdkContext } from './findings.ts';
import type { Carrier } from './marks.ts';

/** Kinds of files with headers and tables. */
export type SparseKind = Exclude<Carrier, 'descriptor'>;

/** Makes an extent of headers that were read; `null` where the first of them is cut off. */
export type CreateExtent = (place: ExtentPlace) => SparseExtent | null;

/**
 * Reads and judges the headers of a file that is an extent of the given kind. They may make several extents, if
 * several lines name the file; what is wrong with it is told once.
 */
export async function readSparse(
  kind: SparseKind,
  file: ImageFile,
  source: Source,
  { findings }: VmdkContext,
): Promise<CreateExtent> {
  switch (kind) {
    case 'cowd': {
      const header = await readCowdHeader(file, source, findings);
      return (place) => (header === null ? null : new CowdExtent(place, source, header));
    }
    case 'sesparse': {
      const headers = await readSeSparseHeaders(file, source, findings);
      return (place) => (headers === null ? null : new SeSparseExtent(place, source, headers));
    }
    case 'hosted-sparse': {
      const headers = await readHostedHeaders(file, source, findings);
      if (headers === null) return () => null;
      const area = findDescriptorArea(headers, source, findings);
      let listener: VmdkContext['findings'] = findings;
      return (place) => {
        const extent = createHostedExtent(place, source, headers, area, listener);
        listener = silentFindings;
        return extent;
      };
    }
  }
}
