import { MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import { UpstreamFailure } from '../../hosts/upstream/failure.ts';

/** Counts the characters of an answer that is being written. */
export class AnswerSize {
  characters = 0;

  /** @throws UpstreamFailure if there are too many characters together */
  add(characters: number): void {
    this.characters += characters;
    if (this.characters <= MAX_TEXT_ANSWER_BYTES) return;
    throw new UpstreamFailure('answer-too-large', `The answer has more than ${MAX_TEXT_ANSWER_BYTES} characters.`);
  }
}
