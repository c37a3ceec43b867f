// The least a gateway can do: five lines that pass every request on.
export default {
  fetch(request, env) {
    return fetch(env.UPSTREAM + new URL(request.url).pathname, request);
  },
};
