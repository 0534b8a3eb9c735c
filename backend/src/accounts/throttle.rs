//! Limits on trying: token buckets in Redis, shared by all processes; in this process alone while Redis is away. Never
//! none at all.

use crate::redis::Redis;
use crate::secret;
use redis::Script;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An empty bucket is full again after this.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Buckets kept in the process.
const LOCAL_BUCKETS_MAX: usize = 10_000;

/// Takes (or, with -1, gives back) a token; answers with the milliseconds to wait, 0 when it was there.
static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('time')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local capacity, window, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local held = redis.call('hmget', KEYS[1], 'tokens', 'at')
        local tokens, at = tonumber(held[1] or capacity), tonumber(held[2] or now)
        tokens = math.min(capacity, tokens + math.max(0, now - at) * capacity / window)
        if tokens < wanted then return math.ceil((wanted - tokens) * window / capacity) end
        redis.call('hset', KEYS[1], 'tokens', tostring(math.min(capacity, tokens - wanted)), 'at', now)
        redis.call('pexpire', KEYS[1], window)
        return 0",
    )
});

static LOCAL: LazyLock<Mutex<HashMap<String, Local>>> = LazyLock::new(Mutex::default);

/// What is counted, and how often it may be tried in a quarter of an hour.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    name: String,
    capacity: u32,
}

impl Bucket {
    pub(super) fn new(kind: &str, whom: &str, capacity: u32) -> Self {
        // Hashed, so that no address of anybody stands in Redis.
        Self { name: format!("throttle:{kind}:{}", secret::hex(&secret::token_hash(whom))), capacity: capacity.max(1) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    Wait { retry_after_s: u32 },
}

pub(super) async fn take(redis: &Redis, bucket: &Bucket) -> Taken {
    let wait = move_tokens(redis, bucket, 1).await;
    if wait.is_zero() {
        Taken::Yes
    } else {
        Taken::Wait { retry_after_s: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1) }
    }
}

/// What was taken turned out not to count.
pub(super) async fn give_back(redis: &Redis, bucket: &Bucket) {
    move_tokens(redis, bucket, -1).await;
}

/// How long to wait; zero when it was done.
async fn move_tokens(redis: &Redis, bucket: &Bucket, wanted: i32) -> Duration {
    let key = redis.key(&bucket.name);
    let mut invocation = TAKE.key(&key);
    invocation.arg(bucket.capacity).arg(WINDOW.as_millis() as u64).arg(wanted);
    match invocation.invoke_async::<u64>(&mut redis.connection()).await {
        Ok(wait_ms) => Duration::from_millis(wait_ms),
        Err(error) => {
            tracing::warn!(%error, "limits are counted in this process alone");
            let mut buckets = LOCAL.lock().unwrap_or_else(PoisonError::into_inner);
            move_local(&mut buckets, key, f64::from(bucket.capacity), f64::from(wanted), Instant::now())
        }
    }
}

struct Local {
    tokens: f64,
    at: Instant,
}

fn move_local(buckets: &mut HashMap<String, Local>, key: String, capacity: f64, wanted: f64, now: Instant) -> Duration {
    let rate = capacity / WINDOW.as_secs_f64();
    if buckets.len() >= LOCAL_BUCKETS_MAX && !buckets.contains_key(&key) {
        buckets.retain(|_, bucket| now.duration_since(bucket.at) < WINDOW);
        if buckets.len() >= LOCAL_BUCKETS_MAX {
            // A flood of strangers must not lift anybody's limit: newcomers wait.
            return WINDOW;
        }
    }
    let bucket = buckets.entry(key).or_insert(Local { tokens: capacity, at: now });
    let tokens = (bucket.tokens + now.duration_since(bucket.at).as_secs_f64() * rate).min(capacity);
    if tokens < wanted {
        return Duration::from_secs_f64((wanted - tokens) / rate);
    }
    *bucket = Local { tokens: (tokens - wanted).min(capacity), at: now };
    Duration::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_bucket_empties_and_fills_again() {
        let (mut buckets, start) = (HashMap::new(), Instant::now());
        let mut take = |wanted: f64, after_s: u64| move_local(&mut buckets, "a".into(), 3.0, wanted, start + Duration::from_secs(after_s));
        assert_eq!([take(1.0, 0), take(1.0, 0), take(1.0, 0)], [Duration::ZERO; 3]);
        assert_eq!(take(1.0, 0).as_secs(), 300);
        assert_eq!(take(-1.0, 0), Duration::ZERO);
        assert_eq!(take(1.0, 0), Duration::ZERO);
        assert_eq!(take(1.0, 301), Duration::ZERO);
    }

    #[test]
    fn a_flood_of_strangers_lifts_no_limit() {
        let (mut buckets, now) = (HashMap::new(), Instant::now());
        for stranger in 0..LOCAL_BUCKETS_MAX {
            move_local(&mut buckets, stranger.to_string(), 1.0, 1.0, now);
        }
        assert_eq!(move_local(&mut buckets, "another".into(), 1.0, 1.0, now), WINDOW);
        assert!(move_local(&mut buckets, "7".into(), 1.0, 1.0, now) > Duration::ZERO);
    }
}
