//! Two ways to press: as fast as the answers come (closed loop: what it can bear), and at a fixed rate whatever the
//! answers do (open loop: what a visitor waits, counted from when the request should have left).

use crate::client::{Connection, Target};
use std::time::{Duration, Instant};

/// Requests per second and latencies of one run.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Figures {
    pub(crate) fn of(mut latencies: Vec<Duration>, took: Duration) -> anyhow::Result<Self> {
        anyhow::ensure!(!latencies.is_empty(), "no request was answered");
        latencies.sort_unstable();
        let percentile = |percent: usize| latencies[(latencies.len() * percent / 100).min(latencies.len() - 1)];
        Ok(Self { per_second: latencies.len() as f64 / took.as_secs_f64(), p50: percentile(50), p99: percentile(99) })
    }
}

/// `connections` clients, each asking again as soon as it is answered.
pub(crate) async fn closed(target: &Target, connections: usize, time: Duration) -> anyhow::Result<Figures> {
    let start = Instant::now();
    let end = start + time;
    let clients = (0..connections).map(|_| {
        let target = target.clone();
        tokio::spawn(async move {
            let mut connection = Connection::open(&target.authority).await?;
            let mut latencies = Vec::new();
            while Instant::now() < end {
                let sent = Instant::now();
                connection.get(&target).await?;
                latencies.push(sent.elapsed());
            }
            anyhow::Ok(latencies)
        })
    });
    let mut latencies = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        latencies.extend(client.await??);
    }
    Figures::of(latencies, start.elapsed())
}

/// `rate` requests a second, each on its turn; a late answer makes those behind it late too, as it would in life.
pub(crate) async fn open(target: &Target, rate: u32, time: Duration) -> anyhow::Result<Figures> {
    const CONNECTIONS: u32 = 32;
    let step = Duration::from_secs(1) / rate;
    let count = (time.as_secs_f64() * f64::from(rate)) as u32;
    let start = Instant::now() + Duration::from_millis(50);
    let clients = (0..CONNECTIONS).map(|own| {
        let target = target.clone();
        tokio::spawn(async move {
            let mut connection = Connection::open(&target.authority).await?;
            let mut latencies = Vec::new();
            for turn in (own..count).step_by(CONNECTIONS as usize) {
                let intended = start + step * turn;
                tokio::time::sleep_until(intended.into()).await;
                connection.get(&target).await?;
                latencies.push(intended.elapsed());
            }
            anyhow::Ok(latencies)
        })
    });
    let mut latencies = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        latencies.extend(client.await??);
    }
    Figures::of(latencies, start.elapsed())
}
