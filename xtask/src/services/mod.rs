//! The private PostgreSQL and Redis: own data directories, own ports, never a server that somebody else runs.

pub(crate) mod postgres;
pub(crate) mod redis;
