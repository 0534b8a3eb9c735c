//! A page that does not get finished must not hold its connection for ever.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// From the request to the last byte of its page. No page takes a hundredth of this.
pub const PAGE_MAX: Duration = Duration::from_secs(15);

/// A body that fails when its time is over, which ends the connection: the browser sees a broken page, never half of one
/// that looks whole.
#[derive(Debug)]
pub struct DeadlineBody {
    body: Body,
    deadline: Pin<Box<Sleep>>,
}

impl DeadlineBody {
    pub fn wrap(body: Body, time: Duration) -> Body {
        Body::new(Self { body, deadline: Box::pin(tokio::time::sleep(time)) })
    }
}

impl HttpBody for DeadlineBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        if self.deadline.as_mut().poll(context).is_ready() {
            tracing::error!("a page was not finished in its time");
            return Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    /// A body that never ends.
    struct Endless;

    impl HttpBody for Endless {
        type Data = Bytes;
        type Error = axum::Error;
        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn a_page_that_hangs_is_broken_off() {
        let body = DeadlineBody::wrap(Body::new(Endless), Duration::from_millis(20));
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn a_page_in_time_arrives_whole() {
        let body = DeadlineBody::wrap(Body::from("whole"), Duration::from_secs(5));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "whole");
    }
}
