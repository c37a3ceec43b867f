/** The two families of dual encoders that are supported: `model_type` in `config.json`. */
export type ClipFamily = 'clip' | 'siglip';
