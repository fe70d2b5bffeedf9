/** A part of a text, from 0, the end not included. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}
