// The part of Stripe.js that a shop with a Payment Element uses, for the payment sandbox. No dependencies.
//
// Nothing here touches card data: it is typed into frames of the sandbox's origin, which talk to the sandbox themselves.
// Works under a strict Content-Security-Policy: no eval, no markup from strings, styles only through the CSSOM.
(() => {
  'use strict';
  if (window.Stripe) return;
  const ORIGIN = new URL(document.currentScript.src).origin;
  // The height of the card form before the frame has told its own; the page should not jump.
  const EXPECTED_HEIGHT = 191;
  // What the frame adds around its form so that focus rings are not cut.
  const RING = 4;

  class IntegrationError extends Error {
    constructor(message) { super(message); this.name = 'IntegrationError'; }
  }

  function randomNonce() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  // A frame of the sandbox and the checked channel to it. Moving a frame in the page reloads it, so it may greet again.
  class Frame {
    constructor(path, title, configuration) {
      this.nonce = randomNonce();
      this.waiting = new Map();
      this.calls = 0;
      this.configuration = configuration;
      this.onevent = () => {};
      this.element = document.createElement('iframe');
      this.element.title = title;
      this.element.src = `${ORIGIN}${path}#${new URLSearchParams({ parent: location.origin, nonce: this.nonce })}`;
      this.connected = new Promise((resolve) => { this.resolveConnected = resolve; });
      this.greet = (event) => this.connect(event);
      window.addEventListener('message', this.greet);
    }

    connect(event) {
      if (event.origin !== ORIGIN || event.source !== this.element.contentWindow) return;
      if (event.data?.kind !== 'hello' || event.data.nonce !== this.nonce) return;
      const channel = new MessageChannel();
      this.port = channel.port1;
      this.port.onmessage = ({ data }) => this.receive(data);
      event.source.postMessage({ kind: 'connect', nonce: this.nonce }, ORIGIN, [channel.port2]);
      this.send('configure', this.configuration()).then(() => { this.resolveConnected(); this.onevent('connected', {}); });
    }

    receive({ id, value, event, detail }) {
      if (event) { this.onevent(event, detail); return; }
      this.waiting.get(id)?.(value);
      this.waiting.delete(id);
    }

    send(call, args) {
      const id = ++this.calls;
      return new Promise((resolve) => {
        this.waiting.set(id, resolve);
        this.port.postMessage({ id, call, args });
      });
    }

    async ask(call, args) {
      await this.connected;
      return this.send(call, args);
    }

    remove() {
      window.removeEventListener('message', this.greet);
      this.element.remove();
      this.port?.close();
    }
  }

  // The colour that the frame's transparent parts show, so that the frame can tell it to tools that judge contrast.
  function colourBehind(element) {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== 'transparent' && !/^rgba\(.*, 0\)$/.test(colour)) return colour;
    }
    return null;
  }

  function style(element, rules) {
    Object.assign(element.style, rules);
  }

  class PaymentElement {
    #frame = null;
    #listeners = new Map();
    #context;

    constructor(context) { this.#context = context; }

    mount(target) {
      const place = typeof target === 'string' ? document.querySelector(target) : target;
      if (!(place instanceof Element)) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
      if (this.#frame) this.unmount();
      const frame = new Frame('/element/payment', 'Secure payment input frame', () => ({ ...this.#context.configuration(), behind: colourBehind(place) }));
      style(frame.element, {
        display: 'block', border: '0', width: `calc(100% + ${2 * RING}px)`, maxWidth: 'none', margin: `-${RING}px`, height: `${EXPECTED_HEIGHT}px`,
        colorScheme: this.#context.isDark() ? 'dark' : 'light', background: 'transparent',
      });
      frame.onevent = (event, detail) => {
        if (event === 'height') style(frame.element, { height: `${detail.height}px` });
        else if (event === 'connected') this.#tell('ready', { elementType: 'payment' });
        else this.#tell(event, detail);
      };
      this.#frame = frame;
      place.replaceChildren(frame.element);
    }

    unmount() { this.#frame?.remove(); this.#frame = null; }
    destroy() { this.unmount(); this.#listeners.clear(); this.#context.forget(); }

    on(event, handler) {
      if (typeof handler !== 'function') throw new IntegrationError('on() needs a function.');
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), handler]);
      return this;
    }

    once(event, handler) {
      const wrapped = (detail) => { this.off(event, wrapped); handler(detail); };
      return this.on(event, wrapped);
    }

    off(event, handler) {
      const kept = handler ? (this.#listeners.get(event) ?? []).filter((known) => known !== handler) : [];
      this.#listeners.set(event, kept);
      return this;
    }

    focus() { this.#frame?.ask('focus'); }
    blur() { this.#frame?.ask('blur'); }
    clear() { this.#frame?.ask('clear'); }
    update() {}
    collapse() {}

    #tell(event, detail) { for (const handler of this.#listeners.get(event) ?? []) handler(detail); }

    // Used by Elements and Stripe, not by shops.
    ask(call, args) {
      if (!this.#frame) throw new IntegrationError('The Payment Element is not mounted.');
      return this.#frame.ask(call, args);
    }

    restyle(appearance) {
      if (!this.#frame) return;
      style(this.#frame.element, { colorScheme: this.#context.isDark() ? 'dark' : 'light' });
      this.#frame.ask('appearance', { appearance, behind: colourBehind(this.#frame.element.parentElement) });
    }
  }

  class Elements {
    #payment = null;
    #options;
    #publishableKey;

    constructor(publishableKey, options) {
      this.#publishableKey = publishableKey;
      this.#options = { ...options };
    }

    get clientSecret() { return this.#options.clientSecret; }

    create(kind) {
      if (kind !== 'payment') throw new IntegrationError(`The payment sandbox has the Payment Element only, not '${kind}'.`);
      if (this.#payment) throw new IntegrationError('Can only create one Element of type payment through an Elements instance.');
      this.#payment = new PaymentElement({
        configuration: () => ({ publishableKey: this.#publishableKey, appearance: this.#options.appearance ?? {}, locale: this.#options.locale }),
        isDark: () => this.#options.appearance?.theme === 'night',
        forget: () => { this.#payment = null; },
      });
      return this.#payment;
    }

    getElement(kind) { return kind === 'payment' ? this.#payment : null; }

    update(options) {
      Object.assign(this.#options, options);
      if (options.appearance) this.#payment?.restyle(options.appearance);
    }

    async fetchUpdates() { return {}; }

    async submit() {
      if (!this.#payment) throw new IntegrationError('There is no Payment Element to submit.');
      return this.#payment.ask('submit');
    }
  }

  // Shows the issuer's page over the shop's until the shopper has answered or closed it.
  function showChallenge(address) {
    return new Promise((resolve) => {
      const dialog = document.createElement('dialog');
      dialog.setAttribute('aria-label', 'Approve your payment');
      style(dialog, {
        position: 'fixed', inset: '0', width: '100%', height: '100%', maxWidth: 'none', maxHeight: 'none', margin: '0', padding: '1rem',
        border: '0', boxSizing: 'border-box', background: 'rgb(0 0 0 / 60%)', zIndex: '2147483647',
      });
      const frame = document.createElement('iframe');
      frame.title = 'Card authentication';
      frame.src = `${address}?${new URLSearchParams({ parent: location.origin })}`;
      style(frame, { display: 'block', width: 'min(100%, 32rem)', height: 'min(100%, 24rem)', margin: '5vh auto 0', border: '0', borderRadius: '12px' });
      dialog.append(frame);
      const finish = (closedByShopper) => {
        window.removeEventListener('message', listen);
        if (dialog.open) dialog.close();
        dialog.remove();
        resolve(closedByShopper);
      };
      const listen = (event) => {
        if (event.origin !== ORIGIN || event.source !== frame.contentWindow) return;
        if (event.data?.kind === 'authentication-answered') finish(false);
        if (event.data?.kind === 'authentication-closed') finish(true);
      };
      window.addEventListener('message', listen);
      dialog.addEventListener('cancel', (event) => { event.preventDefault(); finish(true); });
      document.body.append(dialog);
      dialog.showModal();
      frame.focus();
    });
  }

  function withOutcome(returnUrl, intent) {
    const url = new URL(returnUrl, location.href);
    url.searchParams.set('payment_intent', intent.id);
    url.searchParams.set('payment_intent_client_secret', intent.client_secret);
    url.searchParams.set('redirect_status', 'succeeded');
    return url.href;
  }

  class StripeClient {
    #publishableKey;
    #controller = null;

    constructor(publishableKey) { this.#publishableKey = publishableKey; }

    elements(options = {}) { return new Elements(this.#publishableKey, options); }

    async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = 'always' }) {
      const secret = clientSecret ?? elements?.clientSecret;
      const payment = elements?.getElement('payment');
      if (!secret) throw new IntegrationError('confirmPayment needs the client secret of a PaymentIntent.');
      if (!payment) throw new IntegrationError('confirmPayment needs elements with a mounted Payment Element.');
      if (!confirmParams.return_url && redirect !== 'if_required') throw new IntegrationError("confirmPayment needs confirmParams.return_url unless redirect is 'if_required'.");
      let outcome = await payment.ask('confirm', {
        clientSecret: secret,
        returnUrl: confirmParams.return_url,
        receiptEmail: confirmParams.receipt_email,
        billingDetails: confirmParams.payment_method_data?.billing_details,
      });
      if (outcome.paymentIntent?.status === 'requires_action') outcome = await this.#authenticate(outcome.paymentIntent);
      if (outcome.error || redirect === 'if_required') return outcome;
      location.assign(withOutcome(confirmParams.return_url, outcome.paymentIntent));
      return new Promise(() => {});
    }

    async retrievePaymentIntent(clientSecret) { return this.#control('retrieve', { clientSecret }); }

    async handleNextAction({ clientSecret }) {
      const outcome = await this.retrievePaymentIntent(clientSecret);
      return outcome.paymentIntent?.status === 'requires_action' ? this.#authenticate(outcome.paymentIntent) : outcome;
    }

    async #authenticate(intent) {
      if (intent.next_action.type === 'redirect_to_url') {
        location.assign(intent.next_action.redirect_to_url.url);
        return new Promise(() => {});
      }
      const closed = await showChallenge(intent.next_action.use_stripe_sdk.stripe_js);
      const outcome = await this.#control(closed ? 'cancelAction' : 'retrieve', { clientSecret: intent.client_secret });
      const settled = outcome.paymentIntent;
      if (settled?.status === 'requires_payment_method' && settled.last_payment_error) return { error: { ...settled.last_payment_error, payment_intent: settled } };
      return outcome;
    }

    #control(call, args) {
      if (!this.#controller) {
        this.#controller = new Frame('/element/controller', 'Payment connection', () => ({ publishableKey: this.#publishableKey }));
        this.#controller.element.hidden = true;
        this.#controller.element.tabIndex = -1;
        this.#controller.element.setAttribute('aria-hidden', 'true');
        document.body.append(this.#controller.element);
      }
      return this.#controller.ask(call, args);
    }
  }

  // Called with or without `new`, as Stripe.js is.
  window.Stripe = function Stripe(publishableKey) {
    if (typeof publishableKey !== 'string' || !publishableKey.startsWith('pk_test_')) {
      throw new IntegrationError('Please call Stripe() with your publishable key. The payment sandbox takes test keys only.');
    }
    return new StripeClient(publishableKey);
  };
  window.Stripe.version = 3;
})();
