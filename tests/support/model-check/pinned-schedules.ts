/**
 * For each planted bug the smallest schedule that shows it, what it breaks, and after how many random ones of seed 43 it was found; then
 * schedules that showed bugs the product really had.
 */
import type { PlantedBug } from './planted-bugs.ts'
import type { Schedule, Step } from './steps.ts'

interface PinnedSchedule extends Omit<Schedule, 'seed'> {
  /** The invariant or promise that is found broken. */
  readonly breaks: string
  /** Random schedules until the first that showed it. */
  readonly after: number
  readonly steps: readonly Step[]
}

export const pinnedSchedules: Readonly<Record<PlantedBug, PinnedSchedule>> = {
  'a message is acknowledged before its commit': {
    breaks: 'I1', after: 2, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, 0],
      ['kill', { committed: 0, restored: false, during: null }, null],
    ],
  },
  'text is shown before its commit': {
    breaks: 'I3', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['takeOver', { closing: false }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
    ],
  },
  'a follower misses what is committed between its reading and its listening': {
    breaks: 'I3', after: 38, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
      ['resume', { tab: 3, turn: 0, cursor: 'reached' }, null],
    ],
  },
  'a follower is sent again what it has just read': {
    breaks: 'I2', after: 38, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
      ['resume', { tab: 0, turn: 0, cursor: 'reached' }, null],
    ],
  },
  'a follower is told the end twice': {
    breaks: 'I2', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
    ],
  },
  'a follower is not woken by the end': {
    breaks: 'I3', after: 8, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
    ],
  },
  'a stop only lets go of the answer': {
    breaks: 'R21', after: 30, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['stop', { tab: 0, turn: 0, twice: false }, null],
    ],
  },
  'a socket that closes stops its turns': {
    breaks: 'R22', after: 16, finishes: false,
    steps: [
      ['send', { tab: 4, slot: 1, lost: 'nothing' }, null],
      ['subscribe', { tab: 4, slot: 1, listen: false, leave: true }, null],
    ],
  },
  'whoever knows the id of a turn may follow and stop it': {
    breaks: 'I7', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['intrude', { turn: 0, stops: false }, null],
    ],
  },
  'an append does not ask for the fence': {
    breaks: 'I3', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['takeOver', { closing: false }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
    ],
  },
  'a settlement does not ask for the fence': {
    breaks: 'R29', after: 54, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['takeOver', { closing: false }, null],
      ['stop', { tab: 0, turn: 0, twice: false }, null],
    ],
  },
  'the same message sent again makes another turn': {
    breaks: 'I4', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['sendAgain', { tab: 0, ask: 0, other: false, twice: false }, null],
    ],
  },
  'the same id with another content is taken for the same message': {
    breaks: 'I4', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['sendAgain', { tab: 0, ask: 0, other: true, twice: false }, null],
    ],
  },
  'recovery loses the last row': {
    breaks: 'I3', after: 40, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
      ['kill', { committed: 0, restored: false, during: null }, null],
    ],
  },
  'recovery asks the model again': {
    breaks: 'I4', after: 8, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['kill', { committed: 0, restored: false, during: null }, null],
    ],
  },
  'recovery leaves turns that had text as they are': {
    breaks: 'I2', after: 40, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
      ['kill', { committed: 0, restored: false, during: null }, null],
    ],
  },
  'a restored log keeps its epoch': {
    breaks: 'I3', after: 30, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
      ['kill', { committed: 0, restored: true, during: null }, null],
    ],
  },
  'another call follows after text has come': {
    breaks: 'I4', after: 4, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: 'fail' }, null],
    ],
  },
  'a delta like the one before it is dropped': {
    breaks: 'I3', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [1, 1, 0], kind: 'text', end: null }, null],
    ],
  },
  'a stream without its terminator counts as complete': {
    breaks: 'I3', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: 'fail' }, null],
    ],
  },
  'what came before a failure is thrown away': {
    breaks: 'I3', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: null }, null],
    ],
  },
  'an attempt is not on record before its call': {
    breaks: 'I4', after: 1, finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
    ],
  },
}

export const pastBugs: Readonly<Record<string, Omit<Schedule, 'seed'>>> = {
  'an attempt that the full disk did not let close is on the receipt': {
    finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['fillDisk', { groups: 1 }, null],
      ['end', { call: 0, how: 'throw' }, null],
    ],
  },
  'a cursor that is refused while the settlement is on its way from the disk shows no text twice': {
    finishes: false,
    steps: [
      ['send', { tab: 0, slot: 0, lost: 'nothing' }, null],
      ['say', { call: 0, texts: [0], kind: 'text', end: 'finish' }, 0],
      ['resume', { tab: 0, turn: 0, cursor: 'future' }, null],
    ],
  },
}
