/** What a device or a check waited for did not come in time. Whether that is a violation, and of what, the checks say. */
export class WaitedInVain extends Error {
  override readonly name = 'WaitedInVain'

  /** `what` ends the sentence "… waited 20000 ms for …". */
  constructor(who: string, milliseconds: number, what: string) {
    super(`${who} waited ${milliseconds} ms for ${what}`)
  }
}
