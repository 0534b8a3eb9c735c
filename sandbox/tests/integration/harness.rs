//! Starts a sandbox of its own for a test, speaks HTTP to it, and plays the shop that receives webhooks.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::routing::post;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::process::{Child, Command};

pub(crate) const SECRET_KEY: &str = "sk_test_integration";
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_integration";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_integration";

/// How long anything that should happen may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running sandbox with its own journal.
pub(crate) struct Sandbox {
    child: Child,
    directory: PathBuf,
    webhook_url: Option<String>,
    pub(crate) api: String,
    pub(crate) control: String,
    client: Client<HttpConnector, Body>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    /// The body of an answer that must be a success.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }

    /// The `error` of an answer that must have this status.
    pub(crate) fn error(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()["error"].clone()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Sandbox {
    pub(crate) async fn start() -> Self {
        Self::launch(new_directory(), None).await
    }

    pub(crate) async fn start_with_webhooks(url: &str) -> Self {
        Self::launch(new_directory(), Some(url.to_owned())).await
    }

    async fn launch(directory: PathBuf, webhook_url: Option<String>) -> Self {
        std::fs::create_dir_all(&directory).unwrap();
        let ports_file = directory.join("ports.json");
        let _ = std::fs::remove_file(&ports_file);
        let mut command = Command::new(env!("CARGO_BIN_EXE_souk-sandbox"));
        command
            .args(["--addr", "127.0.0.1:0", "--control-addr", "127.0.0.1:0"])
            .arg("--journal")
            .arg(directory.join("journal"))
            .arg("--ports-file")
            .arg(&ports_file)
            .env("SANDBOX_SECRET_KEY", SECRET_KEY)
            .env("SANDBOX_PUBLISHABLE_KEY", PUBLISHABLE_KEY)
            .env("SANDBOX_WEBHOOK_SECRET", WEBHOOK_SECRET)
            .stdout(Stdio::null())
            .kill_on_drop(true);
        if let Some(url) = &webhook_url {
            command.env("SANDBOX_WEBHOOK_URL", url);
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(directory.join("log")).unwrap();
        let mut child = command.stderr(log).spawn().unwrap();
        let begun = Instant::now();
        let ports: Value = loop {
            if let Ok(text) = std::fs::read_to_string(&ports_file) {
                break serde_json::from_str(&text).unwrap();
            }
            assert!(child.try_wait().unwrap().is_none(), "the sandbox ended: {}", std::fs::read_to_string(directory.join("log")).unwrap());
            assert!(begun.elapsed() < PATIENCE, "the sandbox did not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let address = |name: &str| ports[name].as_str().unwrap().to_owned();
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        Self { child, directory, webhook_url, api: address("api"), control: address("control"), client }
    }

    /// Kills the process without a word and starts another on the same journal.
    pub(crate) async fn kill_and_restart(mut self) -> Self {
        self.child.kill().await.unwrap();
        let (directory, webhook_url) = (std::mem::take(&mut self.directory), self.webhook_url.take());
        drop(self);
        Self::launch(directory, webhook_url).await
    }

    /// Asks the process to stop and waits for its exit code.
    pub(crate) async fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().code()
    }

    pub(crate) fn journal_directory(&self) -> PathBuf {
        self.directory.join("journal")
    }

    /// Everything that the sandbox has written to disk, its log included.
    pub(crate) fn written(&self) -> String {
        let journal = std::fs::read_to_string(self.journal_directory().join("journal.jsonl")).unwrap();
        journal + &std::fs::read_to_string(self.directory.join("log")).unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, SECRET_KEY, None, "").await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.try_post(path, form, None).await.unwrap()
    }

    pub(crate) async fn post_with_key(&self, path: &str, form: &[(&str, &str)], key: &str) -> Reply {
        self.try_post(path, form, Some(key)).await.unwrap()
    }

    /// `None` when the connection broke.
    pub(crate) async fn try_post(&self, path: &str, form: &[(&str, &str)], key: Option<&str>) -> Option<Reply> {
        self.call(Method::POST, path, SECRET_KEY, key, &encode(form)).await
    }

    /// What a browser may do: the publishable key.
    pub(crate) async fn browser(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Reply {
        let encoded = encode(form);
        let (path, body) = if method == Method::GET { (format!("{path}?{encoded}"), "") } else { (path.to_owned(), encoded.as_str()) };
        self.call(method, &path, PUBLISHABLE_KEY, None, body).await.unwrap()
    }

    async fn call(&self, method: Method, path: &str, api_key: &str, key: Option<&str>, body: &str) -> Option<Reply> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api))
            .header(header::AUTHORIZATION, format!("Bearer {api_key}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Opens one of the sandbox's pages, as a browser without JavaScript.
    pub(crate) async fn visit(&self, address: &str) -> Reply {
        let address = if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.api) };
        self.send(Request::get(address).body(Body::empty()).unwrap()).await.unwrap()
    }

    /// Sends a form of one of the sandbox's pages.
    pub(crate) async fn submit(&self, address: &str, form: &[(&str, &str)]) -> Reply {
        let address = if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.api) };
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encode(form))).unwrap()).await.unwrap()
    }

    pub(crate) async fn control_get(&self, path: &str) -> Value {
        self.send(Request::get(format!("{}{path}", self.control)).body(Body::empty()).unwrap()).await.unwrap().ok()
    }

    pub(crate) async fn control_post(&self, path: &str, body: Value) -> Reply {
        let request = Request::post(format!("{}{path}", self.control)).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await.unwrap()
    }

    /// Gives the control port an order that it must accept.
    pub(crate) async fn tell(&self, path: &str, order: Value) {
        let reply = self.control_post(path, order).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Option<Reply> {
        let response = self.client.request(request).await.ok()?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.ok()?.to_bytes();
        Some(Reply { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() })
    }

    /// An intent over €50.00 for order 7, to be captured by hand, not yet confirmed.
    pub(crate) async fn new_intent(&self) -> Value {
        self.post("/v1/payment_intents", &manual_intent()).await.ok()
    }

    /// The same, authorised with this payment method.
    pub(crate) async fn authorized_intent(&self, payment_method: &str) -> Value {
        let mut form = manual_intent();
        form.extend([("confirm", "true"), ("payment_method", payment_method)]);
        let intent = self.post("/v1/payment_intents", &form).await.ok();
        assert_eq!(intent["status"], "requires_capture");
        intent
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if !self.directory.as_os_str().is_empty() {
            let _ = self.child.start_kill();
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

fn manual_intent() -> Vec<(&'static str, &'static str)> {
    vec![
        ("amount", "5000"),
        ("currency", "eur"),
        ("capture_method", "manual"),
        ("payment_method_types[]", "card"),
        ("metadata[order_id]", "7"),
    ]
}

fn encode(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

fn new_directory() -> PathBuf {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let name = format!("sandbox-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The path of an id's action, such as `/v1/payment_intents/pi_…/capture`.
pub(crate) fn action(object: &Value, action: &str) -> String {
    let id = object["id"].as_str().unwrap();
    let collection = match id.split('_').next().unwrap() {
        "pi" => "payment_intents",
        "cs" => "checkout/sessions",
        other => panic!("no collection for {other}"),
    };
    format!("/v1/{collection}/{id}{action}")
}

/// Waits until something is so.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The shop's end of the webhooks.
#[derive(Clone, Default)]
pub(crate) struct Shop {
    received: Arc<Mutex<Vec<Webhook>>>,
    refusals_left: Arc<AtomicU32>,
}

/// One webhook that arrived with a good signature.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) body: Value,
}

impl Shop {
    /// Opens the shop; the address is for [`Sandbox::start_with_webhooks`].
    pub(crate) async fn open() -> (Self, String) {
        let shop = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let router = Router::new().route("/webhooks", post(receive)).with_state(shop.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (shop, url)
    }

    pub(crate) fn refuse_next(&self, count: u32) {
        self.refusals_left.store(count, Ordering::SeqCst);
    }

    pub(crate) fn received(&self) -> Vec<Webhook> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        self.received().into_iter().map(|webhook| webhook.kind).collect()
    }

    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Webhook> {
        eventually(&format!("{count} webhooks"), async || Some(self.received()).filter(|received| received.len() >= count)).await
    }
}

async fn receive(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !is_signed(headers.get("stripe-signature").map_or("", |value| value.to_str().unwrap()), &body) {
        return StatusCode::BAD_REQUEST;
    }
    if shop.refusals_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    shop.received.lock().unwrap().push(Webhook { id: text("id"), kind: text("type"), body: body.clone() });
    StatusCode::OK
}

/// Stripe's rule: HMAC-SHA256 over time, a dot and the body, and no older than five minutes.
fn is_signed(header: &str, body: &[u8]) -> bool {
    use hmac::{Hmac, KeyInit, Mac};
    let part = |name: &str| header.split(',').find_map(|part| part.strip_prefix(name)).unwrap_or_default().to_owned();
    let (time, signature) = (part("t="), part("v1="));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    if !time.parse::<u64>().is_ok_and(|time| now.abs_diff(time) <= 300) {
        return false;
    }
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    expected == signature
}
