/** The numbers of the wire. Each one is enforced where it is crossed, and a test crosses it. */
export const limits = {
  messageCharacters: 100_000,
  titleCharacters: 120,
  searchCharacters: 200,
  /** Why an answer was good or bad. */
  reasonCharacters: 2000,
  bodyBytes: 1024 * 1024,
  jsonDepth: 64,
  socketFrameBytes: 1024 * 1024,
  socketFragments: 1024,
  socketBufferedChunks: 4096,
  /** Buffered for one socket before pushing to it stops; the log keeps what it has not seen. */
  socketBufferedBytes: 1024 * 1024,
  /** How long a socket may stay over that before it is closed with 4008. */
  socketSlowSeconds: 30,
  socketPingSeconds: 25,
  socketIdleSeconds: 30 * 60,
  socketIdleWarningSeconds: 2 * 60,
  pageRows: 100,
  /** Messages of a branch in one piece. */
  branchMessages: 200,
  /** A deleted conversation can be brought back for so long; then what was said in it is gone. */
  undoDays: 30,
} as const

/** WebSocket close codes. 1000, 1001, 1008, 1009 and 1013 are RFC 6455's; the 4000s are ours. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  policy: 1008,
  tooBig: 1009,
  tryLater: 1013,
  notSignedIn: 4001,
  notAllowed: 4003,
  tooSlow: 4008,
  idle: 4408,
} as const
