//! Accepting connections, and ending in order.

use crate::middleware::class::Peer;
use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// A client that sends its head slower than this is not one.
const HEAD_MAX: Duration = Duration::from_secs(10);
/// What is under way when the process is to end may take this long.
const DRAIN_MAX: Duration = Duration::from_secs(20);
/// After a failed accept (no more file descriptors, mostly) it helps to wait.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Becomes true when the process is asked to end.
pub type Shutdown = watch::Receiver<bool>;

/// Waits until the process is asked to end.
pub async fn asked(shutdown: &mut Shutdown) {
    // An error means that nobody is left to ask: then it is over as well.
    drop(shutdown.wait_for(|asked| *asked).await);
}

/// Serves until asked to end, then lets what is under way finish.
pub async fn serve(listener: TcpListener, router: Router, mut shutdown: Shutdown) {
    let connections = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            () = asked(&mut shutdown) => break,
        };
        accept(stream, peer, &router, &connections);
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_MAX, connections.shutdown()).await.is_err() {
        tracing::warn!("connections were still open at the end");
    }
}

fn accept(stream: TcpStream, peer: SocketAddr, router: &Router, connections: &GracefulShutdown) {
    // A streamed page would otherwise wait for the client's delayed acknowledgement: 40 ms each.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone at once");
        return;
    }
    let router = router.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(HEAD_MAX).serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

/// Listens for SIGTERM and SIGINT.
///
/// # Errors
/// When the signals cannot be listened for.
pub fn shutdown_on_signal() -> std::io::Result<Shutdown> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (asked, shutdown) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        tracing::info!("asked to end");
        asked.send_replace(true);
        // The receivers decide when it is over; the sender must outlive them.
        asked.closed().await;
    });
    Ok(shutdown)
}
