//! Whoever sends more than is taken is heard out: a connection that is closed while they send shows them a network
//! failure and not why they were refused.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// Reads on to the end of a request that was refused as too large, up to so many bytes, and forgets what it reads.
pub async fn hear_out(State(most): State<u64>, request: Request, next: Next) -> Response {
    // Whoever asks beforehand sends nothing after a refusal.
    if request.headers().contains_key(EXPECT) || request.method().is_safe() {
        return next.run(request).await;
    }
    let (back, rest) = oneshot::channel();
    let lend = |body: Body| Body::from_stream(Lent { body: Some(body.into_data_stream()), back: Some(back) });
    let response = next.run(request.map(lend)).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE
        && let Ok(mut body) = rest.await
    {
        let mut left = most;
        while let Some(Ok(piece)) = body.next().await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                break;
            }
        }
    }
    response
}

/// A body that comes back when nobody reads it any more.
struct Lent {
    body: Option<BodyDataStream>,
    back: Option<oneshot::Sender<BodyDataStream>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.body {
            Some(body) => body.poll_next_unpin(context),
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Nobody waits for it where the request was not refused.
            let _ = back.send(body);
        }
    }
}
