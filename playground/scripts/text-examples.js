/**
 * Example prompts: tasks that a small model can do, with and without in-context examples, and one that it
 * cannot do.
 *
 * @type {readonly { name: string, prompt: string, mode?: 'prompt' }[]}
 */
export const EXAMPLES = [
  {
    name: 'Few-shot translation',
    prompt: 'Translate English to French:\nExample: "dog" -> "chien"\nExample: "cat" -> "chat"\nExample: "house" -> ?',
  },
  {
    name: 'Step by step',
    prompt: "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.",
  },
  {
    name: 'Few-shot sentiment',
    prompt:
      'Review: "Loved it!" Sentiment: positive\nReview: "Waste of money" Sentiment: negative\nReview: "The movie was absolutely fantastic!" Sentiment:',
  },
  {
    name: 'Summarize',
    prompt:
      'Summarize this: The team met on Monday. They discussed the budget. Anna will prepare the slides. There was coffee and cake.',
  },
  { name: 'Translate', prompt: 'Translate to French: the red house' },
  { name: 'Python', prompt: 'Write Python code to: reverse a string' },
  { name: 'Describe a product', prompt: 'Write a product description for a solar lamp.' },
  { name: 'Continue raw text', prompt: 'sea => mer\ncheese => fromage\nhouse =>', mode: 'prompt' },
  { name: 'Out of scope', prompt: 'Who discovered the moons of Jupiter?' },
];
