import { Visitor } from 'vite'
import type { ESTree } from 'vite'

/** `b` of `a.b` and of `a['b']`; null when it is only known while running. */
export function propertyName(node: ESTree.MemberExpression): string | null {
  if (node.property.type === 'Identifier' && !node.computed) return node.property.name
  if (node.property.type === 'Literal' && typeof node.property.value === 'string') return node.property.value
  return null
}

/** `….exec`, `….prepare`, `….query`, `sql.raw`; not `/pattern/.exec`. */
export function runsSql(callee: ESTree.Node): boolean {
  if (callee.type !== 'MemberExpression') return false
  const name = propertyName(callee)
  if (name === 'raw') return callee.object.type === 'Identifier' && callee.object.name === 'sql'
  return (name === 'exec' && !(callee.object.type === 'Literal' && 'regex' in callee.object)) || name === 'prepare' || name === 'query'
}

/** Names in this file that stand for text put together from values: one step back, which is how such text is usually written. */
export function builtTexts(program: ESTree.Program): ReadonlySet<string> {
  const names = new Set<string>()
  new Visitor({
    VariableDeclarator(node) {
      if (node.id.type === 'Identifier' && node.init && isBuiltText(node.init, names)) names.add(node.id.name)
    },
  }).visit(program)
  return names
}

/** A template with a value in it, a sum with a value in it, or a name that stands for one. */
export function isBuiltText(node: ESTree.Node | undefined, built: ReadonlySet<string>): boolean {
  if (node === undefined) return false
  if (node.type === 'TemplateLiteral') return node.expressions.length > 0
  if (node.type === 'Identifier') return built.has(node.name)
  return node.type === 'BinaryExpression' && node.operator === '+' && ![node.left, node.right].every(isFixedText)
}

function isFixedText(node: ESTree.Node): boolean {
  if (node.type === 'BinaryExpression') return isFixedText(node.left) && isFixedText(node.right)
  return node.type === 'Literal' || (node.type === 'TemplateLiteral' && node.expressions.length === 0)
}
