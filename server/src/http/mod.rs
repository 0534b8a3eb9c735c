//! What is no page and no API: health, files, links from mails, the administrators' own listener.

pub mod admin;
pub mod csp_report;
pub mod files;
pub mod health;
pub mod plain;
pub mod track;
