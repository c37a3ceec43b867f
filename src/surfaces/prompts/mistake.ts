/**
 * What is wrong with a file of prompts/ or hooks/ while `npm start` runs. What is deployed has none: it would
 * not compile.
 */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}
