/** Why an operation was not taken, for the window to say. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: 'REFUSED' | 'LOCKED' | 'GONE' | 'PEER';
  constructor(code: Refusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}
