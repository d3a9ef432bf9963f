import { html, type TemplateResult } from 'lit'
import { phrases } from '../i18n/language.ts'
import { LightElement } from './light-element.ts'

/** `<parley-delete-dialog>`: asks before a conversation goes. Escape and Cancel mean no; focus goes back by itself. */
export class DeleteDialog extends LightElement {
  static override properties = { heading: { state: true } }

  declare heading: string

  constructor() {
    super()
    this.heading = ''
  }

  /** True when the reader agreed. */
  async ask(title: string): Promise<boolean> {
    this.heading = title
    await this.updateComplete
    const dialog = this.querySelector('dialog')!
    dialog.returnValue = ''
    dialog.showModal()
    return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true }))
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="delete-question" aria-describedby="delete-explained">
      <h2 id="delete-question">${phrases.delete_question(this.heading)}</h2>
      <p id="delete-explained">${phrases.delete_explained}</p>
      <div class="choices">
        <button type="button" class="button" @click=${() => this.#close('')}>${phrases.cancel}</button>
        <button type="button" class="button danger" @click=${() => this.#close('delete')}>${phrases.delete}</button>
      </div>
    </dialog>`
  }

  #close(answer: string): void {
    this.querySelector('dialog')!.close(answer)
  }
}

customElements.define('parley-delete-dialog', DeleteDialog)
