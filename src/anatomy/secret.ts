/**
 * A value that must never be shown. It prints as `‹hidden›` wherever it is put by accident: templates, JSON, `console.log`.
 * Only `reveal()` gives it out, so that every place that handles the plain text can be found by searching for that word.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The plain text. Call it only to sign, to compare or to hand it to the process that the person asked for. */
  reveal(): string {
    return this.#value
  }

  get length(): number {
    return this.#value.length
  }

  toString(): string {
    return '‹hidden›'
  }

  toJSON(): string {
    return '‹hidden›'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '‹hidden›'
  }
}
