//! How fast a client takes what is written to it. Who stops reading, or reads ever so slowly, would hold memory, files
//! and a connection for as long as he likes.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A client that cannot be written to has to take so much, in bytes a second.
pub const LEAST: u64 = 16 << 10;

/// The pace of one connection.
#[derive(Debug, Clone)]
pub struct Pace(Rc<Counted>);

#[derive(Debug)]
struct Counted {
    /// It is looked at over so long a time of waiting for the client.
    over: Duration,
    /// Bytes taken since the count began.
    taken: Cell<u64>,
    /// Time that was spent waiting for the client since then.
    waited: Cell<Duration>,
    /// Since when the client takes nothing.
    waiting_since: Cell<Option<Instant>>,
}

impl Pace {
    /// The pace of a new connection, which is looked at over so long a time of waiting for the client.
    pub fn over(time: Duration) -> Pace {
        let (taken, waited, waiting_since) = Default::default();
        Pace(Rc::new(Counted { over: time, taken, waited, waiting_since }))
    }

    /// Notes that the client has taken so many bytes.
    pub fn takes(&self, bytes: usize) {
        self.0.taken.set(self.0.taken.get() + bytes as u64);
        if let Some(since) = self.0.waiting_since.take() {
            self.0.waited.set(self.0.waited.get() + since.elapsed());
        }
    }

    /// Notes that there is more than the client takes.
    pub fn waits(&self) {
        if self.0.waiting_since.get().is_none() {
            self.0.waiting_since.set(Some(Instant::now()));
        }
    }

    /// Whether the client is slower than it may be. To be asked every few seconds: once enough time was spent
    /// waiting, the count begins anew.
    pub fn is_too_slow(&self) -> bool {
        let since = self.0.waiting_since.get();
        let waited = self.0.waited.get() + since.map_or(Duration::ZERO, |since| since.elapsed());
        if waited < self.0.over {
            return false;
        }
        let needed = LEAST.saturating_mul(waited.as_secs());
        let is_slow = self.0.taken.replace(0) < needed;
        self.0.waited.set(Duration::ZERO);
        self.0.waiting_since.set(since.map(|_| Instant::now()));
        is_slow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVER: Duration = Duration::from_secs(30);

    /// A client that was waited for so long, and took so many bytes.
    fn pace(waited: Duration, taken: usize, is_waited_for: bool) -> Pace {
        let pace = Pace::over(OVER);
        pace.takes(taken);
        pace.0.waited.set(waited);
        if is_waited_for {
            pace.waits();
        }
        pace
    }

    #[test]
    fn only_who_is_waited_for_can_be_too_slow() {
        let enough = usize::try_from(LEAST * OVER.as_secs()).expect("a small number");
        for is_waited_for in [false, true] {
            assert!(!pace(OVER / 2, 0, is_waited_for).is_too_slow(), "not yet");
            assert!(!pace(OVER, enough, is_waited_for).is_too_slow());
            assert!(pace(OVER, enough - 1, is_waited_for).is_too_slow());
        }
        let again = pace(OVER, enough, true);
        assert!(!again.is_too_slow());
        again.0.waited.set(OVER);
        assert!(again.is_too_slow(), "what was taken before does not count for ever");
    }
}
