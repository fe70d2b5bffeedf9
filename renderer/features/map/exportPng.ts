/** Sharp on a screen of double density. */
const density = 2;
/** No browser draws a larger picture. */
const mostPx = 16_000;

/** Draws an SVG as a PNG. Throws when the browser cannot. */
export async function pngOf(svg: {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}): Promise<Blob> {
  const scale = Math.min(density, mostPx / Math.max(svg.width, svg.height));
  const image = new Image();
  // As a data: address, for that is what the page's policy lets pictures be.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(svg.width * scale);
  canvas.height = Math.round(svg.height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error(`The browser could not draw ${canvas.width} × ${canvas.height} pixels.`);
  return blob;
}
