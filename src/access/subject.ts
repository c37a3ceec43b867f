import { digest } from '../base/bytes/digest.ts';

/** What stands for a subject in its tokens, in logs and in storage. The subject cannot be recovered from it. */
export async function subjectDigest(account: string, subject: string): Promise<string> {
  return (await digest(`${account} ${subject}`)).slice(0, 22);
}
