import { createApp } from './app.ts';
import { ROUTES } from './routes.ts';

export default createApp(ROUTES);
