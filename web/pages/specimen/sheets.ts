/** The style sheets that index.html names, in its order, and the specimen's own after them: a new sheet is seen here at once. */
export async function takeSheetsOfThePage(): Promise<void> {
  const page = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html')
  const addresses = [...page.querySelectorAll('link[rel="stylesheet"]')].map((link) => link.getAttribute('href')!)
  await Promise.all([...addresses, '/styles/specimen.css'].map((address) => loaded(address)))
}

function loaded(address: string): Promise<void> {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = address
  document.head.append(link)
  return new Promise((resolve, reject) => {
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => reject(new Error(`${address} did not load`)))
  })
}

const forced = { ':hover': '.is-hover', ':focus-visible': '.is-focus', ':focus': '.is-focus' } as const

/** Writes every rule about hover and focus once more for a class, so that states can be looked at which a hand would have to hold. */
export function forceStates(): void {
  for (const sheet of document.styleSheets) {
    for (const rule of [...sheet.cssRules]) {
      if (!(rule instanceof CSSStyleRule)) continue
      for (const [state, name] of Object.entries(forced)) {
        if (!rule.selectorText.includes(state)) continue
        sheet.insertRule(`${rule.selectorText.replaceAll(state, name)} { ${rule.style.cssText} }`, sheet.cssRules.length)
      }
    }
  }
}
