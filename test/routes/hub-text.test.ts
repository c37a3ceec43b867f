import { describe, expect, it } from 'vitest';
import { CHAT, COMPLETE, eventsOf, fail, run, saying } from '../support/hub.ts';
import { ask, eventStream, serve } from '../support/worker.ts';

describe('summarization', () => {
  const path = '/models/text/pipeline/summarization';

  it('tells a chat model to summarize, without sampling', async () => {
    const { requests } = serve({ [CHAT]: saying(' A summary. ') });
    const parameters = { generate_parameters: { max_new_tokens: 30 }, clean_up_tokenization_spaces: true };
    expect(await run(path, { inputs: 'A text.', parameters })).toEqual([{ summary_text: 'A summary.' }]);
    expect(await requests[0]?.json()).toEqual({
      model: 'tiny-text',
      messages: [{ role: 'user', content: 'Summarize this text in one sentence: A text.' }],
      max_tokens: 30,
      temperature: 0,
    });
  });

  it.each([
    [{ truncation: 'longest_first' }, 'parameters.truncation'],
    [{ generate_parameters: { num_beams: 4 } }, 'parameters.num_beams'],
    [{ messages: [] }, 'parameters.messages'],
    [{ temperature: 9 }, 'parameters.temperature'],
    [{ max_new_tokens: 0 }, 'parameters.max_new_tokens'],
  ])('names the parameter at fault: %j', async (parameters, param) => {
    expect(await fail(path, { inputs: 'A text.', parameters })).toMatchObject({ status: 400, param });
  });
});

describe('translation', () => {
  it.each([
    [{ tgt_lang: 'fr' }, 'Translate to French: house'],
    [{ src_lang: 'en_XX', tgt_lang: 'fr_XX' }, 'Translate from English to French: house'],
    [{ src_lang: 'eng_Latn', tgt_lang: 'zho_Hans' }, 'Translate from English to Chinese: house'],
    [{ tgt_lang: 'Klingon!' }, 'Translate to Klingon!: house'],
  ])('names the languages: %j', async (parameters, content) => {
    const { requests } = serve({ [CHAT]: saying('maison') });
    expect(await run('/models/text', { inputs: 'house', parameters })).toEqual([{ translation_text: 'maison' }]);
    expect(await requests[0]?.json()).toMatchObject({ messages: [{ role: 'user', content }] });
  });

  it('requires a language to translate to', async () => {
    const failure = await fail('/models/text/pipeline/translation', { inputs: 'house' });
    expect(failure).toMatchObject({ status: 400, param: 'parameters.tgt_lang' });
  });
});

