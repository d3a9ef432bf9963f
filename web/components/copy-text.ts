/** Puts text on the clipboard; false where the browser refuses, for example on an unsafe origin. */
export async function copyText(text: string): Promise<boolean> {
  return navigator.clipboard === undefined
    ? false
    : navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      )
}
