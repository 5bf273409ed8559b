import type { Image } from '../model/image.ts';
import type { LayerInfo } from '../model/layer-info.ts';

/** What an image is, and the layers below it as far as they are open, from the image down. */
export function describeChain(image: Image): readonly LayerInfo[] {
  const layers: LayerInfo[] = [];
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null)
    layers.push(describeLayer(layer));
  return layers;
}

function describeLayer(image: Image): LayerInfo {
  const { format, variant, size, files, parent } = image;
  return {
    path: files[0]?.path ?? '',
    format,
    variant,
    virtualSize: size,
    actualSize: sumStored(image),
    files: files.map(({ path, role, source }) => ({ path, role, size: source?.size ?? null })),
    info: image.info(),
    parent: parent === null ? null : withoutImage(parent),
  };
}

function withoutImage({
  name,
  formatHint,
  recognised,
  state,
  path,
  reason,
}: NonNullable<Image['parent']>): NonNullable<LayerInfo['parent']> {
  return { name, formatHint, recognised, state, path, reason };
}

function sumStored({ files }: Image): number | null {
  let sum = 0;
  for (const { source } of files) {
    const stored = source?.storedSize ?? null;
    if (stored === null) return null;
    sum += stored;
  }
  return sum;
}
