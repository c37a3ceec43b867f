// The minimum for an answer without an upstream: parses the body and returns a constant text of as many
// results.
const answers = new Map([1, 100, 1000].map((count) => [count, answerOf(count)]));

export default {
  async fetch(request) {
    const { documents } = await request.json();
    return new Response(answers.get(documents.length), { headers: { 'content-type': 'application/json' } });
  },
};

function answerOf(count) {
  return JSON.stringify({
    object: 'list',
    model: 'static',
    results: Array.from({ length: count }, (_, index) => ({
      index,
      relevance_score: 0.123456789012345,
      cosine: 0.123456789012345,
      logit: null,
    })),
    usage: { prompt_tokens: 0, total_tokens: 0, cache_hits: count + 1, cache_misses: 0 },
  });
}
