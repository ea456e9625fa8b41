//! The bell of the job runner: whoever commits a transaction with a job rings it; the runner sleeps until then.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Rings and waits. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// There is something to do.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the bell, at most so long: another server may have left work, and a lease may have run out.
    pub async fn wait(&self, most: Duration) {
        let _rung = tokio::time::timeout(most, self.0.notified()).await;
    }
}
