//! Raw declarations of modelstore's C interface, as `modelstore.h` states them.
//!
//! The crate `modelstore` is the safe interface; this one is for what that builds on. Conventions, ownership
//! and threads are described at the beginning of the header. `bindings.rs` is made from it by
//! `generate_sys.py`, and the tests compare every struct and constant with what a C compiler says.

#![allow(non_camel_case_types)]

#[rustfmt::skip]
mod bindings;

pub use bindings::*;
