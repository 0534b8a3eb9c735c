//! `bench stock`: holds of stock as the shop takes them, beside three other ways, on one PostgreSQL with fsync on, in one run.

use crate::load::Figures;
use anyhow::Context as _;
use backend::db::{self, new_id};
use backend::inventory::{Desk, Holder, ReserveLine};
use clap::Args;
use domain::id::{SellerId, StockItemId, VariantId};
use domain::inventory::{HOLD_S, HolderKind};
use redis::aio::MultiplexedConnection;
use sqlx::PgPool;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use uuid::Uuid;

/// With many callers at one row, group commit must be worth its trouble.
const HOT_ROW_MUST: f64 = 20.0;
const OF_REDIS_TARGET: f64 = 0.4;
const MANY_ROWS_TARGET: f64 = 1.5;
const ONE_CALLER_TARGET: f64 = 1.3;

const CALLERS: [usize; 3] = [1, 32, 256];
const ROWS: [usize; 2] = [1, 1_000];
/// The other ways are measured with each, and the best counts.
const CONNECTIONS: [usize; 4] = [2, 8, 32, 64];
const REDIS_CONNECTIONS: usize = 32;
/// The connections of the shop's own pool.
const SHOP_CONNECTIONS: u32 = 8;
/// More than any run takes.
const ON_HAND: i32 = 2_000_000_000;
/// Units of one row each, for the way that has a row for each: as many as a run can take.
const UNIT_ROWS: i64 = 60_000;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A fresh database; its schema is made.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: String,
    /// Seconds per measurement.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Fail when the hot row with 256 callers is not worth it.
    #[arg(long)]
    assert: bool,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    db::migrate(&options.database_url).await?;
    let stage = Stage::set(&options).await?;
    say("holds of one unit each; every way on the same PostgreSQL (fsync on), generator on the same machine");
    say("(a) one transaction a hold, one statement; (b) one row a unit, skip locked; (c) the shop's; (d) a line of Lua in Redis");
    say(&format!(
        "{:<10} {:>7}  {:<4} {:>5} {:>9} {:>10} {:>10} {:>8}",
        "rows", "callers", "way", "conn", "holds/s", "p50", "p99", "of (a)"
    ));
    let mut verdicts = Vec::new();
    for rows in ROWS {
        for callers in CALLERS {
            let measured = stage.measure(rows, callers).await?;
            let [conditional, _, shop, redis] = measured.each_ref().map(|way| &way.figures);
            for way in &measured {
                say(&format!(
                    "{rows:<10} {callers:>7}  {:<4} {:>5} {:>9.0} {:>10.1?} {:>10.1?} {:>8.2}",
                    way.name,
                    way.connections,
                    way.figures.per_second,
                    way.figures.p50,
                    way.figures.p99,
                    way.figures.per_second / conditional.per_second
                ));
            }
            let of_conditional = shop.per_second / conditional.per_second;
            match (rows, callers) {
                (1, 256) => {
                    verdicts.push(verdict("must: hot row, 256 callers, of (a)", of_conditional, of_conditional >= HOT_ROW_MUST, ">= 20"));
                    let of_redis = shop.per_second / redis.per_second;
                    verdicts.push(verdict("hot row, 256 callers, of (d)", of_redis, of_redis >= OF_REDIS_TARGET, ">= 0.4"));
                    anyhow::ensure!(!options.assert || of_conditional >= HOT_ROW_MUST, "the hot row runs at {of_conditional:.1} of (a)");
                }
                (1_000, 256) => {
                    verdicts.push(verdict("1,000 rows, 256 callers, of (a)", of_conditional, of_conditional >= MANY_ROWS_TARGET, ">= 1.5"));
                }
                (1, 1) => {
                    let slower = shop.p50.as_secs_f64() / conditional.p50.as_secs_f64();
                    verdicts.push(verdict("one caller, p50 of (a)'s", slower, slower <= ONE_CALLER_TARGET, "<= 1.3"));
                }
                _ => {}
            }
        }
    }
    verdicts.iter().for_each(|verdict| say(verdict));
    Ok(())
}

fn verdict(what: &str, ratio: f64, is_met: bool, target: &str) -> String {
    format!("{what}: {ratio:.2}, target {target}: {}", if is_met { "hit" } else { "miss" })
}

struct Way {
    name: &'static str,
    connections: usize,
    figures: Figures,
}

/// What all ways share.
struct Stage {
    url: String,
    redis_url: String,
    time: Duration,
    warehouse: Uuid,
    items: Vec<Uuid>,
    /// For what is done between the measurements.
    db: PgPool,
}

