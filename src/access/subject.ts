import { digest } from '../base/bytes/digest.ts';

/** Stands for a subject in tokens, logs and storage. The subject cannot be recovered from it. */
export async function subjectDigest(account: string, subject: string): Promise<string> {
  return (await digest(`${account} ${subject}`)).slice(0, 22);
}
