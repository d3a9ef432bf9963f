export function element(name: string, className = ''): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  return made
}
