#!/usr/bin/env python3
"""Proves the REST API of a running shop against its own description.

First a purchase by program, through every operation there is: each must answer 2xx at least once, and what must be
refused is refused. Then schemathesis, which makes up requests from the description, right and wrong ones: no 5xx, no
undocumented status, no answer of another form than described.

    python3 prove.py --url http://127.0.0.1:3000

Ends with `N passed, M failed`; the exit code is 1 if anything failed. Needs nothing but Python and schemathesis
(its program in SOUK_SCHEMATHESIS, else `st` or `schemathesis` on the PATH), and STRIPE_WEBHOOK_SECRET of the shop.
"""

import argparse
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

BASE = "/api/v1"
PASSWORD = "seven teal lanterns hum"
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 Mercer Street",
    "city": "New York",
    "region": "NY",
    "postal_code": "10013",
    "country": "US",
}
# Requests that schemathesis makes up for each operation: enough to find what is careless, few enough for each run.
EXAMPLES = 40
# A payment whose outcome is not known yet is asked for again, this long.
PATIENCE_S = 20


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.raw = status, headers, body
        try:
            self.json = json.loads(body) if body else None
        except ValueError:
            self.json = None


class Shop:
    """Sends requests and remembers which operations have answered 2xx."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.reached = set()
        description = self.send("GET", f"{BASE}/openapi.json").json
        self.operations = {
            (method.upper(), path)
            for path, operations in description["paths"].items()
            for method in operations
            if method in {"get", "put", "post", "delete", "patch"}
        }
        self.patterns = [(method, path, re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")) for method, path in self.operations]

    def send(self, method, path, body=None, headers=None, raw=None):
        data = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.headers, error.read())
        if 200 <= answer.status < 300 and hasattr(self, "patterns"):
            plain = path.split("?")[0]
            # A fixed path goes before one with a parameter.
            fits = [(m, p) for m, p, pattern in self.patterns if m == method and pattern.match(plain)]
            if fits:
                self.reached.add(min(fits, key=lambda fit: fit[1].count("{")))
        return answer


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, holds, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what} {detail}".rstrip(), flush=True)
        return holds


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def keyed(headers, key=None):
    return {**headers, "Idempotency-Key": key or str(uuid.uuid4())}


def prove_purchase(shop, report):
    """A guest and an account buy through every operation."""

    def expect(status, method, path, body=None, headers=None, code=None):
        answer = shop.send(method, BASE + path, body, headers)
        found = answer.json.get("code") if answer.status >= 400 and isinstance(answer.json, dict) else None
        what = f"{method} {path} answers {status}{' ' + code if code else ''}"
        report.check(what, answer.status == status and (code is None or found == code), f"but {answer.status} {answer.raw[:300]!r}")
        if answer.status >= 400:
            document = answer.json if isinstance(answer.json, dict) else {}
            whole = {"type", "title", "status", "code", "detail", "errors", "trace_id"} <= document.keys()
            is_problem = answer.headers.get("Content-Type") == "application/problem+json"
            report.check(f"{method} {path}: the problem is whole", whole and is_problem, f"but {answer.raw[:300]!r}")
        return answer

    # The catalogue
    categories = expect(200, "GET", "/categories").json["items"]
    report.check("there are categories", len(categories) > 0)
    listing = expect(200, "GET", "/products?in_stock=true&limit=5&sort=price_asc").json
    card = listing["items"][0]
    product = expect(200, "GET", f"/products/{card['slug']}").json
    report.check("a product has one address by slug and one by id", expect(200, "GET", f"/products/{product['id']}").json == product)
    inventory = expect(200, "GET", f"/inventory/{product['id']}").json
    variant = next(v["variant_id"] for v in inventory["variants"] if v["available"] > 2)
    expect(404, "GET", "/products/no-such-thing", code="not_found")
    expect(422, "GET", "/products?limit=101", code="validation_failed")
    expect(422, "GET", "/products?colour=blue", code="validation_failed")

    # An account
    email = f"api-{uuid.uuid4().hex[:12]}@example.com"
    account = {"email": email, "password": PASSWORD, "name": "Ada Lovelace"}
    tokens = expect(201, "POST", "/register", account).json
    expect(409, "POST", "/register", account, code="email_taken")
    tokens = expect(200, "POST", "/login", {"email": email, "password": PASSWORD}).json
    expect(401, "POST", "/login", {"email": email, "password": "not the right words"}, code="invalid_credentials")
    used = tokens["refresh_token"]
    tokens = expect(200, "POST", "/token", {"refresh_token": used}).json
    expect(200, "GET", "/profile", headers=bearer(tokens))
    expect(401, "GET", "/profile", code="credentials_required")
    expect(401, "GET", "/categories", headers={"Authorization": "Bearer nonsense"}, code="invalid_token")

    # A guest's cart
    empty = expect(200, "GET", "/cart").json
    report.check("a cart nobody has begun has no token", empty["token"] is None and empty["version"] == 0)
    expect(404, "GET", "/cart", headers={"Cart-Token": "unknown"}, code="cart_not_found")
    expect(422, "PUT", "/cart/items", {"variant_id": variant, "quantity": 100}, code="quantity_limit")
    cart = expect(200, "PUT", "/cart/items", {"variant_id": variant, "quantity": 2}).json
    guest = {"Cart-Token": cart["token"]}
    report.check("the token is repeated", expect(200, "GET", "/cart", headers=guest).json["token"] == cart["token"])
    expect(200, "DELETE", f"/cart/items/{variant}", headers=guest)
    expect(200, "PUT", "/cart/items", {"variant_id": variant, "quantity": 1}, guest)
    expect(200, "DELETE", "/cart", headers=guest)
    expect(200, "PUT", "/cart/items", {"variant_id": variant, "quantity": 1}, guest)
    quote = expect(200, "POST", "/checkout/quote", {"shipping_address": ADDRESS}, guest).json
    report.check("a quote lists ways to ship", len(quote["shipping_options"]) > 0)
    chosen = [option["id"] for option in quote["shipping_options"]][-1:]
    expect(200, "POST", "/checkout/quote", {"shipping_address": ADDRESS, "shipping_options": chosen}, guest)
    unknown = [str(uuid.uuid4())]
    expect(422, "POST", "/checkout/quote", {"shipping_address": ADDRESS, "shipping_options": unknown}, guest, code="shipping_option_unknown")

    # A coupon of the demonstration
    expect(422, "PUT", "/cart/coupon", {"code": "NO-SUCH-CODE"}, guest, code="coupon_invalid")
    cheaper = expect(200, "PUT", "/cart/coupon", {"code": "welcome10"}, guest).json
    report.check("a coupon takes something off", cheaper["coupon"] == "WELCOME10" and cheaper["discount"]["amount"] > 0, f"but {cheaper}")
    less = expect(200, "POST", "/checkout/quote", {"shipping_address": ADDRESS}, guest).json
    report.check("and off the quote", less["total"]["amount"] < quote["total"]["amount"], f"but {less}")
    expect(422, "POST", "/checkout/quote", {"shipping_address": ADDRESS, "coupon": "KILNFIRST-NOT"}, guest, code="coupon_invalid")
    expect(200, "DELETE", "/cart/coupon", headers=guest)

    # A guest's order, twice by the same key
    order = {"email": "ada@example.com", "shipping_address": ADDRESS, "expected_total": quote["total"]}
    expect(400, "POST", "/orders", order, guest, code="idempotency_key_required")
    key = str(uuid.uuid4())
    first = expect(201, "POST", "/orders", order, keyed(guest, key))
    again = expect(201, "POST", "/orders", order, keyed(guest, key))
    report.check("the same request has the same answer", again.raw == first.raw and again.headers.get("Idempotent-Replayed") == "true")
    expect(422, "POST", "/orders", {**order, "email": "eve@example.com"}, keyed(guest, key), code="idempotency_key_reused")
    expect(409, "POST", "/orders", order, keyed(guest), code="order_pending")
    placed = first.json
    holder = {"Order-Token": placed["access_token"]}
    expect(200, "GET", f"/orders/{placed['number']}", headers=holder)
    expect(200, "GET", "/orders", headers=holder)
    expect(404, "GET", f"/orders/{placed['number']}", headers={"Order-Token": "unknown"}, code="not_found")
    expect(401, "GET", "/orders", code="credentials_required")

    # Refused by the bank, then paid
    def pay(method, headers, order_id):
        return expect(200, "POST", "/payments", {"order_id": order_id, "payment_method": method}, keyed(headers)).json

    refused = pay("pm_card_chargeDeclined", holder, placed["id"])
    report.check("a refused card is an answer", refused["status"] == "failed" and refused["error"]["retryable"], f"but {refused}")
    paid = pay("pm_card_visa", holder, placed["id"])
    deadline = time.monotonic() + PATIENCE_S
    while paid["status"] == "processing" and time.monotonic() < deadline:
        time.sleep(0.5)
        paid = expect(200, "GET", f"/payments/{paid['id']}", headers=holder).json
    report.check("the card is charged", paid["status"] == "succeeded", f"but {paid}")
    expect(200, "GET", f"/payments/{paid['id']}", headers=holder)
    again = {"order_id": placed["id"], "payment_method": "pm_card_visa"}
    expect(409, "POST", "/payments", again, keyed(holder), code="already_paid")
    report.check("the order is paid", expect(200, "GET", f"/orders/{placed['id']}", headers=holder).json["status"] == "paid")

    # An account's order; a guest's cart becomes the account's, once
    cart = expect(200, "PUT", "/cart/items", {"variant_id": variant, "quantity": 1}).json
    both = {**bearer(tokens), "Cart-Token": cart["token"]}
    merged = expect(200, "GET", "/cart", headers=both).json
    report.check("a guest's cart is merged at sign-in", merged["token"] is None and len(merged["lines"]) == 1, f"but {merged}")
    order = {"email": email, "shipping_address": ADDRESS}
    placed = expect(201, "POST", "/orders", order, keyed(bearer(tokens))).json
    pay("pm_card_visa", bearer(tokens), placed["id"])
    orders = expect(200, "GET", "/orders?limit=1", headers=bearer(tokens)).json
    report.check("the account sees its order", [one["id"] for one in orders["items"]] == [placed["id"]])

    # Refresh tokens are good once; signing out ends the rest
    expect(401, "POST", "/token", {"refresh_token": used}, code="invalid_token")
    fresh = expect(200, "POST", "/login", {"email": email, "password": PASSWORD}).json
    expect(204, "POST", "/logout", headers=bearer(fresh))
    expect(401, "POST", "/token", {"refresh_token": fresh["refresh_token"]}, code="invalid_token")

    # Paths and methods there are not
    expect(404, "GET", "/nothing", code="not_found")
    answer = expect(405, "POST", "/cart", {}, code="method_not_allowed")
    report.check("405 says what is allowed", "GET" in (answer.headers.get("Allow") or ""))


def prove_webhook(shop, report):
    """A signed event is taken, a forged one is not."""
    secret = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
    if not report.check("STRIPE_WEBHOOK_SECRET is set", bool(secret)):
        return
    event = {"id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": "balance.available", "livemode": False,
             "created": int(time.time()), "api_version": "2026-09-30.preview", "data": {"object": {"object": "balance"}}}
    body, stamp = json.dumps(event).encode(), int(time.time())
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    path = f"{BASE}/webhooks/stripe"
    for _ in range(2):
        answer = shop.send("POST", path, raw=body, headers={"Stripe-Signature": f"t={stamp},v1={digest}"})
        report.check("a signed event is taken", answer.status == 200, f"but {answer.status} {answer.raw[:300]!r}")
    answer = shop.send("POST", path, raw=body, headers={"Stripe-Signature": f"t={stamp},v1={'0' * 64}"})
    report.check("a forged event is refused", answer.status == 400, f"but {answer.status}")


def prove_by_description(shop, report):
    """Schemathesis: as nobody, as an account, and as a guest with a cart and an order."""
    program = os.environ.get("SOUK_SCHEMATHESIS") or shutil.which("st") or shutil.which("schemathesis")
    if not report.check("schemathesis is installed", bool(program)):
        return
    account = {"email": f"api-{uuid.uuid4().hex[:12]}@example.com", "password": PASSWORD, "name": "Fuzz"}
    tokens = shop.send("POST", f"{BASE}/register", account).json
    variant = first_variant(shop)
    cart = shop.send("PUT", f"{BASE}/cart/items", {"variant_id": variant, "quantity": 1}).json
    order = {"email": account["email"], "shipping_address": ADDRESS}
    placed = shop.send("POST", f"{BASE}/orders", order, keyed({"Cart-Token": cart["token"]})).json
    cart = shop.send("PUT", f"{BASE}/cart/items", {"variant_id": variant, "quantity": 1}).json
    callers = {
        "nobody": {},
        "an account": bearer(tokens),
        "a guest": {"Cart-Token": cart["token"], "Order-Token": placed["access_token"]},
    }
    running = {caller: describe(program, shop, headers) for caller, headers in callers.items()}
    for caller, run in running.items():
        told, _ = run.communicate()
        if not report.check(f"schemathesis as {caller}", run.returncode == 0):
            print(told[-12_000:])


def describe(program, shop, headers):
    """Starts schemathesis as one caller.

    One thread in each process, and the callers beside each other: with two threads CPython 3.11 now and then
    fails in `ast.parse`, whose count of depth they share (github.com/python/cpython/issues/106905).
    """
    command = [
        program, "run", f"{shop.url}{BASE}/openapi.json",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
                    "response_schema_conformance,unsupported_method",
        "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--workers", "1", "--no-color",
    ]
    # Signing out would end the account that all the others ask with.
    command += ["--exclude-operation-id", "logout"] if headers.get("Authorization") else []
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def first_variant(shop):
    for card in shop.send("GET", f"{BASE}/products?in_stock=true&limit=20").json["items"]:
        for variant in shop.send("GET", f"{BASE}/inventory/{card['id']}").json["variants"]:
            if variant["available"] > 5:
                return variant["variant_id"]
    raise SystemExit("nothing in the shop is in stock")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--url", required=True, help="address of the shop")
    arguments.add_argument("--skip-schemathesis", action="store_true", help="only the purchase")
    options = arguments.parse_args()
    shop, report = Shop(options.url), Report()
    prove_purchase(shop, report)
    prove_webhook(shop, report)
    for method, path in sorted(shop.operations):
        report.check(f"{method} {path} has answered 2xx", (method, path) in shop.reached)
    if not options.skip_schemathesis:
        prove_by_description(shop, report)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
