//! Tests of the crate against the library and real files.
//!
//! MODELSTORE_SAMPLE_STORE names the program that makes a sample legacy store, MODELSTORE_QUICKSTART the
//! quickstart in C++. Both are built with the library.

mod support;

mod closures;
mod database;
mod file_hasher;
mod image_processor;
mod job;
mod lifetimes;
mod migration;
mod panics;
mod quickstart;
mod reachable;
mod scanner;
mod store;
mod threads;
mod values;
