import { make } from './dom.js';

/**
 * @typedef {object} Schema a JSON Schema, of the subset that prompts use
 * @property {string} type
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {unknown[]} [examples]
 * @property {string[]} [enum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 */

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** Texts up to this length get a field of one line. */
const SHORT = 200;

/**
 * A form field for each variable of a prompt, filled with its example or default.
 *
 * @param {HTMLElement} place
 * @param {Schema} schema of the variables
 * @returns {{ values: () => Record<string, unknown>, control: (name: string) => Control | undefined }}
 * without variables that are optional and empty
 */
export function promptForm(place, { properties = {}, required = [] }) {
  /** @type {Map<string, { control: Control, schema: Schema }>} */
  const controls = new Map();
  const fields = Object.entries(properties).map(([name, schema]) => {
    const control = controlFor(name, schema, required.includes(name));
    controls.set(name, { control, schema });
    const about = [schema.description ?? '', schema.type === 'array' ? 'one per line' : ''].filter(Boolean).join(', ');
    const label = make('span', {}, make('code', {}, name), about ? ` ${about}` : '');
    const isCheck = schema.type === 'boolean';
    return make('label', { class: isCheck ? 'check' : 'field' }, ...(isCheck ? [control, label] : [label, control]));
  });
  place.replaceChildren(...fields);
  return {
    control: (name) => controls.get(name)?.control,
    values() {
      const values = [...controls].map(
        ([name, { control, schema }]) => /** @type {const} */ ([name, read(control, schema)]),
      );
      return Object.fromEntries(values.filter(([name, value]) => value !== undefined || required.includes(name)));
    },
  };
}

/**
 * @param {string} name
 * @param {Schema} schema
 * @param {boolean} required
 * @returns {Control}
 */
function controlFor(name, schema, required) {
  const value = schema.examples?.[0] ?? schema.default ?? '';
  const common = { name, required: required && schema.minLength !== undefined && schema.minLength > 0 };
  if (schema.enum) {
    const options = schema.enum.map((option) => make('option', { selected: option === value }, option));
    return make('select', { name }, ...options);
  }
  if (schema.type === 'boolean') return make('input', { name, type: 'checkbox', checked: value === true });
  if (schema.type === 'integer' || schema.type === 'number') {
    const { minimum: min, maximum: max } = schema;
    const step = schema.type === 'integer' ? 1 : 'any';
    return make('input', { name, type: 'number', min, max, step, required, value: String(value) });
  }
  if (schema.type === 'array') {
    const text = Array.isArray(value) ? value.join('\n') : '';
    return make('textarea', { name, rows: 3, spellcheck: 'false' }, text);
  }
  const { maxLength: maxlength } = schema;
  if ((maxlength ?? SHORT + 1) <= SHORT) {
    return make('input', { ...common, type: 'text', maxlength, spellcheck: 'false', value: String(value) });
  }
  return make('textarea', { ...common, maxlength, rows: 4, spellcheck: 'false' }, String(value));
}

/**
 * @param {Control} control
 * @param {Schema} schema
 * @returns {unknown} undefined if it is empty
 */
function read(control, { type }) {
  if (type === 'boolean') return control instanceof HTMLInputElement && control.checked;
  if (type === 'array') {
    const lines = control.value.split('\n').filter((line) => line.trim() !== '');
    return lines.length > 0 ? lines : undefined;
  }
  if (control.value === '') return undefined;
  return type === 'integer' || type === 'number' ? Number(control.value) : control.value;
}
