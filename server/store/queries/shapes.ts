/** Shapes are kept together in rows of a page each. */
export const shapesTogether = 4096

export function chunkOf(document: number): number {
  return Math.floor(document / shapesTogether)
}