describe('text generation', () => {
  const completion = (text: string, finish_reason = 'stop') => ({
    choices: [{ index: 0, text, finish_reason }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });

  it('asks for a completion, without sampling and with 100 tokens by default', async () => {
    const { requests } = serve({ [COMPLETE]: () => Response.json(completion(' maison')) });
    expect(await run('/models/text', { inputs: 'house =>' })).toEqual([{ generated_text: ' maison' }]);
    expect(await requests[0]?.json()).toEqual({
      model: 'tiny-text',
      prompt: 'house =>',
      max_tokens: 100,
      temperature: 0,
    });
  });

  it('passes parameters on, and samples if one asks for it', async () => {
    const { requests } = serve({ [COMPLETE]: () => Response.json(completion('!')) });
    const parameters = {
      max_new_tokens: 5,
      top_k: 4,
      stop: ['.'],
      seed: 1,
      repetition_penalty: 1.2,
      best_of: 1,
      watermark: false,
    };
    await run('/models/text', { inputs: 'a', parameters });
    expect(await requests[0]?.json()).toEqual({
      ...{ model: 'tiny-text', prompt: 'a', max_tokens: 5, top_k: 4, stop: ['.'], seed: 1, repetition_penalty: 1.2 },
    });
    await run('/models/text', { inputs: 'a', parameters: { do_sample: false, temperature: 0.7 } });
    expect(await requests[1]?.json()).toMatchObject({ temperature: 0 });
  });

  it('repeats the prompt and gives details if asked', async () => {
    serve({ [COMPLETE]: () => Response.json(completion(' b', 'length')) });
    const parameters = { return_full_text: true, details: true };
    const details = { finish_reason: 'length', generated_tokens: 2, seed: null, prefill: [], tokens: [] };
    expect(await run('/models/text', { inputs: 'a', parameters })).toEqual([{ generated_text: 'a b', details }]);
  });

  it.each([
    ['stop', [], 'eos_token'],
    ['stop', ['.'], 'stop_sequence'],
    ['length', ['.'], 'length'],
  ])('names why it ended: %s with stops %j', async (reason, stop, finish_reason) => {
    serve({ [COMPLETE]: () => Response.json(completion('b', reason)) });
    const [{ details }] = (await run('/models/text', { inputs: 'a', parameters: { details: true, stop } })) as [
      { details: unknown },
    ];
    expect(details).toMatchObject({ finish_reason });
  });

  it('streams tokens, and the whole text at the end', async () => {
    const { requests } = serve({
      [COMPLETE]: () =>
        eventStream([
          { choices: [{ index: 0, text: ' mai', finish_reason: null }] },
          { choices: [{ index: 0, text: 'son', finish_reason: 'stop' }] },
          { choices: [], usage: { prompt_tokens: 3, completion_tokens: 7, total_tokens: 10 } },
          '[DONE]',
        ]),
    });
    const answer = await ask('/models/text', { json: { inputs: 'a', stream: true } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const token = { id: 0, logprob: null };
    expect(eventsOf(await answer.text())).toEqual([
      { index: 1, token: { ...token, text: ' mai', special: false }, generated_text: null, details: null },
      { index: 2, token: { ...token, text: 'son', special: false }, generated_text: null, details: null },
      {
        index: 3,
        token: { ...token, text: '', special: true },
        generated_text: ' maison',
        details: { finish_reason: 'eos_token', generated_tokens: 7, seed: null, input_length: 3 },
      },
    ]);
    expect(await requests[0]?.json()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('never ends a stream that was cut as if it were complete', async () => {
    serve({ [COMPLETE]: () => eventStream([{ choices: [{ index: 0, text: 'half', finish_reason: null }] }]) });
    const answer = await ask('/models/text', { json: { inputs: 'a', stream: true } });
    const events = eventsOf(await answer.text());
    expect(events).toEqual([
      expect.objectContaining({ generated_text: null }),
      { error: expect.stringContaining('ended the stream'), error_type: 'generation' },
    ]);
  });

  it('streams from a host that only has chat', async () => {
    serve({
      'https://router.huggingface.co/v1/chat/completions': () =>
        eventStream([{ choices: [{ index: 0, delta: { content: 'b' }, finish_reason: 'length' }] }, '[DONE]']),
    });
    const settings = { HF_TOKEN: 'hf_x' };
    const answer = await ask('/models/zai-org/GLM-4.6', { json: { inputs: 'a', stream: true }, settings });
    expect(eventsOf(await answer.text()).at(-1)).toMatchObject({
      generated_text: 'b',
      details: { finish_reason: 'length', generated_tokens: 1 },
    });
  });

  it.each([
    [{ best_of: 2 }, 'parameters.best_of'],
    [{ grammar: { type: 'regex', value: 'a' } }, 'parameters.grammar'],
    [{ stop: 'x' }, 'parameters.stop'],
    [{ top_p: 2 }, 'parameters.top_p'],
    [{ max_new_tokens: 20_000_000 }, 'parameters.max_new_tokens'],
  ])('names the parameter at fault: %j', async (parameters, param) => {
    const failure = await fail('/models/text', { inputs: 'a', parameters });
    expect(failure).toMatchObject({ status: 400, param });
    expect(failure.error).toContain(`\`${param}\``);
  });
});
