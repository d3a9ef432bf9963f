import { LitElement } from 'lit'

/** Elements here render into the page itself: one set of styles, one reading order, labels that reach across elements. */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** Says upwards that something was asked for. */
  protected announce<T>(name: string, detail?: T): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }))
  }
}
