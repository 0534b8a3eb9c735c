//! What every request passes on its way in, and every answer on its way out.

pub mod body_limit;
pub mod class;
pub mod csrf;
pub mod deadline;
pub mod fault;
pub mod market;
pub mod policy;
pub mod request_id;
pub mod scripts;
pub mod security_headers;
pub mod session;
