// The Payment Element: a card form that lives and stays in this frame.
(() => {
  'use strict';
  const frame = window.sandboxFrame;
  if (!frame) return;
  const form = document.getElementById('card-form');
  const inputs = { number: form.elements.number, expiry: form.elements.expiry, cvc: form.elements.cvc };
  const appearanceNames = ['colorPrimary', 'colorBackground', 'colorText', 'colorTextSecondary', 'colorTextPlaceholder', 'colorDanger', 'fontFamily', 'fontSizeBase', 'borderRadius', 'spacingUnit'];

  // What the form says in German; every other locale reads English.
  const german = {
    'Card details': 'Kartendaten',
    'Test payments.': 'Testzahlungen.',
    ' Use 4242 4242 4242 4242 and any future date.': ' Nimm 4242 4242 4242 4242 und ein künftiges Datum.',
    'Card number': 'Kartennummer',
    'Expiration date': 'Ablaufdatum',
    'MM / YY': 'MM / JJ',
    'Security code': 'Prüfziffer',
    'Your card number is incomplete.': 'Die Kartennummer ist unvollständig.',
    'Your card number is invalid.': 'Die Kartennummer ist ungültig.',
    "Your card's expiration date is incomplete.": 'Das Ablaufdatum ist unvollständig.',
    "Your card's expiration month is invalid.": 'Der Ablaufmonat ist ungültig.',
    "Your card's expiration year is invalid.": 'Das Ablaufjahr ist ungültig.',
    "Your card's expiration year is in the past.": 'Das Ablaufjahr liegt in der Vergangenheit.',
    "Your card's security code is incomplete.": 'Die Prüfziffer ist unvollständig.',
  };
  const say = (text) => (document.documentElement.lang === 'de' && german[text]) || text;

  function applyLocale(locale) {
    if (!/^de\b/.test(locale ?? '')) return;
    document.documentElement.lang = 'de';
    form.setAttribute('aria-label', say('Card details'));
    inputs.expiry.placeholder = say('MM / YY');
    const texts = document.createTreeWalker(form, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = say(texts.currentNode.data);
  }

  const digits = (text) => text.replace(/\D/g, '');
  const isAmex = (number) => /^3[47]/.test(number);

  function passesLuhn(number) {
    let sum = 0;
    [...number].reverse().forEach((digit, place) => {
      const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
      sum += value > 9 ? value - 9 : value;
    });
    return sum % 10 === 0;
  }

  function readExpiry() {
    const parts = inputs.expiry.value.split('/').map((part) => digits(part));
    const [month, year] = parts.length === 2 ? parts : [digits(inputs.expiry.value).slice(0, 2), digits(inputs.expiry.value).slice(2)];
    return { month: Number(month), year: year.length === 2 ? 2000 + Number(year) : Number(year), complete: month.length > 0 && (year.length === 2 || year.length === 4) };
  }

  // Each check gives nothing, or a code and a message in Stripe's words.
  const checks = {
    number() {
      const number = digits(inputs.number.value);
      const full = isAmex(number) ? 15 : /^3(0[0-5]|[68])/.test(number) ? 14 : 16;
      if (number.length < full) return ['incomplete_number', 'Your card number is incomplete.'];
      return passesLuhn(number) ? null : ['invalid_number', 'Your card number is invalid.'];
    },
    expiry() {
      const { month, year, complete } = readExpiry();
      if (!complete) return ['incomplete_expiry', "Your card's expiration date is incomplete."];
      if (month < 1 || month > 12) return ['invalid_expiry_month', "Your card's expiration month is invalid."];
      const now = new Date();
      if (year > now.getUTCFullYear() + 50) return ['invalid_expiry_year', "Your card's expiration year is invalid."];
      const past = year < now.getUTCFullYear() || (year === now.getUTCFullYear() && month < now.getUTCMonth() + 1);
      return past ? ['invalid_expiry_year_past', "Your card's expiration year is in the past."] : null;
    },
    cvc() {
      const wanted = isAmex(digits(inputs.number.value)) ? 4 : 3;
      return digits(inputs.cvc.value).length === wanted ? null : ['incomplete_cvc', "Your card's security code is incomplete."];
    },
  };

  function show(name, message) {
    inputs[name].setAttribute('aria-invalid', String(Boolean(message)));
    document.getElementById(`${name}-message`).textContent = say(message ?? '');
  }

  // Marks every wrong field; returns the first fault and moves the focus to it.
  function validate() {
    const faults = Object.keys(inputs).map((name) => [name, checks[name]()]).filter(([, fault]) => fault);
    Object.keys(inputs).forEach((name) => show(name, faults.find(([wrong]) => wrong === name)?.[1][1]));
    if (faults.length === 0) return {};
    const [name, [code, message]] = faults[0];
    inputs[name].focus();
    return { error: { type: 'validation_error', code, message: say(message) } };
  }

  function group(number) {
    const parts = isAmex(number) ? [number.slice(0, 4), number.slice(4, 10), number.slice(10, 15)] : number.slice(0, 19).match(/.{1,4}/g) ?? [];
    return parts.filter(Boolean).join(' ');
  }

  function tidyExpiry(text, deleting) {
    const typed = text.replace(/[^\d/]/g, '');
    if (typed.includes('/')) {
      const [month, ...rest] = typed.split('/');
      const year = rest.join('').slice(0, 4);
      return year || !deleting ? `${month.padStart(month && year ? 2 : 1, '0').slice(0, 2)} / ${year}` : month;
    }
    const padded = /^[2-9]$/.test(typed) ? `0${typed}` : typed;
    if (padded.length < 2 || (deleting && padded.length === 2)) return padded;
    return `${padded.slice(0, 2)} / ${padded.slice(2, 6)}`;
  }

  // Formatting while the caret stands inside the text would move it, so only the end is formatted.
  function tidy(name, event) {
    const input = inputs[name];
    if (input.selectionStart !== input.value.length) return;
    const deleting = event.inputType?.startsWith('delete');
    if (name === 'number') input.value = group(digits(input.value));
    if (name === 'expiry') input.value = tidyExpiry(input.value, deleting);
    if (name === 'cvc') input.value = digits(input.value);
  }

  let last = '';
  function announceChange() {
    const complete = Object.keys(inputs).every((name) => !checks[name]());
    const empty = Object.values(inputs).every((input) => input.value === '');
    const state = `${complete}/${empty}`;
    if (state === last) return;
    last = state;
    frame.emit('change', { elementType: 'payment', complete, empty, collapsed: false, value: { type: 'card' } });
  }

  for (const [name, input] of Object.entries(inputs)) {
    input.addEventListener('input', (event) => { tidy(name, event); show(name); announceChange(); });
    input.addEventListener('focus', () => frame.emit('focus', { elementType: 'payment' }));
    input.addEventListener('blur', () => {
      if (input.value !== '') show(name, checks[name]()?.[1]);
      frame.emit('blur', { elementType: 'payment' });
    });
    input.addEventListener('keydown', (event) => { if (event.key === 'Escape') frame.emit('escape', { elementType: 'payment' }); });
  }
  form.addEventListener('submit', (event) => event.preventDefault());

  function setEnabled(enabled) {
    Object.values(inputs).forEach((input) => { input.disabled = !enabled; });
  }

  async function confirm({ clientSecret, returnUrl, billingDetails = {}, receiptEmail }) {
    const invalid = validate();
    if (invalid.error) return invalid;
    const { month, year } = readExpiry();
    const fields = {
      client_secret: clientSecret,
      use_stripe_sdk: 'true',
      'payment_method_data[type]': 'card',
      'payment_method_data[card][number]': digits(inputs.number.value),
      'payment_method_data[card][exp_month]': String(month),
      'payment_method_data[card][exp_year]': String(year),
      'payment_method_data[card][cvc]': digits(inputs.cvc.value),
    };
    if (returnUrl) fields.return_url = returnUrl;
    if (receiptEmail) fields.receipt_email = receiptEmail;
    const flatten = (prefix, value) => Object.entries(value).forEach(([name, inner]) => {
      if (inner && typeof inner === 'object') flatten(`${prefix}[${name}]`, inner);
      else if (inner) fields[`${prefix}[${name}]`] = String(inner);
    });
    flatten('payment_method_data[billing_details]', billingDetails);
    setEnabled(false);
    const answer = await frame.call('POST', `${frame.intentPath(clientSecret)}/confirm`, fields);
    setEnabled(true);
    const wrong = { number: 'number', exp_month: 'expiry', exp_year: 'expiry', cvc: 'cvc' }[answer.error?.param?.match(/\w+(?=\]?$)/)?.[0]];
    if (wrong) { show(wrong, answer.error.message); inputs[wrong].focus(); }
    return answer;
  }

  function applyAppearance({ appearance: { theme = 'stripe', variables = {} } = {}, behind }) {
    form.style.backgroundColor = behind ?? '';
    document.documentElement.dataset.theme = theme;
    for (const name of appearanceNames) {
      if (typeof variables[name] === 'string') document.documentElement.style.setProperty(`--${name}`, variables[name]);
      else document.documentElement.style.removeProperty(`--${name}`);
    }
  }

  const configureChannel = frame.handlers.get('configure');
  frame.handlers.set('configure', (options) => {
    configureChannel(options);
    applyLocale(options.locale);
    applyAppearance(options);
    announceHeight();
  });
  frame.handlers.set('appearance', applyAppearance);
  frame.handlers.set('submit', () => {
    const outcome = validate();
    return outcome.error ? outcome : { selectedPaymentMethod: 'card' };
  });
  frame.handlers.set('confirm', confirm);
  frame.handlers.set('focus', () => inputs.number.focus());
  frame.handlers.set('blur', () => document.activeElement?.blur());
  frame.handlers.set('clear', () => { form.reset(); Object.keys(inputs).forEach((name) => show(name)); announceChange(); });

  const announceHeight = () => frame.emit('height', { height: Math.ceil(document.body.getBoundingClientRect().height) });
  new ResizeObserver(announceHeight).observe(document.body);
})();
