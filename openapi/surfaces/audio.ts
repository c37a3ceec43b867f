import { speechRequest } from '../../routes/audio-speech.ts';
import { transcriptionForm } from '../../routes/audio-transcriptions.ts';
import { type Operation, RUNS, STREAMED } from '../operation.ts';
import { SpeechEvent, Transcript, TranscriptEvent } from './audio-answers.ts';

export const audio: readonly Operation[] = [
  ...(['transcriptions', 'translations'] as const).map(
    (into): Operation => ({
      id: into === 'transcriptions' ? 'createTranscription' : 'createTranslation',
      method: 'post',
      path: `/v1/audio/${into}`,
      tag: 'Audio',
      summary: into === 'transcriptions' ? 'Transcribe speech' : 'Translate speech into English text',
      description:
        "OpenAI's route, at a host: no tiny model does this. The form goes to the host while it arrives, and the answer is the host's own. Fields that are not listed are forwarded unchanged. A form of up to 1 MiB is repeated if that is safe, and sent to another host if one fails; a larger one is sent once. The body has at most 25 MiB.",
      request: { name: 'TranscriptionForm', schema: transcriptionForm() },
      answer: { name: 'Transcript', schema: Transcript },
      event: { name: 'TranscriptEvent', schema: TranscriptEvent },
      files: { file: 'The sound, in any format that the host can read.' },
      onlyForm: true,
      others: { 'text/plain': 'With `response_format` `text`, `srt` or `vtt`.' },
      records: true,
      isHosted: true,
      errors: [...STREAMED, ...RUNS],
      example: { form: { model: 'whisper', file: '@speech.mp3' } },
    }),
  ),
  {
    id: 'createSpeech',
    method: 'post',
    path: '/v1/audio/speech',
    tag: 'Audio',
    summary: 'Speak a text',
    description:
      "OpenAI's route, at a host: no tiny model does this. The sound is passed on while the host makes it; if the host breaks off, so does the connection. Fields that are not listed are forwarded unchanged. The body has at most 1 MiB.",
    request: { name: 'SpeechRequest', schema: speechRequest() },
    answer: { name: 'SpeechEvent', schema: SpeechEvent },
    others: { 'audio/*': 'The sound, in the format of `response_format`.' },
    onlyOthers: true,
    event: { name: 'SpeechEvent', schema: SpeechEvent },
    records: true,
    isHosted: true,
    errors: [...STREAMED, ...RUNS],
    example: { body: { model: 'tts', input: 'Hello.', voice: 'af_alloy' } },
  },
];
