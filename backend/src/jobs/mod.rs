//! Everything timed.
