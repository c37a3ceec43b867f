/** Of every request that leaves the Worker: workerd sends none by itself, and firewalls reject that. */
export const USER_AGENT: Readonly<Record<'user-agent', string>> = { 'user-agent': 'Cedalion' };
