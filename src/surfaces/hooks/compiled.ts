// Generated from hooks/*.md by `npm run compile`.
import type { Hook } from './hook.ts';

export const hooks: readonly Hook[] = [
  // biome-ignore format: generated
  {"name":"github-issue","sender":"github","events":["issues.opened","issues.edited"],"route":"/v1/chat/completions","to":"webhooks","about":{"$fill":[["issue.html_url"]]},"body":{"prompt":{"id":"summarize","variables":{"text":{"$fill":[["issue.title"],". ",["issue.body"]]}}}}},
  // biome-ignore format: generated
  {"name":"posted-picture","sender":"standard","events":["picture.posted"],"route":"/v1/classify","to":"webhooks","about":{"$fill":[["data.id"]]},"body":{"model":"clip","input":{"image":{"$fill":[["data.picture"]]}},"labels":["apple","bird","boat","car","cat","dog","fish","flower","house","mushroom","rocket","sun","tree","umbrella"]}},
  // biome-ignore format: generated
  {"name":"slack-sentiment","sender":"slack","events":["message","command","message_action"],"route":"/v1/chat/completions","to":"slack","about":{"$fill":[["channel_id","channel.id","event.channel"]]},"body":{"prompt":{"id":"sentiment","variables":{"review":{"$fill":[["message.text","text","event.text"]]}}}}},
];
