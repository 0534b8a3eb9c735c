//! What the shop is measured against: the same HTTP stack with nothing behind it.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt;
use clap::Args;
use hyper::body::Bytes;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A directory with the pages to send, one file each; served under its name.
    #[arg(long)]
    pages: PathBuf,
    /// Where to write the address that was bound.
    #[arg(long)]
    address_file: PathBuf,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(&options.pages)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        pages.insert(name, Bytes::from(std::fs::read(&path)?));
    }
    let router = Router::new().route("/empty", get(|| async {})).route("/fixed/{name}", get(fixed)).with_state(Arc::new(pages));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    std::fs::write(&options.address_file, listener.local_addr()?.to_string())?;
    // Left on, Nagle's algorithm would make this reference slow and the shop look good.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, router).await?;
    Ok(())
}

async fn fixed(State(pages): State<Arc<BTreeMap<String, Bytes>>>, Path(name): Path<String>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], pages.get(&name).cloned().unwrap_or_default())
}
