import type { FastifyInstance, FastifyRequest } from 'fastify'
import { limits } from '#protocol/limits.ts'
import { parseJson } from './json-text.ts'
import { ProblemError } from './problem.ts'

/** Bodies are JSON in UTF-8, up to limits.bodyBytes and as they are: what is compressed could be anything once it is not. */
export function takeJsonBodies(server: Pick<FastifyInstance, 'addContentTypeParser' | 'removeAllContentTypeParsers'>): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, async (request: FastifyRequest, body: Buffer) => {
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new ProblemError('unsupported_media_type')
    return parseJson(decodeUtf8(body))
  })
}

/** Bytes that are no UTF-8 are refused: replacing them would store something else than what was sent. */
function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProblemError('malformed')
  }
}
