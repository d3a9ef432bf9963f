import { z } from 'zod'

/** Every error a client can meet: its code and the HTTP status that carries it. */
export const problemStatus = {
  malformed: 400,
  not_signed_in: 401,
  not_allowed: 403,
  origin_not_allowed: 403,
  not_found: 404,
  request_timeout: 408,
  client_message_id_reused: 409,
  turn_running: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  wrong_host: 421,
  invalid: 422,
  too_many_requests: 429,
  too_many_turns: 429,
  too_many_sockets: 429,
  headers_too_large: 431,
  internal: 500,
  draining: 503,
  overloaded: 503,
  store_unavailable: 503,
  disk_full: 507,
} as const
export type ProblemCode = keyof typeof problemStatus
export const ProblemCode = z.enum(Object.keys(problemStatus) as [ProblemCode, ...ProblemCode[]])

/** RFC 9457 problem details. The three optional fields at the end are there on /api/v1/chat routes. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: ProblemCode,
  request_id: z.string(),
  turn_id: z.string().optional(),
  retry_after: z.int().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  success: z.literal(false).optional(),
  error: z.string().optional(),
  message: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>
