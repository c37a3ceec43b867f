/**
 * Every limit on size in one table. An isolate has 128 MB for all requests that it serves at the same time,
 * so no request may hold more than about 48 MB of it.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** In characters, all ASCII. */
export const MAX_KEY_CHARACTERS = 512;
/**
 * Of tokens and headers that an isolate keeps, 10,000 of each. A token has about 600; longer ones are
 * verified again.
 */
export const MAX_KEPT_CREDENTIAL_CHARACTERS = 1024;
export const MAX_URL_CHARACTERS = 2048;

/**
 * Bodies of requests. A JSON body can carry one of the largest pictures as base64, or several smaller ones.
 */
export const MAX_CHAT_BODY_BYTES = 14 * MIB;
export const MAX_ITEMS_BODY_BYTES = 14 * MIB;
export const MAX_SMALL_BODY_BYTES = MIB;
/** What is not a picture: nearly all of it is parsed as a whole. */
export const MAX_TEXT_BYTES = 5 * MIB;

/** A form with a sound file: as OpenAI. It is passed on while it arrives. */
export const MAX_AUDIO_BODY_BYTES = 25 * MIB;
/** A form that is held, so that it can be sent again. */
export const MAX_HELD_UPLOAD_BYTES = MIB;
/** A form whose model comes after its file: it is held, as any other body. */
export const MAX_UNNAMED_UPLOAD_BYTES = 14 * MIB;
/** The headers of one part of a form. */
export const MAX_FORM_HEAD_BYTES = 8 * KIB;

/** Kept responses whose items one request refers to: each is looked up. */
export const MAX_REFERRED_RESPONSES = 100;

/** Items of a request, its labels and prompts included. */
export const MAX_ITEMS = 2048;
export const MAX_LABELS = 1000;
/** Queries x documents of one request. */
export const MAX_COSINES = 100_000;

export const MAX_PICTURE_BYTES = 10 * MIB;
export const MAX_PICTURE_PIXELS = 50_000_000;
/**
 * Pictures that a request holds at the same time: they are loaded and embedded in batches of at most this
 * many bytes.
 */
export const MAX_LOADED_PICTURE_BYTES = 12 * MIB;

/** Answers of hosts. */
export const MAX_TEXT_ANSWER_BYTES = 8 * MIB;
/** Events of a whole answer that is collected from a stream: each token has some 200 bytes around it. */
export const MAX_COLLECTED_BYTES = 32 * MIB;
export const MAX_VECTORS_ANSWER_BYTES = 24 * MIB;
export const MAX_SCORES_ANSWER_BYTES = MIB;
export const MAX_PICTURE_ANSWER_BYTES = 12 * MIB;
/** Pictures of one answer together. */
export const MAX_PICTURES_ANSWER_BYTES = 20 * MIB;
/** The same in base64, in one answer of a host. */
export const MAX_SEVERAL_PICTURES_ANSWER_BYTES = 27 * MIB;
export const MAX_ERROR_ANSWER_BYTES = 16 * KIB;
export const MAX_ERROR_MESSAGE_CHARACTERS = 600;

/** The first event of a stream is read whole. */
export const MAX_FIRST_EVENT_BYTES = 8 * MIB;
/** The end of a stream is kept for its usage, its finish reason and `[DONE]`. */
export const STREAM_TAIL_BYTES = 64 * KIB;
/** A hundred times what the fastest models write in a second. */
export const MAX_UNREAD_STREAM_BYTES = 16 * MIB;

/** A row of SQLite in production has at most 2 MB. Local SQLite takes more. */
export const MAX_RUN_ROW_BYTES = MIB;
/** What an object keeps in memory of what its run has answered: objects can share 128 MB. */
export const RECENT_RUN_BYTES = 128 * KIB;
/** What a run may answer, by default: more than any answer that is not a stream. */
export const MAX_RUN_BYTES = 32 * MIB;

/** A variable of a prompt, if its file does not say. */
export const MAX_PROMPT_VARIABLE_CHARACTERS = 64_000;
export const MAX_PROMPT_VARIABLE_ITEMS = 100;

/** A field of a delivery that a hook puts into a prompt. */
export const MAX_HOOK_FIELD_CHARACTERS = 16_000;
/**
 * What a hook found, in the payload of a webhook: such a payload stays below 20 kB, whatever the characters.
 */
export const MAX_HOOK_OUTPUT_CHARACTERS = 2_000;

/** What a tool answers over MCP: it is held as a whole, since it becomes a part of another JSON. */
export const MAX_MCP_ANSWER_BYTES = 8 * MIB;
/** JSON is in the result twice. */
export const MAX_MCP_JSON_BYTES = 4 * MIB;
/** Messages of a batch. */
export const MAX_MCP_MESSAGES = 32;

/** Of one classifier. */
export const MAX_CLASSIFIER_EXAMPLES = 10_000;
export const MAX_CLASSIFIER_VECTOR_BYTES = 24 * MIB;
/** Of texts of examples, and digests of pictures, if they are stored. */
export const MAX_CLASSIFIER_SOURCE_BYTES = 24 * MIB;
export const MAX_CLASSIFIER_LABELS = 200;
/** A row of SQLite in production has at most 2 MB. */
export const MAX_CLASSIFIER_ROW_BYTES = MIB;
/** Multiplications of a ridge regression, for each of its three penalties: about 10 s of the 30 s of CPU. */
export const MAX_RIDGE_STEPS = 10e9;
/** The isolate's own copies of what classifiers have learned. */
export const MAX_TRAINED_MEMORY_BYTES = 8 * MIB;

/** Vectors of one set in KV. */
export const MAX_SET_BYTES = 8 * MIB;
/** The isolate's own copies of vectors. */
export const MAX_VECTOR_MEMORY_BYTES = 16 * MIB;

/** An answer that is cached. A body of a request that is larger than a form is not looked up. */
export const MAX_CACHED_ANSWER_BYTES = 8 * MIB;
/** The isolate's own copies of answers, and the largest of them: others are in the Cache API. */
export const MAX_ANSWER_MEMORY_BYTES = 16 * MIB;
export const MAX_ANSWER_IN_MEMORY_BYTES = MIB;
/** What is copied at the same time of answers that are still arriving. */
export const MAX_COPIED_ANSWERS_BYTES = 16 * MIB;
/** Files of a request whose answer is cached: as a form that is held. */
export const MAX_CACHED_FILES_BYTES = MIB;
/** Of a body whose members are sorted. In larger ones their order counts. */
export const MAX_CANONICAL_CHARACTERS = 128 * KIB;

/** An error in malformed JSON is located within this much of the text: locating it costs 90 ms a MiB. */
export const MAX_LOCATED_CHARACTERS = 64 * KIB;
