//! The sandbox as a process of the test's own, and what a shopper's browser does there.

use backend::check;
use backend::testing::Shop;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// Ends with the test.
pub(crate) struct Bank {
    pub(crate) api: String,
    pub(crate) control: String,
    journal: PathBuf,
    _process: Child,
}

impl Drop for Bank {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.journal).ok();
    }
}

/// A shop over the test's database that is paid at a sandbox of its own.
pub(crate) async fn open(db: PgPool) -> (Bank, Shop) {
    let bank = Bank::start().await;
    let shop = Shop::with_gateway(db, &bank.api);
    (bank, shop)
}

/// An answer: status, headers and body as they came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> String {
        let line = self
            .head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().starts_with("location:").then(|| line["location:".len()..].trim().to_owned()));
        line.unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body))
    }
}

impl Bank {
    pub(crate) async fn start() -> Self {
        let program = std::env::var_os("SOUK_SANDBOX_BIN").map_or_else(|| PathBuf::from("../target/debug/souk-sandbox"), PathBuf::from);
        let journal = std::env::temp_dir().join(format!("souk-test-bank-{}", backend::db::new_id()));
        let mut process = Command::new(&program)
            .arg("--journal")
            .arg(&journal)
            .args(["--secret-key", "sk_test_shop", "--publishable-key", "pk_test_shop", "--webhook-secret", "whsec_shop"])
            .env("SANDBOX_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("the sandbox at {} does not start: {error}; build it first", program.display()));
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let ports: Value = serde_json::from_str(&line).expect("the sandbox says where it listens");
        let address = |name: &str| ports[name].as_str().unwrap().to_owned();
        Self { api: address("api"), control: address("control"), journal, _process: process }
    }

    /// Queues a fault for the next matching request.
    pub(crate) async fn misbehave(&self, method: &str, path: &str, mode: &str, more: Value) {
        let mut rule = json!({ "match": { "method": method, "path": path }, "mode": mode });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = request("POST", &format!("{}/misbehave", self.control), "", "application/json", &rule.to_string()).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    /// An address under which the same bank answers as if all its money were real.
    pub(crate) async fn in_live_mode(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, api) = (format!("http://{}", listener.local_addr().unwrap()), self.api.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let api = api.clone();
                // A caller who hangs up is no failure of the test.
                tokio::spawn(async move { pass_on_as_live(client, &api).await.ok() });
            }
        });
        url
    }

    pub(crate) async fn journal(&self) -> Vec<Value> {
        let answer = request("GET", &format!("{}/journal", self.control), "", "application/json", "").await;
        answer.json()["payment_intents"].as_array().unwrap().clone()
    }

    /// What was taken in all, in minor units.
    pub(crate) async fn taken(&self) -> i64 {
        self.journal().await.iter().map(|intent| intent["captured"].as_i64().unwrap()).sum()
    }

    /// The browser's payment form: pays an intent by its client secret.
    pub(crate) async fn pay_in_browser(&self, client_secret: &str, payment_method: &str) -> Answer {
        let intent = client_secret.split("_secret_").next().unwrap();
        let form =
            format!("client_secret={client_secret}&payment_method={payment_method}&return_url=http%3A%2F%2F127.0.0.1%3A3000%2Freturn");
        let url = format!("{}/v1/payment_intents/{intent}/confirm", self.api);
        request("POST", &url, "Bearer pk_test_shop", "application/x-www-form-urlencoded", &form).await
    }

    /// What the server asks with its secret key.
    pub(crate) async fn ask(&self, method: &str, path: &str, form: &str) -> Answer {
        request(method, &format!("{}{path}", self.api), "Bearer sk_test_shop", "application/x-www-form-urlencoded", form).await
    }

    /// A payment method of this card, as a browser makes one: it pays once.
    pub(crate) async fn payment_method(&self, card_number: &str) -> String {
        let form = format!("type=card&card[number]={card_number}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
        self.ask("POST", "/v1/payment_methods", &form).await.json()["id"].as_str().unwrap().to_owned()
    }

    /// Fills in the hosted page.
    pub(crate) async fn pay_on_page(&self, url: &str, card_number: &str) -> Answer {
        let form = format!("email=ada%40example.org&name=Ada&number={card_number}&expiry=12%2F40&cvc=123");
        request("POST", url, "", "application/x-www-form-urlencoded", &form).await
    }

    /// Presses a button on the issuer's page.
    pub(crate) async fn answer_challenge(&self, url: &str, outcome: &str) -> Answer {
        request("POST", url, "", "application/x-www-form-urlencoded", &format!("outcome={outcome}")).await
    }

    /// Every promise holds, and our book is the bank's.
    pub(crate) async fn assert_books_agree(&self, shop: &Shop) {
        let violations = check::run(&shop.handles, Some(&format!("{}/journal", self.control))).await.unwrap();
        assert_eq!(violations, []);
    }
}

/// Passes one request on, and its answer back with the mode changed.
async fn pass_on_as_live(mut client: TcpStream, api: &str) -> std::io::Result<()> {
    let request = read_request(&mut client).await?;
    let (first_line, rest) = request.split_once("\r\n").unwrap_or((&request, ""));
    let mut bank = TcpStream::connect(api.trim_start_matches("http://")).await?;
    bank.write_all(format!("{first_line}\r\nconnection: close\r\n{rest}").as_bytes()).await?;
    let mut answer = String::new();
    bank.read_to_string(&mut answer).await?;
    // As long as before: the length was told already.
    client.write_all(answer.replace(r#""livemode": false"#, r#""livemode": true "#).as_bytes()).await
}

/// Head and body; the body is as long as the head says.
async fn read_request(client: &mut TcpStream) -> std::io::Result<String> {
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = client.read(&mut part).await?;
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            body.len() >= length.unwrap_or(0)
        });
        if is_whole || read == 0 {
            return Ok(text);
        }
    }
}

async fn request(method: &str, url: &str, authorization: &str, content_type: &str, body: &str) -> Answer {
    let rest = url.strip_prefix("http://").expect("the sandbox speaks plain HTTP");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).await.unwrap();
    let authorization = if authorization.is_empty() { String::new() } else { format!("authorization: {authorization}\r\n") };
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{authorization}content-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
