/** JSON whose strings can have places for texts that are only known later. */
export type Template =
  | string
  | number
  | boolean
  | null
  | Filled
  | readonly Template[]
  | { readonly [name: string]: Template };

/** A text with places. */
export interface Filled {
  readonly $fill: readonly Part[];
}

/** A text, a place, or a section. A place is a list of names, of which the first that has a text fills it. */
export type Part = string | readonly string[] | Section;

/** Parts that are left out if a place has no text. */
export interface Section {
  readonly $if: readonly string[];
  readonly parts: readonly Part[];
}
