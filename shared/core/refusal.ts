/** Why an operation was not taken, for the window to say. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: 'REFUSED' | 'LOCKED' | 'GONE' | 'PEER';
  constructor(code: Refusal['code'], message: string, more: { cause?: unknown } = {}) {
    super(message, more);
    this.code = code;
  }
}
