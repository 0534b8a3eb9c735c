use super::store;
use crate::redis::Redis;
use crate::{Context, Failure, Handles, db, secret};
use anyhow::Context as _;
use domain::accounts::{Role, SessionUser, SessionView};
use domain::id::{SessionId, UserId};
use domain::refusal::NoRefusal;
use redis::AsyncCommands as _;

/// As long as a session may idle.
const COPY_TTL_S: u64 = 30 * 86_400;
/// Longer names of browsers tell nothing more.
const USER_AGENT_LENGTH_MAX: usize = 300;

/// Starts a browser's session and returns its token, which belongs into a cookie and nowhere else.
pub async fn start_session(ctx: &Context, user: UserId, user_agent: &str) -> Result<String, Failure<NoRefusal>> {
    let token = secret::new_token();
    let hash = secret::token_hash(&token);
    let user_agent: String = user_agent.chars().filter(|letter| !letter.is_control()).take(USER_AGENT_LENGTH_MAX).collect();
    store::insert_session(&ctx.handles.db, &hash, user, &user_agent).await?;
    if let Some(user) = store::user(&ctx.handles.db, user).await? {
        keep_copy(&ctx.handles.redis, &hash, &user).await;
    }
    Ok(token)
}

/// Whose session the token is, if it is a live one. PostgreSQL decides; while it cannot be reached, the copy in Redis
/// says who it is, and nobody is more than a shopper then.
///
/// # Errors
/// When neither store answers.
pub async fn session_user(handles: &Handles, token: &str) -> anyhow::Result<Option<SessionUser>> {
    let hash = secret::token_hash(token);
    match store::session_user(&handles.db, &hash).await {
        Ok(Some((user, unseen))) => {
            if unseen {
                store::prolong_session(&handles.db, &hash).await?;
                keep_copy(&handles.redis, &hash, &user).await;
            }
            Ok(Some(user))
        }
        Ok(None) => Ok(None),
        Err(error) if db::is_unreachable(&error) => copy(&handles.redis, &hash).await.context(error),
        Err(error) => Err(error.into()),
    }
}

pub async fn end_session(ctx: &Context, token: &str) -> Result<(), Failure<NoRefusal>> {
    let hash = secret::token_hash(token);
    store::end_session(&ctx.handles.db, &hash).await?;
    drop_copy(&ctx.handles.redis, &hash).await;
    Ok(())
}

/// The signed-in browsers of whoever asks, the newest first; `token` is the session that asks.
pub async fn sessions(ctx: &Context, token: &str) -> Result<Vec<SessionView>, Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    Ok(store::sessions(&ctx.handles.db, user, &secret::token_hash(token)).await?)
}

/// Signs other browsers of the caller out: the one with this id, or all but the one that asks. Returns how many there were.
pub async fn end_other_sessions(ctx: &Context, token: &str, only: Option<SessionId>) -> Result<usize, Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    let ended = store::end_other_sessions(&ctx.handles.db, user, &secret::token_hash(token), only).await?;
    for hash in &ended {
        drop_copy(&ctx.handles.redis, hash).await;
    }
    Ok(ended.len())
}

fn key(redis: &Redis, hash: &[u8]) -> String {
    redis.key(format_args!("session:{}", secret::hex(hash)))
}

async fn keep_copy(redis: &Redis, hash: &[u8], user: &SessionUser) {
    let kept = async {
        let text = serde_json::to_string(user)?;
        let _: () = redis.connection().set_ex(key(redis, hash), text, COPY_TTL_S).await?;
        anyhow::Ok(())
    };
    kept.await.unwrap_or_else(|error| tracing::warn!(error = format!("{error:#}"), "a session has no copy in Redis"));
}

/// Left there, the copy would serve only while PostgreSQL is away.
async fn drop_copy(redis: &Redis, hash: &[u8]) {
    let dropped: Result<(), _> = redis.connection().del(key(redis, hash)).await;
    dropped.unwrap_or_else(|error| tracing::warn!(%error, "a session's copy stays until its time is over"));
}

async fn copy(redis: &Redis, hash: &[u8]) -> anyhow::Result<Option<SessionUser>> {
    let text: Option<String> = redis.connection().get(key(redis, hash)).await?;
    let user: Option<SessionUser> = text.map(|text| serde_json::from_str(&text)).transpose()?;
    Ok(user.map(|user| SessionUser { roles: vec![Role::Shopper], sellers: Vec::new(), ..user }))
}
