/**
 * Starts the inference server: reads the command line, listens, loads the models and shuts down cleanly.
 *
 *   node server.ts [--text <model>] [--clip <model>] [--image <model>] [--port N] [--host H] [--token T]
 *
 * A model is a folder, a hub id, or `none`. README.md lists all options.
 */
import { main } from './src/command.ts';

if (import.meta.main) await main();
