import type { Language } from '#protocol/primitives.ts'

/** The first language of an Accept-Language header that we speak (RFC 9110, 12.5.4: by weight, then by order); English otherwise. */
export function acceptedLanguage(header: string | null | undefined): Language {
  const wanted = (header ?? '').slice(0, 1000).split(',').map((item, order) => {
    const [tag = '', ...parameters] = item.trim().split(';')
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find((q) => q !== undefined)
    return { language: tag.slice(0, 2).toLowerCase(), weight: weight === undefined ? 1 : Number(weight), order }
  })
  const spoken = wanted.filter(({ language, weight }) => (language === 'en' || language === 'fr') && weight > 0)
  spoken.sort((a, b) => b.weight - a.weight || a.order - b.order)
  return (spoken[0]?.language ?? 'en') as Language
}
