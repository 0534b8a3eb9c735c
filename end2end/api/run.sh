#!/usr/bin/env bash
# Proves the REST API of a running shop: every operation answers 2xx, and nothing it answers is undocumented.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 prove.py --url "${SOUK_URL:?the address of the shop}" "$@"