type Hold = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;
/// Holds one unit of this stock item.
type Take = Arc<dyn Fn(Uuid) -> Hold + Send + Sync>;

impl Stage {
    async fn set(options: &Options) -> anyhow::Result<Self> {
        let db = db::connect(&options.database_url, 2).await?;
        let (warehouse, items): (Uuid, Vec<Uuid>) = (new_id(), (0..ROWS[1]).map(|_| new_id()).collect());
        let create = [
            "create table bench_unit (item uuid not null, unit bigint not null, holder uuid, primary key (item, unit))",
            "create index bench_unit_free on bench_unit (item) where holder is null",
        ];
        for statement in create {
            sqlx::query(statement).execute(&db).await?;
        }
        sqlx::query("insert into warehouse (warehouse_id, code, name, country) values ($1, 'BENCH', 'Bench', 'US')")
            .bind(warehouse)
            .execute(&db)
            .await?;
        sqlx::query("insert into stock_item (stock_item_id, kind) select unnest($1::uuid[]), 'variant'").bind(&items).execute(&db).await?;
        sqlx::query("insert into stock_level (stock_item_id, warehouse_id, on_hand) select unnest($1::uuid[]), $2, $3")
            .bind(&items)
            .bind(warehouse)
            .bind(ON_HAND)
            .execute(&db)
            .await?;
        let (url, redis_url) = (options.database_url.clone(), options.redis_url.clone());
        Ok(Self { url, redis_url, time: Duration::from_secs(options.seconds), warehouse, items, db })
    }

    async fn measure(&self, rows: usize, callers: usize) -> anyhow::Result<[Way; 4]> {
        let conditional = self.best("(a)", rows, callers, |pool| self.conditional(pool)).await?;
        let skipping = self.best("(b)", rows, callers, |pool| self.skip_locked(pool)).await?;
        let pool = db::connect(&self.url, SHOP_CONNECTIONS).await?;
        let figures = self.run(rows, callers, self.shop(pool.clone())).await?;
        pool.close().await;
        let shop = Way { name: "(c)", connections: SHOP_CONNECTIONS as usize, figures };
        let figures = self.run(rows, callers, self.redis().await?).await?;
        Ok([conditional, skipping, shop, Way { name: "(d)", connections: REDIS_CONNECTIONS, figures }])
    }

    /// The way at its best number of connections.
    async fn best(&self, name: &'static str, rows: usize, callers: usize, take: impl Fn(PgPool) -> Take) -> anyhow::Result<Way> {
        let mut best: Option<Way> = None;
        for connections in CONNECTIONS {
            let pool = db::connect(&self.url, connections as u32).await?;
            let figures = self.run(rows, callers, take(pool.clone())).await?;
            pool.close().await;
            if best.as_ref().is_none_or(|best| figures.per_second > best.figures.per_second) {
                best = Some(Way { name, connections, figures });
            }
        }
        best.context("there are numbers of connections")
    }

    /// `callers` that each take one unit after the other, from row to row.
    async fn run(&self, rows: usize, callers: usize, take: Take) -> anyhow::Result<Figures> {
        self.clean(rows).await?;
        let items: Arc<[Uuid]> = self.items[..rows].into();
        // The first statements of a connection are prepared and planned.
        for item in items.iter().take(64) {
            take(*item).await?;
        }
        let start = Instant::now();
        let end = start + self.time;
        let mut running = JoinSet::new();
        for caller in 0..callers {
            let (take, items) = (take.clone(), items.clone());
            running.spawn(async move {
                let mut latencies = Vec::new();
                // Callers begin at different rows and walk in strides: no two keep step.
                let mut place = caller * 7;
                while Instant::now() < end {
                    let asked = Instant::now();
                    take(items[place % items.len()]).await?;
                    latencies.push(asked.elapsed());
                    place += 13;
                }
                anyhow::Ok(latencies)
            });
        }
        let mut latencies = Vec::new();
        while let Some(caller) = running.join_next().await {
            latencies.extend(caller??);
        }
        Figures::of(latencies, start.elapsed())
    }

