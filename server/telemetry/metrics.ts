import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

const latencyBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600]

/** The figures of one app. Only what events.ts moves is here, and no label has values that grow with users. */
export interface Metrics {
  /** Messages stored, by role: user, assistant. */
  readonly chatMessages: Counter<'role'>
  /** Model calls that ended, by how. */
  readonly modelCalls: Counter<'provider' | 'model' | 'outcome'>
  /** Tokens as the provider reported them, or as we estimated them; direction: input, output. */
  readonly modelTokens: Counter<'provider' | 'model' | 'direction'>
  /** Dollars, by our prices; what has no known price is not in it. */
  readonly modelCost: Counter<'provider' | 'model'>
  /** Seconds from a model call to its end. */
  readonly modelLatency: Histogram<'provider' | 'model'>
  /** Seconds from a model call to its first delta. */
  readonly firstDelta: Histogram<'provider' | 'model'>
  readonly receipts: Counter
  /** Jobs that ended, by how: done, retried, dead, returned, lost. */
  readonly jobs: Counter<'kind' | 'outcome'>
  /** Jobs that wait, by state: due (their time has come), dead (given up). */
  readonly jobsWaiting: Gauge<'kind' | 'state'>
  readonly sockets: Gauge
  /** Frames by direction (in, out) and type; a type that is not in the protocol counts as `unknown`. */
  readonly frames: Counter<'direction' | 'type'>
  /** Everything in Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

/** A registry of its own for each app, so that two apps in one process do not share figures. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    chatMessages: new Counter({ name: 'chat_messages_total', help: 'Messages stored.', labelNames: ['role'], registers }),
    modelCalls: new Counter({
      name: 'llm_api_calls_total',
      help: 'Model calls that ended.',
      labelNames: ['provider', 'model', 'outcome'],
      registers,
    }),
    modelTokens: new Counter({
      name: 'llm_tokens_total',
      help: 'Tokens sent to and received from models.',
      labelNames: ['provider', 'model', 'direction'],
      registers,
    }),
    modelCost: new Counter({ name: 'llm_cost_total', help: 'Dollars that model calls cost.', labelNames: ['provider', 'model'], registers }),
    modelLatency: new Histogram({
      name: 'llm_latency_seconds',
      help: 'From a model call to its end.',
      labelNames: ['provider', 'model'],
      buckets: latencyBuckets,
      registers,
    }),
    firstDelta: new Histogram({
      name: 'llm_time_to_first_token_seconds',
      help: 'From a model call to its first delta.',
      labelNames: ['provider', 'model'],
      buckets: latencyBuckets,
      registers,
    }),
    receipts: new Counter({ name: 'runreceipt_persisted_total', help: 'Receipts written.', registers }),
    jobs: new Counter({ name: 'jobs_total', help: 'Background jobs that ended.', labelNames: ['kind', 'outcome'], registers }),
    jobsWaiting: new Gauge({ name: 'jobs_waiting', help: 'Background jobs that are due, or were given up.', labelNames: ['kind', 'state'], registers }),
    sockets: new Gauge({ name: 'websocket_connections_active', help: 'Sockets open now.', registers }),
    frames: new Counter({
      name: 'websocket_messages_total',
      help: 'Frames read and written.',
      labelNames: ['direction', 'type'],
      registers,
    }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
