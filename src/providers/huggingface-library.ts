/**
 * The two functions of @huggingface/inference that the Worker needs, by their own files: the package's only public
 * door also brings its snippet templates and client, 20 KiB gzip that no bundler can shake off, since the package
 * does not say that it is free of side effects. Its version is pinned; the contract tests notice a change.
 */
export { getProviderHelper } from '../../node_modules/@huggingface/inference/dist/esm/lib/getProviderHelper.js';
export { makeRequestOptionsFromResolvedModel } from '../../node_modules/@huggingface/inference/dist/esm/lib/makeRequestOptions.js';
