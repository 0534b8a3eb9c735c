//! Listeners whose connections can be cut, which is how a reply gets lost.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long open requests may take to finish once the sandbox is told to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// A handle on the connection that a request came over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire {
    cut: Arc<AtomicBool>,
}

impl Wire {
    /// From now on nothing is written to the connection; it breaks at the next attempt.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }
}

struct CuttableListener(TcpListener);

struct CuttableStream {
    stream: TcpStream,
    wire: Wire,
}

impl CuttableStream {
    fn check(&self) -> io::Result<()> {
        if self.wire.cut.load(Ordering::SeqCst) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        (CuttableStream { stream, wire: Wire::default() }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().wire.clone()
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Serves until told to stop, then lets open requests finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, stopped: watch::Receiver<bool>) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Wire>();
    let serving = axum::serve(CuttableListener(listener), service).with_graceful_shutdown(told(stopped.clone()));
    let out_of_time = async {
        told(stopped).await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        outcome = serving.into_future() => outcome,
        () = out_of_time => Ok(()),
    }
}

async fn told(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody is left who could tell, which is as good as being told.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
