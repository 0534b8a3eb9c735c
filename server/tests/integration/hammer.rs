//! Many requests at once at a real listener: every answer is whole. A page whose last piece never comes looks like a shop
//! that hangs, and few threads are what brings it out.

use crate::support::{HOST, configured};
use backend::testing::Shop;
use server::AppState;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Of each kind of page; the release is hammered with more.
const REQUESTS: usize = 60;
const IN_PARALLEL: usize = 20;
const LIMIT: Duration = Duration::from_secs(20);
/// Sent last, when every part of a page has been.
const LAST_SCRIPT: &str = "__INCOMPLETE_CHUNKS=[]";

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn every_answer_is_whole_with_two_threads(db: PgPool) {
    hammer_with(2, db).await;
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn every_answer_is_whole_with_four_threads(db: PgPool) {
    hammer_with(4, db).await;
}

/// Serves from a runtime of its own, as the process does.
async fn hammer_with(threads: usize, db: PgPool) {
    let shop = Shop::new(db.clone());
    shop.simple_product("blue-bowl", 4_200, 5).await;
    let options = db.connect_options().as_ref().clone();
    let hammering = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap();
        runtime.block_on(async move {
            let pool = PgPoolOptions::new().max_connections(10).connect_with(options).await.unwrap();
            hammer(pool).await;
        });
    });
    hammering.await.unwrap();
}

async fn hammer(pool: PgPool) {
    server::pages::routes();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = server::router(AppState::new(&configured(&[]).unwrap(), Shop::new(pool).handles));
    let (end, shutdown) = tokio::sync::watch::channel(false);
    let serving = tokio::spawn(server::serve::serve(listener, router, shutdown));
    for path in [
        "/",
        "/c/blue-bowl-category",
        "/search?q=bowl",
        "/p/blue-bowl",
        "/s/blue-bowl-seller",
        "/cart",
        "/account/register",
        "/account/sign-in",
    ] {
        let broken = ask_often(address, path).await;
        assert_eq!(broken, Vec::<String>::new(), "{path}");
    }
    end.send_replace(true);
    serving.await.unwrap();
}

/// What was wrong with the answers that were not whole.
async fn ask_often(address: SocketAddr, path: &'static str) -> Vec<String> {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut visitors = JoinSet::new();
    for _ in 0..IN_PARALLEL {
        let asked = Arc::clone(&asked);
        visitors.spawn(async move {
            let mut broken = Vec::new();
            while asked.fetch_add(1, Ordering::Relaxed) < REQUESTS {
                match tokio::time::timeout(LIMIT, ask(address, path)).await {
                    Ok(Ok(answer)) => broken.extend(fault(&answer)),
                    Ok(Err(error)) => broken.push(error.to_string()),
                    Err(_) => broken.push("no end in time".to_owned()),
                }
            }
            broken
        });
    }
    visitors.join_all().await.concat()
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    connection
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\nConnection: close\r\n\r\n").as_bytes())
        .await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn fault(answer: &str) -> Option<String> {
    let status = answer.lines().next().unwrap_or_default();
    let is_whole = answer.contains("</html>") && answer.contains(LAST_SCRIPT);
    let is_answered = status.contains(" 200 ") && is_whole;
    (!is_answered).then(|| format!("{status} … {}", answer.chars().rev().take(120).collect::<String>().chars().rev().collect::<String>()))
}
