// The frame's end of the channel to the shop's page, and the calls that need no form.
//
// The shop's script puts its origin and a nonce into this frame's fragment. The frame greets that origin and nobody
// else; the parent answers with the same nonce and one end of a MessageChannel, and from then on only that is used.
(() => {
  'use strict';
  const given = new URLSearchParams(location.hash.slice(1));
  const parentOrigin = given.get('parent') ?? '';
  const nonce = given.get('nonce') ?? '';
  const handlers = new Map();
  let port = null;
  let publishableKey = '';

  const local = /^http:\/\/(127(\.\d+){3}|localhost|[a-z0-9.-]+\.localhost|\[::1\])(:\d+)?$/;
  if (window.parent === window || !local.test(parentOrigin) || nonce.length < 16) return;

  const emit = (event, detail = {}) => port?.postMessage({ event, detail });

  // One request to the API; the answer is { paymentIntent } or { error }, as Stripe.js gives it. It goes by the frames'
  // own door, whose refusals have status 200: browsers print every other one, and a decline is no fault of the page.
  async function call(method, path, fields) {
    const form = new URLSearchParams(fields);
    const address = `/element${path}${method === 'GET' ? `?${form}` : ''}`;
    try {
      const response = await fetch(address, {
        method,
        headers: { Authorization: `Bearer ${publishableKey}` },
        body: method === 'GET' ? undefined : form,
      });
      const body = await response.json();
      return body.error ? { error: body.error } : { paymentIntent: body };
    } catch {
      return { error: { type: 'api_connection_error', message: 'We could not reach the bank. Please check your connection and try again.' } };
    }
  }

  const intentPath = (clientSecret) => `/v1/payment_intents/${encodeURIComponent(clientSecret.split('_secret_')[0])}`;

  handlers.set('configure', (options) => { publishableKey = options.publishableKey; });
  handlers.set('retrieve', ({ clientSecret }) => call('GET', intentPath(clientSecret), { client_secret: clientSecret }));
  handlers.set('cancelAction', ({ clientSecret }) => call('POST', `${intentPath(clientSecret)}/source_cancel`, { client_secret: clientSecret }));

  async function receive({ data }) {
    const handler = handlers.get(data.call);
    if (!handler) return;
    const value = await handler(data.args ?? {});
    port.postMessage({ id: data.id, value });
  }

  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== parentOrigin) return;
    if (event.data?.kind !== 'connect' || event.data.nonce !== nonce || !event.ports[0]) return;
    port = event.ports[0];
    port.onmessage = receive;
  });

  window.sandboxFrame = { handlers, emit, call, intentPath };
  // Deferred scripts of the frame run before this event, so that every handler is there when the parent asks.
  window.addEventListener('DOMContentLoaded', () => window.parent.postMessage({ kind: 'hello', nonce }, parentOrigin));
})();
