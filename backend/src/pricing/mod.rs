//! Tax and shipping of a destination.
