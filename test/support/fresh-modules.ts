import { vi } from 'vitest';

/**
 * Test files share processes, since starting one and loading its packages for each file takes longer than
 * most tests. Each file still begins with modules of its own: nothing that another left in memory.
 */
vi.resetModules();
