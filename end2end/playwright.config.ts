import { defineConfig, devices } from '@playwright/test';

// Everything is told by the environment; `cargo xtask test` sets it and starts the shop (see README.md here).
const url = process.env.SOUK_URL ?? 'http://127.0.0.1:3000';
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

const browser = {
  ...devices['Desktop Chrome'],
  launchOptions: {
    executablePath: chromium,
    // No sandbox: the tests may run as root. No background traffic: nothing outside the loopback is asked for anything.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
};

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes at the second try is a bug of today.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['html', { open: 'never' }]],
  use: { baseURL: url, trace: 'retain-on-failure', screenshot: 'only-on-failure', locale: 'en-US', timezoneId: 'UTC' },
  projects: [
    { name: 'desktop', use: { ...browser, viewport: { width: 1440, height: 900 } }, testIgnore: /.*\.nojs\.spec\.ts/ },
    { name: 'phone', use: { ...devices['Pixel 7'], launchOptions: browser.launchOptions }, testMatch: /.*journey\.spec\.ts/ },
    // Only where it is asked for: a project that is there is run.
    ...(process.env.SOUK_PICTURES === 'catalogue' ? [{ name: 'catalogue', use: browser, testMatch: /.*\.pictures\.ts/ }] : []),
    { name: 'nojs', use: { ...browser, javaScriptEnabled: false }, testMatch: /.*\.nojs\.spec\.ts/ },
  ],
});