    /// As before the first measurement.
    async fn clean(&self, rows: usize) -> anyhow::Result<()> {
        sqlx::query("truncate reservation, bench_unit").execute(&self.db).await?;
        sqlx::query("update stock_level set held = 0").execute(&self.db).await?;
        sqlx::query(
            "insert into bench_unit (item, unit) select item, unit from unnest($1::uuid[]) as item, generate_series(1, $2) as unit",
        )
        .bind(&self.items[..rows])
        .bind(UNIT_ROWS / rows as i64)
        .execute(&self.db)
        .await?;
        for statement in ["vacuum (analyze) stock_level", "vacuum (analyze) bench_unit", "vacuum (analyze) reservation", "checkpoint"] {
            sqlx::query(statement).execute(&self.db).await?;
        }
        Ok(())
    }

    /// (a) A conditional update and the hold, in one statement that is a transaction by itself: one turn with the database.
    fn conditional(&self, pool: PgPool) -> Take {
        let warehouse = self.warehouse;
        Arc::new(move |item| {
            let pool = pool.clone();
            Box::pin(async move {
                let taken = sqlx::query(
                    "with taken as (
                         update stock_level set held = held + 1
                         where stock_item_id = $1 and warehouse_id = $2 and on_hand - allocated - held >= 1
                         returning stock_item_id, warehouse_id
                     )
                     insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, expires_at)
                     select $3, 'order', $4, stock_item_id, warehouse_id, 1, 'held', souk.clock() + interval '15 minutes' from taken",
                )
                .bind(item)
                .bind(warehouse)
                .bind(new_id())
                .bind(new_id())
                .execute(&pool)
                .await?;
                anyhow::ensure!(taken.rows_affected() == 1, "nothing was held");
                Ok(())
            })
        })
    }

    /// (b) One row for each unit: whoever comes takes one that nobody else is taking.
    fn skip_locked(&self, pool: PgPool) -> Take {
        Arc::new(move |item| {
            let pool = pool.clone();
            Box::pin(async move {
                let taken = sqlx::query(
                    "update bench_unit set holder = $2 where (item, unit) = (
                         select item, unit from bench_unit where item = $1 and holder is null limit 1 for update skip locked
                     )",
                )
                .bind(item)
                .bind(new_id())
                .execute(&pool)
                .await?;
                anyhow::ensure!(taken.rows_affected() == 1, "there were too few units for a measurement of this length");
                Ok(())
            })
        })
    }

    /// (c) As the checkout does it.
    fn shop(&self, pool: PgPool) -> Take {
        let desk = Desk::new(pool);
        Arc::new(move |item| {
            let desk = desk.clone();
            Box::pin(async move {
                let holder = Holder { kind: HolderKind::Order, id: new_id() };
                let nobody = (VariantId(Uuid::nil()), SellerId(Uuid::nil()));
                let line = ReserveLine { stock_item: StockItemId(item), variant: nobody.0, seller: nobody.1, quantity: 1 };
                let held = desk.hold(holder, &[line], HOLD_S, None).await.map_err(|failure| anyhow::anyhow!("{failure}"))?;
                anyhow::ensure!(held.len() == 1, "nothing was held");
                Ok(())
            })
        })
    }

    /// (d) What a counter in Redis would do, which holds nothing that outlives it: one command in flight on each connection.
    async fn redis(&self) -> anyhow::Result<Take> {
        const TAKE: &str = "if tonumber(redis.call('get', KEYS[1]) or ARGV[1]) >= 1 then return redis.call('decr', KEYS[1]) end return -1";
        let client = redis::Client::open(self.redis_url.as_str())?;
        let mut connections: Vec<Mutex<MultiplexedConnection>> = Vec::new();
        for _ in 0..REDIS_CONNECTIONS {
            connections.push(Mutex::new(client.get_multiplexed_async_connection().await?));
        }
        let mut first = connections[0].lock().await.clone();
        let mut pipe = redis::pipe();
        for item in &self.items {
            pipe.set(item.to_string(), ON_HAND).ignore();
        }
        pipe.query_async::<()>(&mut first).await?;
        let (connections, next) = (Arc::new(connections), Arc::new(AtomicUsize::new(0)));
        Ok(Arc::new(move |item| {
            let (connections, place) = (connections.clone(), next.fetch_add(1, Ordering::Relaxed) % REDIS_CONNECTIONS);
            Box::pin(async move {
                let mut connection = connections[place].lock().await;
                let left: i64 = redis::cmd("EVAL").arg(TAKE).arg(1).arg(item.to_string()).arg(0).query_async(&mut *connection).await?;
                anyhow::ensure!(left >= 0, "nothing was held");
                Ok(())
            })
        }))
    }
}

#[expect(clippy::print_stdout, reason = "printing figures is what this program is for")]
fn say(line: &str) {
    println!("{line}");
}
