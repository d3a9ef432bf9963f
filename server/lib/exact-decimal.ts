/**
 * A decimal number as a whole number of 10^-places, exactly as it is written: 0.15 with 3 places is 150. What is smaller is
 * rounded, half away from 0. Throws for what is not finite.
 */
export function scaledDecimal(value: number, places: number): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  if (whole === undefined) throw new RangeError(`${value} is no decimal number`)
  const shift = places - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : dividedHalfUp(digits, 10n ** BigInt(-shift))
  return sign === '-' ? -scaled : scaled
}

/** Rounded half up; for numbers that are not negative. */
export function dividedHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor / 2n) / divisor
}
