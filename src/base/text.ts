/** Names are repeated in headers and logs. */
export const NO_CONTROLS = /^[^\p{Cc}]*$/u;
