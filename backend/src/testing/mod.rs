//! Builders that show only what a test is about, and a clock that can be moved.
